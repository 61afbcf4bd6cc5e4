"""Workbooks: text that stays text, a heading in both languages, and tens of thousands of rows in seconds.

openpyxl lays a workbook out; cell by cell it would need many seconds for the answers of a run, so long
sheets are laid out with one model row and their rows are streamed in after it.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.sax.saxutils import escape

from openbeian.assessment.sheet_pages import dress, row_height_pt, set_up_pages
from openbeian.core.text import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Column", "Sheet", "Value", "cell_text", "render_workbook"]

Value = str | int | float | datetime | Text | None
"""What a cell holds: text, a number, a time (UTC), or a statement, Chinese first and English under it."""

_LONGEST: Final = 32_767
"""What a cell holds at most, in UTF-16 units."""
_CUT: Final = "……（已截断，全文见评估证据 cut off, whole in the evidence）"
# XML holds no control characters, and a spreadsheet reads _x0041_ as the letter A.
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MODEL: Final = re.compile(rb'<c [^>]*?s="(\d+)"[^>]*>')
_TEXT, _NUMBER, _PERCENT, _TIME = "@", "General", "0.0%", "yyyy-mm-dd hh:mm:ss"


class Column(NamedTuple):
    """A column: its heading, its width in characters, and how what it holds is shown."""

    heading: Text
    width: float = 14
    shown: str = _TEXT

    @classmethod
    def number(cls, zh: str, en: str) -> "Column":
        """Return a column of numbers."""
        return cls(Text(zh, en), 13, _NUMBER)

    @classmethod
    def percent(cls, zh: str, en: str) -> "Column":
        """Return a column of shares, shown in percent."""
        return cls(Text(zh, en), 13, _PERCENT)

    @classmethod
    def time(cls, zh: str, en: str) -> "Column":
        """Return a column of times."""
        return cls(Text(zh, en), 20, _TIME)


class Sheet(NamedTuple):
    """A sheet; with `length`, that many rows are streamed in, and every cell of a column is of one kind.

    `headings` are the languages of the heading, a line each; what is to be read by programs has one line.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    length: int | None = None
    headings: Sequence[Language] = LANGUAGES


def cell_text(text: str) -> str:
    """Return a text as a cell can hold it: what XML can't is marked, what is too long is cut off visibly."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = _ESCAPE.sub("_x005F_", _ILLEGAL.sub("\ufffd", lines))
    if 2 * len(clean) <= _LONGEST or len(clean.encode("utf-16-le")) <= 2 * _LONGEST:
        return clean
    kept = clean.encode("utf-16-le")[: 2 * (_LONGEST - len(_CUT))]
    return kept.decode("utf-16-le", "ignore") + _CUT


def render_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the workbook with these sheets as an XLSX file."""
    # Imported here because it takes as much memory as a whole run.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for sheet in sheets:
        _lay_out(book.create_sheet(sheet.title), sheet)
    laid_out = io.BytesIO()
    book.save(laid_out)
    streamed = {
        f"xl/worksheets/sheet{n}.xml": one for n, one in enumerate(sheets, 1) if one.length is not None
    }
    return _with_rows(laid_out, streamed)


def _lay_out(page: "Worksheet", sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    widths = [column.width for column in sheet.columns]
    headings = len(sheet.headings)
    set_up_pages(page, widths, headings)
    if sheet.length:
        last = get_column_letter(len(sheet.columns))
        page.auto_filter.ref = f"A{headings}:{last}{headings + sheet.length}"
    for number, language in enumerate(sheet.headings, 1):
        texts = [column.heading.in_(language) for column in sheet.columns]
        page.row_dimensions[number].height = _height(texts, widths)
        page.append([_heading(page, text, one) for text, one in zip(texts, sheet.columns, strict=True)])
    if sheet.length is not None:
        page.append([_cell(page, None, column) for column in sheet.columns])
        return
    for number, row in enumerate(sheet.rows, headings + 1):
        page.row_dimensions[number].height = _height(row, widths)
        page.append([_cell(page, value, column) for value, column in zip(row, sheet.columns, strict=True)])


def _height(row: Sequence[Value], widths: Sequence[float]) -> float:
    texts = ((_said(value), width) for value, width in zip(row, widths, strict=True))
    return row_height_pt((text, width) for text, width in texts if text)


def _said(value: Value) -> str:
    """Return what stands in a cell if that is a text, or nothing."""
    return f"{value.zh}\n{value.en}" if isinstance(value, Text) else value if isinstance(value, str) else ""


def _heading(page: "Worksheet", text: str, column: Column) -> "Cell":
    cell = _cell(page, text, Column(column.heading))
    dress(cell, is_heading=True, is_number=column.shown in {_NUMBER, _PERCENT})
    return cell


def _cell(page: "Worksheet", value: Value, column: Column) -> "Cell":
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    cell = WriteOnlyCell(page)
    dress(cell, is_number=column.shown in {_NUMBER, _PERCENT})
    is_text = isinstance(value, Text | str)
    if isinstance(value, Text | str):
        cell.value = cell_text(_said(value)) or None
    elif isinstance(value, datetime):
        cell.value = value.astimezone(UTC).replace(tzinfo=None)
    else:
        cell.value = value
        is_text = value is None and column.shown == _TEXT
    if is_text:
        # Otherwise a text that begins with = is a formula; the prefix keeps it none when edited.
        cell.data_type = "s" if cell.value is not None else cell.data_type
        cell.quotePrefix = True
    cell.number_format = _TEXT if is_text else (_NUMBER if column.shown == _TEXT else column.shown)
    return cell


def _with_rows(laid_out: io.BytesIO, streamed: Mapping[str, Sheet]) -> bytes:
    """Return the workbook with the rows of long sheets in place of their model rows."""
    data = io.BytesIO()
    with zipfile.ZipFile(laid_out) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename not in streamed:
                new.writestr(item, old.read(item), zipfile.ZIP_DEFLATED)
                continue
            before, model, after = _around(old.read(item))
            with new.open(item.filename, "w", force_zip64=True) as file:
                file.write(before)
                for row in _rows(streamed[item.filename], _MODEL.findall(model)):
                    file.write(row)
                file.write(after)
    return data.getvalue()


def _around(page: bytes) -> tuple[bytes, bytes, bytes]:
    start, end = page.rindex(b"<row "), page.index(b"</sheetData>")
    return page[:start], page[start:end], page[end:]


def _rows(sheet: Sheet, styles: Sequence[bytes]) -> Iterator[bytes]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    places = [
        (get_column_letter(at), style.decode())
        for at, (style, _) in enumerate(zip(styles, sheet.columns, strict=True), 1)
    ]
    widths = [column.width for column in sheet.columns]
    for number, row in enumerate(sheet.rows, len(sheet.headings) + 1):
        cells = "".join(
            _xml(value, f'r="{letter}{number}" s="{style}"')
            for value, (letter, style) in zip(row, places, strict=True)
        )
        height = _height(row, widths)
        yield f'<row r="{number}" ht="{height}" customHeight="1">{cells}</row>'.encode()


def _xml(value: Any, about: str) -> str:  # noqa: ANN401  a cell's value
    if value is None or value == "":
        return f"<c {about}/>"
    if isinstance(value, int | float):
        return f"<c {about}><v>{value}</v></c>"
    text = escape(cell_text(value))
    return f'<c {about} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
