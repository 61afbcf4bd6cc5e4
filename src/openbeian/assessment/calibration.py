"""Calibrating a judge: on the labelled answers of a run, or on a file of labelled answers."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson

from openbeian.assessment.amending import amend
from openbeian.assessment.answers import Answer
from openbeian.assessment.calibrating import (
    Labelled,
    Measured,
    labels_for,
    measure,
    measured_in_run,
    methods_of,
)
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.inspection_import import match_rows, read_filled
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.assessment.judges.protocol import Exchange, Judge, JudgeCard
from openbeian.assessment.reports import SignHead
from openbeian.assessment.tables import Row, input_error, load_table
from openbeian.core.agreement import parse_label
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, RecordKind

__all__ = ["calibrate_on_answers", "calibrate_run", "calibration_bytes"]

_ANSWER_COLUMNS: Final = ("question", "answer")
_LABEL_COLUMNS: Final = ("id", "label")


def calibrate_run(
    out: Path,
    judge: str,
    labels: Path | None,
    *,
    at: datetime,
    sign_head: SignHead | None = None,
) -> Measured:
    """Measure a judge on the answers of a run that people labelled, and have the report use it.

    The labels themselves go into the evidence, so that anybody can count again.

    Args:
        out: the run's directory.
        judge: the judge's name; its verdicts are those in the evidence.
        labels: a filled-in sheet or a file of Label Studio; None takes what people settled by inspection.
        at: when.
        sign_head: signs the evidence anew.

    Raises:
        BadInputError: There are no labels, not enough of them, or no verdicts of the judge, or those that
            count are by several versions of it.
        CouldNotRunError: Somebody else writes the evidence.
    """
    banks = {method.bank for method in methods_of(judge)}
    directory = RunDirectory(out)
    directory.check_exists()
    reader = ChainReader(directory.evidence, drop_torn=True)
    run = InspectedRun.read(reader)
    given = run.verdicts.get(judge, {})
    told = run.human if labels is None else _labels_in(run, labels)
    labelled = {
        answer: label
        for answer, label in sorted(told.items())
        if answer in given and answer in run.items and run.items[answer].bank in banks
    }
    if not labelled:
        raise BadInputError(
            f"没有「{judge}」判定过且有人工标注的回答；请先导入人工研判，或用 --labels 给出标注。",
            f"No answer that “{judge}” judged is labelled by people; import an inspection first, or give "
            "labels with --labels.",
        )
    version = _version_of(run, judge)
    pairs = [Labelled(label, given[answer]) for answer, label in labelled.items()]
    calibrations = measure(judge, pairs, measured_in_run(len(pairs)))
    body: dict[str, Any] = {
        "judge": judge,
        "labels": [[answer, label] for answer, label in labelled.items()],
        "source": "inspection" if labels is None else hashlib.sha256(labels.read_bytes()).hexdigest(),
        "version": version,
    }
    amend(directory, reader, [(RecordKind.CALIBRATION, body)], at=at, sign_head=sign_head)
    return Measured(JudgeCard(judge, version, calibrations), len(pairs))


def _version_of(run: InspectedRun, judge: str) -> str:
    versions = sorted(set(run.versions[judge].values()))
    if len(versions) > 1:
        listed = ", ".join(versions)
        raise BadInputError(
            f"「{judge}」计入的判定出自多个版本（{listed}），不能合在一起校准；"
            "请先用 beian assess rejudge 重新判定。",
            f"The verdicts of “{judge}” that count are by several versions ({listed}), which can't be "
            "measured as one; judge anew with beian assess rejudge first.",
        )
    return versions[0]


def _labels_in(run: InspectedRun, labels: Path) -> dict[int, str]:
    matched = match_rows(run, labels, read_filled(labels))
    return {item.answer: value for _, item, value in matched if value is not None}


def calibrate_on_answers(path: Path, judge: Judge, labels: Path | None) -> Measured:
    """Measure a judge on a file of answers: JSONL, CSV or XLSX with `question`, `answer` and `label`.

    Args:
        path: the file.
        judge: the judge; it judges every answer that is labelled.
        labels: where the labels stand apart, a file with `id` and `label`; the answers then have an `id`.

    Raises:
        BadInputError: A file can't be read, a label is none that people give, or there are not enough.
    """
    known = labels_for(judge.name)
    apart = _labels_apart(labels) if labels else {}
    exchanges, told = [], []
    for row in _rows(path, _ANSWER_COLUMNS):
        written = apart.get(row.cells.get("id", ""), "") if labels else row.cells.get("label", "")
        if written.strip():
            told.append(_label(path, row, written, known))
            answer = Answer(row.cells.get("answer", ""), row.cells.get("finish", ""))
            exchanges.append(Exchange(row.cells.get("question", ""), answer))
    verdicts = judge.judge_many(exchanges)
    pairs = [Labelled(label, verdict.value) for label, verdict in zip(told, verdicts, strict=True)]
    measured_on = Text(
        f"{path.name} 中由人工标注的 {len(pairs)} 个回答",
        f"{len(pairs)} answers in {path.name}, labelled by people",
    )
    card = JudgeCard(judge.name, judge.version, measure(judge.name, pairs, measured_on))
    return Measured(card, len(pairs))


def _label(path: Path, row: Row, written: str, known: Mapping[str, Text]) -> str:
    value = parse_label(known, written)
    if value is None:
        raise input_error(
            path,
            row.line,
            f"标注「{written}」不是其一：{'、'.join(known)}；请改正。",
            f"the label “{written}” is none of {', '.join(known)}; correct it.",
        )
    return value


def _labels_apart(path: Path) -> dict[str, str]:
    return {row.cells.get("id", ""): row.cells.get("label", "") for row in _rows(path, _LABEL_COLUMNS)}


def _rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    table = load_table(path, columns)
    # A JSONL file of ours begins with a line that says what it is; one of labelled answers need not.
    head = table.head or {}
    first = (
        [Row(1, {name: "" if value is None else str(value) for name, value in head.items()})]
        if columns[-1] in head
        else []
    )
    return [*first, *table.rows]


def calibration_bytes(measured: Measured) -> bytes:
    """Return the file of a calibration."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(measured.as_json(), option=options)
