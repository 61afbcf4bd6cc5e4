"""Counting a register: how many, where, when, how fast. Pure functions of its rows.

Filings and registrations are two series with numbers of their own and are never added: every function counts
the rows it is given, and `of_route` picks one series.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final, NamedTuple

__all__ = [
    "FEWEST_SHOWN",
    "GENERAL",
    "ON_FILE",
    "Concentration",
    "Period",
    "Ranked",
    "RegisterRow",
    "Share",
    "Took",
    "by_month",
    "by_round",
    "concentration",
    "cross",
    "industry_shift",
    "of_route",
    "on_file",
    "rank",
    "took",
]

ON_FILE: Final = frozenset({"valid", "suspended"})
"""The statuses of what counts as on file; what is revoked, cancelled or expired does not."""

GENERAL: Final = "general"
"""The industry of a model meant for everything; every other is a specific one."""

FEWEST_SHOWN: Final = 5
"""Durations of fewer cases are not shown: they would say how one applicant fared."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """An entry of the register, as far as it is counted."""

    route: str
    jurisdiction: str
    status: str
    issued_on: date | None = None
    round: int | None = None
    industry: str = ""
    provider: str = ""
    """Who it is: the credit code where there is one, else the name."""


class Period(NamedTuple):
    """A month (`2026-11`) or a round (its number): how many were new in it, how many there are since."""

    label: str
    new: int
    total: int


class Ranked(NamedTuple):
    """A place in a ranking; those with the same count share a rank, and the next rank counts them all."""

    rank: int
    key: str
    entries: int


class Share(NamedTuple):
    """In a year: how many entries name an industry, and how many of those a specific one."""

    year: int
    specific: int
    classified: int


class Concentration(NamedTuple):
    """How far the entries are in few hands."""

    providers: int
    entries: int
    largest: tuple[Ranked, ...]
    """The providers with the most, at most ten, ties at the tenth place left out together."""
    of_largest: int
    """How many entries those have."""


class Took(NamedTuple):
    """How long cases took, in days; the median is None where there are fewer than `FEWEST_SHOWN`."""

    cases: int
    median: float | None


def of_route(rows: Iterable[RegisterRow], route: str) -> list[RegisterRow]:
    """Return the rows of one series, `filing` or `registration`."""
    return [row for row in rows if row.route == route]


def on_file(rows: Iterable[RegisterRow]) -> list[RegisterRow]:
    """Return the rows that are valid or suspended."""
    return [row for row in rows if row.status in ON_FILE]


def by_month(rows: Iterable[RegisterRow]) -> list[Period]:
    """Return every month from the first entry to the last, empty ones too; rows without a day are left out.

    Everything that ever was on file counts: what is revoked later was new in its month all the same.
    """
    counts = Counter(row.issued_on.replace(day=1) for row in rows if row.issued_on is not None)
    if not counts:
        return []
    month, last, total, periods = min(counts), max(counts), 0, []
    while month <= last:
        total += counts[month]
        periods.append(Period(f"{month:%Y-%m}", counts[month], total))
        month = _next(month)
    return periods


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def by_round(rows: Iterable[RegisterRow]) -> list[Period]:
    """Return every round that certified something, in the order of their numbers."""
    counts = Counter(row.round for row in rows if row.round is not None)
    total, periods = 0, []
    for number in sorted(counts):
        total += counts[number]
        periods.append(Period(str(number), counts[number], total))
    return periods


def rank(rows: Iterable[RegisterRow], key: Callable[[RegisterRow], str]) -> list[Ranked]:
    """Return what `key` names, most frequent first; an empty key is left out."""
    counts = Counter(named for row in rows if (named := key(row)))
    ranking: list[Ranked] = []
    for place, (named, count) in enumerate(sorted(counts.items(), key=lambda one: (-one[1], one[0])), 1):
        is_tie = bool(ranking) and ranking[-1].entries == count
        ranking.append(Ranked(ranking[-1].rank if is_tie else place, named, count))
    return ranking


def cross(rows: Iterable[RegisterRow]) -> Counter[tuple[str, str]]:
    """Return how many entries there are by (industry, jurisdiction); unclassified ones are left out."""
    return Counter((row.industry, row.jurisdiction) for row in rows if row.industry)


def industry_shift(rows: Iterable[RegisterRow]) -> list[Share]:
    """Return, for each year with classified entries, how many of them are for a specific industry."""
    years = Counter(
        (row.issued_on.year, row.industry != GENERAL) for row in rows if row.issued_on and row.industry
    )
    return [
        Share(year, years[year, True], years[year, True] + years[year, False])
        for year in sorted({year for year, _ in years})
    ]


def concentration(rows: Sequence[RegisterRow]) -> Concentration:
    """Return how the entries are spread over providers."""
    ranking = rank(rows, lambda row: row.provider)
    most = 10
    largest = ranking[:most]
    if len(ranking) > most and ranking[most].entries == largest[-1].entries:
        largest = [one for one in largest if one.entries > ranking[most].entries]
    entries = sum(one.entries for one in ranking)
    return Concentration(len(ranking), entries, tuple(largest), sum(one.entries for one in largest))


def took(days: Iterable[int]) -> Took:
    """Return the median of durations in days, kept back where so few cases would point at one of them."""
    known = list(days)
    return Took(len(known), float(median(known)) if len(known) >= FEWEST_SHOWN else None)
