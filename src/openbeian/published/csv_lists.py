"""Lists as CSV: UTF-8 with or without a byte order mark, UTF-16 with one, GB18030; comma, tab, semicolon."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from openbeian.core.table_text import BROKEN_ENCODING, BrokenEncodingError, decode_table
from openbeian.published.raw import RawRow, RawTable, file_error

__all__ = ["csv_tables", "decoded"]

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = (",", "\t", ";")
_PROBED: Final = 20
_LONGEST_FIELD: Final = 1 << 20


def decoded(file: str, data: bytes) -> str:
    """Return the text of a file.

    Raises:
        BadInputError: It is in none of the encodings.
    """
    try:
        return data.decode("utf-16") if data.startswith(_UTF16) else decode_table(data)
    except (UnicodeDecodeError, BrokenEncodingError) as error:
        raise file_error(file, BROKEN_ENCODING.zh, BROKEN_ENCODING.en) from error


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
