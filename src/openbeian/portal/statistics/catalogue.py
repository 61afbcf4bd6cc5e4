"""Every statistic there is, in the order in which they are shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from openbeian.core.register_counts import Concentration, RegisterRow, concentration
from openbeian.portal.sightings.queries import DayOfAnswers, answers_by_day
from openbeian.portal.statistics import (
    course_sheets,
    log_sheets,
    place_sheets,
    published_sheets,
    register_sheets,
    sighting_sheets,
    standing_sheets,
)
from openbeian.portal.statistics.log_state import entries_by_day, log_state
from openbeian.portal.statistics.queries import (
    Course,
    base_models,
    course,
    measures_by_month,
    provider_names,
    providers,
    rows_by,
    statuses_now,
)
from openbeian.portal.statistics.sheets import Sheet
from openbeian.portal.tallies.queries import Version
from openbeian.published import load_totals

__all__ = ["defined_statistics", "every_statistic", "find_statistic"]


class _Counted:
    """What statistics count, each part read once and only where it is asked for."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._rows: dict[str, Sequence[RegisterRow]] = {}

    def by(self, breakdown: str) -> Sequence[RegisterRow]:
        if breakdown not in self._rows:
            self._rows[breakdown] = rows_by(breakdown)
        return self._rows[breakdown]

    def providers(self) -> tuple[Concentration, dict[str, str]]:
        spread = providers()
        return spread, provider_names([one.key for one in spread.largest])

    def base_models(self) -> tuple[list[RegisterRow], dict[str, str]]:
        return base_models()

    def statuses(self) -> Mapping[str, Mapping[str, int]]:
        return statuses_now()

    def measures(self) -> Mapping[str, Mapping[str, int]]:
        return measures_by_month()

    def refusals(self) -> Sequence[DayOfAnswers]:
        return answers_by_day(sighting_sheets.DAYS_SHOWN)

    @cached_property
    def course(self) -> Course:
        return course()


class _Uncounted(_Counted):
    """What statistics say of themselves needs no figures."""

    def by(self, breakdown: str) -> Sequence[RegisterRow]:  # noqa: ARG002  there is nothing by anything
        return []

    def providers(self) -> tuple[Concentration, dict[str, str]]:
        return concentration([]), {}

    def base_models(self) -> tuple[list[RegisterRow], dict[str, str]]:
        return [], {}

    def statuses(self) -> Mapping[str, Mapping[str, int]]:
        return {"filing": {}, "registration": {}}

    def measures(self) -> Mapping[str, Mapping[str, int]]:
        return {}

    def refusals(self) -> Sequence[DayOfAnswers]:
        return ()

    @cached_property
    def course(self) -> Course:
        return Course({}, {}, {}, {})


class _Statistic(NamedTuple):
    """How a statistic is made: what it reads of what is counted, and what it makes of that."""

    read: Callable[[_Counted], tuple[Any, ...]]
    make: Callable[..., Sheet]


_STATISTICS: Final[Mapping[str, _Statistic]] = {
    "filings-by-month": _Statistic(lambda of: (of.by("month"), "filing"), register_sheets.months),
    "certified-by-round": _Statistic(lambda of: (of.by("round"),), register_sheets.rounds),
    "filings-by-jurisdiction": _Statistic(
        lambda of: (of.by("place"), "filing"), place_sheets.by_jurisdiction
    ),
    "filings-new-by-year": _Statistic(lambda of: (of.by("place"), "filing"), place_sheets.by_year),
    "filings-by-industry-and-jurisdiction": _Statistic(
        lambda of: (of.by("industry"),), register_sheets.by_industry
    ),
    "shift-to-industries": _Statistic(lambda of: (of.by("class"),), register_sheets.shift),
    "filings-by-provider": _Statistic(lambda of: of.providers(), register_sheets.largest_providers),
    "registrations-by-month": _Statistic(lambda of: (of.by("month"), "registration"), register_sheets.months),
    "registrations-by-jurisdiction": _Statistic(
        lambda of: (of.by("place"), "registration"), place_sheets.by_jurisdiction
    ),
    "registrations-new-by-year": _Statistic(
        lambda of: (of.by("place"), "registration"), place_sheets.by_year
    ),
    "registrations-by-base-model": _Statistic(lambda of: of.base_models(), standing_sheets.base_models),
    "entries-by-status": _Statistic(lambda of: (of.statuses(),), standing_sheets.statuses),
    "measures-by-month": _Statistic(lambda of: (of.measures(),), standing_sheets.measures),
    "applications-by-status": _Statistic(lambda of: (of.course.statuses,), course_sheets.funnel),
    "days-to-certificate-by-office": _Statistic(
        lambda of: (of.course.days,), course_sheets.time_to_certificate
    ),
    "certified-by-times-handed-in": _Statistic(
        lambda of: (of.course.versions,), course_sheets.versions_handed_in
    ),
    "corrections-by-item": _Statistic(lambda of: (of.course.corrections,), course_sheets.corrected_items),
    "log-health": _Statistic(lambda of: (log_state(), of.at), log_sheets.health),
    "log-entries-by-day": _Statistic(
        lambda _: (entries_by_day(log_sheets.DAYS_SHOWN),), log_sheets.written_by_day
    ),
    "gate-sightings": _Statistic(lambda of: (of.refusals(),), sighting_sheets.refused_by_day),
    "published-totals": _Statistic(lambda _: (load_totals(),), published_sheets.published_totals),
}
"""How each is counted, by its id, which is the sheet's too."""


_LIVE: Final = frozenset({"log-health", "log-entries-by-day", "gate-sightings"})
"""What is looked at anew each time: log and gates go on while nothing that is counted changes."""


def every_statistic(at: datetime, counted: Version | None) -> list[Sheet]:
    """Return everything as of `at`; what is `counted` already, at this version, is not counted again."""
    kept = _kept(counted) if counted else _count_kept()
    live = _Counted(at)
    return [kept[name] if name in kept else _sheet(name, live) for name in _STATISTICS]


def _sheet(name: str, counted: _Counted) -> Sheet:
    """Return a statistic: the very one it was before, where it says the same."""
    statistic = _STATISTICS[name]
    read = statistic.read(counted)
    before = _LAST.get(name)
    if before is None or before[0] != read:
        sheet = statistic.make(*read)
        _LAST[name] = (read, before[1] if before is not None and before[1] == sheet else sheet)
    return _LAST[name][1]


_LAST: Final[dict[str, tuple[tuple[Any, ...], Sheet]]] = {}
"""What each statistic was made of last, and the statistic: one change leaves most of them as they are."""


@lru_cache(maxsize=2)
def _kept(counted: Version) -> Mapping[str, Sheet]:  # noqa: ARG001  what is kept is kept under it
    return _count_kept()


def _count_kept() -> Mapping[str, Sheet]:
    counted = _Counted(datetime.max.replace(tzinfo=UTC))
    return {name: _sheet(name, counted) for name in _STATISTICS if name not in _LIVE}


def defined_statistics(at: datetime) -> list[Sheet]:
    """Return every statistic for its title and definition, with nothing counted of the register."""
    nothing = _Uncounted(at)
    return [one.make(*one.read(nothing)) for one in _STATISTICS.values()]


def find_statistic(wanted: str, at: datetime) -> Sheet | None:
    """Return the statistic with this id, having read what it counts and no more."""
    return _sheet(wanted, _Counted(at)) if wanted in _STATISTICS else None
