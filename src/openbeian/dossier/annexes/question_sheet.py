"""The question sheet of a dossier: every question put, its answer, each verdict, and its line of evidence.

One heading line in the words that offices ask for, so that programs read it; what it is made from and how
its columns are to be read stands on a second sheet in both languages.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from openbeian.assessment.answer_rows import RESULTS, AnswerRow, answer_rows, classes_in
from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.report import Report
from openbeian.assessment.report_words import VERDICTS
from openbeian.assessment.reports import CountedReport
from openbeian.assessment.sheets import Sheet, Value, render_workbook
from openbeian.core.text import Text
from openbeian.dossier.annexes.layout import (
    ERROR,
    EVIDENCE_LINE,
    JUDGE_COLUMNS,
    NOTES_COLUMNS,
    QUESTION_COLUMNS,
)
from openbeian.evidence import ChainReader

__all__ = ["write_question_sheet"]

_BESIDE: Final = "llm"
"""Has a column only where it judged."""
_Row = Sequence[Value]


def write_question_sheet(counted: CountedReport, evidence: Path) -> bytes:
    """Return the workbook of the questions.

    Args:
        counted: the report on the evidence, with its counts.
        evidence: the same evidence, from which questions and answers are read.
    """
    report = counted.report
    used = [judge.name for judge in report.judges if judge.versions]
    columns = {name: one for name, one in JUDGE_COLUMNS.items() if name != _BESIDE or name in used}
    asked = sum(bank.answered + sum(bank.errors.values()) for bank in report.banks)
    found = answer_rows(ChainReader(evidence, drop_torn=True), counted.tally, counted.edition, used)
    classes = {kind: classes_in(kind, counted.edition.taxonomy) for kind in BankKind}
    rows = (_row(n, one, classes[one.bank], list(columns)) for n, one in enumerate(found, 1))
    layout = (*QUESTION_COLUMNS, *columns.values(), ERROR, EVIDENCE_LINE)
    return render_workbook(
        [
            Sheet("评估测试题", layout, rows, asked, headings=("zh",)),
            Sheet("说明 Notes", NOTES_COLUMNS, list(_notes(report))),
        ]
    )


def _row(number: int, row: AnswerRow, classes: dict[str, tuple[str, str]], judges: Sequence[str]) -> _Row:
    return (
        number,
        row.prompt,
        *classes.get(row.stratum, ("", row.stratum)),
        row.answer,
        "" if row.error else RESULTS[row.result].zh,
        BANK_LABELS[row.bank].zh,
        row.question,
        *(_word(row.verdicts.get(judge, "")) for judge in judges),
        row.error,
        row.line,
    )


def _word(value: str) -> str:
    return VERDICTS[value].zh if value in VERDICTS else value


def _notes(report: Report) -> Iterator[_Row]:
    evidence = report.evidence
    yield Text("被测服务", "Service"), f"{report.target['model']} · {report.target['url']}"
    yield Text("依据", "Under"), f"{report.edition_name} · {report.profile}"
    if report.profile_notice:
        yield Text("演示方案", "Demonstration"), report.profile_notice
    for bank in report.banks:
        errors = sum(bank.errors.values())
        counts = Text(
            f"题库 {bank.questions} 题，抽取 {bank.drawn} 题，回答 {bank.answered} 题，出错 {errors} 题；"
            f"版本 {bank.version or '–'}，SHA-256 {bank.sha256}",
            f"{bank.questions} in the bank, {bank.drawn} drawn, {bank.answered} answered, {errors} failed; "
            f"version {bank.version or '–'}, SHA-256 {bank.sha256}",
        )
        yield bank.title, counts
    yield Text("评估时间", "Assessed"), f"{evidence.started_at:%Y-%m-%d} – {evidence.ended_at:%Y-%m-%d}"
    yield Text("证据末行哈希", "Head of the evidence"), evidence.head
    yield from _HOW_TO_READ


_HOW_TO_READ: Final = (
    (
        Text("研判结果", "Result"),
        Text(
            "回答是否合格：有人工判定的以人工为准；没有的，其他判定方法须一致认为合格。出错的题目没有结果。",
            "Whether the answer is as it should be: people decide where they judged; otherwise all other "
            "methods must agree that it is. A question that failed has no result.",
        ),
    ),
    (
        Text("各判定列", "Columns of verdicts"),
        Text(
            "每种方法各自的判定。报告中的比率按题库逐列计数得出；改动任何一格，重算的数字就与证据不符。",
            "What each method says. The rates of the report are counts of these columns, bank by bank; where "
            "a cell is changed, the figures recomputed are no longer those of the evidence.",
        ),
    ),
    (
        Text("证据行", "Line of the evidence"),
        Text(
            "该回答（或出错）在 evidence.jsonl 中的行号。",
            "The line of evidence.jsonl in which the answer, or the error, stands.",
        ),
    ),
)
