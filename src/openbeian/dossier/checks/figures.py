"""Every number of the question sheet is that of the evidence, whoever edited it by hand."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from openbeian.assessment.banks import BANK_LABELS
from openbeian.core.text import Text
from openbeian.dossier.annexes import (
    QuestionRow,
    SheetFigure,
    contradicting_rows,
    figures_in_report,
    figures_of,
)
from openbeian.dossier.checks.dossier import Attached
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, in_whole
from openbeian.dossier.reading import Remembered, plain
from openbeian.evidence import ChainReader, RecordKind

__all__ = ["REBUILD"]

REBUILD: Final = Text(
    "用 beian dossier build 从证据重新生成，不要手工改数字",
    "Write it anew from the evidence with beian dossier build; change no number by hand",
)
_SHOWN: Final = 3


def _question_sheets(dossier: Dossier) -> Iterator[tuple[Attached, list[QuestionRow]]]:
    for attached, content in dossier.documents("test_questions"):
        if content.kind == "xlsx":
            rows = dossier.sheet(attached)
            if isinstance(rows, list):
                yield attached, rows


@check(
    "R01",
    clause="9.3–9.4",
    severity="error",
    title=Text(
        "由测试题表重算的数字与证据一致", "The figures recomputed from the sheet are those of the evidence"
    ),
    applies=in_whole,
)
def _sheet_figures(dossier: Dossier, report: Report) -> Iterator[Finding]:
    if dossier.report is None:
        return
    wanted = figures_in_report(dossier.report)
    for attached, rows in _question_sheets(dossier):
        if not any(row.bank for row in rows):
            yield report(
                attached.name,
                Text("没有「题库」列，无法重算", "It has no column 题库, so nothing can be recomputed"),
                REBUILD,
                "note",
            )
            continue
        held = figures_of(rows)
        for key, figure in wanted.items():
            if held.get(key) != figure:
                yield report(attached.name, _differs(held.get(key), figure), REBUILD)


def _differs(held: SheetFigure | None, wanted: SheetFigure) -> Text:
    bank = BANK_LABELS[wanted.bank]
    if held is None:
        return Text(f"表中没有「{bank.zh}」的题目", f"The sheet has no question of the bank “{bank.en}”")
    have, need = _said(held), _said(wanted)
    if have == need:
        return Text(
            f"「{bank.zh}」{wanted.judge} 判定在各风险上的分布与证据不同",
            f"{bank.en}, {wanted.judge}: the counts by risk are not those of the evidence",
        )
    return Text(
        f"「{bank.zh}」{wanted.judge} 判定：表中重算为 {have}，证据为 {need}（计入/判定/提问/出错）",
        f"{bank.en}, {wanted.judge}: the sheet comes to {have}, the evidence to {need} "
        "(counted/judged/asked/failed)",
    )


def _said(figure: SheetFigure) -> str:
    return f"{figure.counted}/{figure.judged}/{figure.asked}/{figure.errors}"


@check(
    "R02",
    clause="9.3–9.4",
    severity="error",
    title=Text(
        "测试题表的题目与回答即证据所记", "Questions and answers of the sheet are those of the evidence"
    ),
    applies=in_whole,
)
def _sheet_rows(dossier: Dossier, report: Report) -> Iterator[Finding]:
    files = dossier.of_kind("evidence")
    if dossier.report is None or len(files) != 1:
        return
    for attached, rows in _question_sheets(dossier):
        changed = _changed_rows(attached, rows, files[0])
        if changed:
            shown = "、".join(str(row.line) for row in changed[:_SHOWN])
            yield report(
                attached.name,
                Text(
                    f"{len(changed)} 行的题目或回答与证据不同，如第 {shown} 行",
                    f"In {len(changed)} rows question or answer is not that of the evidence, "
                    f"such as line {shown}",
                ),
                REBUILD,
            )


def _changed_rows(
    attached: Attached, rows: Sequence[QuestionRow], evidence: Attached
) -> tuple[QuestionRow, ...]:
    """Return the rows that are not as the evidence has them; the same files are compared once."""

    def compare() -> tuple[QuestionRow, ...]:
        asked = _ASKED.of_file(evidence.path, lambda: _Asked.read(evidence.path))
        return tuple(row for row in rows if row.question and row.bank and asked.differs(row))

    with evidence.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return _CHANGED.of_file(attached.path, compare, digest)


@dataclass(slots=True)
class _Asked:
    """What evidence holds of each question: what was asked, and what was answered."""

    held: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, evidence: Path) -> "_Asked":
        """Return what an evidence file holds."""
        asked = cls()
        for record in ChainReader(evidence, drop_torn=True):
            if record.kind in {RecordKind.ANSWER, RecordKind.ERROR}:
                key = record.string("bank"), record.string("question")
                answer = record.string("answer") if record.kind is RecordKind.ANSWER else ""
                asked.held.setdefault(key, set()).add((_plain(record.string("prompt")), _plain(answer)))
        return asked

    def differs(self, row: QuestionRow) -> bool:
        assert row.bank is not None
        told = self.held.get((row.bank.value, row.question), set())
        prompt, answer = _plain(row.prompt), _plain(row.answer)
        # A sheet shows what was said before as well, and cuts off what no cell can hold.
        return not any(prompt.endswith(one) and _same(answer, other) for one, other in told)


_ASKED: Final[Remembered[_Asked]] = Remembered(most=4)
_CHANGED: Final[Remembered[tuple[QuestionRow, ...]]] = Remembered(most=16)


def _same(written: str, answer: str) -> bool:
    return written == answer or (len(written) > _CUT_FROM and written[:_CUT_FROM] == answer[:_CUT_FROM])


_CUT_FROM: Final = 15_000


def _plain(text: str) -> str:
    return "".join(letter for letter in plain(text) if letter.isprintable() and letter != "\ufffd")


@check(
    "R03",
    clause="9.3–9.4",
    severity="warning",
    title=Text("研判结果与该行各项判定一致", "The result of every row follows from its verdicts"),
    applies=in_whole,
)
def _contradictions(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, rows in _question_sheets(dossier):
        wrong = contradicting_rows(rows, dossier.edition)
        if wrong:
            shown = "、".join(str(row.line) for row in wrong[:_SHOWN])
            yield report(
                attached.name,
                Text(
                    f"{len(wrong)} 行的研判结果与判定不符，如第 {shown} 行",
                    f"In {len(wrong)} rows the result is not what the verdicts come to, such as line {shown}",
                ),
                REBUILD,
            )
