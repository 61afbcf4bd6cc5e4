"""A statistic by two things as a picture: a table whose cells are the darker the more they count.

On a narrow screen it is a list instead: of each row, the cells that count most.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from openbeian.core.text import Text
from openbeian.portal.statistics.sheets import Sheet
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.templatetags.beian import grouped

__all__ = ["heat", "register"]

register = template.Library()

_LEVELS: Final = 4
_LISTED: Final = 3
_ALL: Final = Text("合计", "Total")
_Counts = Counter[tuple[Text, Text]]


@register.filter
def heat(sheet: Sheet) -> SafeString:
    """Draw a sheet of columns, rows and counts, in this order; the largest row and column come first."""
    language, counts = current_language(), _Counts()
    for across, down, count in sheet.rows:
        assert isinstance(across, Text)
        assert isinstance(down, Text)
        assert isinstance(count, int)
        counts[down, across] += count
    rows, columns = _totals(counts, 0), _totals(counts, 1)
    table = _table(counts, rows, columns, sheet, language)
    return format_html('{}<ul class="heat-list">{}</ul>', table, _list(counts, rows, columns, language))


def _totals(counts: _Counts, part: int) -> dict[Text, int]:
    """Return the sums by one part of the cells, the largest first."""
    sums: Counter[Text] = Counter()
    for cell, count in counts.items():
        sums[cell[part]] += count
    return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))


def _table(
    counts: _Counts, rows: dict[Text, int], columns: dict[Text, int], sheet: Sheet, language: str
) -> SafeString:
    most = max(counts.values(), default=0)
    heads = format_html_join(
        "", '<th scope="col"><span>{}</span></th>', ((one.in_(language),) for one in (*columns, _ALL))
    )
    lines = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}<td class="sum">{}</td></tr>',
        (
            (row.in_(language), _cells([counts[row, column] for column in columns], most), grouped(total))
            for row, total in rows.items()
        ),
    )
    corner = sheet.columns[1].text.in_(language)
    return format_html(
        '<table class="heat"><caption class="hidden-visually">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>',
        sheet.title.in_(language),
        corner,
        heads,
        lines,
    )


def _cells(counts: Sequence[int], most: int) -> SafeString:
    written = (
        f'<td class="l{_level(count, most)}">{grouped(count) if count else "·"}</td>' for count in counts
    )
    return mark_safe("".join(written))  # noqa: S308  made of numbers


def _level(count: int, most: int) -> int:
    # By the root, because few cells hold most; rounding up, so that one doesn't look like none.
    return math.ceil(_LEVELS * math.sqrt(count / most)) if count else 0


def _list(counts: _Counts, rows: dict[Text, int], columns: dict[Text, int], language: str) -> SafeString:
    def largest(row: Text) -> SafeString:
        ranked = sorted(columns, key=lambda column: -counts[row, column])
        shown = [column for column in ranked[:_LISTED] if counts[row, column]]
        named = ((column.in_(language), grouped(counts[row, column])) for column in shown)
        return format_html_join(Text("，", ", ").in_(language), '<span class="nowrap">{} {}</span>', named)

    return format_html_join(
        "",
        '<li><b>{}</b> <span class="number">{}</span> <span class="soft">{}</span></li>',
        ((row.in_(language), grouped(total), largest(row)) for row, total in rows.items()),
    )
