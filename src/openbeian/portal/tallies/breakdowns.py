"""What is counted, and by what: one line for each breakdown, and how each part of it is read in SQL.

A part is a text of at most 200 characters; what has none of it counts under the empty text. `{r}` stands for
the row: `NEW` and `OLD` in a trigger, an alias where a whole table is counted.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["BREAKDOWNS", "ENTRIES", "READ", "Breakdown", "counted", "parts_of"]

ENTRIES: Final = "filings_registerentry"
MEASURES: Final = "filings_measure"
LOG: Final = "log_entry"
FILINGS: Final = "filings_filing"
APPLICATIONS: Final = "applications_application"
CORRECTIONS: Final = "applications_correction"

READ: Final = {
    ENTRIES: (
        *("route", "jurisdiction", "status", "issued_on", "round_id", "industry", "service_type", "profile"),
        *("provider_uscc", "provider_name", "model_name", "filing_id", "sources"),
    ),
    MEASURES: ("kind", "agreed", "countersigned_at"),
    LOG: ("at",),
    FILINGS: ("jurisdiction", "issued_on", "application_id"),
    APPLICATIONS: ("status", "version"),
    CORRECTIONS: ("item",),
}
"""The columns that the breakdowns of a table read: other changes of its rows change no count."""

_PARTS: Final = 4


class _Part(NamedTuple):
    """How a part is read from a row."""

    sqlite: str
    postgresql: str


def _same(sql: str) -> _Part:
    return _Part(sql, sql)


_OF_FIRST: Final = (
    "COALESCE((SELECT CAST({days} AS TEXT) FROM applications_version v"
    " WHERE v.application_id = {{r}}.application_id AND v.number = 1), '')"
)

_PART: Final = {
    "route": _same("{r}.route"),
    "jurisdiction": _same("{r}.jurisdiction"),
    "status": _same("{r}.status"),
    "industry": _same("{r}.industry"),
    "service_type": _same("{r}.service_type"),
    "profile": _same("{r}.profile"),
    "month": _Part(
        "COALESCE(substr({r}.issued_on, 1, 7), '')", "COALESCE(to_char({r}.issued_on, 'YYYY-MM'), '')"
    ),
    "year": _Part(
        "COALESCE(substr({r}.issued_on, 1, 4), '')", "COALESCE(to_char({r}.issued_on, 'YYYY'), '')"
    ),
    "round": _same("COALESCE(CAST({r}.round_id AS TEXT), '')"),
    "origin": _same("CASE WHEN {r}.filing_id IS NULL THEN 'published_elsewhere' ELSE 'filed_here' END"),
    "provider": _same("CASE WHEN {r}.provider_uscc <> '' THEN {r}.provider_uscc ELSE {r}.provider_name END"),
    "provider_name": _same("{r}.provider_name"),
    "base_number": _Part(
        "substr(COALESCE(json_extract({r}.sources, '$.base_number'), ''), 1, 200)",
        "substr(COALESCE({r}.sources ->> 'base_number', ''), 1, 200)",
    ),
    "base_model": _same("{r}.model_name"),
    "kind": _same("{r}.kind"),
    "version": _same("CAST({r}.version AS TEXT)"),
    "item": _same("{r}.item"),
    "month_taken": _Part(
        "substr(date({r}.countersigned_at, '+8 hours'), 1, 7)",
        "to_char({r}.countersigned_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    ),
    # Calendar days from the day, in China, of the first handing in: what was handed in first never changes.
    "days_taken": _Part(
        _OF_FIRST.format(
            days="CAST(julianday({r}.issued_on) - julianday(date(v.submitted_at, '+8 hours')) AS INTEGER)"
        ),
        _OF_FIRST.format(days="{r}.issued_on - (v.submitted_at AT TIME ZONE 'Asia/Shanghai')::date"),
    ),
    "day_written": _Part(
        "date({r}.at, '+8 hours')", "to_char({r}.at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"
    ),
}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Rows of a table that are counted by up to four parts."""

    id: str
    table: str
    parts: tuple[str, ...]
    where: str = "1 = 1"
    """Which rows count."""


_ON_FILE: Final = "{r}.status IN ('valid', 'suspended')"

BREAKDOWNS: Final = {
    one.id: one
    for one in (
        Breakdown("month", ENTRIES, ("route", "month")),
        Breakdown("place", ENTRIES, ("route", "jurisdiction", "status", "year")),
        Breakdown("origin", ENTRIES, ("route", "status", "origin", "profile")),
        Breakdown("round", ENTRIES, ("route", "round"), "{r}.round_id IS NOT NULL"),
        Breakdown("industry", ENTRIES, ("route", "jurisdiction", "industry"), _ON_FILE),
        Breakdown("class", ENTRIES, ("route", "year", "industry", "service_type")),
        Breakdown("provider", ENTRIES, ("provider",), f"{{r}}.route = 'filing' AND {_ON_FILE}"),
        Breakdown("name", ENTRIES, ("provider", "provider_name"), f"{{r}}.route = 'filing' AND {_ON_FILE}"),
        Breakdown(
            "base_model",
            ENTRIES,
            ("base_number", "base_model"),
            f"{{r}}.route = 'registration' AND {_ON_FILE}",
        ),
        Breakdown("measure", MEASURES, ("kind", "month_taken"), "{r}.agreed = TRUE"),
        Breakdown("log_day", LOG, ("day_written",)),
        Breakdown("days", FILINGS, ("jurisdiction", "days_taken")),
        Breakdown("status", APPLICATIONS, ("status",), "{r}.version > 0"),
        Breakdown("times", APPLICATIONS, ("version",), "{r}.status = 'certified'"),
        Breakdown("correction", CORRECTIONS, ("item",)),
    )
}
"""Every breakdown, by its id."""


def parts_of(breakdown: Breakdown, row: str, vendor: str) -> tuple[str, ...]:
    """Return the four parts of a row as SQL, missing ones empty; `vendor` is as Django names it."""
    read = (getattr(_PART[name], vendor).format(r=row) for name in breakdown.parts)
    return (*read, *("''" for _ in range(_PARTS - len(breakdown.parts))))


def counted(breakdown: Breakdown, vendor: str, *, table: str = "", sign: str = "") -> str:
    """Return the SQL that counts a breakdown from its rows, or from a `table` that has some of them."""
    parts = ", ".join(parts_of(breakdown, "e", vendor))
    where = breakdown.where.format(r="e")
    return (
        f"SELECT '{breakdown.id}' AS breakdown, {parts}, {sign}COUNT(*)"  # noqa: S608  made of constants
        f" FROM {table or breakdown.table} e WHERE {where} GROUP BY 2, 3, 4, 5"
    )
