"""The body of a statistic's table, written in one go: a template's own loops take most of a page's time."""

from html import escape
from typing import Final

from django import template
from django.utils.safestring import SafeString, mark_safe

from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import Cell, Column, Sheet
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.templatetags.beian import bar, grouped

__all__ = ["ROWS_SHOWN", "body", "left_over", "register"]

register = template.Library()

ROWS_SHOWN: Final = 60
"""How many rows of a table a page shows; the CSV has them all."""

_DATE_LENGTH: Final = len("2026-11-23")
"""What is no longer, dates and codes above all, is not broken over lines."""

_KEPT_BACK: Final = Text("不公布", "kept back")


@register.filter
def body(sheet: Sheet) -> SafeString:
    """Return the rows of a sheet's table as HTML, the first `ROWS_SHOWN` of them."""
    language, largest = current_language(), sheet.largest
    labels = [escape(column.text.in_(language)) for column in sheet.columns]
    rows = (
        "".join(
            f'<td{" class=number" if column.is_number else ""} data-label="{label}">'
            f"{_cell(cell, column, largest, language)}</td>"
            for cell, column, label in zip(row, sheet.columns, labels, strict=True)
        )
        for row in sheet.rows[:ROWS_SHOWN]
    )
    return mark_safe("".join(f"<tr>{cells}</tr>" for cells in rows))  # noqa: S308  every part is escaped


@register.filter
def left_over(sheet: Sheet) -> int:
    """Return how many rows of a sheet `body` leaves to the CSV."""
    return max(0, len(sheet.rows) - ROWS_SHOWN)


def _cell(cell: Cell, column: Column, largest: float, language: str) -> str:
    if cell is None:
        return f'<span class="soft">{_KEPT_BACK.in_(language)}</span>'
    if cell == "":
        return '<span class="soft">—</span>'
    if isinstance(cell, int | float):
        number = grouped(cell)
        return f'<span class="drawn">{bar(largest, cell)}{number}</span>' if column.is_drawn else number
    if isinstance(cell, Text):
        return escape(cell.in_(language))
    written = escape(cell)
    return f'<span class="nowrap">{written}</span>' if len(cell) <= _DATE_LENGTH else written
