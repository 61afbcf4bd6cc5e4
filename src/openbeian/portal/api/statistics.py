"""The statistics of the register, as the page shows them."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.portal.api.problems import Problem
from openbeian.portal.api.schemas import StatisticOut
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.sheets import AsOf, Sheet

__all__ = ["router"]

router = Router(tags=["statistics"])

_CHINESE: Final = {"ensure_ascii": False}


# The answers are written as JSON at once: to check every cell against the schema first would take most of the
# time of an answer, and a test does that.


@router.get("", response={200: list[StatisticOut]}, operation_id="list_statistics", summary="Every statistic")
def list_statistics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return every statistic with its figures, in the order of the page."""
    at = now()
    state = as_of(at)
    every = [_out(sheet, state) for sheet in every_statistic(at)]
    return JsonResponse(every, safe=False, json_dumps_params=_CHINESE)


@router.get(
    "/{statistic_id}",
    response={200: StatisticOut, 404: Problem},
    operation_id="get_statistic",
    summary="One statistic",
)
def get_statistic(request: HttpRequest, statistic_id: str) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return one statistic."""
    at = now()
    sheet = find_statistic(statistic_id, at)
    if sheet is None:
        raise Http404
    return JsonResponse(_out(sheet, as_of(at)), json_dumps_params=_CHINESE)


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
