"""Imports keyword libraries: tables of the offices, CSV and JSONL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from openbeian.assessment import BankKind, Keyword, KeywordLibrary
from openbeian.assessment.keywords import spellings_of_list
from openbeian.assessment.tables import input_error
from openbeian.banks.categories import Categories, Undecided
from openbeian.banks.importing import UNNAMED, Called, chosen_layouts
from openbeian.banks.layouts import keyword_layouts
from openbeian.banks.left_out import LeftOut, Reason
from openbeian.banks.records import Record, Records, read_records
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.matching import fold, read_extras

__all__ = ["ImportedKeywords", "import_keywords"]

_YES: Final = (True, "是")


class ImportedKeywords(NamedTuple):
    """The library, and the rows that did not come into it."""

    library: KeywordLibrary
    left_out: tuple[LeftOut, ...]


def import_keywords(
    paths: Sequence[Path], *, on: date, layout: str = "", called: Called = UNNAMED
) -> ImportedKeywords:
    """Return the keywords of the files as one library, in their order.

    `layout` is `office`, `csv` or `jsonl`; empty, it is found by the files' columns. The version is the day
    `on`, unless `called` or a single file names another.

    Raises:
        BadInputError: A file can't be read, the format is unknown, or no keyword is left.
    """
    layouts = chosen_layouts(layout, keyword_layouts())
    gathering = _Gathering()
    heads: list[dict[str, Any]] = []
    for path in paths:
        records, _ = read_records(path, layouts)
        heads.append(records.head)
        gathering.add_file(records)
    if not gathering.keywords:
        raise BadInputError(
            f"没有可导入的关键词，{len(gathering.left_out)} 行全部略过；请核对列名和分类。",
            f"There is no keyword to import, all {len(gathering.left_out)} rows are left out; "
            "check the columns and categories.",
        )
    told = heads[0] if len(heads) == 1 else {}
    library = KeywordLibrary(
        name=called.name or str(told.get("keywords") or paths[0].stem),
        version=called.version or str(told.get("version") or on.isoformat()),
        starter=any(head.get("starter") in _YES for head in heads),
        keywords=tuple(gathering.keywords),
    )
    return ImportedKeywords(library, tuple(gathering.left_out))


@dataclass(slots=True)
class _Gathering:
    """The keywords so far, and what keeps them apart."""

    keywords: list[Keyword] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    seen: dict[tuple[str, str], Record] = field(default_factory=dict)
    categories: Categories = field(default_factory=lambda: Categories(BankKind.SHOULD_REFUSE))

    def add_file(self, records: Records) -> None:
        self.left_out += records.left_out
        always = spellings_of_list(records.head)
        for record in records.rows:
            term = record.cell(record.columns.text)
            risk = self._risk(record, term)
            if isinstance(risk, Undecided):
                self.left_out.append(LeftOut(record.file, record.line, *risk))
                continue
            try:
                extras = read_extras(term, record.cells, record.lists or {}, always)
            except BadInputError as error:
                raise input_error(record.file, record.line, error.text.zh, error.text.en) from error
            self.keywords.append(Keyword(term, risk, *extras))

    def _risk(self, record: Record, term: str) -> str | Undecided:
        folded = fold(term).strip()
        if not folded:
            return Undecided(Reason.NO_TEXT, Text("", ""))
        risk = self.categories.stratum([record.cell(column) for column in record.columns.labels])
        if isinstance(risk, str):
            first = self.seen.setdefault((folded, risk), record)
            if first is not record:
                where = Text(
                    f"「{term}」与 {first.file.name} 第 {first.line} 行相同",
                    f"“{term}” is the same as in {first.file.name}, line {first.line}",
                )
                return Undecided(Reason.DUPLICATE, where)
        return risk
