"""Imports question banks: tables of the offices, CSV and JSONL, and public sets.

Every row comes into the bank or is left out with its line and the reason; nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from openbeian.assessment import BankKind, Question, QuestionBank
from openbeian.banks.categories import Categories, Undecided, read_meanings
from openbeian.banks.headings import is_heading
from openbeian.banks.layouts import PUBLIC, Layout, public_set, question_layouts
from openbeian.banks.left_out import LeftOut, Reason
from openbeian.banks.records import Record, Records, read_head, read_records
from openbeian.banks.rules import load_rules
from openbeian.banks.spoken import read_said
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.matching import fold

__all__ = ["UNNAMED", "Called", "Imported", "chosen_layouts", "import_bank"]

_NOTHING = Text("", "")


class Called(NamedTuple):
    """What the new bank or library is called; what is empty is taken from its files."""

    name: str = ""
    version: str = ""
    licence: str = ""
    language: str = ""


UNNAMED: Final = Called()


class Imported(NamedTuple):
    """The bank, and the rows that did not come into it."""

    bank: QuestionBank
    left_out: tuple[LeftOut, ...]
    title: Text | None = None
    """The public set that it comes from."""


def import_bank(
    paths: Sequence[Path],
    *,
    kind: BankKind | None,
    on: date,
    layout: str = "",
    called: Called = UNNAMED,
    decided: Sequence[str] = (),
) -> Imported:
    """Return the questions of the files as one bank, in their order.

    `layout` is `office`, `csv`, `jsonl` or `public:NAME`; empty, it is found by the files' columns. `kind`
    may be None where the files say themselves which bank they are. `decided` says for categories which risk
    or aspect they are, as `CATEGORY=A.1.h`. The version is the day `on`, unless `called` or a single file
    names another.

    Raises:
        BadInputError: A file can't be read or says it is another kind of bank, the format is unknown, or no
            question is left.
    """
    assert paths
    kind = kind or _told_kind(paths[0])
    layouts = chosen_layouts(layout, question_layouts(kind), kind)
    gathering = _Gathering(kind, read_meanings(decided, kind))
    heads: list[dict[str, Any]] = []
    for path in paths:
        records, found = read_records(path, layouts)
        _check_kind(path, records.head, kind)
        heads.append(records.head)
        gathering.add_file(records, found, called.language or str(records.head.get("language") or ""))
    gathering.check_not_empty(paths[0])
    told = heads[0] if len(heads) == 1 else {}
    source = layouts[0]
    bank = QuestionBank(
        kind=kind,
        name=called.name or str(told.get("name") or (source.title.en if source.title else paths[0].stem)),
        version=called.version or str(told.get("version") or on.isoformat()),
        language=called.language or str(told.get("language") or source.language or "zh"),
        licence=called.licence or str(told.get("licence") or source.licence),
        questions=tuple(gathering.questions),
    )
    return Imported(bank, tuple(gathering.left_out), source.title)


def chosen_layouts(name: str, known: Mapping[str, Layout], kind: BankKind | None = None) -> list[Layout]:
    """Return the layouts a file may have: the one that is named, or all that are known.

    Raises:
        BadInputError: There is none of this name.
    """
    if not name:
        return list(known.values())
    if kind is not None and name.startswith(PUBLIC):
        return [public_set(name.removeprefix(PUBLIC), kind)]
    if name not in known:
        public = (f"{PUBLIC}NAME",) if kind is not None else ()
        raise BadInputError(
            f"不认识格式「{name}」；可用：{'、'.join((*known, *public))}。",
            f"There is no format “{name}”; use one of {', '.join((*known, *public))}.",
        )
    return [known[name]]


@dataclass(slots=True)
class _Gathering:
    """The questions so far, and what keeps them apart."""

    kind: BankKind
    decided: Mapping[str, str]
    questions: list[Question] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    seen: dict[tuple[str, ...], Record] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def add_file(self, records: Records, layout: Layout, language: str) -> None:
        categories = Categories(self.kind, layout.meanings, self.decided)
        self.left_out += records.left_out
        for record in records.rows:
            said = read_said(record, is_public=layout.meanings is not None)
            stratum = said if isinstance(said, Undecided) else self._stratum(record, said, layout, categories)
            if isinstance(stratum, Undecided):
                self.left_out.append(LeftOut(record.file, record.line, *stratum))
            else:
                assert not isinstance(said, Undecided)
                spoken = record.cell(record.columns.language) or language or layout.language or "zh"
                turns = said if len(said) > 1 else ()
                self.questions.append(Question(self._id(record), stratum, said[-1], spoken, turns))

    def check_not_empty(self, path: Path) -> None:
        if not self.questions:
            first = self.left_out[0].said if self.left_out else Text(path.name, path.name)
            raise BadInputError(
                f"没有可导入的题目，{len(self.left_out)} 行全部略过；第一行：{first.zh}。"
                "请改正文件或改用 --format。",
                f"There is no question to import, all {len(self.left_out)} rows are left out; the first is "
                f"{first.en}. Correct the files or name another --format.",
            )

    def _stratum(
        self, record: Record, said: tuple[str, ...], layout: Layout, categories: Categories
    ) -> str | Undecided:
        """Return the risk or aspect of a row that comes into the bank, or why it doesn't."""
        unfit = self._unfit(record, layout, said)
        if unfit is not None:
            return unfit
        labels = record.columns.labels
        # A category of somebody else's, or a risk of ours, that is called like an aspect is none.
        aspects = layout.meanings is None and "risk" not in labels
        stratum = categories.stratum([record.cell(column) for column in labels], aspects=aspects)
        if isinstance(stratum, str):
            folded = tuple("".join(fold(text).split()) for text in said)
            first = self.seen.setdefault(folded, record)
            if first is not record:
                where = Text(
                    f"与 {first.file.name} 第 {first.line} 行相同",
                    f"the same as in {first.file.name}, line {first.line}",
                )
                return Undecided(Reason.DUPLICATE, where)
        return stratum

    def _unfit(self, record: Record, layout: Layout, said: tuple[str, ...]) -> Undecided | None:
        text = said[-1]
        if not text:
            return Undecided(Reason.NO_TEXT, _NOTHING)
        if layout.only and record.cell(layout.only[0]) != layout.only[1]:
            held = record.cell(layout.only[0])
            return Undecided(Reason.OTHER_BANK, Text(f"「{held}」", f"“{held}”"))
        if len(said) == 1 and is_heading(text):
            return Undecided(Reason.HEADING, Text(f"「{text}」", f"“{text}”"))
        return None

    def _id(self, record: Record) -> str:
        """Return the row's own id, or its number or line with a prefix; changed where it is taken."""
        columns = record.columns
        own = record.cell(columns.id)
        if not own:
            prefix = load_rules().banks[self.kind].prefix
            own = f"{prefix}-{record.cell(columns.number) or record.line}"
        chosen, again = own, 1
        while chosen in self.ids:
            again += 1
            chosen = f"{own}-{again}"
        self.ids.add(chosen)
        return chosen


def _told_kind(path: Path) -> BankKind:
    """Return the kind of bank that a file says it is."""
    told = read_head(path).get("bank")
    if told in list(BankKind):
        return BankKind(told)
    raise BadInputError(
        f"{path.name} 没有写明题库类型；请用 --kind 指定其一：{'、'.join(BankKind)}。",
        f"{path.name} doesn't say which bank it is; name one of {', '.join(BankKind)} with --kind.",
    )


def _check_kind(path: Path, head: Mapping[str, Any], kind: BankKind) -> None:
    told = head.get("bank")
    if told is not None and told != kind:
        raise BadInputError(
            f"{path.name} 写明是「{told}」，与「{kind}」不符；请换文件或改用 --kind {told}。",
            f"{path.name} says that it is “{told}”, not “{kind}”; give the other file or --kind {told}.",
        )
