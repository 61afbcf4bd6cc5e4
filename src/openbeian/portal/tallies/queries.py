"""Reading the tallies. Each reading is one statement, so that a change is never seen twice or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from openbeian.portal.tallies.breakdowns import BREAKDOWNS
from openbeian.portal.tallies.models import TallyVersion

__all__ = ["Cell", "Spread", "Version", "as_cells", "cell_rows", "cells", "largest", "spread", "version"]

Cell = tuple[tuple[str, ...], int]
"""The parts of a cell, and how many there are."""


class Spread(NamedTuple):
    """How many cells of a breakdown there are, and how many entries in them; the empty part left out."""

    cells: int
    entries: int


class Version(NamedTuple):
    """A state of the tallies, which is never had again once they have changed."""

    marks: tuple[int, ...]
    since: datetime
    """When it began."""


def version() -> Version | None:
    """Return which state the tallies are in; None before anything was counted. Read it before the tallies."""
    rows = list(TallyVersion.objects.order_by("pk").values_list("mark", "at"))
    return Version(tuple(mark for mark, _ in rows), max(at for _, at in rows)) if rows else None


_CHANGED: Final = """moved AS (
    SELECT part1, SUM(entries) AS entries FROM tallies_tallychange
    WHERE breakdown = %(breakdown)s GROUP BY part1
)"""

_LARGEST: Final = f"""WITH {_CHANGED}, best AS (
    SELECT part1, entries FROM tallies_tally WHERE breakdown = %(breakdown)s AND part1 <> ''
    ORDER BY entries DESC LIMIT %(most)s + (SELECT COUNT(*) FROM moved)
)
SELECT part1, SUM(entries) FROM (
    SELECT part1, entries FROM best
    UNION ALL SELECT part1, entries FROM moved WHERE part1 <> ''
    UNION ALL SELECT t.part1, t.entries FROM moved m
        JOIN tallies_tally t ON t.breakdown = %(breakdown)s AND t.part1 = m.part1
        WHERE t.part1 <> '' AND t.part1 NOT IN (SELECT part1 FROM best)
) AS c GROUP BY part1 HAVING SUM(entries) > 0 ORDER BY 2 DESC LIMIT %(most)s"""  # noqa: S608  made of constants

# On SQLite, where nothing ever waits to be added in, its planner would look at every cell for what might.
_LARGEST_ON_SQLITE: Final = """SELECT part1, entries FROM tallies_tally
WHERE breakdown = %(breakdown)s AND part1 <> '' AND entries > 0 ORDER BY entries DESC LIMIT %(most)s"""

# The plus keeps SQLite from looking for the one unnamed cell among all that have entries.
_SPREAD: Final = f"""WITH {_CHANGED}, of_moved AS (
    SELECT COALESCE(t.entries, 0) AS before, COALESCE(t.entries, 0) + m.entries AS after FROM moved m
    LEFT JOIN tallies_tally t ON t.breakdown = %(breakdown)s AND t.part1 = m.part1 WHERE m.part1 <> ''
), unnamed AS (
    SELECT COUNT(*) AS cells, COALESCE(SUM(entries), 0) AS entries FROM tallies_tally
    WHERE breakdown = %(breakdown)s AND part1 = '' AND +entries > 0
), kept AS (
    SELECT COUNT(*) - (SELECT cells FROM unnamed) AS cells,
        COALESCE(SUM(entries), 0) - (SELECT entries FROM unnamed) AS entries FROM tallies_tally
    WHERE breakdown = %(breakdown)s AND entries > 0
)
SELECT kept.cells + (SELECT COUNT(*) FROM of_moved WHERE after > 0)
        - (SELECT COUNT(*) FROM of_moved WHERE before > 0),
    kept.entries + (SELECT COALESCE(SUM(after - before), 0) FROM of_moved)
FROM kept"""  # noqa: S608  made of constants


def cells(name: str, first: Sequence[str] = ()) -> list[Cell]:
    """Return the parts and the number of every cell of a breakdown that has any.

    Args:
        name: The breakdown's id.
        first: If given, only cells whose first part is one of these.
    """
    return as_cells(cell_rows(name, first))


def as_cells(rows: Sequence[tuple[Any, ...]]) -> list[Cell]:
    """Return the cells that `cell_rows` read."""
    return [(row[:-1], int(row[-1])) for row in rows]


def cell_rows(name: str, first: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """Return cells as the database gives them, parts and number: enough to see whether any is another."""
    parts = [f"part{n + 1}" for n in range(len(BREAKDOWNS[name].parts))]
    where, values = "breakdown = %s", [name, *first]
    if first:
        where += f" AND part1 IN ({', '.join(['%s'] * len(first))})"
    if connection.vendor == "sqlite":  # Where nothing ever waits to be added in.
        return _read(
            f"SELECT {', '.join(parts)}, entries FROM tallies_tally WHERE {where} AND entries <> 0",  # noqa: S608
            values,
        )
    selects = " UNION ALL ".join(
        f"SELECT {', '.join(parts)}, entries FROM {table} WHERE {where}"  # noqa: S608  values are apart
        for table in ("tallies_tally", "tallies_tallychange")
    )
    listed = ", ".join(parts)
    return _read(
        f"SELECT {listed}, SUM(entries) FROM ({selects}) AS c GROUP BY {listed} HAVING SUM(entries) <> 0 "  # noqa: S608
        f"ORDER BY {listed}",
        values * 2,
    )


def largest(name: str, most: int) -> list[tuple[str, int]]:
    """Return the cells of a breakdown by one part that have the most entries, `most` of them at most."""
    asked = _LARGEST_ON_SQLITE if connection.vendor == "sqlite" else _LARGEST
    rows = _read(asked, {"breakdown": name, "most": most})
    return [(part, int(entries)) for part, entries in rows]


def spread(name: str) -> Spread:
    """Return over how many cells of a breakdown by one part the entries are spread."""
    [(count, entries)] = _read(_SPREAD, {"breakdown": name})
    return Spread(int(count), int(entries))


def _read(sql: str, values: Sequence[str] | Mapping[str, str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
