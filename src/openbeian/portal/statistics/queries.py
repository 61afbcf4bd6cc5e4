"""Reading what is counted: the entries of the register, and the course of the applications behind them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar, cast

from openbeian.core.register_counts import MOST_LISTED, Concentration, RegisterRow, concentrated, ranked
from openbeian.portal.filings.models import Round
from openbeian.portal.tallies.queries import Cell, as_cells, cell_rows, cells, largest, spread

__all__ = [
    "Course",
    "base_models",
    "course",
    "has_demo",
    "measures_by_month",
    "provider_names",
    "providers",
    "rows_by",
    "statuses_now",
]


@dataclass(frozen=True, slots=True)
class Course:
    """How applications fared at the offices."""

    days: Mapping[str, list[int]]
    """Calendar days from the first handing in to the certificate, by jurisdiction, of what is certified."""
    corrections: Mapping[str, int]
    """How often each item of the form or threshold was asked to be corrected."""
    versions: Mapping[int, int]
    """How many certified applications were handed in so many times."""
    statuses: Mapping[str, int]
    """How many applications have each status; drafts are nobody's business and left out."""


_Cells = list[Cell]
_Made = TypeVar("_Made")
_LAST: Final[dict[str, tuple[object, object]]] = {}
"""By what it is of, the cells that were read last, and what was made of them."""


def _made_of(name: str, make: Callable[[_Cells], _Made], beside: object = None) -> _Made:
    """Return what `make` makes of a breakdown's cells; the same again while they, and what is beside, are.

    One change leaves most breakdowns as they are, and reading them takes less than making something of them.
    What is returned belongs to everybody: nobody changes it.
    """
    found = cell_rows(name)
    kept = _LAST.get(name)
    if kept is None or kept[0] != (found, beside):
        kept = _LAST[name] = ((found, beside), make(as_cells(found)))
    return cast("_Made", kept[1])


def rows_by(breakdown: str) -> Sequence[RegisterRow]:
    """Return the register's entries as one breakdown tells them apart; what it doesn't tell stays empty."""
    return _ROWS[breakdown]()


def _by_month() -> list[RegisterRow]:
    return _made_of(
        "month",
        lambda found: [
            RegisterRow(route, "", "", _first_day(month), entries=entries)
            for (route, month), entries in found
        ],
    )


def _by_place() -> list[RegisterRow]:
    return _made_of(
        "place",
        lambda found: [
            RegisterRow(route, place, status, _first_day(year), entries=entries)
            for (route, place, status, year), entries in found
        ],
    )


def _by_round() -> list[RegisterRow]:
    series = dict(Round.objects.order_by().values_list("id", "series"))
    return _made_of(
        "round",
        lambda found: [
            RegisterRow(route, "", "", round=series[int(round_)], entries=entries)
            for (route, round_), entries in found
        ],
        series,
    )


def _by_industry() -> list[RegisterRow]:
    return _made_of(
        "industry",
        lambda found: [
            RegisterRow(route, place, "", industry=industry, entries=entries)
            for (route, place, industry), entries in found
        ],
    )


def _by_class() -> list[RegisterRow]:
    return _made_of(
        "class",
        lambda found: [
            RegisterRow(route, "", "", _first_day(year), industry=industry, entries=entries)
            for (route, year, industry, _), entries in found
        ],
    )


_ROWS: Final[Mapping[str, Callable[[], list[RegisterRow]]]] = {
    "month": _by_month,
    "place": _by_place,
    "round": _by_round,
    "industry": _by_industry,
    "class": _by_class,
}


@lru_cache(maxsize=1 << 12)
def _first_day(written: str) -> date | None:
    """Return the first day of a month `2026-11` or a year `2026`; None where none was given."""
    year, _, month = written.partition("-")
    return date(int(year), int(month or 1), 1) if year else None


def providers() -> Concentration:
    """Return how the filings on file are spread over providers."""
    found = spread("provider")
    ranking = ranked(dict(largest("provider", MOST_LISTED + 1)))
    return concentrated(ranking, providers=found.cells, entries=found.entries)


def provider_names(keys: Sequence[str]) -> dict[str, str]:
    """Return the name that most of its filings bear, of each provider known by one of `keys`."""
    names = cells("name", keys) if keys else []
    return {key: name for (key, name), _ in sorted(names, key=lambda one: (one[1], one[0]))}


def has_demo() -> bool:
    """Say whether something counted was assessed with a reduced sample."""
    return any(profile for (_, _, _, profile), _ in cells("origin"))


def statuses_now() -> dict[str, Counter[str]]:
    """Return how many entries have each status, by route."""
    found = {"filing": Counter[str](), "registration": Counter[str]()}
    for (route, status, _, _), entries in cells("origin"):
        found[route][status] += entries
    return found


def measures_by_month() -> dict[str, Counter[str]]:
    """Return how many measures of each kind took effect, by month."""
    months: dict[str, Counter[str]] = {}
    for (kind, month), entries in sorted(cells("measure"), key=lambda one: one[0][1]):
        months.setdefault(month, Counter())[kind] += entries
    return months


def base_models() -> tuple[list[RegisterRow], dict[str, str]]:
    """Return the registrations on file by the model they call, and the names of models known by number."""
    return _made_of("base_model", _base_models)


def _base_models(cells_found: _Cells) -> tuple[list[RegisterRow], dict[str, str]]:
    found = sorted(cells_found, key=lambda one: (one[1], one[0]))
    numbers: dict[str, set[str]] = {}
    for (number, model), _ in found:
        if number:
            numbers.setdefault(model, set()).add(number)
    # A model that goes by one number alone is that number, where only its name is given.
    only = {model: next(iter(known)) for model, known in numbers.items() if model and len(known) == 1}
    rows = [
        RegisterRow("registration", "", "", base_model=number or only.get(model, model), entries=entries)
        for (number, model), entries in found
    ]
    return rows, {number: model for (number, model), _ in found if number and model}


def course() -> Course:
    """Return how applications fared."""
    days = _made_of("days", _days)
    versions = {int(times): count for (times,), count in cells("times")}
    corrections = {item: count for (item,), count in cells("correction")}
    statuses = {status: count for (status,), count in cells("status")}
    return Course(days, corrections, dict(sorted(versions.items())), statuses)


def _days(found: _Cells) -> dict[str, list[int]]:
    days: dict[str, list[int]] = {}
    for (jurisdiction, taken), count in found:
        days.setdefault(jurisdiction, []).extend([int(taken)] * count)
    return days
