"""The seat list of a round for spreadsheets: order, province, provider, service, reference, number."""

from collections.abc import Iterator
from typing import Final

from openbeian.assessment.sheets import Column, Sheet, render_workbook
from openbeian.core.csv_text import csv_text
from openbeian.core.text import Text
from openbeian.portal.filings.models import Round
from openbeian.portal.filings.queries import seats_of
from openbeian.standards import load_jurisdictions

__all__ = ["seats_as_csv", "seats_as_xlsx"]

_COLUMNS: Final = (
    Column.number("次序", "Place"),
    Column(Text("属地", "Province"), 12),
    Column(Text("提供者", "Provider"), 40),
    Column(Text("服务", "Service"), 30),
    Column(Text("受理号", "Reference"), 20),
    Column(Text("备案号", "Number"), 40),
)
_Row = tuple[int, str, str, str, str, str]


def seats_as_csv(round_: Round) -> str:
    """Return the seat list as CSV in UTF-8, one row a seat; numbers are empty until they are issued."""
    heads = [f"{column.heading.zh} {column.heading.en}" for column in _COLUMNS]
    return csv_text([heads, *_rows(round_)])


def seats_as_xlsx(round_: Round) -> bytes:
    """Return the seat list as a workbook of one sheet."""
    return render_workbook([Sheet(f"第{round_.series}批 Round {round_.series}", _COLUMNS, _rows(round_))])


def _rows(round_: Round) -> Iterator[_Row]:
    places = load_jurisdictions()
    for seat in seats_of(round_):
        application = seat.application
        filing = getattr(application, "filing", None)
        yield (
            seat.place,
            places[application.jurisdiction].zh_short,
            application.provider.name,
            application.service_name,
            application.reference,
            "" if filing is None else filing.number,
        )
