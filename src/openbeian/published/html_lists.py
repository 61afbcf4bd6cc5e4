"""Lists as tables of a web page: nested ones apart, cells that span rows or columns filled in."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from openbeian.published.raw import LIMITS, RawRow, RawTable, file_error

__all__ = ["html_tables"]

_LONGEST_SPAN: Final = 1_000
_DEEPEST: Final = 20
_UNSEEN: Final = frozenset({"script", "style", "template", "noscript"})
_BREAKS: Final = frozenset({"br", "p", "div", "li"})


class _Table:
    """A table that is being read; `carried` holds cells that reach down, by column: rows left and text."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.carried: dict[int, tuple[int, str]] = {}
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.spans = (1, 1)

    def start_row(self) -> None:
        self.end_row()
        self.row = []

    def start_cell(self, spans: tuple[int, int]) -> None:
        self.end_cell()
        if self.row is None:
            self.row = []
        self.cell, self.spans = [], spans

    def end_cell(self) -> None:
        if self.cell is None:
            return
        assert self.row is not None
        self._fill_carried()
        text = "".join(self.cell).strip()
        down, across = self.spans
        for _ in range(min(across, LIMITS.columns + 1 - len(self.row))):
            if down > 1:
                self.carried[len(self.row)] = (down, text)
            self.row.append(text)
        self.cell = None

    def end_row(self) -> None:
        if self.row is None:
            return
        self.end_cell()
        self._fill_carried()
        if len(self.rows) <= LIMITS.rows:  # one more than is allowed is enough to refuse the table
            self.rows.append(self.row)
        self.row = None
        self.carried = {at: (left - 1, text) for at, (left, text) in self.carried.items() if left > 1}

    def _fill_carried(self) -> None:
        assert self.row is not None
        while len(self.row) in self.carried:
            self.row.append(self.carried[len(self.row)][1])


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Table] = []
        self.open: list[_Table] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag == "table":
            self._start_table()
        elif self.open:
            self._start_inside(tag, dict(attrs))

    def _start_table(self) -> None:
        if len(self.open) < _DEEPEST:
            table = _Table()
            self.found.append(table)
            self.open.append(table)

    def _start_inside(self, tag: str, attributes: dict[str, str | None]) -> None:
        table = self.open[-1]
        if tag == "tr":
            table.start_row()
        elif tag in {"td", "th"}:
            table.start_cell((_span(attributes.get("rowspan")), _span(attributes.get("colspan"))))
        elif tag in _BREAKS and table.cell:
            table.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif self.open:
            self._end_inside(tag)

    def _end_inside(self, tag: str) -> None:
        table = self.open[-1]
        if tag in {"td", "th"}:
            table.end_cell()
        elif tag == "tr":
            table.end_row()
        elif tag == "table":
            table.end_row()
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and not self.unseen and self.open[-1].cell is not None:
            self.open[-1].cell.append(" ".join(data.split()) if data.strip() else "")


def html_tables(file: str, text: str) -> Iterator[RawTable]:
    """Yield the tables of a page in the order in which they begin.

    Raises:
        BadInputError: The page has none.
    """
    parser = _Tables()
    try:
        parser.feed(text)
        parser.close()
    except (AssertionError, ValueError) as error:
        raise file_error(
            file,
            "不是有效的网页；请重新保存该网页，或把表格另存为 XLSX。",
            "this is no valid web page; save the page again, or its table as XLSX.",
        ) from error
    for table in reversed(parser.open):
        table.end_row()
    if not parser.found:
        raise file_error(
            file,
            "网页中没有表格；名单可能在附件里，请下载附件。",
            "the page has no table; the list may be in an attachment, so get that.",
        )
    for number, table in enumerate(parser.found, 1):
        rows = (RawRow(at, cells) for at, cells in enumerate(table.rows, 1))
        yield RawTable("table", str(number), rows)


def _span(written: str | None) -> int:
    digits = (written or "").strip()
    return min(max(int(digits), 1), _LONGEST_SPAN) if digits.isascii() and digits.isdigit() else 1
