"""What people decide where rows conflict, and what such a decision does to an entry.

A row is known again by what it states, not by the list it stands in: the same row in the next list has been
decided already. A conflict is known by everything whoever decides has before them: if an entry changes in
the meantime it is another conflict, and nobody's decision is applied to what they did not see.
"""

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Final

from openbeian.core.text import Text
from openbeian.published.merging import Conflict
from openbeian.published.rows import FIELDS, PublishedRow

__all__ = [
    "VERDICT_LABELS",
    "Verdict",
    "conflict_digest",
    "facts_of_row",
    "row_digest",
    "verdicts_for",
    "with_row",
]


class Verdict(StrEnum):
    """What becomes of a row that conflicts."""

    KEEP = "keep"
    TAKE = "take"
    OWN = "own"


VERDICT_LABELS: Final = {
    Verdict.KEEP: Text("保留现状，不取这一行", "Keep what stands; leave this row out"),
    Verdict.TAKE: Text("以这一行为准，改写已有条目", "Take this row; it rewrites the entry"),
    Verdict.OWN: Text("是另一项服务，单独立条", "It is another service, with an entry of its own"),
}


def facts_of_row(row: PublishedRow) -> dict[str, str | list[str]]:
    """Return everything a row states, for JSON; what it leaves empty is left out."""
    facts: dict[str, str | list[str]] = {"series": row.series.value}
    for field in FIELDS:
        value = row.value(field)
        if isinstance(value, tuple):
            facts |= {field: list(value)} if value else {}
        elif value:
            facts[field] = value.isoformat() if isinstance(value, date) else value
    return facts


def row_digest(row: PublishedRow) -> str:
    """Return the SHA-256, in hex, of what a row states, wherever it stands."""
    written = json.dumps(facts_of_row(row), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def conflict_digest(conflict: Conflict) -> str:
    """Return the SHA-256, in hex, of the rows of a conflict, the entries they may mean, and why."""
    rows, known = (sorted(map(row_digest, each)) for each in (conflict.rows, conflict.known))
    written = json.dumps([rows, known, sorted(conflict.reasons)])
    return hashlib.sha256(written.encode()).hexdigest()


def verdicts_for(row: PublishedRow, known: PublishedRow) -> tuple[Verdict, ...]:
    """Return what can be decided on a row and an entry: a filing is never rewritten by a registration."""
    every = (Verdict.KEEP, Verdict.TAKE, Verdict.OWN)
    return every if row.series is known.series else (Verdict.KEEP, Verdict.OWN)


def with_row(known: PublishedRow, row: PublishedRow) -> PublishedRow:
    """Return an entry with everything that a row states, each fact with its source; the rest stays.

    Former names are added to those known: a list that names one does not deny the others.
    """
    entry = known
    for field in FIELDS:
        value = row.value(field)
        if field == "former_names":
            value = tuple(dict.fromkeys((*known.former_names, *row.former_names)))
        if value and value != entry.value(field):
            entry = entry.with_value(field, value, row.source_of(field))
    return entry
