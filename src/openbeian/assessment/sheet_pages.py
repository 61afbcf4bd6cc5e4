"""How our sheets look on a screen and on paper: rows as high as their text, pages as wide as can be read.

Spreadsheet programs don't agree on when to fit the height of a row to wrapped text, and none does for
a file it is only asked to print; so heights are written, reckoned from the width of the columns.
"""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openpyxl.styles.styleable import StyleableObject
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["dress", "mark_to_fill_in", "row_height_pt", "set_up_pages"]

_FONT: Final = "Microsoft YaHei"
"""Comes with the offices' programs; LibreOffice puts another font with simplified Chinese in its place."""
_SIZE_PT: Final = 10
_LINE_PT: Final = 15.0
_HIGHEST_PT: Final = 409.0
"""The highest that a row can be."""
_PAGE: Final = 190
"""How many characters of width an A4 page on its side shows in letters that can be read."""
_A4: Final = 9
_HEADING, _TO_FILL_IN, _LINE = "E8EEF4", "FFF8DC", "B8C2CC"


def dress(cell: "StyleableObject", *, is_heading: bool = False, is_number: bool = False) -> None:
    """Give a cell our font and a fine line below, its text wrapped from the top, a number to the right."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415

    cell.font = Font(name=_FONT, size=_SIZE_PT, bold=is_heading)
    cell.border = Border(bottom=Side("hair", color=_LINE))
    cell.alignment = Alignment(
        horizontal="right" if is_number else "left", indent=int(is_number), vertical="top", wrap_text=True
    )
    if is_heading:
        cell.fill = PatternFill("solid", fgColor=_HEADING)


def mark_to_fill_in(cell: "StyleableObject") -> None:
    """Let a cell of a protected sheet be filled in, and show that it is to be."""
    from openpyxl.styles import PatternFill, Protection  # noqa: PLC0415

    cell.protection = Protection(locked=False)
    cell.fill = PatternFill("solid", fgColor=_TO_FILL_IN)


def row_height_pt(texts: Iterable[tuple[str, float]]) -> float:
    """Return the height in points at which a row shows each text in a column of so many characters."""
    return min(_HIGHEST_PT, _LINE_PT * max((_lines(text, width) for text, width in texts), default=1))


def _lines(text: str, width: float) -> int:
    if "\n" not in text:
        return _wrapped(text, width)
    return sum(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: float) -> int:
    # In GBK a Chinese character is two bytes, as it is two letters wide; this is quicker than to look
    # each up.
    return max(1, ceil(len(line.encode("gbk", "replace")) / width))


def set_up_pages(page: "Worksheet", widths: Sequence[float], headings: int) -> None:
    """Give a sheet its columns' widths, headings that stay in sight, and pages for the printer.

    A page is A4 on its side with the headings on each, numbered; a sheet too wide for one takes several
    side by side, with its first column again on each.
    """
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    for at, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(at)].width = width
    page.freeze_panes = f"A{headings + 1}"
    page.print_title_rows = f"1:{headings}"
    pages = ceil(sum(widths) / _PAGE)
    if pages > 1:
        page.print_title_cols = "A:A"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = pages, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.6, 0.8, 0.4
    footer = page.oddFooter
    assert footer is not None
    footer.left.text, footer.right.text = "&A", "&P / &N"
