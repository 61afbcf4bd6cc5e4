"""Every statistic there is, in the order in which they are shown."""

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.statistics import course_sheets, register_sheets
from openbeian.portal.statistics.queries import course, register_rows
from openbeian.portal.statistics.sheets import Sheet

__all__ = ["every_statistic", "find_statistic"]


def every_statistic() -> list[Sheet]:
    """Count everything anew."""
    rows, fared = register_rows(), course()
    return [
        register_sheets.months(rows, "filing"),
        register_sheets.rounds(rows),
        register_sheets.by_jurisdiction(rows, "filing"),
        register_sheets.by_industry(rows),
        register_sheets.shift(rows),
        register_sheets.largest_providers(rows, _provider_names()),
        register_sheets.months(rows, "registration"),
        register_sheets.by_jurisdiction(rows, "registration"),
        course_sheets.funnel(fared.statuses),
        course_sheets.time_to_certificate(fared.days),
        course_sheets.versions_handed_in(fared.versions),
        course_sheets.corrected_items(fared.corrections),
    ]


def find_statistic(wanted: str) -> Sheet | None:
    """Return the statistic with this id."""
    return next((sheet for sheet in every_statistic() if sheet.id == wanted), None)


def _provider_names() -> dict[str, str]:
    coded = RegisterEntry.objects.exclude(provider_uscc="").order_by("id")
    return dict(coded.values_list("provider_uscc", "provider_name"))
