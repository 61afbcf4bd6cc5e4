"""`beian assess calibrate`: how often a judge is right, measured on answers that people labelled."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from openbeian.assessment import load_judges, load_keywords, report_of
from openbeian.assessment.calibrating import Measured, methods_of
from openbeian.assessment.calibration import calibrate_on_answers, calibrate_run, calibration_bytes
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.report_words import VERDICTS, interval, share
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, SignKey
from openbeian.clock import now
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.statistics import clopper_pearson
from openbeian.core.text import Text
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.terminal.runs import report_table

__all__ = ["EXAMPLE", "HELP", "calibrate"]

HELP = Text("用人工标注校准判定器", "Measure a judge against people's labels")
EXAMPLE = "beian assess calibrate run1 --judge refusal --labels labelled.xlsx"
_ALIASES = {"harm": "classifier"}
"""The classifier judge under the name of its model."""


@guarded
def calibrate(
    source: Annotated[
        Path,
        typer.Argument(
            help=say(Text("评估目录，或已标注回答的文件", "A run's directory, or labelled answers"))
        ),
    ],
    judge: Annotated[
        str,
        typer.Option(
            help=say(
                Text(
                    "refusal、keyword、classifier（harm）或 llm；对回答文件，也可写作 名称=网址#模型",
                    "refusal, keyword, classifier (harm) or llm; for a file of answers also NAME=URL#MODEL",
                )
            )
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(
            help=say(Text("标注文件；缺省用已定的人工研判", "Labels; by default those settled by inspection"))
        ),
    ] = None,
    keywords: Annotated[Path | None, typer.Option(help=say(Text("关键词库文件", "Keyword library")))] = None,
    to: Annotated[Path | None, typer.Option(help=say(Text("校准文件", "Where the calibration goes")))] = None,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
) -> None:
    """Write sensitivity and specificity; of a run, put the labels into its evidence and report anew."""
    spec = _ALIASES.get(judge, judge)
    name = spec.partition("=")[0]
    methods_of(name)
    if to is not None and not to.parent.is_dir():
        raise CouldNotRunError(
            f"无法写入 {to}：没有这个目录；请换一个位置。",
            f"{to} can't be written: there is no such directory; choose another place.",
        )
    if source.is_dir():
        measured = _calibrate_run(source, spec, labels, sign_key)
        to = to or source / f"calibration.{name}.json"
    else:
        library = load_keywords(keywords) if keywords else None
        measured = calibrate_on_answers(source, load_judges(library, [spec])[0], labels)
        to = to or source.with_name(f"{source.stem}.calibration.{name}.json")
    RunDirectory(to.parent).put(to, calibration_bytes(measured))
    if as_json:
        print_json(measured.as_json())
        return
    answers = say(Text(f"{measured.answers} 个标注", f"{measured.answers} labels"))
    out.print(f"{measured.card.name} {measured.card.version} · {answers}", markup=False)
    out.print(_table(measured))
    if source.is_dir():
        out.print(report_table(report_of(source / "evidence.jsonl", others=True)))
    out.print(f"→ {to}", markup=False)


def _calibrate_run(run: Path, spec: str, labels: Path | None, sign_key: Path | None) -> Measured:
    judge = spec.partition("=")[0]
    if judge != spec:
        raise BadInputError(
            f"评估中的判定器按已存的判定校准，请写 --judge {judge}；"
            "换用其他判定器请先用 beian assess rejudge。",
            f"A run's judge is measured by the verdicts that stand in the run: write --judge {judge}, and "
            "judge anew with beian assess rejudge if another is meant.",
        )
    signer = load_or_make_key(sign_key) if sign_key else None
    sign_head = run_signer(signer) if signer else None
    measured = calibrate_run(run, judge, labels, at=now(), sign_head=sign_head)
    if signer:
        write_public_key(run, signer)
    return measured


def _table(measured: Measured) -> Table:
    table = Table()
    for heading in (
        Text("判为", "Verdict"),
        Text("灵敏度", "Sensitivity"),
        Text("特异度", "Specificity"),
    ):
        table.add_column(say(heading))
    for one in measured.card.calibrations:
        shares = (
            f"{share(k / n)} ({k}/{n}) {interval(clopper_pearson(k, n))}"
            for k, n in (one.sensitivity, one.specificity)
        )
        table.add_row(", ".join(say(VERDICTS[value]) for value in one.positive), *shares)
    return table
