"""The statistics of the register, as the page shows them."""

from django.http import Http404, HttpRequest
from django.views.decorators.http import conditional_page
from ninja import Router
from ninja.decorators import decorate_view

from openbeian.core.text import Text
from openbeian.portal.api.problems import Problem, TextOut
from openbeian.portal.api.schemas import ColumnOut, StatisticOut
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.sheets import Sheet

__all__ = ["router"]

router = Router(tags=["statistics"])


@router.get("", response={200: list[StatisticOut]}, operation_id="list_statistics", summary="Every statistic")
@decorate_view(conditional_page)
def list_statistics(request: HttpRequest) -> list[StatisticOut]:  # noqa: ARG001  the framework names it
    """Return every statistic with its figures, in the order of the page."""
    return [_out(sheet) for sheet in every_statistic()]


@router.get(
    "/{statistic_id}",
    response={200: StatisticOut, 404: Problem},
    operation_id="get_statistic",
    summary="One statistic",
)
@decorate_view(conditional_page)
def get_statistic(request: HttpRequest, statistic_id: str) -> StatisticOut:  # noqa: ARG001  the framework names it
    """Return one statistic."""
    sheet = find_statistic(statistic_id)
    if sheet is None:
        raise Http404
    return _out(sheet)


def _out(sheet: Sheet) -> StatisticOut:
    return StatisticOut(
        id=sheet.id,
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
