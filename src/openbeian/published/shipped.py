"""The facts that ship with the software, so that a new installation has something true to show.

Entries, totals and counts of the public lists, each with the source it was read in; totals that sources
state differently stay side by side.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.published.merging import merge
from openbeian.published.oddities import LeftOut, Oddity
from openbeian.published.places import Place, Series, Source
from openbeian.published.row_reading import read_row
from openbeian.published.rows import PublishedRow, Reading
from openbeian.standards.reading import read_file

__all__ = [
    "FactSource",
    "PublishedCount",
    "PublishedTotal",
    "load_counts",
    "load_fact_sources",
    "load_published",
    "load_published_rows",
    "load_qualities",
    "load_totals",
]

_DATA: Final = Path(__file__).parent / "data"
_CELLS: Final = ("sequence", "jurisdiction", "service", "provider", "former_names", "number", "filed_on")


class FactSource(NamedTuple):
    """Where shipped facts were read: what it is, and its address as far as there is one."""

    id: str
    text: Text
    address: str


class PublishedTotal(NamedTuple):
    """How many entries of a series were on file in a scope, as one source states it.

    `on` is a day or a month (`2024-08`); `scope` is `CN` or a jurisdiction's code; `added` is how many of
    them were new, where that was stated; `quality` is explained in `load_qualities`.
    """

    series: Series
    on: str
    scope: str
    total: int
    added: int | None
    source: FactSource
    quality: str


class PublishedCount(NamedTuple):
    """How many of the entries `first` to `last` of a series a jurisdiction has."""

    series: Series
    first: int
    last: int
    jurisdiction: str
    entries: int
    source: FactSource


@lru_cache
def load_published() -> tuple[PublishedRow, ...]:
    """Return the shipped entries, each once; every field keeps the source it comes from."""
    preview = merge((), Reading(load_published_rows()))
    assert not preview.conflicting
    return preview.entries


@lru_cache
def load_published_rows() -> tuple[PublishedRow, ...]:
    """Return the shipped rows as they were read in each source, several for some entries."""
    path = _DATA / "rows.csv"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return tuple(_shipped_row(path.name, digest, line, cells) for line, cells in _lines(path))


def _shipped_row(file: str, digest: str, line: int, cells: Mapping[str, str]) -> PublishedRow:
    place = Place(file, line)
    source = Source(cells["source"], digest, place)
    row = read_row({name: cells[name] for name in _CELLS}, Series(cells["series"]), source)
    if isinstance(row, LeftOut):
        raise BadInputError(
            f"随附数据有误：{row.said.zh}；请改正该行。",
            f"The shipped data are wrong: {row.said.en}; correct that row.",
        )
    if not cells["note"]:
        return row
    found = cells["seen"] or cells["source"]
    return replace(row, oddities=(*row.oddities, Oddity(cells["note"], place, found, row.service)))


@lru_cache
def load_totals() -> tuple[PublishedTotal, ...]:
    """Return the published totals, in the order of the file: by scope, then by date."""
    sources = load_fact_sources()
    return tuple(
        PublishedTotal(
            Series(cells["series"]),
            cells["on"],
            cells["scope"],
            int(cells["total"]),
            int(cells["added"]) if cells["added"] else None,
            sources[cells["source"]],
            cells["quality"],
        )
        for _, cells in _lines(_DATA / "totals.csv")
    )


@lru_cache
def load_counts() -> tuple[PublishedCount, ...]:
    """Return how many entries of a range of numbers each jurisdiction has, the most first."""
    sources = load_fact_sources()
    return tuple(
        PublishedCount(
            Series(cells["series"]),
            int(cells["first"]),
            int(cells["last"]),
            cells["jurisdiction"],
            int(cells["count"]),
            sources[cells["source"]],
        )
        for _, cells in _lines(_DATA / "counts.csv")
    )


@lru_cache
def load_fact_sources() -> Mapping[str, FactSource]:
    """Return the sources of the shipped facts by their id, which is the `name` in a shipped row's source."""
    return MappingProxyType(
        {
            source_id: FactSource(
                source_id, Text(entry.string("zh"), entry.string("en")), entry.string("address")
            )
            for source_id, entry in read_file(_DATA / "sources.yaml").named()
        }
    )


@lru_cache
def load_qualities() -> Mapping[str, Text]:
    """Return what the qualities of totals mean."""
    file = read_file(_DATA / "qualities.yaml")
    return MappingProxyType({quality: file.text(quality) for quality in file.fields})


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from enumerate(csv.DictReader(file), 2)
