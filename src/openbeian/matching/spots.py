"""Where in folded text a term may be disguised: the few places worth a second look.

Whoever folds text may note them on the way (`corpus/fused.py` does); `find_spots` finds the same afterwards.
"""

import functools
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import Units
from openbeian.matching.kinds import FIRST_HAN, HAN, MARKS, Kind, kinds

__all__ = ["ALPHABETS", "Spots", "find_spots", "foreign", "marks", "separators"]

Indices = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

ALPHABETS: Final = (range(0x370, 0x590), range(0x621, 0x64B), range(0x3041, 0x3100))
"""Greek, Cyrillic and Armenian; Arabic; kana: units that may stand for Latin letters and Han characters."""

_PIECE: Final = 1 << 15
"""Units looked at together; what is computed of them stays in the processor's cache."""
_FIRST_HAN: Final = np.uint16(HAN.start)
_HAN_SPAN: Final = np.uint16(len(HAN))


class Spots(NamedTuple):
    """Places in folded text, each kind in the order of the text."""

    marked: Indices
    """Where one of `MARKS` stands behind a Han character."""
    between: Indices
    """Where a unit has the same separator on both sides, of those below the Han characters."""
    foreign: Indices
    """Where a unit of one of the ALPHABETS stands."""


def find_spots(units: Units) -> Spots:
    """Return the places in folded text."""
    found = [_in_piece(units, at) for at in range(0, max(1, len(units)), _PIECE)]
    return Spots(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _in_piece(units: Units, at: int) -> tuple[Indices, Indices, Indices]:
    piece = units[at : at + _PIECE]
    behind = units[max(0, at - 1) : at + _PIECE]
    apart = units[max(0, at - 2) : at + _PIECE]
    return (
        _behind_han(behind) + max(0, at - 1),
        _between_equal(apart) + max(0, at - 2),
        _foreign(piece) + at,
    )


def _behind_han(units: Units) -> Indices:
    is_han = units - _FIRST_HAN < _HAN_SPAN
    places = np.flatnonzero(is_han[:-1] > is_han[1:]) + 1
    found: Indices = places[marks()[units[places]]]
    return found


def _between_equal(units: Units) -> Indices:
    is_equal = units[2:] == units[:-2]
    is_equal &= units[2:] < FIRST_HAN
    places = np.flatnonzero(is_equal) + 1
    found: Indices = places[separators()[units[places + 1]]]
    return found


def _foreign(units: Units) -> Indices:
    is_foreign = np.zeros(len(units), dtype=np.bool_)
    for alphabet in ALPHABETS:
        is_foreign |= units - np.uint16(alphabet.start) < len(alphabet)
    return np.flatnonzero(is_foreign)


@functools.cache
def marks() -> _Flags:
    """Return which units are `MARKS`."""
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[[ord(mark) for mark in MARKS]] = True
    return table


@functools.cache
def separators() -> _Flags:
    """Return which units below the Han characters may stand between letters."""
    table: _Flags = kinds() >= Kind.ORDINARY
    table[FIRST_HAN:] = False
    return table


@functools.cache
def foreign() -> _Flags:
    """Return which units are letters of the ALPHABETS."""
    table = np.zeros(1 << 16, dtype=np.bool_)
    for alphabet in ALPHABETS:
        table[alphabet.start : alphabet.stop] = True
    return table
