"""Rows as they stand in a file, before anybody asks what they mean; and how much a file may hold."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError

__all__ = ["LIMITS", "Limits", "RawRow", "RawTable", "counted", "file_error"]


class Limits(NamedTuple):
    """How much a list may hold; real ones have some hundred rows."""

    file_bytes: int = 64 << 20
    unpacked_bytes: int = 512 << 20
    ratio: int = 200
    """How many times larger than packed a workbook may be, once it is larger than 8 MiB."""
    rows: int = 500_000
    columns: int = 200
    cell: int = 2_000
    """Characters in one cell that is read."""
    pages: int = 2_000


LIMITS: Final = Limits()


class RawRow(NamedTuple):
    """A row: its number in its table, page or sheet from 1, its cells, and what was wrong in reading it."""

    row: int
    cells: list[str]
    trouble: str = ""


class RawTable(NamedTuple):
    """A sheet, table or page (`part`) called `name`, with its rows."""

    part: str
    name: str
    rows: Iterator[RawRow]


def file_error(file: str, zh: str, en: str) -> BadInputError:
    """Return the error that a file can't be read; `zh` and `en` say why and how to mend it."""
    return BadInputError(f"{file}：{zh}", f"{file}: {en}")


def counted(file: str, rows: Iterator[RawRow], limits: Limits = LIMITS) -> Iterator[RawRow]:
    """Pass rows on, and refuse a table that has too many rows or columns."""
    for number, row in enumerate(rows, 1):
        if number > limits.rows:
            raise file_error(
                file,
                f"超过 {limits.rows:,} 行，不像名单；请核对文件，或分成几份。",
                f"it has more than {limits.rows:,} rows; check the file, or split it.",
            )
        if len(row.cells) > limits.columns:
            raise file_error(
                file,
                f"第 {row.row} 行超过 {limits.columns} 列，不像名单；请核对文件。",
                f"row {row.row} has more than {limits.columns} columns; check that it is a list.",
            )
        yield row
