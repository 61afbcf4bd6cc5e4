"""The statistics of the register, as the page shows them."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import conditional_page
from ninja import Router
from ninja.decorators import decorate_view

from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.portal.api.problems import Problem
from openbeian.portal.api.schemas import StatisticOut
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.sheets import AsOf, Sheet
from openbeian.portal.tallies.queries import version

__all__ = ["router"]

router = Router(tags=["statistics"])

_CHINESE: Final = {"ensure_ascii": False}


# The answers are written as JSON at once: to check every cell against the schema first would take most of the
# time of an answer, and a test does that.


@router.get("", response={200: list[StatisticOut]}, operation_id="list_statistics", summary="Every statistic")
@decorate_view(conditional_page)
def list_statistics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return every statistic with its figures, in the order of the page.

    `made_at` is when what is counted last changed; until something does, the answer keeps its `ETag`, but for
    the ages in minutes of the log's health.
    """
    at, counted = now(), version()
    state = as_of(counted.since if counted else at)
    every = [_out(sheet, state) for sheet in every_statistic(at, counted)]
    return JsonResponse(every, safe=False, json_dumps_params=_CHINESE)


@router.get(
    "/{statistic_id}",
    response={200: StatisticOut, 404: Problem},
    operation_id="get_statistic",
    summary="One statistic",
)
@decorate_view(conditional_page)
def get_statistic(request: HttpRequest, statistic_id: str) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return one statistic."""
    at, counted = now(), version()
    sheet = find_statistic(statistic_id, at)
    if sheet is None:
        raise Http404
    return JsonResponse(_out(sheet, as_of(counted.since if counted else at)), json_dumps_params=_CHINESE)


def _out(sheet: Sheet, state: AsOf) -> dict[str, object]:
    return {
        "id": sheet.id,
        "as_of": {
            "log_size": state.log_size,
            "checkpoint": state.checkpoint,
            "made_at": state.made_at.isoformat(timespec="seconds"),
        },
        "title": sheet.title._asdict(),
        "sentence": sheet.sentence._asdict(),
        "definition": sheet.definition._asdict(),
        "columns": [
            {"id": one.id, "text": one.text._asdict(), "is_number": one.is_number} for one in sheet.columns
        ],
        "rows": [[cell._asdict() if isinstance(cell, Text) else cell for cell in row] for row in sheet.rows],
    }
