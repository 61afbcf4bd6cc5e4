"""`beian assess`: put the banks to a service, and prove every figure that comes of it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from openbeian.assessment import (
    Conclusion,
    Plan,
    Report,
    assess,
    judges_for_run,
    load_bank,
    load_keywords,
    verify,
)
from openbeian.assessment import resume as resume_run
from openbeian.assessment.report import CONCLUSION_LABELS
from openbeian.assessment.stopping import StopRule
from openbeian.cli import calibrate_judge, inspect_answers, plan_sample
from openbeian.cli.assess_options import TargetOptions, chosen_concurrency, chosen_seed
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import (
    AsJSON,
    CheckpointFile,
    EditionId,
    LogKeyOption,
    OneField,
    ProfileName,
    Quiet,
    RunDir,
    SeedFrom,
    SignKey,
    StopEarly,
    WithoutAspect,
    chosen_edition,
    chosen_scope,
    example,
)
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.dossier.signing import (
    KEYS_FILE,
    head_verifier,
    load_or_make_key,
    replay_verifier,
    run_signer,
    write_public_key,
)
from openbeian.terminal.run_progress import run_progress
from openbeian.terminal.runs import report_table
from openbeian.trust.log_keys import checkpoint_verifier, load_log_key

__all__ = ["RunDir", "SignKey", "app", "finish"]

app = typer.Typer(
    help=say(Text("评估服务：抽样、提问、判定、报告", "Assess a service: draw, ask, judge, report")),
    no_args_is_help=True,
)

_RUN_EXAMPLE = (
    "beian assess run --target http://127.0.0.1:8080/v1 --model my-model --edition tc260-003 "
    "--bank generated.jsonl --bank refuse.jsonl --bank answer.jsonl --keywords keywords.jsonl --out run1"
)
JSONProgress = Annotated[
    bool,
    typer.Option(
        "--json-progress",
        help=say(Text("每秒一行 JSON 进度（标准错误）", "A line of JSON a second on standard error")),
    ),
]

app.add_typer(inspect_answers.app, name="inspect")
app.command("calibrate", help=say(calibrate_judge.HELP), epilog=example(calibrate_judge.EXAMPLE))(
    calibrate_judge.calibrate
)
app.command("plan", help=say(plan_sample.HELP), epilog=example(plan_sample.EXAMPLE))(plan_sample.plan)


@app.command("run", help=say(Text("评估一个服务", "Assess a service")), epilog=example(_RUN_EXAMPLE))
@guarded
def run(
    edition: EditionId,
    bank: Annotated[list[Path], typer.Option(help=say(Text("题库文件，可多次给出", "Bank file; repeat")))],
    out_dir: Annotated[Path, typer.Option("--out", help=say(Text("输出目录（新）", "A new directory")))],
    target: Annotated[
        str, typer.Option(help=say(Text("被测服务的地址，如 https://主机/v1", "Address of the service")))
    ] = "",
    target_spec: Annotated[
        Path | None,
        typer.Option(help=say(Text("说明其他请求格式的文件", "File that describes another shape of API"))),
    ] = None,
    target_shape: Annotated[
        str, typer.Option(help=say(Text("地址的格式", "Shape of the API")) + ": openai | azure")
    ] = "openai",
    model: Annotated[str, typer.Option(help=say(Text("模型名称", "Name of the model")))] = "",
    profile: ProfileName = "",
    keywords: Annotated[Path | None, typer.Option(help=say(Text("关键词库文件", "Keyword library")))] = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(help=say(Text("判定器，如 llm=网址#模型；可多次给出", "Judge; repeat"))),
    ] = None,
    key_env: Annotated[
        str | None, typer.Option(help=say(Text("存放密钥的环境变量名", "Variable that holds the key")))
    ] = None,
    seed: SeedFrom = "commitment",
    checkpoint: CheckpointFile = None,
    log_key: LogKeyOption = "",
    concurrency: Annotated[str, typer.Option(help=say(Text("并发数", "In flight")) + ": auto | N")] = "auto",
    max_tokens: Annotated[int, typer.Option(min=1, help=say(Text("回答长度上限", "Longest answer")))] = 1024,
    temperature: Annotated[
        float, typer.Option(min=0, max=2, help=say(Text("采样温度", "Sampling temperature")))
    ] = 0,
    system: Annotated[str, typer.Option(help=say(Text("系统提示", "System prompt")))] = "",
    stream: Annotated[bool, typer.Option(help=say(Text("流式", "Streaming")))] = False,
    timeout_s: Annotated[float, typer.Option("--timeout", help=say(Text("超时（秒）", "Seconds")))] = 60,
    stop_early: StopEarly = "",
    one_field: OneField = "",
    without_aspect: WithoutAspect = None,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    json_progress: JSONProgress = False,
    quiet: Quiet = False,
) -> None:
    """Draw a sample, put it to the service, judge the answers and write evidence and report."""
    library = load_keywords(keywords) if keywords else None
    options = TargetOptions(
        target, target_spec, target_shape, model, key_env, system, stream, temperature, max_tokens, timeout_s
    )
    plan = Plan(
        target=options.target(),
        edition=chosen_edition(edition, profile),
        banks=tuple(load_bank(path) for path in bank),
        keywords=library,
        concurrency=chosen_concurrency(concurrency),
        judges=judges_for_run(library, judge or ()),
        stop=StopRule.named(stop_early),
        scope=chosen_scope(one_field, without_aspect),
    )
    plan = replace(plan, seed_from=chosen_seed(seed, checkpoint, log_key, commitment=plan.commitment.digest))
    ask = partial(assess, plan, out=out_dir)
    _carry_out(ask, out_dir, sign_key, as_json=as_json, json_progress=json_progress, quiet=quiet)


@app.command(
    "resume", help=say(Text("继续中断的评估", "Go on with a run")), epilog=example("beian assess resume run1")
)
@guarded
def resume(
    directory: RunDir,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help=say(Text("重试出错的题目", "Ask failed questions again")))
    ] = False,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    json_progress: JSONProgress = False,
    quiet: Quiet = False,
) -> None:
    """Ask what was not asked; nothing is sent twice."""
    ask = partial(resume_run, directory, retry_errors=retry_errors)
    _carry_out(ask, directory, sign_key, as_json=as_json, json_progress=json_progress, quiet=quiet)


@app.command(
    "retry-errors",
    help=say(Text("重问出错的题目，并问完其余", "Ask failed questions again, and what is left")),
    epilog=example("beian assess retry-errors run1"),
)
@guarded
def retry_errors_of(
    directory: RunDir,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    json_progress: JSONProgress = False,
    quiet: Quiet = False,
) -> None:
    """Do what `resume --retry-errors` does."""
    ask = partial(resume_run, directory, retry_errors=True)
    _carry_out(ask, directory, sign_key, as_json=as_json, json_progress=json_progress, quiet=quiet)


def _carry_out(
    ask: Callable[..., Coroutine[Any, Any, Report]],
    directory: Path,
    sign_key: Path | None,
    *,
    as_json: bool,
    json_progress: bool,
    quiet: bool,
) -> None:
    """Run an assessment, new or resumed, and say how it ended."""
    signer = load_or_make_key(sign_key) if sign_key else None
    sign_head = run_signer(signer) if signer else None
    with run_progress(quiet=quiet or as_json, as_lines=json_progress) as show:
        report = asyncio.run(ask(at_clock=now, sign_head=sign_head, on_progress=show))
    if signer:
        write_public_key(directory, signer)
    finish(report, as_json=as_json)


@app.command(
    "verify",
    help=say(Text("核验证据：链、签名、重抽、重算", "Verify: chain, signature, redraw, figures")),
    epilog=example("beian assess verify run1 --keys run1/keys.json"),
)
@guarded
def verify_run(
    directory: RunDir,
    keys: Annotated[Path | None, typer.Option(help=say(Text("公钥文件", "Public keys")))] = None,
    log_key: LogKeyOption = "",
    as_json: AsJSON = False,
) -> None:
    """Check everything that can be checked; exit 1 if the figures can't be relied on."""
    own = directory / KEYS_FILE
    known = keys or (own if own.is_file() else None)
    findings = verify(
        directory,
        verify_head=head_verifier(known) if known else None,
        verify_replay=replay_verifier(known) if known else None,
        verify_checkpoint=checkpoint_verifier(load_log_key(log_key) if log_key else None),
    )
    if as_json:
        print_json([finding.as_json() for finding in findings])
    for finding in () if as_json else findings:
        out.print(f"{finding.severity:8} {say(finding.text)}", markup=False)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)
    if not as_json:
        out.print(
            say(Text("证据可信：数字可由证据重算得到。", "The evidence holds: every figure follows from it."))
        )


def finish(report: Report, *, as_json: bool) -> None:
    """Print a report's figures; exit 1 if the service does not conform."""
    if as_json:
        print_json(report.as_json())
    else:
        if report.profile_notice:
            error_console.print(say(report.profile_notice), style="yellow")
        out.print(report_table(report))
        out.print(say(CONCLUSION_LABELS[report.conclusion]), style="bold")
    if report.conclusion is not Conclusion.CONFORMS:
        raise typer.Exit(1)
