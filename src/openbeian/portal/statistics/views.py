"""The statistics, as pages and as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openbeian.clock import now
from openbeian.portal.statistics.catalogue import defined_statistics, every_statistic, find_statistic
from openbeian.portal.statistics.definitions import load_breaks
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.queries import has_demo
from openbeian.portal.statistics.sheets import to_csv
from openbeian.portal.web.downloads import CSV, attachment

__all__ = ["definitions", "sheet_csv", "statistics"]


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show every statistic."""
    at = now()
    context = {"sheets": every_statistic(at), "as_of": as_of(at), "has_demo": has_demo()}
    return render(request, "statistics/statistics.html", context)


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
