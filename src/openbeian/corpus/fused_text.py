"""The text of a line in the pass of `fused.py`: decoded, folded, counted, and noted what stands where.

Written in the part of Python that Numba compiles.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.corpus.json_bytes import BASIC, Bytes, Numbers, Position, character
from openbeian.corpus.scripts import PROBE_BITS, PROBES, VOTES_OF
from openbeian.matching.kinds import HAN

__all__ = [
    "ALIKE", "ALONE", "AT", "ATS", "BETWEEN", "BYTES", "DIGIT", "DROPPED", "END", "FOREIGN", "FOREIGN_LETTER",
    "ID", "ID_END", "LEFT", "MARK", "MARKED", "OFFSET", "PAIRS", "RAW", "RAW_END", "ROWS", "RUNS",
    "SEPARATOR", "SOURCE", "SOURCE_END", "TOKENS", "UNITS", "VOTES", "WORD",
    "Space", "Tables", "push", "take_text", "votes_of",
]  # fmt: skip

_Units = npt.NDArray[np.uint16]

OFFSET, RAW_END, END, TOKENS, BYTES, SOURCE, SOURCE_END, ID, ID_END, VOTES, ALIKE = range(11)
"""The columns of `Space.rows`, which has a row for each document.

VOTES are those of `scripts.py` for its language; ALIKE is a row, mostly the first, with the same source.
"""
ROWS, RAW, UNITS, RUNS, ATS, DROPPED, PAIRS, LEFT, MARKED, BETWEEN, FOREIGN = range(11)
"""The places of `Space.used`."""
ALONE, SEPARATOR, WORD, DIGIT, AT, MARK, FOREIGN_LETTER = (1 << bit for bit in range(16, 23))
"""What a character is, in an entry of `Tables.basic`."""
_NOTED = DIGIT | AT | MARK | FOREIGN_LETTER
_EQUAL = SEPARATOR | 0xFFFF
"""The bits that tell whether a separator is equal to another unit."""
_ALONE_BIT, _WORD_BIT = 16, 18
_0, _1, _2, _3 = (np.uint64(n) for n in range(4))
_PROBE_BITS = np.uint64(PROBE_BITS)
_QUOTE = ord('"')
_THREE_BYTES = 0xE0
_LAST_OF_ONE, _LAST_OF_TWO = 0x7F, 0x7FF
_FIRST_HAN, _AFTER_HAN = HAN.start, HAN.stop
_HIGH, _LOW, _HALVES, _BITS = 0xD800, 0xDC00, 0xF800, 10


class Tables(NamedTuple):
    """What characters become.

    An entry of `basic` holds what a unit folds to (0: dropped) and, above 16 bits, what that is.
    `above` is for characters from U+10000: what they fold to, or 1 where they stay the pair they are.
    `scripts` says what a folded unit counts as when a text's language is told, by `PROBES` units of it.
    """

    basic: npt.NDArray[np.uint32]
    above: _Units
    scripts: npt.NDArray[np.uint8]


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
    marked: Numbers
    """This and the next two are the columns of `Spots`."""
    between: Numbers
    foreign: Numbers
    sources: Numbers
    """Rows with different sources, by a hash of them; -1 where there is none."""
    used: npt.NDArray[np.uint64]
    kept: npt.NDArray[np.uint64]


def push(into: Numbers, used: npt.NDArray[np.uint64], which: int, value: Position) -> None:
    into[used[which]] = value
    used[which] += _1


def take_text(  # noqa: PLR0915  a loop over characters, whose state would be handed on for each of them
    content: Bytes, at: Position, tables: Tables, space: Space
) -> Position:
    """Take the text that is the string at `at`, and return where it ends."""
    used, basic, raw, units = space.used, tables.basic, space.raw, space.units
    start, at = at, at + _1
    r, u = used[RAW], used[UNITS]
    tokens, was_word = 0, 0
    while True:
        if content[at] >= _THREE_BYTES and u > _1:
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
                push(space.dropped, used, DROPPED, r)
            r += _1
        if entry:
            u += _1
            is_word = entry >> _WORD_BIT & 1
            tokens += entry >> _ALONE_BIT & 1 | is_word & (1 - was_word)
            was_word = is_word
            if entry & _NOTED or (u > _2 and (entry ^ int(units[u - _3])) & _EQUAL == SEPARATOR):
                _note(space, u, entry)
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
        if (entry ^ int(space.units[u - _2])) & _EQUAL == SEPARATOR:
            return at, r, u, tokens
        space.raw[r] = code
        space.units[u] = entry & 0xFFFF
        tokens += entry >> _ALONE_BIT & 1
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
    push(space.pairs, used, PAIRS, r)
    folded = int(tables.above[code - BASIC])
    if folded == 1:
        space.units[u], space.units[u + _1] = high, low
        return int(tables.basic[high]), u + _1
    space.units[u] = folded
    if folded == 0:
        push(space.dropped, used, DROPPED, r)
    push(space.dropped, used, DROPPED, r + _1)
    return int(tables.basic[folded]), u


def _note(space: Space, u: Position, entry: int) -> None:
    """Note what the character is that stands before `u`."""
    used, units = space.used, space.units
    if u > _2 and (entry ^ int(units[u - _3])) & _EQUAL == SEPARATOR:
        push(space.between, used, BETWEEN, u - _2)
    if entry & DIGIT:
        _note_digit(space.runs, used, u)
    elif entry & AT:
        push(space.ats, used, ATS, u - _1)
    elif entry & FOREIGN_LETTER:
        push(space.foreign, used, FOREIGN, u - _1)
    if entry & MARK:
        start = u - _1 - np.uint64(units[u - _1] & _HALVES == _HIGH)
        if start and _FIRST_HAN <= units[start - _1] < _AFTER_HAN:
            push(space.marked, used, MARKED, start)


def _note_digit(runs: Numbers, used: npt.NDArray[np.uint64], u: Position) -> None:
    if used[RUNS] and runs[used[RUNS] - _1] == u - _1:
        runs[used[RUNS] - _1] = u
    else:
        push(runs, used, RUNS, u - _1)
        push(runs, used, RUNS, u)


def votes_of(start: Position, end: Position, tables: Tables, space: Space) -> np.uint64:
    """Return what units of a folded text, taken at even distances, vote for as its language."""
    votes, length = _0, end - start
    for probe in range(PROBES):
        votes += VOTES_OF[tables.scripts[space.units[start + (length * np.uint64(probe) >> _PROBE_BITS)]]]
    return votes
