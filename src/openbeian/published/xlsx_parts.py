"""The parts of a workbook that hold its cells, read as a stream: openpyxl takes several times as long.

openpyxl still says which sheets there are and which formats are dates. Source of the forms of cells:
ECMA-376 part 1, 18.3.1.4 (c), 18.4.8 (si), 18.18.11 (ST_CellType).
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import IO, Final, NamedTuple
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel

__all__ = ["Formats", "cells_of", "shared_strings"]

_CHUNK: Final = 1 << 16
_LAST_COLUMN: Final = 16_384
_LETTERS: Final = 26
_DIGITS: Final = "0123456789"
_SPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_NAMES: Final = {
    f"{space} {name}": name for space in _SPACES for name in ("c", "is", "row", "rPh", "si", "t", "v")
}
"""The elements that are looked at, by their whole names; any other is none of ours."""


class Formats(NamedTuple):
    """What numbers mean: the first day, and which formats are of days or of lengths of time."""

    epoch: datetime
    days: frozenset[int]
    lengths: frozenset[int]


def shared_strings(part: IO[bytes]) -> list[str]:
    """Return the texts that cells refer to by number; how to pronounce them is left out."""
    strings: list[str] = []
    reader = _Strings(strings.append)
    for _ in _read(part, reader.start, reader.end, reader.text):
        pass
    return strings


def cells_of(part: IO[bytes], strings: list[str], formats: Formats) -> Iterator[tuple[int, list[object]]]:
    """Yield the number of each row that holds something, and its cells up to the last that does.

    Raises:
        ValueError: A cell isn't as the standard says.
    """
    reader = _Sheet(strings, formats)
    for _ in _read(part, reader.start, reader.end, reader.text):
        yield from reader.rows
        reader.rows.clear()


def _read(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Read a part, and come back after each piece of it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    while piece := part.read(_CHUNK):
        parser.Parse(piece, False)  # noqa: FBT003  its second parameter has no name
        yield
    parser.Parse(b"", True)  # noqa: FBT003  the same
    yield


def _refuse(*_declared: object) -> None:
    raise ValueError("a document type is declared")


class _Strings:
    """Gathers each `si`: all its `t` but those inside `rPh`."""

    def __init__(self, found: Callable[[str], None]) -> None:
        self._found = found
        self._held: list[str] = []
        self._is_text = self._is_spelling = False

    def start(self, whole_name: str, _values: dict[str, str]) -> None:
        name = _NAMES.get(whole_name)
        if name == "si":
            self._held = []
        elif name == "rPh":
            self._is_spelling = True
        elif name == "t":
            self._is_text = not self._is_spelling

    def end(self, whole_name: str) -> None:
        name = _NAMES.get(whole_name)
        if name == "si":
            self._found("".join(self._held))
        elif name == "rPh":
            self._is_spelling = False
        elif name == "t":
            self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._held.append(text)


class _Sheet:
    """Gathers rows: of each cell its `v`, or the `t` of its `is`."""

    def __init__(self, strings: list[str], formats: Formats) -> None:
        self.rows: list[tuple[int, list[object]]] = []
        self._strings, self._formats = strings, formats
        self._row = self._column = 0
        self._cells: dict[int, object] = {}
        self._kind, self._style = "n", 0
        self._held: list[str] = []
        self._is_value = self._is_spelling = False

    def start(self, whole_name: str, values: dict[str, str]) -> None:
        name = _NAMES.get(whole_name)
        if name == "c":
            self._column = _column(values["r"].rstrip(_DIGITS)) if "r" in values else self._column + 1
            self._kind, self._style = values.get("t", "n"), int(values.get("s", 0))
            self._held = []
        elif name == "row":
            self._row = int(values["r"]) if "r" in values else self._row + 1
            self._column, self._cells = 0, {}
        elif name == "rPh":
            self._is_spelling = True
        else:
            self._is_value = name == "v" or (name == "t" and not self._is_spelling)

    def end(self, whole_name: str) -> None:
        name = _NAMES.get(whole_name)
        if name == "c":
            written = "".join(self._held)
            if written:
                self._cells[self._column] = self._value(written)
        elif name == "row":
            if self._cells:
                last = max(self._cells)
                self.rows.append((self._row, [self._cells.get(at) for at in range(1, last + 1)]))
        elif name == "rPh":
            self._is_spelling = False
        else:
            self._is_value = False

    def text(self, text: str) -> None:
        if self._is_value:
            self._held.append(text)

    def _value(self, written: str) -> object:
        if self._kind == "s":
            return self._strings[int(written)] or None
        if self._kind == "n":
            return self._number(written)
        if self._kind == "b":
            return bool(int(written))
        return datetime.fromisoformat(written) if self._kind == "d" else written

    def _number(self, written: str) -> int | float | datetime | time | timedelta | str | None:
        number = float(written)
        is_length = self._style in self._formats.lengths
        if is_length or self._style in self._formats.days:
            try:
                day: datetime | time | timedelta = from_excel(
                    number, self._formats.epoch, timedelta=is_length
                )
                return day  # noqa: TRY300  openpyxl's types say anything
            except (OverflowError, ValueError):
                return "#VALUE!"
        return int(written) if written.lstrip("-").isdecimal() else number


@lru_cache(maxsize=1 << 10)
def _column(letters: str) -> int:
    """Return the number of a column from 1, by the letters of a cell's reference, as `AB` of `AB12`."""
    column = 0
    for character in letters:
        column = column * _LETTERS + ord(character.upper()) - ord("A") + 1
    if not letters.isalpha() or not 1 <= column <= _LAST_COLUMN:
        raise ValueError(letters)
    return column
