"""Writing XLSX as it comes: one sheet of rows after another, nothing held back.

A workbook is a zip of XML (ECMA-376). Texts stand in their cells, which costs a little space and saves the
table of all texts that would have to be kept in memory; they are texts whatever they begin with, so that no
name can act as a formula. The bytes depend on the rows alone.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import IO, Final, NamedTuple
from xml.sax.saxutils import escape

from openbeian.portal.opendata.fields import FIELDS, Kind
from openbeian.portal.opendata.rows import Row, Value

__all__ = ["ROWS_A_SHEET", "WorkbookWriter"]

ROWS_A_SHEET: Final = 1_048_575
"""What a sheet holds below its heading; what is more goes to the next sheet."""

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_FIRST_DAY: Final = date(1899, 12, 30)
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\ufffe\uffff]")
_RESERVED: Final = ("&", "<", ">", "_x", "\n ", " \n")
_WIDTHS: Final = {Kind.TEXT: 22, Kind.DATE: 12, Kind.INSTANT: 22, Kind.NUMBER: 8}
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" '
    'applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class WorkbookWriter:
    """A workbook: a heading row that stays in sight, then the rows."""

    def __init__(self, path: Path) -> None:
        """Begin the file."""
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._sheets = 0
        self._left = 0
        self._part: IO[bytes] | None = None
        self._begin_sheet()

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows."""
        while rows:
            if not self._left:
                self._end_sheet()
                self._begin_sheet()
            now, rows = rows[: self._left], rows[self._left :]
            assert self._part is not None, "a sheet is open until the workbook is closed"
            self._part.write(_lines(now))
            self._left -= len(now)

    def close(self) -> None:
        """Finish the file."""
        self._end_sheet()
        sheets = range(1, self._sheets + 1)
        self._add("xl/styles.xml", _STYLES)
        named = "".join(f'<sheet name="register {n}" sheetId="{n}" r:id="rId{n}"/>' for n in sheets)
        self._add(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        )
        targets = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in sheets}
        styles = {f"rId{self._sheets + 1}": ("styles", "styles.xml")}
        self._add("xl/_rels/workbook.xml.rels", _relations({**targets, **styles}))
        self._add("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")}))
        self._add("[Content_Types].xml", _content_types(self._sheets))
        self._zip.close()

    def _add(self, name: str, content: str) -> None:
        self._zip.writestr(_part(name), (_XML + content).encode(), compresslevel=1)

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._left = ROWS_A_SHEET
        self._part = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w", force_zip64=True)
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{_WIDTHS[field.kind]}" customWidth="1"/>'
            for n, field in enumerate(FIELDS, start=1)
        )
        heading = "".join(f'<c t="inlineStr" s="2"><is><t>{field.name}</t></is></c>' for field in FIELDS)
        self._part.write(
            (
                f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
                f"</sheetViews><cols>{columns}</cols><sheetData><row>{heading}</row>"
            ).encode()
        )

    def _end_sheet(self) -> None:
        assert self._part is not None, "a sheet is open until the workbook is closed"
        self._part.write(b"</sheetData></worksheet>")
        self._part.close()


def _lines(rows: Sequence[Row]) -> bytes:
    """Return rows as XML: one pattern for all of them, filled once for each."""
    columns = zip(*rows, strict=True)
    cells = [_WRITERS[field.kind](column) for field, column in zip(FIELDS, columns, strict=True)]
    pattern = f"<row>{''.join(each.pattern for each in cells)}</row>"
    return "".join(map(pattern.__mod__, zip(*(each.values for each in cells), strict=True))).encode()


class _Cells(NamedTuple):
    """The cells of a column: a pattern with one `%s`, and what stands there in each row."""

    pattern: str
    values: Sequence[Value]


def _texts(column: Sequence[Value]) -> _Cells:
    distinct = set(column)
    if _needs_care(distinct):
        return _each(column, distinct, lambda value: _special(str(value)))
    if all(distinct) and len(distinct) > len(column) // 2:
        return _Cells(_PLAIN, column)
    return _each(column, distinct, lambda value: _PLAIN % value)


def _needs_care(texts: Iterable[Value]) -> bool:
    """Say whether some text has a mark XML reserves, or spaces at an end; nearly always none has."""
    joined = "\n".join(["", *[str(value) for value in texts if value], ""])
    if any(mark in joined for mark in _RESERVED):
        return True
    # Looking for the marks one by one takes far longer than asking whether there can be any.
    return not joined.replace("\n", "").isprintable() and _CONTROLS.search(joined) is not None


def _dates(column: Sequence[Value]) -> _Cells:
    return _each(column, set(column), lambda value: f'<c s="1"><v>{_days(str(value))}</v></c>')


def _numbers(column: Sequence[Value]) -> _Cells:
    return _Cells("%s", [_NOTHING if value is None else f"<c><v>{value}</v></c>" for value in column])


def _each(column: Sequence[Value], distinct: Iterable[Value], write: Callable[[Value], str]) -> _Cells:
    """Return cells that are written once for each value; days and what is left empty come again and again."""
    written = {value: write(value) if value else _NOTHING for value in distinct}
    return _Cells("%s", [*map(written.__getitem__, column)])


_WRITERS: Final = {Kind.TEXT: _texts, Kind.DATE: _dates, Kind.INSTANT: _texts, Kind.NUMBER: _numbers}
_NOTHING: Final = "<c/>"
_PLAIN: Final = '<c t="inlineStr"><is><t>%s</t></is></c>'


@lru_cache(maxsize=4096)
def _days(day: str) -> int:
    return (date.fromisoformat(day) - _FIRST_DAY).days


def _special(written: str) -> str:
    """Write a cell so that XML takes its text and keeps its spaces.

    What XML has no place for is written as Excel does, `_x000B_`, and what looks like that is told apart.
    """
    without = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", written)
    without = re.sub(_NO_XML, lambda found: f"_x{ord(found[0]):04X}_", without)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(without)}</t></is></c>'


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _WHEN)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}</Types>'
    )
