"""Counting a register: how many, where, when, how fast. Pure functions of its rows.

Filings and registrations are two series with numbers of their own and are never added: every function counts
the rows it is given, and `of_route` picks one series.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final, NamedTuple, TypeVar

__all__ = [
    "FEWEST_COUNTED",
    "FEWEST_SHOWN",
    "GENERAL",
    "MOST_LISTED",
    "ON_FILE",
    "Concentration",
    "Period",
    "Ranked",
    "RegisterRow",
    "Share",
    "Took",
    "by_month",
    "by_round",
    "concentrated",
    "concentration",
    "cross",
    "industry_shift",
    "kept_back",
    "new_by_year",
    "of_route",
    "on_file",
    "rank",
    "ranked",
    "took",
]

ON_FILE: Final = frozenset({"valid", "suspended"})
"""The statuses of what counts as on file; what is revoked, cancelled or expired does not."""

GENERAL: Final = "general"
"""The industry of a model meant for everything; every other is a specific one."""

FEWEST_SHOWN: Final = 5
"""Durations of fewer cases are not shown: they would say how one applicant fared."""

FEWEST_COUNTED: Final = 3
"""Smaller counts of how applications fared are kept back, zero excepted: they could point at somebody."""

MOST_LISTED: Final = 10
"""How many of the largest are listed."""

_Key = TypeVar("_Key", bound=Hashable)


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
    base_model: str = ""
    """The number of the filed model it calls, or its name where no number is known."""
    entries: int = 1
    """How many entries this stands for, alike in everything said here."""


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
    counts = _counted((row.issued_on.replace(day=1), row) for row in rows if row.issued_on is not None)
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
    counts = _counted((row.round, row) for row in rows if row.round is not None)
    total, periods = 0, []
    for number in sorted(counts):
        total += counts[number]
        periods.append(Period(str(number), counts[number], total))
    return periods


def rank(rows: Iterable[RegisterRow], key: Callable[[RegisterRow], str]) -> list[Ranked]:
    """Return what `key` names, most frequent first; an empty key is left out."""
    counts = _counted((named, row) for row in rows if (named := key(row)))
    return ranked({named: count for named, count in counts.items() if count})


def ranked(counts: Mapping[str, int]) -> list[Ranked]:
    """Return what was counted, most frequent first; those with as many share a rank."""
    ranking: list[Ranked] = []
    for place, (named, count) in enumerate(sorted(counts.items(), key=lambda one: (-one[1], one[0])), 1):
        is_tie = bool(ranking) and ranking[-1].entries == count
        ranking.append(Ranked(ranking[-1].rank if is_tie else place, named, count))
    return ranking


def cross(rows: Iterable[RegisterRow]) -> Counter[tuple[str, str]]:
    """Return how many entries there are by (industry, jurisdiction); unclassified ones are left out."""
    return _counted(((row.industry, row.jurisdiction), row) for row in rows if row.industry)


def industry_shift(rows: Iterable[RegisterRow]) -> list[Share]:
    """Return, for each year with classified entries, how many of them are for a specific industry."""
    years = _counted(
        ((row.issued_on.year, row.industry != GENERAL), row) for row in rows if row.issued_on and row.industry
    )
    return [
        Share(year, years[year, True], years[year, True] + years[year, False])
        for year in sorted({year for year, _ in years})
    ]


def concentration(rows: Sequence[RegisterRow]) -> Concentration:
    """Return how the entries are spread over providers."""
    ranking = rank(rows, lambda row: row.provider)
    return concentrated(ranking, providers=len(ranking), entries=sum(one.entries for one in ranking))


def concentrated(ranking: Sequence[Ranked], *, providers: int, entries: int) -> Concentration:
    """Return how entries are spread, given how many there are and the first eleven of the ranking or more."""
    largest = ranking[:MOST_LISTED]
    if len(ranking) > MOST_LISTED and ranking[MOST_LISTED].entries == largest[-1].entries:
        largest = [one for one in largest if one.entries > ranking[MOST_LISTED].entries]
    return Concentration(providers, entries, tuple(largest), sum(one.entries for one in largest))


def new_by_year(rows: Iterable[RegisterRow]) -> Counter[tuple[str, int]]:
    """Return how many entries were new by (jurisdiction, year); those without either are left out."""
    dated = ((row.jurisdiction, row.issued_on, row) for row in rows if row.jurisdiction)
    return _counted(((place, on.year), row) for place, on, row in dated if on)


def _counted(named: Iterable[tuple[_Key, RegisterRow]]) -> Counter[_Key]:
    counts = Counter[_Key]()
    for key, row in named:
        counts[key] += row.entries
    return counts


def kept_back(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """Return counts with those kept back that could point at somebody: below `FEWEST_COUNTED`, but not zero.

    Where only one would be kept back, the next smallest is too: beside a total the one could be worked out.
    """
    small = [key for key, count in counts.items() if 0 < count < FEWEST_COUNTED]
    if len(small) == 1:
        others = [key for key, count in counts.items() if count and key != small[0]]
        small += sorted(others, key=counts.__getitem__)[:1]
    return {key: None if key in small else count for key, count in counts.items()}


def took(days: Iterable[int]) -> Took:
    """Return the median of durations in days, kept back where so few cases would point at one of them."""
    known = list(days)
    return Took(len(known), float(median(known)) if len(known) >= FEWEST_SHOWN else None)
