"""Rows out of JSONL, CSV and XLSX files, each with the line it stands in.

Offices keep banks and lists in spreadsheets: a title above the header is skipped, columns may stand in
any order, and text may be UTF-8 with or without a byte order mark, or GB18030.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.table_text import BROKEN_ENCODING, BrokenEncodingError, decode_table

__all__ = ["Row", "Table", "input_error", "load_table", "read_text"]

_HEADER_WITHIN: Final = 10


class Row(NamedTuple):
    """One row: its line in the file, and its cells as text by column; `lists` are those that are lists."""

    line: int
    cells: dict[str, str]
    lists: Mapping[str, list[Any]] = MappingProxyType({})


class Table(NamedTuple):
    """What a file holds: JSONL says in `head` what it is, spreadsheets don't."""

    head: dict[str, Any] | None
    rows: list[Row]


def input_error(path: Path, line: int | None, zh: str, en: str) -> BadInputError:
    """Return the error that a file is wrong, perhaps in one line; `zh` and `en` say what and the remedy."""
    where_zh = f"{path.name} 第 {line} 行" if line else path.name
    where_en = f"{path.name}, line {line}" if line else path.name
    return BadInputError(f"{where_zh}：{zh}", f"{where_en}: {en}")


def load_table(path: Path, columns: Sequence[str]) -> Table:
    """Return the rows of a file; a spreadsheet must have `columns`.

    Raises:
        BadInputError: It can't be read, its encoding is broken, or a column is missing.
    """
    data = _read(path)
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        return _jsonl(path, _decode(path, data))
    if suffix == ".csv":
        return Table(None, _below_header(path, _csv_lines(path, _decode(path, data)), columns))
    if suffix == ".xlsx":
        return Table(None, _below_header(path, _xlsx_lines(path, data), columns))
    raise input_error(
        path,
        None,
        "不认识的文件类型；请用 .jsonl、.csv 或 .xlsx。",
        "unknown kind of file; use .jsonl, .csv or .xlsx.",
    )


def read_text(path: Path) -> str:
    """Return the text of a file: UTF-8 with or without a byte order mark, or GB18030.

    Raises:
        BadInputError: It can't be read, or its encoding is broken.
    """
    return _decode(path, _read(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise input_error(
            path,
            None,
            f"无法读取（{error.strerror}）；请核对路径。",
            f"it can't be read ({error.strerror}); check the path.",
        ) from error


def _decode(path: Path, data: bytes) -> str:
    try:
        return decode_table(data)
    except BrokenEncodingError as error:
        raise input_error(path, error.line, BROKEN_ENCODING.zh, BROKEN_ENCODING.en) from error


def _jsonl(path: Path, text: str) -> Table:
    rows: list[Row] = []
    head: dict[str, Any] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            members = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise input_error(
                path,
                number,
                f"不是有效的 JSON（第 {error.colno} 个字符处）；请改正该行。",
                f"this is not valid JSON (at character {error.colno}); correct the line.",
            ) from error
        if not isinstance(members, dict):
            raise input_error(
                path, number, "应为一个 JSON 对象；请改正该行。", "must be a JSON object; correct the line."
            )
        if head is None:
            head = members
        else:
            lists = {name: value for name, value in members.items() if isinstance(value, list)}
            rows.append(Row(number, {name: _cell(value) for name, value in members.items()}, lists))
    return Table(head or {}, rows)


def _csv_lines(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise input_error(
            path,
            reader.line_num,
            f"CSV 格式有误（{error}）；请检查引号后重新保存。",
            f"the CSV is malformed ({error}); check its quotation marks and save it again.",
        ) from error


def _xlsx_lines(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    # Imported here because it takes as much memory as a whole run, which only reads JSONL.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_cell(value) for value in cells]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        raise input_error(
            path,
            None,
            "不是完好的 XLSX 工作簿；请用表格软件打开后重新另存。",
            "this is no intact XLSX workbook; open it in a spreadsheet program and save it again.",
        ) from error


def _below_header(path: Path, lines: Iterable[tuple[int, list[str]]], columns: Sequence[str]) -> list[Row]:
    """Return the rows below the first line that has the columns; above it may stand a title."""
    rows: list[Row] = []
    header: list[str] = []
    best: list[str] = []
    for number, cells in lines:
        stripped = [cell.strip() for cell in cells]
        if header:
            if any(stripped):
                rows.append(Row(number, dict(zip(header, stripped, strict=False))))
        elif set(columns) <= set(stripped):
            header = stripped
        elif number <= _HEADER_WITHIN:
            best = max(best, [column for column in columns if column in stripped], key=len)
    if not header:
        missing = [column for column in columns if column not in best]
        raise input_error(
            path,
            None,
            f"缺少列「{'、'.join(missing)}」；表头应有：{'、'.join(columns)}。",
            f"the column {', '.join(missing)} is missing; the header must have {', '.join(columns)}.",
        )
    return rows


def _cell(value: object) -> str:
    """Return a cell as text; a whole number without the fraction a spreadsheet gives it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
