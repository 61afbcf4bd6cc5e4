"""Reads published lists: from a file to rows, with every oddity and every row left out named."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from openbeian.published.across_rows import across_rows
from openbeian.published.cells import read_date
from openbeian.published.files import Opened, open_bytes, open_list
from openbeian.published.headings import Headings, find_headings, title_series
from openbeian.published.oddities import LeftOut, Oddity
from openbeian.published.places import SERIES_LABELS, Place, Series, Source
from openbeian.published.raw import RawRow, RawTable, file_error
from openbeian.published.row_reading import read_row
from openbeian.published.rows import PublishedRow, Reading

__all__ = ["read_list", "read_list_bytes"]

_SHOWN: Final = 200


def read_list(
    path: Path, *, series: Series | None = None, name: str = "", as_of: date | None = None
) -> Reading:
    """Read a published list from a file: XLSX, CSV, a page with tables, or PDF with text.

    Args:
        path: The file.
        series: What the list is of, where it doesn't say so or is to be overruled.
        name: What the list is called in the source of every row; the file's name unless given.
        as_of: The day of the import, by which dates in the future are noticed.

    Raises:
        BadInputError: The file can't be read, or nothing in it looks like a list.
    """
    return _read(open_list(path), series, name, as_of)


def read_list_bytes(
    file: str, data: bytes, *, series: Series | None = None, name: str = "", as_of: date | None = None
) -> Reading:
    """Read a published list that came as bytes, as an upload does; otherwise like `read_list`.

    Raises:
        BadInputError: The bytes can't be read, or nothing in them looks like a list.
    """
    return _read(open_bytes(file, data), series, name, as_of)


def _read(opened: Opened, told: Series | None, name: str, as_of: date | None) -> Reading:
    gathering = _Gathering(opened, told, name or opened.file, as_of)
    for table in opened.tables:
        gathering.add_table(table)
    gathering.check_found()
    return across_rows(Reading(tuple(gathering.rows), tuple(gathering.oddities), tuple(gathering.left_out)))


@dataclass(slots=True)
class _Gathering:
    """What was read so far; a page goes on with the headings of the page before."""

    opened: Opened
    told: Series | None
    name: str
    as_of: date | None
    rows: list[PublishedRow] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    headings: Headings | None = None
    series: Series | None = None
    has_headings: bool = False
    titles: list[str] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)

    def add_table(self, table: RawTable) -> None:
        if table.part != "page":
            self.headings, self.series = None, None
        self.titles, self.forms = [], set()
        unread: list[LeftOut] = []
        for row in table.rows:
            if any(cell.strip() for cell in row.cells):
                self._add(table, row, unread)
        if self.has_headings:
            self.left_out += unread
        if len(self.forms) > 1:
            place = Place(self.opened.file, 0, table.part, table.name)
            self.oddities.append(Oddity("mixed_date_forms", place, ", ".join(sorted(self.forms))))

    def check_found(self) -> None:
        if not self.has_headings:
            raise file_error(
                self.opened.file,
                "找不到名单的表头；表头应有「模型名称」或「应用名称」，以及「序号」「属地」「备案单位」等栏目。",
                "no headings of a list were found; they should have 模型名称 or 应用名称, "
                "and columns such as 序号, 属地 or 备案单位.",
            )

    def _add(self, table: RawTable, row: RawRow, unread: list[LeftOut]) -> None:
        place = Place(self.opened.file, row.row, table.part, table.name)
        headings = find_headings(row.cells)
        if headings is None and self.headings and self.series and not row.trouble:
            self._take(row, place, self.headings, self.series)
            return
        shown = " | ".join(" ".join(cell.split()) for cell in row.cells if cell.strip())[:_SHOWN]
        if headings is not None:
            self._start(headings, place, table.name, shown)
        elif self.headings is None:
            self.titles.append(shown)
            unread.append(LeftOut(place, "above_headings", shown))
        elif self.series is None:
            self.left_out.append(LeftOut(place, "series_unknown", shown))
        else:
            self.left_out.append(LeftOut(place, row.trouble, shown))

    def _start(self, headings: Headings, place: Place, sheet: str, shown: str) -> None:
        """Begin to read by these headings; the same again are only named."""
        if self.headings is not None and headings.columns == self.headings.columns:
            if headings.series in {None, self.headings.series}:
                self.left_out.append(LeftOut(place, "heading_again", shown))
                return
            self.titles = []
        self.has_headings = True
        self.headings = headings
        self.series = self._series(headings, place, sheet)
        for code, found in (("unknown_column", headings.unknown), ("called_model_columns", headings.called)):
            if found:
                self.oddities.append(Oddity(code, place, ", ".join(found)))

    def _series(self, headings: Headings, place: Place, sheet: str) -> Series | None:
        """Return what the list is of: as told, else by its headings, its title, its sheet, its name."""
        titled = title_series(*self.titles)
        itself = headings.series or titled or title_series(sheet) or title_series(self.opened.file)
        if headings.series and titled and titled is not headings.series:
            found = f"{_label(headings.series)} / {_label(titled)}"
            self.oddities.append(Oddity("series_against_title", place, found, _label(headings.series)))
        if self.told and itself and self.told is not itself:
            self.oddities.append(Oddity("series_was_told", place, _label(itself), _label(self.told)))
        return self.told or itself

    def _take(self, row: RawRow, place: Place, headings: Headings, series: Series) -> None:
        cells = {name: row.cells[at] for name, at in headings.columns.items() if at < len(row.cells)}
        cells.pop("ignored", None)
        source = Source(self.name, self.opened.sha256, place)
        read = read_row(cells, series, source, as_of=self.as_of)
        if isinstance(read, LeftOut):
            self.left_out.append(read)
            return
        self.rows.append(read)
        if read.filed_on is not None and (written := cells.get("filed_on", "").strip()):
            form = read_date(written).form
            self.forms |= {form} - {"?"}


def _label(series: Series) -> str:
    return " ".join(SERIES_LABELS[series])
