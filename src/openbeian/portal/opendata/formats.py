"""The formats the register can be had in, each with what writes it; a new one is one entry here."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple, Protocol

import orjson

from openbeian.core.csv_text import csv_lines, csv_text
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.opendata.fields import FIELDS
from openbeian.portal.opendata.parquet import ParquetWriter, has_arrow
from openbeian.portal.opendata.rows import Row
from openbeian.portal.opendata.workbook import WorkbookWriter

__all__ = ["FORMATS", "Format", "Writer", "available_formats", "chosen_formats"]

_NAMES: Final = [field.name for field in FIELDS]


class Writer(Protocol):
    """Writes rows into a file as they come, and holds no more than a few thousand."""

    def write(self, rows: Sequence[Row]) -> None:
        """Append rows."""

    def close(self) -> None:
        """Finish the file."""


class Format(NamedTuple):
    """A format: how its file ends, what it is for, and what writes it."""

    name: str
    media_type: str
    text: Text
    open: Callable[[Path], Writer]


class _CSVWriter:
    """RFC 4180 in UTF-8, with the mark that tells spreadsheets so; no text in it runs as a formula there."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb", buffering=1 << 20)
        self._file.write(csv_text([_NAMES]).encode())

    def write(self, rows: Sequence[Row]) -> None:
        self._file.write(csv_lines(rows).encode())

    def close(self) -> None:
        self._file.close()


class _LinesWriter:
    """One JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb", buffering=1 << 20)

    def write(self, rows: Sequence[Row]) -> None:
        self._file.writelines(
            orjson.dumps(dict(zip(_NAMES, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
            for row in rows
        )

    def close(self) -> None:
        self._file.close()


FORMATS: Final[Mapping[str, Format]] = {
    one.name: one
    for one in (
        Format("csv", "text/csv", Text("表格软件与脚本", "spreadsheets and scripts"), _CSVWriter),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Text("Excel、WPS 直接打开", "opens in Excel and WPS"),
            WorkbookWriter,
        ),
        Format(
            "jsonl", "application/jsonl", Text("一行一个 JSON 对象", "one JSON object a line"), _LinesWriter
        ),
        Format(
            "parquet",
            "application/vnd.apache.parquet",
            Text("数据分析（列式、带类型）", "data analysis: columns with types"),
            ParquetWriter,
        ),
    )
}


def available_formats() -> tuple[str, ...]:
    """Return the formats that can be written here: Parquet needs what the extra `parquet` brings."""
    return tuple(name for name in FORMATS if name != "parquet" or has_arrow())


def chosen_formats(written: str) -> tuple[str, ...]:
    """Return the formats of a list with commas; all of them where it is empty.

    Raises:
        BadInputError: One is unknown.
    """
    wanted = [part.strip().lower() for part in written.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise BadInputError(
            f"不认识格式「{unknown[0]}」；可用：{'、'.join(FORMATS)}。",
            f"“{unknown[0]}” is no format; there are {', '.join(FORMATS)}.",
        )
    return tuple(name for name in FORMATS if name in wanted or not wanted)
