"""Every statistic there is, in the order in which they are shown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Final

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

__all__ = ["changes_by_itself", "defined_statistics", "every_statistic", "find_statistic"]


class _Counted:
    """What statistics count, each part read once and only where it is asked for."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._rows: dict[str, list[RegisterRow]] = {}

    def by(self, breakdown: str) -> list[RegisterRow]:
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

    def by(self, breakdown: str) -> list[RegisterRow]:  # noqa: ARG002  there is nothing by anything
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


_STATISTICS: Final[Mapping[str, Callable[[_Counted], Sheet]]] = {
    "filings-by-month": lambda counted: register_sheets.months(counted.by("month"), "filing"),
    "certified-by-round": lambda counted: register_sheets.rounds(counted.by("round")),
    "filings-by-jurisdiction": lambda counted: place_sheets.by_jurisdiction(counted.by("place"), "filing"),
    "filings-new-by-year": lambda counted: place_sheets.by_year(counted.by("place"), "filing"),
    "filings-by-industry-and-jurisdiction": lambda counted: register_sheets.by_industry(
        counted.by("industry")
    ),
    "shift-to-industries": lambda counted: register_sheets.shift(counted.by("class")),
    "filings-by-provider": lambda counted: register_sheets.largest_providers(*counted.providers()),
    "registrations-by-month": lambda counted: register_sheets.months(counted.by("month"), "registration"),
    "registrations-by-jurisdiction": lambda counted: place_sheets.by_jurisdiction(
        counted.by("place"), "registration"
    ),
    "registrations-new-by-year": lambda counted: place_sheets.by_year(counted.by("place"), "registration"),
    "registrations-by-base-model": lambda counted: standing_sheets.base_models(*counted.base_models()),
    "entries-by-status": lambda counted: standing_sheets.statuses(counted.statuses()),
    "measures-by-month": lambda counted: standing_sheets.measures(counted.measures()),
    "applications-by-status": lambda counted: course_sheets.funnel(counted.course.statuses),
    "days-to-certificate-by-office": lambda counted: course_sheets.time_to_certificate(counted.course.days),
    "certified-by-times-handed-in": lambda counted: course_sheets.versions_handed_in(counted.course.versions),
    "corrections-by-item": lambda counted: course_sheets.corrected_items(counted.course.corrections),
    "log-health": lambda counted: log_sheets.health(log_state(), counted.at),
    "log-entries-by-day": lambda _: log_sheets.written_by_day(entries_by_day(log_sheets.DAYS_SHOWN)),
    "gate-sightings": lambda counted: sighting_sheets.refused_by_day(counted.refusals()),
    "published-totals": lambda _: published_sheets.published_totals(load_totals()),
}
"""How each is counted, by its id, which is the sheet's too."""


_LIVE: Final = frozenset({"log-health", "log-entries-by-day", "gate-sightings"})
"""What is looked at anew each time: log and gates go on while nothing that is counted changes."""


def every_statistic(at: datetime, counted: Version | None) -> list[Sheet]:
    """Return everything as of `at`; what is `counted` already, at this version, is not counted again."""
    kept = _kept(counted) if counted else _count_kept()
    live = _Counted(at)
    return [kept[name] if name in kept else count(live) for name, count in _STATISTICS.items()]


@lru_cache(maxsize=2)
def _kept(counted: Version) -> Mapping[str, Sheet]:  # noqa: ARG001  what is kept is kept under it
    return _count_kept()


def _count_kept() -> Mapping[str, Sheet]:
    counted = _Counted(datetime.max.replace(tzinfo=UTC))
    return {name: count(counted) for name, count in _STATISTICS.items() if name not in _LIVE}


def changes_by_itself(sheet: Sheet) -> bool:
    """Say whether a statistic changes while nothing that is counted does."""
    return sheet.id in _LIVE


def defined_statistics(at: datetime) -> list[Sheet]:
    """Return every statistic for its title and definition, with nothing counted of the register."""
    return [count(_Uncounted(at)) for count in _STATISTICS.values()]


def find_statistic(wanted: str, at: datetime) -> Sheet | None:
    """Return the statistic with this id, having read what it counts and no more."""
    count = _STATISTICS.get(wanted)
    return count(_Counted(at)) if count else None
