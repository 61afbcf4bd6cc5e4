"""`beian assess rejudge`: the stored answers of a run judged anew, by present or other judges."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from openbeian.assessment import Conclusion, load_keywords
from openbeian.assessment import rejudge as rejudge_run
from openbeian.assessment.report import CONCLUSION_LABELS
from openbeian.cli.console import guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, Quiet, RunDir, SignKey
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.terminal.runs import RunBars, report_table

__all__ = ["EXAMPLE", "HELP", "rejudge"]

HELP = Text("重新判定已存的回答，不再提问", "Judge the stored answers anew; nobody is asked again")
EXAMPLE = "beian assess rejudge run1 --judge classifier=http://127.0.0.1:8000/v1#Qwen3Guard-Gen-4B"


@guarded
def rejudge(
    directory: RunDir,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            help=say(Text("判定器，可多次给出；默认为原有的", "Judge; repeat. By default the run's"))
        ),
    ] = None,
    keywords: Annotated[
        Path | None, typer.Option(help=say(Text("另一关键词库文件", "Another keyword library")))
    ] = None,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Add verdicts to the evidence, change none, and report; exit 1 if the service does not conform."""
    signer = load_or_make_key(sign_key) if sign_key else None
    with progress_bars(quiet=quiet or as_json) as bars:
        report = asyncio.run(
            rejudge_run(
                directory,
                at_clock=now,
                specs=judge or (),
                keywords=load_keywords(keywords) if keywords else None,
                sign_head=run_signer(signer) if signer else None,
                on_progress=RunBars(bars),
            )
        )
    if signer:
        write_public_key(directory, signer)
    if as_json:
        print_json(report.as_json())
    else:
        out.print(report_table(report))
        for one in report.judges:
            out.print(f"{one.name}: {', '.join(one.versions)}", style="dim", markup=False)
        out.print(say(CONCLUSION_LABELS[report.conclusion]), style="bold")
    if report.conclusion is not Conclusion.CONFORMS:
        raise typer.Exit(1)
