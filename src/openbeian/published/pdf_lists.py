"""Lists as PDF: cells by the table's ruled lines, so that wrapped text stays together.

Without ruled lines the columns are where the headings begin. A line that has no first column may then
be the rest of a cell above or below; rows beside such a line are marked, because text may be missing.
"""

import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from openbeian.published.headings import find_headings
from openbeian.published.raw import Limits, RawRow, RawTable, file_error

if TYPE_CHECKING:
    from pypdf import PageObject

__all__ = ["pdf_tables"]

_NEAR: Final = 2.5
"""Points within which two positions count as one."""
_THIN: Final = 2.0
_MANY_CHUNKS: Final = 50_000


class _Chunk(NamedTuple):
    x: float
    y: float
    text: str


class _Page(NamedTuple):
    """What stands on a page: its texts, and where vertical and horizontal lines run."""

    chunks: list[_Chunk]
    upright: list[float]
    level: list[float]


def pdf_tables(file: str, data: bytes, limits: Limits) -> Iterator[RawTable]:
    """Yield the pages; the columns of one without headings are those of the page before.

    Raises:
        BadInputError: It is damaged or locked, has too many pages, or holds pictures and no text.
    """
    from pypdf import PdfReader  # noqa: PLC0415  most lists are none

    try:
        pages = PdfReader(io.BytesIO(data)).pages
        count = len(pages)
    except Exception as error:  # what a damaged file makes of a parser has no common class
        raise _damaged(file) from error
    if count > limits.pages:
        raise file_error(
            file,
            f"超过 {limits.pages:,} 页，不像名单；请核对文件。",
            f"it has more than {limits.pages:,} pages; check that it is a list.",
        )
    starts: list[float] = []
    has_text = False
    for number in range(count):
        page = _page(file, pages, number)
        has_text = has_text or bool(page.chunks)
        rows, starts = _rows(page, starts)
        yield RawTable("page", str(number + 1), (row for row in rows))
    if not has_text:
        raise file_error(
            file,
            "没有文字，可能是扫描件；请用名单的原表格文件。",
            "it holds no text, perhaps a scan; use the list's own table.",
        )


def _rows(page: _Page, starts: list[float]) -> tuple[list[RawRow], list[float]]:
    if len(page.upright) > 2 and len(page.level) > 2:  # noqa: PLR2004  at least two cells and two rows
        return _ruled(page), starts
    return _aligned(page, starts)


def _ruled(page: _Page) -> list[RawRow]:
    cells: dict[int, dict[int, list[_Chunk]]] = {}
    for chunk in page.chunks:
        row = -bisect_right(page.level, chunk.y)
        cells.setdefault(row, {}).setdefault(bisect_right(page.upright, chunk.x), []).append(chunk)
    width = len(page.upright) + 1
    return [
        RawRow(number, [_joined(cells[row].get(column, ())) for column in range(width)])
        for number, row in enumerate(sorted(cells), 1)
    ]


def _joined(chunks: Iterable[_Chunk]) -> str:
    """Return the text of a cell, line under line."""
    return "\n".join("".join(one.text for one in line) for line in _lines(chunks))


def _aligned(page: _Page, starts: list[float]) -> tuple[list[RawRow], list[float]]:
    rows: list[RawRow] = []
    for number, line in enumerate(_lines(page.chunks), 1):
        if find_headings([chunk.text for chunk in line]) is not None:
            starts = [chunk.x for chunk in line]
        cells, is_loose = _placed(line, starts)
        rows.append(RawRow(number, cells, "loose_text" if is_loose else ""))
    return [_beside_loose(rows, at) for at in range(len(rows))], starts


def _placed(line: Sequence[_Chunk], starts: Sequence[float]) -> tuple[list[str], bool]:
    """Return the cells of a line, and whether it is no whole row; one text alone is a title or note."""
    if not starts or (len(line) == 1 and not _is_at(line[0], starts)):
        return [chunk.text for chunk in line], False
    cells = [""] * len(starts)
    is_loose = line[0].x > starts[0] + _NEAR
    for chunk in line:
        column = bisect_right(starts, chunk.x + _NEAR) - 1
        is_loose = is_loose or column < 0 or not _is_at(chunk, starts)
        cells[max(column, 0)] += chunk.text
    return cells, is_loose


def _is_at(chunk: _Chunk, starts: Sequence[float]) -> bool:
    return any(abs(chunk.x - start) <= _NEAR for start in starts)


def _beside_loose(rows: Sequence[RawRow], at: int) -> RawRow:
    around = rows[max(at - 1, 0) : at + 2]
    is_whole = len([cell for cell in rows[at].cells if cell]) > 1
    is_heading = find_headings(rows[at].cells) is not None
    if is_whole and not is_heading and any(row.trouble for row in around):
        return rows[at]._replace(trouble="loose_text")
    return rows[at]


def _lines(chunks: Iterable[_Chunk]) -> list[list[_Chunk]]:
    lines: list[list[_Chunk]] = []
    for chunk in sorted(chunks, key=lambda one: -one.y):
        if lines and abs(lines[-1][0].y - chunk.y) < _NEAR:
            lines[-1].append(chunk)
        else:
            lines.append([chunk])
    return [sorted(line, key=lambda one: one.x) for line in lines]


def _page(file: str, pages: Sequence["PageObject"], number: int) -> _Page:
    seen = _Seen()
    try:
        pages[number].extract_text(visitor_operand_before=seen.drawn, visitor_text=seen.written)
    except Exception as error:  # the same
        raise _damaged(file) from error
    if len(seen.chunks) > _MANY_CHUNKS:
        raise _damaged(file)
    return _Page(seen.chunks, _distinct(seen.upright), _distinct(seen.level))


def _distinct(positions: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for position in sorted(positions):
        if not kept or position - kept[-1] > _NEAR:
            kept.append(position)
    return kept


class _Seen:
    """Collects what a page writes and draws, in points from its lower left corner."""

    def __init__(self) -> None:
        self.chunks: list[_Chunk] = []
        self.upright: list[float] = []
        self.level: list[float] = []
        self.at: tuple[float, float] | None = None

    def written(self, text: str, matrix: Any, text_matrix: Any, *_: object) -> None:  # noqa: ANN401  pypdf's
        stripped = text.strip()
        if stripped:
            x, y = _moved(matrix, float(text_matrix[4]), float(text_matrix[5]))
            self.chunks.append(_Chunk(x, y, stripped))

    def drawn(self, operator: bytes, operands: Any, matrix: Any, _: object) -> None:  # noqa: ANN401  the same
        if operator == b"re":
            left, low, width, height = (float(operand) for operand in operands)
            self._rectangle(_moved(matrix, left, low), _moved(matrix, left + width, low + height))
        elif operator == b"m":
            self.at = _moved(matrix, float(operands[0]), float(operands[1]))
        elif operator == b"l":
            end = _moved(matrix, float(operands[0]), float(operands[1]))
            if self.at is not None:
                self._rule(self.at, end)
            self.at = end

    def _rectangle(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        width, height = abs(one[0] - other[0]), abs(one[1] - other[1])
        if width > _THIN:
            self.level += [one[1], other[1]]
        if height > _THIN:
            self.upright += [one[0], other[0]]

    def _rule(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        if abs(start[0] - end[0]) < _THIN:
            self.upright.append(start[0])
        elif abs(start[1] - end[1]) < _THIN:
            self.level.append(start[1])


def _moved(matrix: Sequence[float], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = (float(part) for part in matrix)
    return a * x + c * y + e, b * x + d * y + f


def _damaged(file: str) -> Exception:
    return file_error(
        file,
        "不是完好、未加密的 PDF；请重新下载，或用名单的原表格文件。",
        "this is no intact PDF without a password; get it again, or use the list's own table.",
    )
