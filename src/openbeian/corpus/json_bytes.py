"""JSON as bytes: characters, strings and values, by the position where they end.

Written in the part of Python that Numba compiles: positions are unsigned, for then Numba does not look
for negative ones; functions are short, for they are inlined. A position of 0 says that something is not
valid, or not simple. Nothing is looked at that stands behind a line feed, but for AHEAD bytes.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "AHEAD", "BASIC", "Bytes", "Numbers", "Position",
    "behind_space", "character", "digits_end", "is_delimited", "is_word", "string_end", "value_end",
]  # fmt: skip

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Position = np.uint64

AHEAD: Final = 16
BASIC: Final = 0x10000
"""The first code point above the basic plane."""

_0, _1, _2, _3, _4, _5, _6, _7, _12 = (np.uint64(n) for n in (0, 1, 2, 3, 4, 5, 6, 7, 12))
_QUOTE, _BACKSLASH, _CLOSE, _COMMA, _MINUS, _POINT, _ZERO, _U = b'"\\},-.0u'
_SPACE, _DELETE, _TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = 0x20, 0x7F, 0xC0, 0xE0, 0xF0
_LAST_OF_ONE, _LAST_OF_TWO, _LAST = 0x7F, 0x7FF, 0x10FFFF
_HIGH, _LOW, _HALF, _HALVES, _BITS = 0xD800, 0xDC00, 0xFC00, 0xF800, 10
_MOST_DIGITS: Final = np.uint64(18)


def _table(of: dict[str, int], other: int) -> Numbers:
    table = np.full(256, other, dtype=np.int64)
    for character, value in of.items():
        table[ord(character)] = value
    return table


_ESCAPES: Final = _table({'"': 34, "\\": 92, "/": 47, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9}, 0)
_HEX: Final = _table({digit: int(digit, 16) for digit in "0123456789abcdefABCDEF"}, -1)
_IS_SPACE: Final = _table({" ": 1, "\t": 1, "\r": 1}, 0)
_IS_DIGIT: Final = _table(dict.fromkeys("0123456789", 1), 0)
_NULL, _TRUE, _FALSE = (np.frombuffer(word, dtype=np.uint8) for word in (b"null", b"true", b"false"))


def is_delimited(content: Bytes, at: Position) -> bool:
    byte = int(content[at])
    return byte in (_COMMA, _CLOSE) or int(_IS_SPACE[byte]) == 1


def behind_space(content: Bytes, at: Position) -> Position:
    while _IS_SPACE[content[at]]:
        at += _1
    return at


def string_end(content: Bytes, at: Position, is_plain: int) -> Position:
    """Return where a string ends; a plain one stands for itself."""
    if content[at] != _QUOTE:
        return _0
    at += _1
    while True:
        _, size = character(content, at)
        if size == _0 or (is_plain and content[at] == _BACKSLASH):
            break
        at += size
    return at + _1 if content[at] == _QUOTE else _0


def value_end(content: Bytes, at: Position) -> Position:
    """Return where a string, a number or a word ends; what holds others is read with care."""
    if content[at] == _QUOTE:
        return string_end(content, at, 0)
    end = digits_end(content, at + _1 if content[at] == _MINUS else at)
    if end and content[end] == _POINT:
        at = end + _1
        end = at
        while _IS_DIGIT[content[end]] and end - at < _MOST_DIGITS:
            end += _1
        if end == at:
            return _0
    if end == _0:
        end = _word_end(content, at)
    return end if end and is_delimited(content, end) else _0


def digits_end(content: Bytes, at: Position) -> Position:
    """Return where a whole number ends that is written as every one is: no zeros first, not too many."""
    start = at
    while _IS_DIGIT[content[at]] and at - start < _MOST_DIGITS:
        at += _1
    return _0 if at == start or (content[start] == _ZERO and at - start > _1) else at


def _word_end(content: Bytes, at: Position) -> Position:
    if is_word(content, at, at + _4, _NULL) or is_word(content, at, at + _4, _TRUE):
        return at + _4
    return at + _5 if is_word(content, at, at + _5, _FALSE) else _0


def is_word(content: Bytes, at: Position, end: Position, name: Bytes) -> bool:
    if end - at != len(name):
        return False
    for byte in name:
        if content[at] != byte:
            return False
        at += _1
    return True


def character(content: Bytes, at: Position) -> tuple[int, Position]:
    """Return the character of a string and how many bytes it takes; none where the string ends."""
    byte = int(content[at])
    if byte >= _THREE_BYTES:
        return _wide(content, at, byte)
    if byte == _BACKSLASH:
        return _escaped(content, at + _1)
    if byte < _SPACE or byte == _QUOTE:
        return 0, _0
    if byte <= _DELETE:
        return byte, _1
    second = int(content[at + _1]) ^ 0x80
    code = (byte & 0x1F) << 6 | second
    return (0, _0) if byte < _TWO_BYTES or second & 0xC0 or code <= _LAST_OF_ONE else (code, _2)


def _wide(content: Bytes, at: Position, byte: int) -> tuple[int, Position]:
    second, third = int(content[at + _1]) ^ 0x80, int(content[at + _2]) ^ 0x80
    if (second | third) & 0xC0:
        return 0, _0
    if byte >= _FOUR_BYTES:
        fourth = int(content[at + _3]) ^ 0x80
        code = (byte & 0xF) << 18 | second << 12 | third << 6 | fourth
        return (0, _0) if fourth & 0xC0 or code < BASIC or code > _LAST else (code, _4)
    code = (byte & 0xF) << 12 | second << 6 | third
    return (0, _0) if code <= _LAST_OF_TWO or code & _HALVES == _HIGH else (code, _3)


def _escaped(content: Bytes, at: Position) -> tuple[int, Position]:
    if content[at] != _U:
        code = int(_ESCAPES[content[at]])
        return (code, _2) if code else (0, _0)
    code = _four_digits(content, at + _1)
    if code < 0 or code & _HALVES != _HIGH:
        return (code, _6) if code >= 0 else (0, _0)
    if code & _HALF != _HIGH or content[at + _5] != _BACKSLASH or content[at + _6] != _U:
        return 0, _0
    low = _four_digits(content, at + _7)
    if low & _HALF != _LOW or low < 0:
        return 0, _0
    return ((code - _HIGH) << _BITS) + low - _LOW + BASIC, _12


def _four_digits(content: Bytes, at: Position) -> int:
    """Return the number that four hexadecimal digits are, a negative one where they aren't."""
    first = _HEX[content[at]] << 12 | _HEX[content[at + _1]] << 8
    return int(first | _HEX[content[at + _2]] << 4 | _HEX[content[at + _3]])
