"""Letters of other alphabets that stand for Latin ones, and kana for Han characters, in mixed words.

Letters of alphabets that hardly any text today is written in are folded wherever they stand. Greek,
Cyrillic, Armenian, Arabic (its alef) and kana are not, or clean text in them would hold Latin words: there a
letter counts as another only in a word that mixes alphabets, or with no other letter of its own near.
"""

import functools
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import Units
from openbeian.matching.kinds import Kind, kinds
from openbeian.matching.resemblance import alike_beside_others
from openbeian.matching.spots import ALPHABETS

__all__ = ["READINGS", "find_lookalikes", "read_as"]

Indices = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

READINGS: Final = 2
"""What looks like two letters is tried as either."""
_NEAR: Final = 40
"""Units within which a letter of its own alphabet shows that a word is what it seems to be."""


class _Alphabet(NamedTuple):
    """Units that may stand for letters of a kind."""

    codes: range
    stands_for: Kind
    always_mixed: bool
    """Whether a whole word of it, with nothing of that kind beside it, is never taken for another."""


_ALPHABETS: Final = (
    _Alphabet(ALPHABETS[0], Kind.LATIN, always_mixed=False),
    _Alphabet(ALPHABETS[1], Kind.LATIN, always_mixed=True),
    _Alphabet(ALPHABETS[2], Kind.HAN, always_mixed=True),
)


def find_lookalikes(units: Units, foreign: Indices) -> Indices:
    """Return the places in folded text where a letter is taken for one that it looks like.

    Args:
        units: the text.
        foreign: where the letters of other alphabets stand.
    """
    letters = units[foreign]
    found = [
        _disguised(units, places, alphabet)
        for alphabet in _ALPHABETS
        if len(places := foreign[(letters >= alphabet.codes.start) & (letters < alphabet.codes.stop)])
    ]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.intp)


def read_as(units: Units, reading: int) -> Units:
    """Return what lookalikes are read as, in one of the READINGS."""
    return _tables()[reading][units]


def _disguised(units: Units, places: Indices, alphabet: _Alphabet) -> Indices:
    """Return those of the places of an alphabet's letters that are taken for others."""
    alike = _tables()[0][units[places]] != 0
    heads = np.concatenate(([True], np.diff(places) > 1))
    firsts = np.flatnonzero(heads)
    starts, ends = places[heads], places[np.concatenate((firsts[1:], [len(places)])) - 1] + 1
    mixed = _is(units, starts - 1, alphabet.stands_for) | _is(units, ends, alphabet.stands_for)
    lonely = _is_far(starts, ends, places[~alike])
    taken = np.logical_and.reduceat(alike, firsts)
    taken &= mixed & lonely if alphabet.always_mixed else mixed | lonely
    found: Indices = places[taken[np.cumsum(heads) - 1]]
    return found


def _is(units: Units, places: Indices, kind: Kind) -> _Flags:
    """Say at which of the places, some of which may be outside, a unit is of a kind."""
    found: _Flags = kinds()[units[np.clip(places, 0, len(units) - 1)]] == kind
    return found


def _is_far(starts: Indices, ends: Indices, others: Indices) -> _Flags:
    """Say from which stretches every other place is far."""
    far: _Flags = np.searchsorted(others, starts - _NEAR) == np.searchsorted(others, ends + _NEAR)
    return far


@functools.cache
def _tables() -> tuple[Units, ...]:
    """Return for each reading what each unit is read as, 0 for what looks like nothing."""
    tables = tuple(np.zeros(1 << 16, dtype=np.uint16) for _ in range(READINGS))
    for look, targets in alike_beside_others().items():
        for reading, table in enumerate(tables):
            table[ord(look)] = ord(targets[min(reading, len(targets) - 1)])
    return tables
