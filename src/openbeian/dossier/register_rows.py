"""Rows of the public register to look numbers up in: those that ship, and lists that somebody gives."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber
from openbeian.core.table_text import BrokenEncodingError, decode_table
from openbeian.published import PublishedRow, load_published, read_list

__all__ = ["RegisterRow", "find_shipped", "read_register", "shipped_rows"]

_OWN: Final = frozenset({"number", "status", "service_name"})
"""Columns that the register's open data have, and no other list."""
_MOST_BYTES: Final = 256 << 20


class RegisterRow(NamedTuple):
    """An entry: its number in small letters, its name, and its status where the list says one."""

    number: str
    name: str
    status: str = ""


@lru_cache
def shipped_rows() -> tuple[RegisterRow, ...]:
    """Return the rows that come with the software."""
    return tuple(_published(load_published()))


def find_shipped(number: str) -> RegisterRow | None:
    """Return the row with this number among those that come with the software."""
    return _shipped_by_number().get(_canonical(number))


@lru_cache
def _shipped_by_number() -> Mapping[str, RegisterRow]:
    return {row.number: row for row in shipped_rows()}


def read_register(path: Path) -> tuple[RegisterRow, ...]:
    """Return the rows of a list: the register's open data (CSV, JSONL), or a list as offices publish it.

    Raises:
        BadInputError: It can't be read, or is no list.
    """
    rows = _open_data(path)
    return tuple(_published(read_list(path).rows)) if rows is None else tuple(_own(rows))


def _open_data(path: Path) -> list[Mapping[str, Any]] | None:
    """Return the rows of a file of open data; None where it is another list."""
    read = _READERS.get(path.suffix.lower())
    if read is None or not path.is_file() or path.stat().st_size > _MOST_BYTES:
        return None
    try:
        rows = read(decode_table(path.read_bytes()))
    except BrokenEncodingError:
        return None
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"{path.name} 不是有效的公开数据（{error}）；请重新下载。",
            f"{path.name} is no valid open data ({error}); download it again.",
        ) from error
    return rows if rows and set(rows[0]) >= _OWN else None


def _csv_rows(text: str) -> list[Mapping[str, Any]]:
    return list(csv.DictReader(io.StringIO(text)))


def _json_lines(text: str) -> list[Mapping[str, Any]]:
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [row for row in rows if isinstance(row, dict)]


_READERS: Final[Mapping[str, Callable[[str], list[Mapping[str, Any]]]]] = {
    ".csv": _csv_rows,
    ".jsonl": _json_lines,
}


def _own(rows: Iterable[Mapping[str, Any]]) -> Iterator[RegisterRow]:
    for row in rows:
        number = _canonical(str(row.get("number") or ""))
        if number:
            yield RegisterRow(number, str(row.get("service_name") or ""), str(row.get("status") or ""))


def _published(rows: Iterable[PublishedRow]) -> Iterator[RegisterRow]:
    for row in rows:
        number = _canonical(row.number)
        if number:
            yield RegisterRow(number, row.service)


def _canonical(written: str) -> str:
    try:
        return str(FilingNumber.parse(written)).casefold()
    except BadInputError:
        return ""
