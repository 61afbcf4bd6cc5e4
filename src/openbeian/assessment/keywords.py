"""Keyword libraries: loaded from JSONL, CSV or XLSX, checked, and written as they are committed to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

from openbeian import matching
from openbeian.assessment.question_cells import parse_risk
from openbeian.assessment.tables import Row, input_error, load_table
from openbeian.core.errors import BadInputError
from openbeian.evidence import Seal
from openbeian.evidence.canonical import canonical_lines
from openbeian.matching import KeywordEntry, fold, read_extras
from openbeian.standards import load_taxonomy

__all__ = ["Keyword", "KeywordLibrary", "load_keywords", "spellings_of_list"]

_COLUMNS: Final = ("关键词", "一级分类", "二级分类")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term and the risk it points to, where it is innocent, and the other spellings that are looked for."""

    term: str
    risk: str
    exceptions: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, str | tuple[str, ...]]:
        """Return the keyword as a line of a library, without what it does not say."""
        more = {"exceptions": self.exceptions, "spellings": self.spellings}
        said = {name: value for name, value in more.items() if value}
        return {"risk": self.risk, "term": self.term, **said}


@dataclass(frozen=True)
class KeywordLibrary:
    """Terms by risk; a `starter` library is ours, mild, and does not meet 8.1."""

    name: str
    version: str
    starter: bool
    keywords: tuple[Keyword, ...]

    @property
    def canonical(self) -> bytes:
        """The library as canonical JSONL: what is committed to, and copied beside the evidence."""
        head: dict[str, str | bool] = {
            "keywords": self.name,
            "starter": self.starter,
            "version": self.version,
        }
        rows = (keyword.as_json() for keyword in self.keywords)
        return b"".join(canonical_lines(chain([head], rows)))

    @cached_property
    def seal(self) -> Seal:
        """The library named by its content."""
        digest = hashlib.sha256(self.canonical).hexdigest()
        return Seal("keywords", self.name, self.version, digest, len(self.keywords))

    def entries(self) -> list[KeywordEntry]:
        """Return the keywords as `KeywordMatcher` takes them."""
        return [
            matching.Keyword(one.term, one.risk, one.exceptions, one.spellings)
            if one.exceptions or one.spellings
            else (one.term, one.risk)
            for one in self.keywords
        ]


def load_keywords(path: Path) -> KeywordLibrary:
    """Return the keyword library in a JSONL file, or a CSV or XLSX file in the offices' layout.

    Raises:
        BadInputError: The file can't be read, or one of its lines is wrong; it names both.
    """
    table = load_table(path, _COLUMNS)
    head = table.head
    if head is not None and not isinstance(head.get("keywords"), str):
        raise input_error(
            path,
            1,
            '首行应写明关键词库名称，如 {"keywords":"名称","version":"2026-11-23"}。',
            'the first line must name the library, as {"keywords":"name","version":"2026-11-23"}.',
        )
    names = ("term", "risk") if head is not None else ("关键词", "二级分类")
    taxonomy = load_taxonomy()
    always = spellings_of_list(head or {})
    keywords: dict[tuple[str, str], int] = {}
    terms: list[Keyword] = []
    for row in table.rows:
        term, written = (_filled(path, row, name) for name in names)
        try:
            extras = read_extras(term, row.cells, row.lists, always)
            keyword = Keyword(term, parse_risk(written, taxonomy), *extras)
        except BadInputError as error:
            raise input_error(path, row.line, error.text.zh, error.text.en) from error
        _check_keyword(path, row.line, keyword, keywords)
        terms.append(keyword)
    # A table names its version in a column, if at all.
    head = head or {"version": next((row.cells.get("版本", "") for row in table.rows), "")}
    name, version = str(head.get("keywords", path.stem)), str(head.get("version", ""))
    return KeywordLibrary(name, version, starter=head.get("starter") is True, keywords=tuple(terms))


def spellings_of_list(head: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the spellings that the first line of a library asks for all of its terms."""
    asked = head.get("spellings") or ()
    return tuple(map(str, asked)) if isinstance(asked, list | tuple) else (str(asked),)


def _filled(path: Path, row: Row, name: str) -> str:
    value = row.cells.get(name, "").strip()
    if not value:
        raise input_error(path, row.line, f"缺少「{name}」；请补上。", f"“{name}” is missing; add it.")
    return value


def _check_keyword(path: Path, line: int, keyword: Keyword, seen: dict[tuple[str, str], int]) -> None:
    folded = fold(keyword.term).strip()
    if not folded:
        raise input_error(
            path,
            line,
            f"关键词「{keyword.term}」不含可匹配的字符；请删除。",
            f"the keyword “{keyword.term}” has no character to match; remove it.",
        )
    first = seen.setdefault((folded, keyword.risk), line)
    if first != line:
        raise input_error(
            path,
            line,
            f"关键词「{keyword.term}」与第 {first} 行重复；请删去其一。",
            f"the keyword “{keyword.term}” is the same as in line {first}; remove one.",
        )
