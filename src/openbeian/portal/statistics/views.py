"""The statistics, as pages and as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openbeian.portal.log.queries import published_size
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.queries import has_demo
from openbeian.portal.statistics.sheets import to_csv

__all__ = ["sheet_csv", "statistics"]


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show every statistic."""
    context = {"sheets": every_statistic(), "log_size": published_size(), "has_demo": has_demo()}
    return render(request, "statistics/statistics.html", context)


@require_safe
def sheet_csv(request: HttpRequest, sheet_id: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out the figures of one statistic."""
    sheet = find_statistic(sheet_id)
    if sheet is None:
        raise Http404
    response = HttpResponse(to_csv(sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{sheet.id}.csv"'
    return response
