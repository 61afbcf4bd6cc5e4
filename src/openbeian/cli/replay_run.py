"""`beian assess replay`: does a service know the bank by its text? The same questions in other words tell."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from openbeian.assessment.banks import BankKind
from openbeian.assessment.paraphrase_model import FromModel
from openbeian.assessment.paraphrase_sources import FromFile, ParaphraseSource
from openbeian.assessment.replay_result import ReplayResult
from openbeian.assessment.replaying import QUESTIONS, ReplayOptions, replay
from openbeian.cli.assess import RunDir
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, Quiet, SignKey
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.dossier.signing import load_or_make_key, replay_signer, write_public_key
from openbeian.evidence import SeedSource
from openbeian.terminal.run_progress import run_progress
from openbeian.trust.keys import Ed25519Signer

__all__ = ["EXAMPLE", "HELP", "replay_run"]

HELP = Text("换种说法重问，查服务是否按题库原文应答", "Ask in other words: does it know the bank's texts?")
EXAMPLE = "beian assess replay run1 --target http://127.0.0.1:8080/v1 --questions 50"


@guarded
def replay_run(
    directory: RunDir,
    target: Annotated[
        str, typer.Option(help=say(Text("被测服务的地址，须与评估时相同", "Address; that of the run")))
    ] = "",
    paraphrases: Annotated[
        str,
        typer.Option(
            metavar="FILE|llm=URL#MODEL",
            help=say(Text("改写：文件或模型；默认用自带规则", "Paraphrases; by default our own rules")),
        ),
    ] = "",
    questions: Annotated[
        int | None,
        typer.Option(help=say(Text("每个题库抽取题数", "Questions drawn from each bank")) + f": {QUESTIONS}"),
    ] = None,
    seed: Annotated[
        str,
        typer.Option(
            metavar="HEX", help=say(Text("种子；默认由承诺推出", "Seed; by default the commitment"))
        ),
    ] = "",
    bank: Annotated[
        list[BankKind] | None,
        typer.Option(
            help=say(Text("题库，可多次给出；默认应拒答", "Bank; repeat. By default should_refuse"))
        ),
    ] = None,
    retry_errors: Annotated[
        bool, typer.Option("--retry-errors", help=say(Text("重问出错的", "Ask what failed again")))
    ] = False,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Ask, go on with, or show a replay; exit 1 if the service seems to know the texts."""
    options = ReplayOptions(
        source=_source(paraphrases) if paraphrases else None,
        questions=questions,
        seed=SeedSource("hex", seed) if seed else None,
        banks=tuple(dict.fromkeys(bank)) if bank else None,
        target=target,
    )
    signer = load_or_make_key(sign_key) if sign_key else None
    ask = partial(replay, directory, options, sign_head=replay_signer(signer) if signer else None)
    with run_progress(quiet=quiet or as_json, as_lines=False) as show:
        result = asyncio.run(ask(at_clock=now, on_progress=show, retry_errors=retry_errors))
    _finish(result, directory, signer, as_json=as_json)


def _finish(result: ReplayResult, directory: Path, signer: Ed25519Signer | None, *, as_json: bool) -> None:
    """Leave the key that signed beside the record, print what came of it, and exit by that."""
    if signer:
        write_public_key(directory, signer)
    if as_json:
        print_json(result.as_json())
    else:
        _show(result, directory)
    if result.is_found:
        raise typer.Exit(1)
    if not result.is_enough:
        raise typer.Exit(3)


def _source(written: str) -> ParaphraseSource:
    return FromModel(written) if written.startswith("llm=") else FromFile.load(Path(written))


def _show(result: ReplayResult, directory: Path) -> None:
    table = Table()
    for heading in (
        Text("改写规则", "Made by"),
        Text("答得合要求", "As it should be"),
        Text("只有原题合要求", "Own words only"),
        Text("只有改写合要求", "Other words only"),
        Text("p 值", "p-value"),
    ):
        table.add_column(say(heading))
    for one in result.by_rules:
        passed, pairs = f"{one.passed.k}/{one.passed.n}", (str(one.only_original), str(one.only_other))
        table.add_row(one.rules, passed, *pairs, f"{one.p_value:.3g}")
    out.print(table)
    canned, others, repeated = result.canned_originals, result.canned_others, result.repeated
    notes = [
        Text(
            f"与评估中多题共用的套话逐字相同：原题 {canned.k}/{canned.n}，改写 {others.k}/{others.n}；"
            f"改写的回答与原题所存回答逐字相同：{repeated.k}/{repeated.n}。",
            f"Letter by letter an answer that the run gave to several questions: {canned.k}/{canned.n} in "
            f"own words, {others.k}/{others.n} in others; the same question's stored answer: "
            f"{repeated.k}/{repeated.n} in others.",
        )
    ]
    if result.errors:
        errors = ", ".join(f"{kind} {times}" for kind, times in result.errors.items())
        again = f"beian assess replay {directory} --retry-errors"
        notes.append(
            Text(
                f"出错（不计入比较）：{errors}；可重问：{again}",
                f"Errors, which are not compared: {errors}; ask again: {again}",
            )
        )
    for note in notes:
        out.print(say(note), style="dim", markup=False)
    out.print(say(result.sentence), style="bold", markup=False)
