"""Opens a list, whatever kind of file it turns out to be: what counts is what is in it, not its suffix."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.published.csv_lists import csv_tables, decoded
from openbeian.published.html_lists import html_tables
from openbeian.published.pdf_lists import pdf_tables
from openbeian.published.raw import LIMITS, Limits, RawTable, counted, file_error
from openbeian.published.xlsx_lists import xlsx_tables

__all__ = ["Opened", "list_bytes", "open_bytes", "open_list"]

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD: Final = 1024
_HTML_MARKS: Final = (b"<html", b"<table", b"<!doctype html", b"<body", b"<div")


class Opened(NamedTuple):
    """A list that can be read: its name, the SHA-256 of its bytes in hex, and its tables."""

    file: str
    sha256: str
    tables: Iterator[RawTable]


def open_list(path: Path, limits: Limits = LIMITS) -> Opened:
    """Open a list in a file.

    Raises:
        BadInputError: It can't be read, is too large, or is of a kind that holds no list.
    """
    return open_bytes(path.name, list_bytes(path, limits), limits)


def list_bytes(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return the bytes of a list in a file, none of it read if it is too large.

    Raises:
        BadInputError: It can't be read or is too large.
    """
    try:
        size = path.stat().st_size
        _check_size(path.name, size, limits)
        return path.read_bytes()
    except OSError as error:
        raise file_error(
            path.name,
            f"无法读取（{error.strerror}）；请核对路径。",
            f"it can't be read ({error.strerror}); check the path.",
        ) from error


def open_bytes(file: str, data: bytes, limits: Limits = LIMITS) -> Opened:
    """Open a list given as bytes, as uploads are; its tables are read as they are asked for.

    Raises:
        BadInputError: It is too large or of a kind that holds no list; the tables raise it as well.
    """
    _check_size(file, len(data), limits)
    tables = (
        RawTable(table.part, table.name, counted(file, table.rows, limits))
        for table in _tables(file, data, limits)
    )
    return Opened(file, hashlib.sha256(data).hexdigest(), tables)


def _tables(file: str, data: bytes, limits: Limits) -> Iterator[RawTable]:
    if data.startswith(b"PK\x03\x04"):
        return xlsx_tables(file, data, limits)
    if b"%PDF-" in data[:_HEAD]:
        return pdf_tables(file, data, limits)
    if data.startswith(_OLD_OFFICE):
        raise file_error(
            file,
            "是旧式 XLS 或加密的工作簿；请在表格软件中另存为不加密的 XLSX。",
            "this is an old XLS or an encrypted workbook; save it as XLSX without a password.",
        )
    if b"\0" in data[:_HEAD] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise file_error(
            file,
            "不是 XLSX、CSV、HTML 或 PDF；请给出名单原文件。",
            "this is no XLSX, CSV, HTML or PDF; give the list's own file.",
        )
    text = decoded(file, data)
    head = data[: 8 * _HEAD].lstrip().lower()
    if head.startswith(b"<") or any(mark in head for mark in _HTML_MARKS):
        return html_tables(file, text)
    return csv_tables(file, text)


def _check_size(file: str, size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise file_error(
            file,
            f"超过 {limits.file_bytes >> 20} MB，不像名单；请核对文件。",
            f"it is larger than {limits.file_bytes >> 20} MB; check that it is a list.",
        )
