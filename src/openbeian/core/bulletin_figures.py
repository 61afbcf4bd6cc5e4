"""The figures of a bulletin: each is asked for by a query, and found again by it in the open rows.

A query names a statistic, one of the two series (never both), and what it is about; `Recount` answers it from
rows of the register and from the days each office took, and from nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Final, NamedTuple

from openbeian.core.register_counts import (
    GENERAL,
    ON_FILE,
    Ranked,
    RegisterRow,
    Took,
    by_month,
    industry_shift,
    of_route,
    on_file,
    rank,
)

__all__ = [
    "SPECIFIC",
    "STATISTICS",
    "TABLES",
    "Query",
    "Recount",
    "Standing",
    "Value",
    "rests_on_office_days",
]

Value = int | float | str | None
"""A figure: a number, the code of an industry or jurisdiction, or None where it is unknown or kept back."""

SPECIFIC: Final = "specific"
"""In a query: every industry but the general one."""

_CHINA: Final = timezone(timedelta(hours=8))
"""The register's days are China's."""


class Standing(NamedTuple):
    """An entry of the register with the days it needs to be counted as it stood earlier."""

    row: RegisterRow
    listed_on: date
    status_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What a figure answers. Days are inclusive; an empty member leaves nothing out."""

    statistic: str
    as_of: date
    series: str = "filing"
    jurisdiction: str = ""
    round: int | None = None
    since: date | None = None
    until: date | None = None
    base_until: date | None = None
    """The last day of what is compared with: everything up to it."""
    industry: str = ""
    """An industry, or `specific`."""


def _stood(entry: Standing, as_of: date) -> RegisterRow:
    """Return the row as it stood at the end of a day: what was ended only later was on file then."""
    since = entry.status_since
    if entry.row.status in ON_FILE or since is None or since.astimezone(_CHINA).date() <= as_of:
        return entry.row
    return replace(entry.row, status="valid")


class Recount:
    """Answers queries from rows of the register and the days each office took."""

    def __init__(self, entries: Iterable[Standing], office_days: Mapping[str, Took]) -> None:
        """Keep the rows; `office_days` holds, by jurisdiction, cases and median days to the certificate."""
        self._entries = list(entries)
        self.office_days = office_days
        self._series: dict[tuple[str, date], list[RegisterRow]] = {}

    def value(self, query: Query) -> Value:
        """Return the figure. Raises `KeyError` for a statistic that does not exist."""
        return STATISTICS[query.statistic](self, query)

    def table(self, query: Query) -> list[tuple[Value, ...]]:
        """Return the rows of a chart's table. Raises `KeyError` for one that does not exist."""
        return TABLES[query.statistic](self, query)

    def everywhere(self, query: Query) -> list[RegisterRow]:
        """Return the rows of the query's series as they stood on its day, of every jurisdiction."""
        at = (query.series, query.as_of)
        if at not in self._series:
            known = (_stood(one, query.as_of) for one in self._entries if one.listed_on <= query.as_of)
            self._series[at] = of_route(known, query.series)
        return self._series[at]

    def here(self, query: Query) -> list[RegisterRow]:
        """Return those of the query's jurisdiction; of every one where it names none."""
        rows = self.everywhere(query)
        return [row for row in rows if row.jurisdiction == query.jurisdiction] if query.jurisdiction else rows

    def new(self, query: Query) -> list[RegisterRow]:
        """Return those that were new in the query's round or between its days, whatever became of them."""
        return [row for row in self.here(query) if _is_in(row, query)]

    def ranking(self, query: Query) -> list[Ranked]:
        """Rank the jurisdictions by what is on file."""
        return rank(on_file(self.everywhere(query)), lambda row: row.jurisdiction)


def _is_in(row: RegisterRow, query: Query) -> bool:
    if query.round is not None and row.round != query.round:
        return False
    if query.since is None and query.until is None:
        return True
    if row.issued_on is None:
        return False
    return (query.since or row.issued_on) <= row.issued_on <= (query.until or row.issued_on)


def _of_industry(rows: Iterable[RegisterRow], industry: str) -> list[RegisterRow]:
    if not industry:
        return list(rows)
    if industry == SPECIFIC:
        return [row for row in rows if row.industry not in ("", GENERAL)]
    return [row for row in rows if row.industry == industry]


def _classified(rows: Iterable[RegisterRow]) -> list[RegisterRow]:
    return [row for row in rows if row.industry]


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _share(recount: Recount, query: Query) -> float | None:
    known = _classified(recount.new(query))
    return _percent(len(_of_industry(known, query.industry)), len(known))


def _base(query: Query) -> Query:
    """Return the query of what is compared with: everything up to the day before."""
    return replace(query, round=None, since=None, until=query.base_until, base_until=None)


def _shift(recount: Recount, query: Query) -> float | None:
    """Return by how many points an industry's share is above what it was before."""
    now, before = _share(recount, query), _share(recount, _base(query))
    return None if now is None or before is None else round(now - before, 1)


def _largest_shift(recount: Recount, query: Query) -> str | None:
    """Return the industry whose share rose most; None where nothing rose or can be compared."""
    rises: list[tuple[float, str]] = []
    for industry in {row.industry for row in _classified(recount.new(query))}:
        points = _shift(recount, replace(query, industry=industry))
        if points is not None and points > 0:
            rises.append((-points, industry))
    return min(rises)[1] if rises else None


def _industries_of_new(recount: Recount, query: Query) -> int:
    return len({row.industry for row in _classified(recount.new(query))})


def _leading_industry(recount: Recount, query: Query) -> str | None:
    ranking = rank(recount.new(query), lambda row: row.industry)
    return ",".join(one.key for one in ranking if one.rank == 1) or None


def _place(recount: Recount, query: Query) -> Ranked | None:
    return next((one for one in recount.ranking(query) if one.key == query.jurisdiction), None)


def _rank(recount: Recount, query: Query) -> int | None:
    place = _place(recount, query)
    return place.rank if place else None


def _rank_shared_by(recount: Recount, query: Query) -> int:
    place = _place(recount, query)
    return sum(place is not None and one.rank == place.rank for one in recount.ranking(query))


def _leaders(recount: Recount, query: Query) -> str | None:
    return ",".join(one.key for one in recount.ranking(query) if one.rank == 1) or None


def _most_on_file(recount: Recount, query: Query) -> int:
    return max((one.entries for one in recount.ranking(query)), default=0)


def _share_of_everywhere(recount: Recount, query: Query) -> float | None:
    return _percent(len(on_file(recount.here(query))), len(on_file(recount.everywhere(query))))


def _took(recount: Recount, query: Query) -> Took:
    return recount.office_days.get(query.jurisdiction, Took(0, None))


def _medians(recount: Recount) -> list[float]:
    return [took.median for took in recount.office_days.values() if took.median is not None]


_Answer = Callable[[Recount, Query], Value]

_OF_OFFICES: Final[Mapping[str, _Answer]] = {
    "certified_cases": lambda recount, query: _took(recount, query).cases,
    "median_days": lambda recount, query: _took(recount, query).median,
    "offices_with_median": lambda recount, _: len(_medians(recount)),
    "shortest_median_days": lambda recount, _: min(_medians(recount), default=None),
    "longest_median_days": lambda recount, _: max(_medians(recount), default=None),
}
"""How what each office took is told, by the statistic `days-to-certificate-by-office` alone."""

STATISTICS: Final[Mapping[str, _Answer]] = {
    "on_file": lambda recount, query: len(_of_industry(on_file(recount.here(query)), query.industry)),
    "new": lambda recount, query: len(_of_industry(recount.new(query), query.industry)),
    "providers_of_new": lambda recount, query: len(
        {row.provider for row in recount.new(query) if row.provider}
    ),
    "classified": lambda recount, query: len(_classified(recount.new(query))),
    "share": _share,
    "shift": _shift,
    "largest_shift": _largest_shift,
    "share_of_everywhere": _share_of_everywhere,
    "industries_of_new": _industries_of_new,
    "leading_industry": _leading_industry,
    "rank": _rank,
    "rank_shared_by": _rank_shared_by,
    "jurisdictions": lambda recount, query: len(recount.ranking(query)),
    "leaders": _leaders,
    "most_on_file": _most_on_file,
    **_OF_OFFICES,
}
"""How each figure is counted, by the name a query gives it."""


def _ranking(recount: Recount, query: Query) -> list[tuple[Value, ...]]:
    return [tuple(one) for one in recount.ranking(query)]


def _months(recount: Recount, query: Query) -> list[tuple[Value, ...]]:
    return [tuple(one) for one in by_month(recount.here(query))]


def _years(recount: Recount, query: Query) -> list[tuple[Value, ...]]:
    shares = industry_shift(recount.here(query))
    return [
        (str(one.year), one.specific, one.classified, _percent(one.specific, one.classified))
        for one in shares
    ]


def _industries(recount: Recount, query: Query) -> list[tuple[Value, ...]]:
    """Count each industry among what is new and among what was there before, most frequent first."""
    new, before = (
        Counter(row.industry for row in _classified(recount.new(one))) for one in (query, _base(query))
    )
    totals = new + before
    return [
        (
            industry,
            new[industry],
            _percent(new[industry], new.total()),
            before[industry],
            _percent(before[industry], before.total()),
        )
        for industry in sorted(totals, key=lambda one: (-new[one], -before[one], one))
    ]


def _offices(recount: Recount, _query: Query) -> list[tuple[Value, ...]]:
    """List the offices by how long they take, those whose figure is kept back last."""
    return sorted(
        ((code, took.cases, took.median) for code, took in recount.office_days.items()),
        key=lambda row: (row[2] is None, row[2] or 0, row[0]),
    )


TABLES: Final[Mapping[str, Callable[[Recount, Query], list[tuple[Value, ...]]]]] = {
    "ranking": _ranking,
    "months": _months,
    "years": _years,
    "industries": _industries,
    "offices": _offices,
}
"""How the table behind each chart is counted."""


def rests_on_office_days(query: Query) -> bool:
    """Say whether a query is answered from the days each office took and not from the rows."""
    return query.statistic in _OF_OFFICES or query.statistic == "offices"
