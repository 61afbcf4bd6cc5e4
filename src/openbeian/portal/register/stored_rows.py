"""A published row as an entry of the register keeps it, and back again; every fact keeps its source."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Final

from openbeian.industries import Classification, Entry, classify_many
from openbeian.portal.filings.bulk import columns, insert, reserve_ids
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.register_entries import classes_of, found_by
from openbeian.portal.spreading import Spread
from openbeian.published import FIELDS, Place, PublishedRow, Series, Source

__all__ = [
    "COLUMNS_READ",
    "FIRST_DAY",
    "entries_of",
    "insert_entries",
    "row_as_json",
    "row_from_json",
    "row_of",
    "sources_of",
    "take",
]

FIRST_DAY: Final = date(2023, 8, 15)
"""The day the Interim Measures came into force: what was published without a day sorts as if filed then."""

_COLUMNS: Final = {
    "service": "service_name",
    "provider": "provider_name",
    "number": "number",
    "jurisdiction": "jurisdiction",
    "filed_on": "issued_on",
    "uscc": "provider_uscc",
    "base_model": "model_name",
}
"""The facts that have a column; the others are kept beside their sources."""

COLUMNS_READ: Final = ("pk", "route", "sources", *_COLUMNS.values())
"""What `row_of` reads of an entry."""
_AT_ONCE: Final = 2_000
_KEY_DIGITS: Final = 12
_LONGEST_NUMBER: Final = 90
_LONGEST_NAME: Final = 200


def take(entry: RegisterEntry, row: PublishedRow) -> None:
    """Write what a row says into an entry, which is not saved yet."""
    for field, column in _COLUMNS.items():
        setattr(entry, column, row.value(field))
    entry.route = row.series.value
    entry.listed_on = row.filed_on or FIRST_DAY
    entry.sources = {
        "row": _source_as_json(row.source),
        "sequence": row.sequence,
        "printed_place": row.printed_place,
        "former_names": list(row.former_names),
        "base_number": row.base_number,
        # What was read elsewhere than the row itself: most of a list was not, and a million rows are long.
        "fields": {field: _source_as_json(one) for field, one in row.taken if row.value(field)},
    }
    entry.base_number, entry.base_name = row.base_number[:_LONGEST_NUMBER], row.base_model[:_LONGEST_NAME]
    for name, value in found_by(entry).items():
        setattr(entry, name, value)


def row_of(entry: RegisterEntry) -> PublishedRow:
    """Return the row that `take` wrote."""
    kept = entry.sources
    return PublishedRow(
        series=Series(entry.route),
        service=entry.service_name,
        source=_source(kept["row"]),
        provider=entry.provider_name,
        number=entry.number,
        sequence=kept["sequence"],
        jurisdiction=entry.jurisdiction,
        printed_place=kept["printed_place"],
        filed_on=entry.issued_on,
        uscc=entry.provider_uscc,
        former_names=tuple(kept["former_names"]),
        base_model=entry.model_name,
        base_number=kept["base_number"],
        taken=tuple((field, _source(value)) for field, value in kept["fields"].items()),
    )


def row_as_json(row: PublishedRow) -> dict[str, Any]:
    """Return a row for JSON, so that `row_from_json` gives it back: what an entry keeps of it, by column."""
    entry = RegisterEntry()
    take(entry, row)
    kept = {name: getattr(entry, name) for name in COLUMNS_READ if name != "pk"}
    return kept | {"issued_on": row.filed_on.isoformat() if row.filed_on else None}


def row_from_json(kept: Mapping[str, Any]) -> PublishedRow:
    """Return the row that `row_as_json` wrote."""
    day = kept["issued_on"]
    return row_of(RegisterEntry(**{**kept, "issued_on": date.fromisoformat(day) if day else None}))


def sources_of(entry: RegisterEntry) -> dict[str, Any]:
    """Return what an entry keeps of its sources, with that of every fact; empty if it was filed here."""
    kept = entry.sources
    if "row" not in kept:
        return dict(kept)
    said = {field: getattr(entry, _COLUMNS[field]) if field in _COLUMNS else kept[field] for field in FIELDS}
    elsewhere, here = kept["fields"], kept["row"]
    return {**kept, "fields": {field: elsewhere.get(field, here) for field in FIELDS if said[field]}}


def entries_of(rows: Sequence[PublishedRow]) -> list[RegisterEntry]:
    """Return new entries for rows that are not known yet, classified, not saved."""
    entries = [RegisterEntry() for _ in rows]
    for entry, row, found in zip(entries, rows, _classes(rows), strict=True):
        _fill(entry, row, found)
    return entries


def insert_entries(rows: Sequence[PublishedRow], spread: Spread = map) -> list[int]:
    """Write new entries for many rows that are not known yet; return their primary keys in that order.

    Args:
        rows: The rows.
        spread: Where their words and classes are found: most of the work, for which no database is asked.
    """
    ids = reserve_ids(RegisterEntry, len(rows))
    numbered = list(zip(ids, rows, strict=True))
    some = [numbered[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)]
    insert(RegisterEntry, chain.from_iterable(spread(_values, some)))
    return ids


def _values(numbered: Sequence[tuple[int, PublishedRow]]) -> list[tuple[Any, ...]]:
    """Return the columns of new entries: one object is filled anew for each, as making one takes longest."""
    entry, values_of, values = RegisterEntry(), attrgetter(*columns(RegisterEntry)), []
    for (pk, row), found in zip(numbered, _classes([row for _, row in numbered]), strict=True):
        entry.pk = pk
        _fill(entry, row, found)
        values.append(values_of(entry))
    return values


def _classes(rows: Sequence[PublishedRow]) -> list[Classification]:
    return classify_many([Entry(row.service, row.provider) for row in rows])


def _fill(entry: RegisterEntry, row: PublishedRow, found: Classification) -> None:
    entry.key = _key(row)
    for name, value in classes_of(found).items():
        setattr(entry, name, value)
    take(entry, row)


def _key(row: PublishedRow) -> str:
    """Return what the entry's address ends with; of what has no number, a digest that stays the same."""
    if row.number:
        return row.number
    named = "\n".join((row.series.value, row.jurisdiction, row.service, row.provider, str(row.sequence)))
    return f"published-{hashlib.sha256(named.encode()).hexdigest()[:_KEY_DIGITS]}"


def _source_as_json(source: Source) -> dict[str, Any]:
    return {"list": source.name, "sha256": source.sha256, **source.place._asdict()}


def _source(kept: Mapping[str, Any]) -> Source:
    place = Place(kept["file"], kept["row"], kept["part"], kept["name"])
    return Source(kept["list"], kept["sha256"], place)
