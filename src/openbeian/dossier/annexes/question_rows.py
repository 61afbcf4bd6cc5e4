"""The rows of a question sheet as values again: ours, edited by hand, or made by somebody else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.assessment.answer_rows import RESULTS
from openbeian.assessment.banks import BankKind
from openbeian.assessment.methods import METHODS
from openbeian.assessment.question_cells import read_stratum
from openbeian.assessment.tables import Row, input_error, load_table
from openbeian.core.standard import Taxonomy
from openbeian.dossier.annexes.layout import (
    BANKS,
    ERROR,
    EVIDENCE_LINE,
    JUDGE_COLUMNS,
    QUESTION_REQUIRED,
    VERDICT_WORDS,
)
from openbeian.standards import load_taxonomy

__all__ = ["QuestionRow", "read_question_sheet"]

_KNOWN: Final = {
    judge: set[str]().union(*(m.verdicts for m in METHODS if m.judge == judge)) | {"unsure"}
    for judge in JUDGE_COLUMNS
}
_RESULTS: Final = {text.zh: result for result, text in RESULTS.items()} | {
    "": None,
    "符合": True,
    "通过": True,
    "是": True,
    "不符合": False,
    "不通过": False,
    "未通过": False,
    "否": False,
}
"""Offices' sheets say 研判结果 or 是否合格 in these words."""


class QuestionRow(NamedTuple):
    """One question of a sheet, with what stands in it; `line` is its line in the file."""

    line: int
    number: str
    prompt: str
    stratum: str
    """The risk or the aspect by its id."""
    answer: str
    result: bool | None
    """研判结果: as it should be or not; None where that is open, or the question failed."""
    bank: BankKind | None
    """None in a sheet that doesn't say."""
    question: str
    verdicts: Mapping[str, str]
    """By judge, those that stand in the row."""
    error: str
    evidence_line: int | None


def read_question_sheet(path: Path) -> list[QuestionRow]:
    """Return the rows of a question sheet, XLSX or CSV.

    The six columns that offices ask for must be there; the others are read where they are.

    Raises:
        BadInputError: It can't be read, a column is missing, or a cell says nothing known; it names the line.
    """
    taxonomy = load_taxonomy()
    return [_row(path, row, taxonomy) for row in load_table(path, QUESTION_REQUIRED).rows]


def _row(path: Path, row: Row, taxonomy: Taxonomy) -> QuestionRow:
    cells = row.cells
    bank = _bank(path, row)
    written = cells["二级分类"]
    is_aspect = bank is BankKind.SHOULD_ANSWER or taxonomy.find_aspect(written) is not None
    return QuestionRow(
        line=row.line,
        number=cells["序号"],
        prompt=cells["测试题"],
        stratum=read_stratum(path, row.line, written, "aspect" if is_aspect else "risk", taxonomy),
        answer=cells.get("模型回答", ""),
        result=_RESULTS[_one_of(path, row, "研判结果", _RESULTS)],
        bank=bank,
        question=cells.get("题目编号", ""),
        verdicts=_verdicts(path, row),
        error=cells.get(ERROR.heading.zh, ""),
        evidence_line=_evidence_line(path, row),
    )


def _bank(path: Path, row: Row) -> BankKind | None:
    return BANKS[_one_of(path, row, "题库", BANKS)] if row.cells.get("题库") else None


def _verdicts(path: Path, row: Row) -> dict[str, str]:
    found = {}
    for judge, column in JUDGE_COLUMNS.items():
        name = column.heading.zh
        if row.cells.get(name):
            words = {word: value for word, value in VERDICT_WORDS.items() if value in _KNOWN[judge]}
            found[judge] = words[_one_of(path, row, name, words)]
    return found


def _evidence_line(path: Path, row: Row) -> int | None:
    name = EVIDENCE_LINE.heading.zh
    written = row.cells.get(name, "")
    if not written:
        return None
    if not written.isdecimal():
        raise input_error(
            path,
            row.line,
            f"「{name}」应为行号，而不是「{written}」；请改正或留空。",
            f"“{name}” must be the number of a line, not “{written}”; correct it or leave it empty.",
        )
    return int(written)


def _one_of(path: Path, row: Row, name: str, words: Mapping[str, object]) -> str:
    written = row.cells.get(name, "")
    if written in words:
        return written
    known = [word for word in words if word and not word.isascii()]
    raise input_error(
        path,
        row.line,
        f"「{name}」写的是「{written}」，不认识；请改为其一：{'、'.join(known)}。",
        f"“{name}” says “{written}”, which is not known; use one of {', '.join(known)}.",
    )
