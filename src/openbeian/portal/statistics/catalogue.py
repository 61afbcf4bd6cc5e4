"""Every statistic there is, in the order in which they are shown."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final

from openbeian.core.register_counts import RegisterRow
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.statistics import course_sheets, register_sheets
from openbeian.portal.statistics.queries import Course, course, register_rows
from openbeian.portal.statistics.sheets import Sheet

__all__ = ["every_statistic", "find_statistic"]


class _Counted:
    """What statistics count, each part read once and only where it is asked for."""

    @cached_property
    def rows(self) -> list[RegisterRow]:
        return register_rows()

    @cached_property
    def course(self) -> Course:
        return course()

    @cached_property
    def provider_names(self) -> dict[str, str]:
        coded = RegisterEntry.objects.exclude(provider_uscc="").order_by("id")
        return dict(coded.values_list("provider_uscc", "provider_name"))


_STATISTICS: Final[Mapping[str, Callable[[_Counted], Sheet]]] = {
    "filings-by-month": lambda counted: register_sheets.months(counted.rows, "filing"),
    "certified-by-round": lambda counted: register_sheets.rounds(counted.rows),
    "filings-by-jurisdiction": lambda counted: register_sheets.by_jurisdiction(counted.rows, "filing"),
    "filings-by-industry-and-jurisdiction": lambda counted: register_sheets.by_industry(counted.rows),
    "shift-to-industries": lambda counted: register_sheets.shift(counted.rows),
    "filings-by-provider": lambda counted: register_sheets.largest_providers(
        counted.rows, counted.provider_names
    ),
    "registrations-by-month": lambda counted: register_sheets.months(counted.rows, "registration"),
    "registrations-by-jurisdiction": lambda counted: register_sheets.by_jurisdiction(
        counted.rows, "registration"
    ),
    "applications-by-status": lambda counted: course_sheets.funnel(counted.course.statuses),
    "days-to-certificate-by-office": lambda counted: course_sheets.time_to_certificate(counted.course.days),
    "certified-by-times-handed-in": lambda counted: course_sheets.versions_handed_in(counted.course.versions),
    "corrections-by-item": lambda counted: course_sheets.corrected_items(counted.course.corrections),
}
"""How each is counted, by its id, which is the sheet's too."""


def every_statistic() -> list[Sheet]:
    """Count everything anew."""
    counted = _Counted()
    return [count(counted) for count in _STATISTICS.values()]


def find_statistic(wanted: str) -> Sheet | None:
    """Return the statistic with this id, having read what it counts and no more."""
    count = _STATISTICS.get(wanted)
    return count(_Counted()) if count else None
