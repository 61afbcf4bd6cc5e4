"""The statistics of the register, as the page shows them."""

from django.http import Http404, HttpRequest
from django.views.decorators.http import conditional_page
from ninja import Router
from ninja.decorators import decorate_view

from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.portal.api.problems import Problem, TextOut
from openbeian.portal.api.schemas import AsOfOut, ColumnOut, StatisticOut
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.sheets import AsOf, Sheet

__all__ = ["router"]

router = Router(tags=["statistics"])


@router.get("", response={200: list[StatisticOut]}, operation_id="list_statistics", summary="Every statistic")
@decorate_view(conditional_page)
def list_statistics(request: HttpRequest) -> list[StatisticOut]:  # noqa: ARG001  the framework names it
    """Return every statistic with its figures, in the order of the page."""
    at = now()
    state = as_of(at)
    return [_out(sheet, state) for sheet in every_statistic(at)]


@router.get(
    "/{statistic_id}",
    response={200: StatisticOut, 404: Problem},
    operation_id="get_statistic",
    summary="One statistic",
)
@decorate_view(conditional_page)
def get_statistic(request: HttpRequest, statistic_id: str) -> StatisticOut:  # noqa: ARG001  the framework names it
    """Return one statistic."""
    at = now()
    sheet = find_statistic(statistic_id, at)
    if sheet is None:
        raise Http404
    return _out(sheet, as_of(at))


def _out(sheet: Sheet, state: AsOf) -> StatisticOut:
    return StatisticOut(
        id=sheet.id,
        as_of=AsOfOut(log_size=state.log_size, checkpoint=state.checkpoint, made_at=state.made_at),
        title=_text(sheet.title),
        sentence=_text(sheet.sentence),
        definition=_text(sheet.definition),
        columns=[
            ColumnOut(id=one.id, text=_text(one.text), is_number=one.is_number) for one in sheet.columns
        ],
        rows=[[_text(cell) if isinstance(cell, Text) else cell for cell in row] for row in sheet.rows],
    )


def _text(text: Text) -> TextOut:
    return TextOut(zh=text.zh, en=text.en)
