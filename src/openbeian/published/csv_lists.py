"""Lists as CSV: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030; comma, tab, semicolon."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from openbeian.published.raw import RawRow, RawTable, file_error

__all__ = ["csv_tables", "decoded"]

_SURELY_UTF8: Final = 8
"""So many characters beyond ASCII that are right as UTF-8 don't happen by chance in another encoding."""
_SEPARATORS: Final = (",", "\t", ";")
_PROBED: Final = 20
_LONGEST_FIELD: Final = 1 << 20


def decoded(file: str, data: bytes) -> str:
    """Return the text of a file.

    Raises:
        BadInputError: It is in none of the encodings.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(file, data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        right = data[: error.start].decode("utf-8-sig")
    if sum(character > "\x7f" for character in right) >= _SURELY_UTF8:
        raise _broken(file)
    return _as(file, data, "gb18030")


def _as(file: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(file) from error


def _broken(file: str) -> Exception:
    return file_error(
        file,
        "编码已损坏，既不是 UTF-8 也不是 GB18030；请从原件重新另存为 UTF-8。",
        "the encoding is broken, neither UTF-8 nor GB18030; save the original again as UTF-8.",
    )


def csv_tables(file: str, text: str) -> Iterator[RawTable]:
    """Yield the one table that a CSV file is; its rows are numbered by the line they begin in."""
    yield RawTable("", "", _rows(file, text))


def _rows(file: str, text: str) -> Iterator[RawRow]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        before = 0
        for cells in reader:
            yield RawRow(before + 1, cells)
            before = reader.line_num
    except csv.Error as error:
        raise file_error(
            file,
            f"第 {reader.line_num} 行 CSV 格式有误（{error}）；请检查引号后重新保存。",
            f"line {reader.line_num} is malformed CSV ({error}); check its quotation marks and save again.",
        ) from error


def _separator(text: str) -> str:
    """Return what separates the cells: what the first lines have most of."""
    head = "\n".join(text[: 1 << 16].split("\n")[:_PROBED])
    return max(_SEPARATORS, key=head.count)
