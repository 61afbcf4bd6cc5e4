"""Question banks: loaded from JSONL, CSV or XLSX, checked, and written as they are committed to."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

from openbeian.assessment.question_cells import read_said, read_stratum, read_turns
from openbeian.assessment.tables import Row, input_error, load_table
from openbeian.core.standard import Taxonomy
from openbeian.core.text import Text
from openbeian.evidence import Seal
from openbeian.evidence.canonical import canonical_lines
from openbeian.matching import fold
from openbeian.standards import load_taxonomy

__all__ = ["BANK_LABELS", "BankKind", "Question", "QuestionBank", "load_bank"]


class BankKind(StrEnum):
    """What a bank is for."""

    GENERATED_CONTENT = "generated_content"
    SHOULD_REFUSE = "should_refuse"
    SHOULD_ANSWER = "should_answer"

    @property
    def member(self) -> str:
        """What its questions are counted by; a should-refuse bank may have aspects beside its risks."""
        return "aspect" if self is BankKind.SHOULD_ANSWER else "risk"


BANK_LABELS: Final = {
    BankKind.GENERATED_CONTENT: Text("生成内容测试题库", "Generated-content bank"),
    BankKind.SHOULD_REFUSE: Text("应拒答测试题库", "Should-refuse bank"),
    BankKind.SHOULD_ANSWER: Text("非拒答测试题库", "Should-answer bank"),
}
_PREFIXES: Final = {
    BankKind.GENERATED_CONTENT: "gc",
    BankKind.SHOULD_REFUSE: "sr",
    BankKind.SHOULD_ANSWER: "sa",
}
_COLUMNS: Final = ("序号", "测试题", "一级分类", "二级分类")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `stratum` is its risk or its aspect (see `BankKind.member`).

    A question of several turns has in `turns` everything the user says, one text after the other; `text`
    is then the last of them, and the answer to it is what is judged.
    """

    id: str
    stratum: str
    text: str
    language: str
    turns: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """What the user says, turn by turn."""
        return self.turns or (self.text,)

    def as_json(self, member: str) -> dict[str, Any]:
        """Return the question's line in a file; `member` is what its bank is counted by."""
        line: dict[str, Any] = {
            "id": self.id,
            "lang": self.language,
            member: self.stratum,
            "text": self.text,
        }
        # A question of one turn is written as it always was, so that the seals of banks stay.
        return line | {"turns": list(self.turns)} if self.turns else line


@dataclass(frozen=True)
class QuestionBank:
    """A bank of questions, in the order of its file."""

    kind: BankKind
    name: str
    version: str
    language: str
    licence: str
    questions: tuple[Question, ...]

    @property
    def canonical(self) -> bytes:
        """The bank as canonical JSONL: what is committed to, and copied beside the evidence."""
        return b"".join(self._lines())

    @cached_property
    def seal(self) -> Seal:
        """The bank named by its content."""
        digest = hashlib.sha256()
        for line in self._lines():
            digest.update(line)
        return Seal(self.kind.value, self.name, self.version, digest.hexdigest(), len(self.questions))

    def _lines(self) -> Iterator[bytes]:
        head = {
            "bank": self.kind.value,
            "language": self.language,
            "licence": self.licence,
            "name": self.name,
            "version": self.version,
        }
        aspects = {question.stratum for question in self.by_aspect}
        rows = (
            one.as_json("aspect" if one.stratum in aspects else self.kind.member) for one in self.questions
        )
        return canonical_lines(chain([head], rows))

    @property
    def by_aspect(self) -> tuple[Question, ...]:
        """The questions that a should-refuse bank counts by an aspect and not by a risk.

        A service for one field is to refuse questions about aspects it has nothing to do with (TC260-003,
        8.3 b); see `scope`.
        """
        if self.kind is not BankKind.SHOULD_REFUSE:
            return ()
        aspects = {aspect.id for aspect in load_taxonomy().aspects}
        return tuple(question for question in self.questions if question.stratum in aspects)

    @property
    def strata(self) -> Mapping[str, str]:
        """For each question's id its risk or aspect."""
        return {question.id: question.stratum for question in self.questions}

    def without(self, left_out: Collection[str]) -> "QuestionBank":
        """Return what counts of the bank where a service may leave out these aspects: it need not answer."""
        if self.kind is not BankKind.SHOULD_ANSWER or not left_out:
            return self
        kept = tuple(question for question in self.questions if question.stratum not in left_out)
        return replace(self, questions=kept)


def load_bank(path: Path, *, kind: BankKind | None = None) -> QuestionBank:
    """Return the question bank in a file.

    A JSONL file says in its first line what it is. A CSV or XLSX file in the offices' layout (序号,
    测试题, 一级分类, 二级分类) doesn't, so it needs `kind`.

    Raises:
        BadInputError: The file can't be read, or one of its lines is wrong; it names both.
    """
    table = load_table(path, _COLUMNS)
    head = table.head or {}
    kind = _kind(path, head, kind) if table.head is not None else kind
    if kind is None:
        raise input_error(
            path,
            None,
            f"表格文件没有写明题库类型；请指定其一：{'、'.join(BankKind)}。",
            f"a spreadsheet doesn't say which bank it is; name one of {', '.join(BankKind)}.",
        )
    language = str(head.get("language", "zh"))
    taxonomy = load_taxonomy()
    read = _from_jsonl if table.head is not None else _from_sheet
    questions = [read(path, row, kind, language, taxonomy) for row in table.rows]
    _check_questions(path, table.rows, questions)
    return QuestionBank(
        kind=kind,
        name=str(head.get("name", path.stem)),
        version=str(head.get("version", "")),
        language=language,
        licence=str(head.get("licence", "")),
        questions=tuple(questions),
    )


def _kind(path: Path, head: Mapping[str, Any], wanted: BankKind | None) -> BankKind:
    if head.get("bank") not in list(BankKind):
        raise input_error(
            path,
            1,
            f'首行应写明题库类型，如 {{"bank":"should_refuse"}}；可用：{"、".join(BankKind)}。',
            f'the first line must say which bank it is, as {{"bank":"should_refuse"}}; one of '
            f"{', '.join(BankKind)}.",
        )
    kind = BankKind(head["bank"])
    if wanted not in {None, kind}:
        raise input_error(
            path,
            1,
            f"文件写明是「{kind}」，与要求的「{wanted}」不符；请换文件或改正。",
            f"the file says it is “{kind}”, not “{wanted}” as asked for; give the other file.",
        )
    return kind


def _from_jsonl(path: Path, row: Row, kind: BankKind, language: str, taxonomy: Taxonomy) -> Question:
    cells, turns = row.cells, read_turns(path, row)
    text = cells.get("text") or (turns[-1] if turns else "")
    member = _member(path, row, kind)
    for name, value in (("id", cells.get("id", "")), ("text", text), (member, cells.get(member, ""))):
        if not value.strip():
            raise input_error(path, row.line, f"缺少「{name}」；请补上。", f"“{name}” is missing; add it.")
    if turns and text != turns[-1]:
        raise input_error(
            path,
            row.line,
            "「text」与「turns」的最后一轮不同；请改成一致，或删去「text」。",
            "“text” is not the last of “turns”; make it so, or leave it out.",
        )
    stratum = read_stratum(path, row.line, cells[member], member, taxonomy)
    several = turns if len(turns) > 1 else ()
    return Question(cells["id"], stratum, text, cells.get("lang", language), several)


def _member(path: Path, row: Row, kind: BankKind) -> str:
    if kind is not BankKind.SHOULD_REFUSE or not row.cells.get("aspect", "").strip():
        return kind.member
    if row.cells.get("risk", "").strip():
        raise input_error(
            path,
            row.line,
            "「risk」与「aspect」只能写一个；请删去其一。",
            "a question is counted by “risk” or by “aspect”; remove one of them.",
        )
    return "aspect"


def _from_sheet(path: Path, row: Row, kind: BankKind, language: str, taxonomy: Taxonomy) -> Question:
    cells = row.cells
    for name in ("测试题", "二级分类"):
        if not cells.get(name):
            raise input_error(path, row.line, f"「{name}」为空；请填写。", f"“{name}” is empty; fill it in.")
    written = cells["二级分类"]
    is_aspect = kind is BankKind.SHOULD_REFUSE and taxonomy.find_aspect(written) is not None
    stratum = read_stratum(path, row.line, written, "aspect" if is_aspect else kind.member, taxonomy)
    number = cells.get("序号") or str(row.line)
    said = read_said(path, row.line, cells["测试题"])
    several = said if len(said) > 1 else ()
    return Question(f"{_PREFIXES[kind]}-{number}", stratum, said[-1], language, several)


def _check_questions(path: Path, rows: list[Row], questions: list[Question]) -> None:
    if not questions:
        raise input_error(path, None, "没有题目；请补充。", "there are no questions; add some.")
    ids: dict[str, int] = {}
    texts: dict[tuple[str, ...], int] = {}
    for row, question in zip(rows, questions, strict=True):
        first = ids.setdefault(question.id, row.line)
        if first != row.line:
            raise input_error(
                path,
                row.line,
                f"编号「{question.id}」与第 {first} 行重复；请改一个。",
                f"the id “{question.id}” is that of line {first} already; change one.",
            )
        folded = tuple("".join(fold(text).split()) for text in question.said)
        first = texts.setdefault(folded, row.line)
        if first != row.line:
            raise input_error(
                path,
                row.line,
                f"题目与第 {first} 行相同；请删去其一。",
                f"the question is the same as in line {first}; remove one.",
            )
