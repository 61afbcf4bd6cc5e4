"""The statistics, as pages and as CSV."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from openbeian.clock import now
from openbeian.portal.statistics.catalogue import defined_statistics, every_statistic, find_statistic
from openbeian.portal.statistics.definitions import load_breaks
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.queries import has_demo
from openbeian.portal.statistics.sheets import Sheet, to_csv
from openbeian.portal.tallies.queries import version
from openbeian.portal.web.downloads import CSV, attachment
from openbeian.portal.web.languages import current_language

__all__ = ["definitions", "sheet_csv", "statistics"]


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show every statistic."""
    at = now()
    sheets = every_statistic(at, version())
    context = {
        "sheets": sheets,
        "sections": list(map(_section, sheets)),
        "as_of": as_of(at),
        "has_demo": has_demo(),
    }
    return render(request, "statistics/statistics.html", context)


def _section(sheet: Sheet) -> SafeString:
    """Return the part of the page about one statistic, written anew only where the statistic is another."""
    key = (current_language(), sheet.id)
    written = _WRITTEN.get(key)
    if written is None or written[0] is not sheet:
        written = _WRITTEN[key] = (sheet, render_to_string("statistics/section.html", {"sheet": sheet}))
    return written[1]


_WRITTEN: Final[dict[tuple[str, str], tuple[Sheet, SafeString]]] = {}


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Say of every figure what it counts and what not, and since when."""
    context = {"sheets": defined_statistics(now()), "breaks": load_breaks()}
    return render(request, "statistics/definitions.html", context)


@require_safe
def sheet_csv(request: HttpRequest, sheet_id: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out the figures of one statistic."""
    at = now()
    sheet = find_statistic(sheet_id, at)
    if sheet is None:
        raise Http404
    return attachment(to_csv(sheet, as_of(at)), CSV, f"{sheet.id}.csv")
