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

from openbeian.corpus.json_bytes import (
    BASIC,
    Bytes,
    Numbers,
    Position,
    behind_space,
    character,
    digits_end,
    is_delimited,
    is_word,
    string_end,
    value_end,
)

_Units = npt.NDArray[np.uint16]

OFFSET, RAW_END, END, TOKENS, BYTES, SOURCE, SOURCE_END, ID, ID_END = range(9)
"""The columns of `Space.rows`, which has a row for each document."""
ROWS, RAW, UNITS, RUNS, ATS, DROPPED, PAIRS, LEFT = range(8)
"""The places of `Space.used`."""
ALONE, WORD, DIGIT, AT = (1 << bit for bit in range(16, 20))
"""What a character is, in an entry of `Tables.basic`."""
_MARKED = DIGIT | AT
_ALONE_BIT, _WORD_BIT = 16, 17
_TEXT, _OTHER = -1, -2


_0, _1, _2, _3 = (np.uint64(n) for n in range(4))
_LINE_FEED, _QUOTE, _OPEN, _CLOSE, _COMMA, _COLON = b'\n"{},:'
_THREE_BYTES = 0xE0
_LAST_OF_ONE, _LAST_OF_TWO = 0x7F, 0x7FF
_HIGH, _LOW, _HALVES, _BITS = 0xD800, 0xDC00, 0xF800, 10


class Names(NamedTuple):
    """The names of the members that are wanted, in UTF-8."""

    text: Bytes
    source: Bytes
    id: Bytes


class Tables(NamedTuple):
    """What characters become.

    An entry of `basic` holds what a unit folds to (0: dropped) and, above 16 bits, what that is.
    `above` is for characters from U+10000: what they fold to, or 1 where they stay the pair they are.
    """

    basic: npt.NDArray[np.uint32]
    above: _Units


class Space(NamedTuple):
    """Where results go; `used` says how far each is filled, `kept` how far with lines that were taken."""

    raw: _Units
    units: _Units
    rows: Numbers
    runs: Numbers
    """Where runs of digits begin and end in `units`, by turns."""
    ats: Numbers
    dropped: Numbers
    pairs: Numbers
    left: Numbers
    """Where lines that are to be read with care begin and end, by turns."""
    used: npt.NDArray[np.uint64]
    kept: npt.NDArray[np.uint64]


TakeLines = Callable[[Bytes, Position, Names, Tables, Space], None]
"""`take_lines`, compiled or not."""


def take_lines(content: Bytes, stop: Position, names: Names, tables: Tables, space: Space) -> None:
    """Take every line before `stop`, which is behind a line feed and AHEAD bytes or more before the end."""
    used, kept = space.used, space.kept
    used[:] = 0
    kept[:] = 0
    at = _0
    while at < stop:
        start = at
        at = _take_line(content, at, names, tables, space)
        if at:
            _finish(start, space)
        else:
            used[:] = kept
            at = _line_feed(content, start)
            _push(space.left, used, LEFT, start)
            _push(space.left, used, LEFT, at)
        kept[:] = used
        at += _1


def _push(into: Numbers, used: npt.NDArray[np.uint64], which: int, value: Position) -> None:
    into[used[which]] = value
    used[which] += _1


def _line_feed(content: Bytes, at: Position) -> Position:
    while content[at] != _LINE_FEED:
        at += _1
    return at


def _finish(start: Position, space: Space) -> None:
    """Put the separator behind a text, and its row behind the others."""
    used = space.used
    row = space.rows[used[ROWS]]
    row[OFFSET] = start
    row[RAW_END] = used[RAW]
    row[END] = used[UNITS]
    space.raw[used[RAW]] = 1
    space.units[used[UNITS]] = 1
    used[RAW] += _1
    used[UNITS] += _1
    used[ROWS] += _1


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
        return _0 if row[TOKENS] >= 0 else _take_text(content, at, tables, space)
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


def _take_text(  # noqa: PLR0915  a loop over characters, whose state would be handed on for each of them
    content: Bytes, at: Position, tables: Tables, space: Space
) -> Position:
    """Take the text that is the string at `at`, and return where it ends."""
    used, basic, raw, units = space.used, tables.basic, space.raw, space.units
    start, at = at, at + _1
    r, u = used[RAW], used[UNITS]
    tokens, was_word = 0, 0
    while True:
        if content[at] >= _THREE_BYTES:
            before = r
            at, r, u, begun = _take_han(content, at, (r, u), tables, space)
            tokens += begun
            was_word &= int(r == before)
        code, size = character(content, at)
        if size == _0:
            break
        at += size
        if code >= BASIC:
            entry, u = _take_above(code, r, u, tables, space)
            r += _2
        else:
            entry = int(basic[code])
            raw[r] = code
            units[u] = entry & 0xFFFF
            if entry == 0:
                _push(space.dropped, used, DROPPED, r)
            r += _1
        if entry:
            u += _1
            is_word = entry >> _WORD_BIT & 1
            tokens += entry >> _ALONE_BIT & 1 | is_word & (1 - was_word)
            was_word = is_word
            if entry & _MARKED:
                _mark(space, u, entry)
    row = space.rows[used[ROWS]]
    row[TOKENS], row[BYTES] = tokens, _length_in_bytes(raw, used[RAW], r)
    used[RAW], used[UNITS] = r, u
    return at + _1 if content[at] == _QUOTE and content[start] == _QUOTE else _0


def _take_han(
    content: Bytes, at: Position, used: tuple[Position, Position], tables: Tables, space: Space
) -> tuple[Position, Position, Position, int]:
    """Take characters of three bytes that belong into no word; return how many of them are tokens."""
    r, u = used
    tokens = 0
    while True:
        second, third = int(content[at + _1]) ^ 0x80, int(content[at + _2]) ^ 0x80
        code = (int(content[at]) & 0xF) << 12 | second << 6 | third
        entry = int(tables.basic[code])
        is_whole = content[at] & 0xF0 == _THREE_BYTES and (second | third) & 0xC0 == 0
        if not is_whole or code >= _HIGH or entry == 0 or entry >= WORD or code <= _LAST_OF_TWO:
            return at, r, u, tokens
        space.raw[r] = code
        space.units[u] = entry & 0xFFFF
        tokens += entry >> _ALONE_BIT
        at, r, u = at + _3, r + _1, u + _1


def _length_in_bytes(raw: _Units, at: Position, end: Position) -> int:
    """Return the length of a text in UTF-8: a unit is three bytes, less if small; half of a pair is two."""
    length = 0
    while at < end:
        unit = int(raw[at])
        length += 1 + (unit > _LAST_OF_ONE) + (unit > _LAST_OF_TWO) - (unit & _HALVES == _HIGH)
        at += _1
    return length


def _take_above(code: int, r: Position, u: Position, tables: Tables, space: Space) -> tuple[int, Position]:
    """Take a character above the basic plane; return its entry, and where its last unit is."""
    used = space.used
    high = ((code - BASIC) >> _BITS) + _HIGH
    low = ((code - BASIC) & ((1 << _BITS) - 1)) + _LOW
    space.raw[r], space.raw[r + _1] = high, low
    _push(space.pairs, used, PAIRS, r)
    folded = int(tables.above[code - BASIC])
    if folded == 1:
        space.units[u], space.units[u + _1] = high, low
        return int(tables.basic[high]), u + _1
    space.units[u] = folded
    if folded == 0:
        _push(space.dropped, used, DROPPED, r)
    _push(space.dropped, used, DROPPED, r + _1)
    return int(tables.basic[folded]), u


def _mark(space: Space, u: Position, entry: int) -> None:
    """Note a digit or an at sign, which stands before `u`."""
    used, runs = space.used, space.runs
    if entry & AT:
        _push(space.ats, used, ATS, u - _1)
    elif used[RUNS] and runs[used[RUNS] - _1] == u - _1:
        runs[used[RUNS] - _1] = u
    else:
        _push(runs, used, RUNS, u - _1)
        _push(runs, used, RUNS, u)
