"""One pass over the bytes of JSON lines: parse, decode, fold and count, with nothing in between.

Lines that are plain objects (text, source and id as strings or whole numbers, other members as simple)
are taken; whatever is not, or not valid, is left to be read with care. A position of 0 says so.

Written in the part of Python that Numba compiles, as `json_bytes.py` is; as plain Python it does the
same, slowly.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.corpus.fused_text import (
    ALIKE,
    END,
    ID,
    LEFT,
    OFFSET,
    RAW,
    RAW_END,
    ROWS,
    SOURCE,
    SOURCE_END,
    TOKENS,
    UNITS,
    VOTES,
    Space,
    Tables,
    push,
    take_text,
    votes_of,
)
from openbeian.corpus.json_bytes import (
    Bytes,
    Numbers,
    Position,
    behind_space,
    digits_end,
    is_delimited,
    is_word,
    string_end,
    value_end,
)

__all__ = ["Names", "TakeLines", "take_lines"]


class Names(NamedTuple):
    """The names of the members that are wanted, in UTF-8."""

    text: Bytes
    source: Bytes
    id: Bytes


TakeLines = Callable[[Bytes, Position, Names, Tables, Space], None]
"""`take_lines`, compiled or not."""

_TEXT, _OTHER = -1, -2
_TRIES = 8
_FACTOR, _MASK = np.uint64(1_000_003), np.uint64((1 << 40) - 1)
_0, _1 = np.uint64(0), np.uint64(1)
_LINE_FEED, _QUOTE, _OPEN, _CLOSE, _COMMA, _COLON = b'\n"{},:'


def take_lines(content: Bytes, stop: Position, names: Names, tables: Tables, space: Space) -> None:
    """Take every line before `stop`, which is behind a line feed and AHEAD bytes or more before the end."""
    used, kept = space.used, space.kept
    used[:] = 0
    kept[:] = 0
    space.sources[:] = -1
    at = _0
    while at < stop:
        start = at
        at = _take_line(content, at, names, tables, space)
        if at:
            _finish(content, start, tables, space)
        else:
            _copy(used, kept)
            at = _line_feed(content, start)
            push(space.left, used, LEFT, start)
            push(space.left, used, LEFT, at)
        _copy(kept, used)
        at += _1


def _copy(into: npt.NDArray[np.uint64], of: npt.NDArray[np.uint64]) -> None:
    """Copy one by one: a slice is copied by way of memory of its own, which the pass has none of."""
    for place in range(len(into)):
        into[place] = of[place]


def _line_feed(content: Bytes, at: Position) -> Position:
    while content[at] != _LINE_FEED:
        at += _1
    return at


def _finish(content: Bytes, start: Position, tables: Tables, space: Space) -> None:
    """Put the separator behind a text, and its row behind the others."""
    used = space.used
    row = space.rows[used[ROWS]]
    row[OFFSET] = start
    row[RAW_END] = used[RAW]
    row[END] = used[UNITS]
    space.raw[used[RAW]] = 1
    space.units[used[UNITS]] = 1
    begin = np.uint64(space.rows[used[ROWS] - _1][END]) + _1 if used[ROWS] else _0
    row[VOTES] = votes_of(begin, used[UNITS], tables, space)
    row[ALIKE] = _alike(content, row, space)
    used[RAW] += _1
    used[UNITS] += _1
    used[ROWS] += _1


def _alike(content: Bytes, row: Numbers, space: Space) -> Position:
    """Return the first row with the same source, if it is still known, else the number of this row."""
    number = np.uint64(space.used[ROWS])
    if row[SOURCE] < 0:
        return number
    start, end = np.uint64(row[SOURCE]), np.uint64(row[SOURCE_END])
    hashed = _0
    for byte in content[start:end]:
        hashed = (hashed * _FACTOR + np.uint64(byte)) & _MASK
    count = np.uint64(len(space.sources))
    for step in range(_TRIES):
        slot = (hashed + np.uint64(step)) % count
        other = space.sources[slot]
        if other < 0:
            space.sources[slot] = number
            return number
        known = space.rows[np.uint64(other)]
        if is_word(content, start, end, content[np.uint64(known[SOURCE]) : np.uint64(known[SOURCE_END])]):
            return np.uint64(other)
    return number


def _take_line(content: Bytes, at: Position, names: Names, tables: Tables, space: Space) -> Position:
    """Take an object with a text, and return where its line feed stands."""
    at = behind_space(content, at)
    if content[at] != _OPEN:
        return _0
    row = space.rows[space.used[ROWS]]
    row[:] = -1
    while True:
        at = _take_member(content, behind_space(content, at + _1), names, tables, space)
        if at == _0:
            return _0
        at = behind_space(content, at)
        if content[at] != _COMMA:
            break
    if content[at] != _CLOSE or row[TOKENS] < 0:
        return _0
    at = behind_space(content, at + _1)
    return at if content[at] == _LINE_FEED else _0


def _take_member(content: Bytes, at: Position, names: Names, tables: Tables, space: Space) -> Position:
    """Take a member and return where it ends."""
    key = at + _1
    end = string_end(content, at, 1)
    if end == _0:
        return _0
    which = _which(content, key, end - _1, names)
    at = behind_space(content, end)
    if content[at] != _COLON:
        return _0
    at = behind_space(content, at + _1)
    if which == _OTHER:
        return value_end(content, at)
    row = space.rows[space.used[ROWS]]
    if which == _TEXT:
        # A second text would be the one that counts.
        return _0 if row[TOKENS] >= 0 else take_text(content, at, tables, space)
    return _0 if row[which] >= 0 else _take_name(content, at, row, which)


def _which(content: Bytes, at: Position, end: Position, names: Names) -> int:
    if is_word(content, at, end, names.text):
        return _TEXT
    if is_word(content, at, end, names.source):
        return SOURCE
    return ID if is_word(content, at, end, names.id) else _OTHER


def _take_name(content: Bytes, at: Position, row: Numbers, which: int) -> Position:
    """Take a source or an id: a string that stands for itself, or a whole number."""
    if content[at] == _QUOTE:
        end = string_end(content, at, 1)
        if end:
            row[which], row[which + 1] = at + _1, end - _1
        return end
    end = digits_end(content, at)
    row[which], row[which + 1] = at, end
    return end if end and is_delimited(content, end) else _0
