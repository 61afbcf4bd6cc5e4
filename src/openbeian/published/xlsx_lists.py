"""Lists as XLSX workbooks: every sheet that can be seen, dates as dates, formulas as the values they had."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openbeian.published.raw import Limits, RawRow, RawTable, file_error

__all__ = ["xlsx_tables"]

_SMALL: Final = 8 << 20
"""Bytes up to which nobody cares how well a workbook was packed."""
_MANY_PARTS: Final = 5_000
_PROLOG: Final = 4096
_BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, EOFError, OSError, ValueError, OverflowError,
)  # fmt: skip


def xlsx_tables(file: str, data: bytes, limits: Limits) -> Iterator[RawTable]:
    """Yield the visible sheets of a workbook.

    Raises:
        BadInputError: It is damaged, locked, or unpacks to more than a list may hold.
    """
    # Imported here because most lists are no workbooks and it takes its time.
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415
    from openpyxl.styles.stylesheet import apply_stylesheet  # noqa: PLC0415
    from openpyxl.xml.constants import SHARED_STRINGS  # noqa: PLC0415

    from openbeian.published.xlsx_parts import Formats, cells_of, shared_strings  # noqa: PLC0415

    _check_archive(file, data, limits)
    try:
        reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        book: Any = reader.wb
        package: Any = reader.package
        # openpyxl has no other way to ask for these formats.
        days, lengths = book._date_formats, book._timedelta_formats  # noqa: SLF001
        formats = Formats(book.epoch, frozenset(days), frozenset(lengths))
        strings_part = package.find(SHARED_STRINGS)
        strings: list[str] = []
        if strings_part is not None:
            with reader.archive.open(strings_part.PartName[1:]) as part:
                strings = shared_strings(part)
        sheets = [(one, rel) for one, rel in reader.parser.find_sheets() if one.state == "visible"]
    except Exception as error:  # any broken workbook, and openpyxl has no common error for them
        raise _damaged(file) from error
    for sheet, rel in sheets:
        if "chartsheet" not in rel.Type and rel.target in reader.valid_files:
            with reader.archive.open(rel.target) as part:
                yield RawTable("sheet", str(sheet.name), _rows(file, cells_of(part, strings, formats)))


def _rows(file: str, lines: Iterator[tuple[int, list[object]]]) -> Iterator[RawRow]:
    while True:
        try:
            number, cells = next(lines, (0, []))
        except Exception as error:  # the same
            raise _damaged(file) from error
        if not cells:
            return
        yield RawRow(number, [_text(value) for value in cells])


def _text(value: object) -> str:
    """Return a cell as text: a day as 2023-08-31, a whole number without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_archive(file: str, data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            _check_unpacked(file, len(parts), unpacked, len(data), limits)
            written = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
            is_declared = any(_declares(archive, part) for part in written)
    except _BROKEN_ARCHIVE as error:
        raise _damaged(file) from error
    if is_declared:
        raise file_error(
            file,
            "工作簿中有文档类型声明，表格软件不会这样写；请从原件重新另存。",
            "the workbook declares a document type, as no spreadsheet program does; save the original again.",
        )


def _check_unpacked(file: str, parts: int, unpacked: int, packed: int, limits: Limits) -> None:
    is_bomb = unpacked > _SMALL and unpacked > limits.ratio * packed
    if parts > _MANY_PARTS or unpacked > limits.unpacked_bytes or is_bomb:
        raise file_error(
            file,
            f"解压后为 {unpacked >> 20} MB，超过名单应有的大小；请核对文件来源。",
            f"it unpacks to {unpacked >> 20} MB, more than a list can need; check where it comes from.",
        )


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as content:
        return b"<!DOCTYPE" in content.read(_PROLOG).replace(b"\0", b"").upper()


def _damaged(file: str) -> Exception:
    return file_error(
        file,
        "不是完好、未加密的 XLSX 工作簿；请用表格软件打开后重新另存。",
        "this is no intact, unlocked XLSX workbook; open it in a spreadsheet program and save it again.",
    )
