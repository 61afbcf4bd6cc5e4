"""Where something was put between the letters of a term: found cheaply, in a few places of clean text.

Two things are looked for. A mark that clean text hardly ever has there, behind a Han character: `毒*品`;
one is enough. And letters that stand alone with the same separator, of any kind, on both sides, as in
`法，轮，功` and `s.e.x`.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import SEPARATOR, Units
from openbeian.matching.kinds import FIRST_HAN, Kind, kinds

__all__ = ["Gaps", "Pairs", "find_gaps"]

Indices = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

_PIECE: Final = 1 << 15
"""Units looked at together; what is computed of them stays in the processor's cache."""
_LONGEST: Final = 4
"""Units of separators between two letters: four signs, or two emoji."""
_STEPS: Final = np.arange(_LONGEST + 1)
_LETTER_BITS: Final = np.uint64(0xFFC0_FFC0_FFC0_FFC0)
"""Of four units those bits that are `0x40` in small letters, and nothing in most ASCII that is none."""
_LETTER_BIT: Final = np.uint16(0x40)
_ALTERNATING: Final = (np.uint64(0x0040_0000_0040_0000), np.uint64(0x0000_0040_0000_0040))
_AROUND: Final = np.arange(-3, 4)
_SINGLE_LETTERS: Final = _AROUND % 2 == 0
_SLOTS: Final = (1 << 22) - 3
_SPREAD: Final = 40_503
_NONE: Final = np.zeros(0, dtype=np.intp)


class Gaps(NamedTuple):
    """What is left out to put terms together again: units from `starts` to `ends`, of which kind at least.

    Those are `wanted` on whose sides stands what stands together in some term.
    """

    starts: Indices
    ends: Indices
    kinds: npt.NDArray[np.uint8]
    wanted: _Flags


class Pairs:
    """Which letters stand beside each other in some term: only between those a gap is worth a look."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Note the pairs of folded terms."""
        raw = SEPARATOR.join([*terms, ""]).encode("utf-16-le", "surrogatepass")
        units = np.frombuffer(raw, dtype="<u2")
        self._known = np.zeros(_SLOTS, dtype=np.bool_)
        self._known[_slots(units[:-1], units[1:])] = True

    def known(self, first: Units, second: Units) -> _Flags:
        """Say which units may stand beside each other: those that do, and a few others."""
        return self._known[_slots(first, second)]


def _slots(first: Units, second: Units) -> Indices:
    found: Indices = (first.astype(np.intp) * _SPREAD + second) % _SLOTS
    return found


def find_gaps(units: Units, marked: Indices, pairs: Pairs) -> Gaps:
    """Return the gaps in folded text, in its order.

    Args:
        units: the text.
        marked: where one of `MARKS` stands behind a Han character, or the second separator behind one Han
            character and two single letters.
        pairs: what stands beside each other in the terms that are looked for.
    """
    is_second = kinds()[units[marked - 1]] == Kind.LATIN
    alone = np.concatenate((_letters_alone(units), _han_alone(units), marked[is_second] - 1))
    before, behind = _beside(units, alone - 1, -1)[0], _beside(units, alone + 1, 1)[0]
    both = (before > 0) & (behind > 0)
    alone, before, behind = alone[both], before[both], behind[both]
    # Beyond the outermost of a row only: those between are found already.
    left, right = alone - before - 1, alone + behind + 1
    more = (
        _going_on(units, right[~np.isin(right, alone)], 1),
        _going_on(units, left[~np.isin(left, alone)], -1),
    )
    starts = np.sort(np.concatenate((marked, alone + 1, alone - before, *more)))
    starts = starts[np.diff(starts, prepend=-1) > 0]
    lengths, lowest = _beside(units, starts, 1)
    real = lengths > 0
    starts, ends, lowest = starts[real], (starts + lengths)[real], lowest[real]
    return Gaps(starts, ends, lowest, pairs.known(units[starts - 1], units[ends]))


def _going_on(units: Units, letters: Indices, step: int) -> Indices:
    """Return where gaps begin one after another, right or left of letters, as far as all stand apart."""
    found = [_NONE]
    while len(letters):
        lengths = _beside(units, letters + step, step)[0]
        letters, lengths = letters[lengths > 0], lengths[lengths > 0]
        found.append(letters + 1 if step > 0 else letters - lengths)
        letters = letters + step * (lengths + 1)
        letters = letters[np.diff(letters, prepend=-1) != 0]
    return np.concatenate(found)


def _beside(units: Units, places: Indices, step: int) -> tuple[Indices, npt.NDArray[np.uint8]]:
    """Return how many separators begin at each place, to the right or left, and the lowest of their kinds.

    Where no letter is behind them, or more of them are than a gap has, it is none.
    """
    around = _kinds_at(units, places[:, None] + step * _STEPS)
    separators = np.logical_and.accumulate(around >= Kind.ORDINARY, axis=1)
    counts = separators.sum(axis=1)
    behind = around[np.arange(len(places)), np.minimum(counts, _LONGEST)]
    counts[(behind != Kind.HAN) & (behind != Kind.LATIN)] = 0
    return counts, np.where(separators, around, np.uint8(Kind.MARK)).min(axis=1, initial=Kind.MARK)


def _kinds_at(units: Units, places: Indices) -> npt.NDArray[np.uint8]:
    """Return the kinds of the units at places; outside of the text stands nothing of interest."""
    found: npt.NDArray[np.uint8] = kinds().take(units.take(places, mode="clip"))
    found[(places < 0) | (places >= len(units))] = Kind.OTHER
    return found


def _han_alone(units: Units) -> Indices:
    """Return where a Han character stands with the same unit, none of Chinese, on both sides."""
    found = []
    for at in range(0, len(units), _PIECE):
        is_high = units[at : at + _PIECE + 2] >= FIRST_HAN
        middle = is_high[1:-1] > is_high[:-2]
        np.greater(middle, is_high[2:], out=middle)
        if middle.any():
            found.append(np.flatnonzero(middle) + (1 + at))
    places = np.concatenate((_NONE, *found))
    alone: Indices = places[units[places - 1] == units[places + 1]]
    return alone


def _letters_alone(units: Units) -> Indices:
    """Return the middle ones of letters that stand alone with the same separator between them.

    Of four units every other is a small letter then: in a row of three single letters some four are,
    wherever it begins.
    """
    found = []
    for at in range(0, len(units), _PIECE):
        piece = units[at : at + _PIECE]
        words = piece[: len(piece) & ~3].view(np.uint64) & _LETTER_BITS
        alternate = (words == _ALTERNATING[0]) | (words == _ALTERNATING[1])
        if alternate.any():
            found.append(4 * np.flatnonzero(alternate) + at)
    first = np.concatenate((_NONE, *found))
    middle = first + (units[first] & _LETTER_BIT == 0)
    middle = np.concatenate((middle, middle + 2))
    middle = middle[(middle > 0) & (middle < len(units) - 1)]
    middle = middle[units[middle - 1] == units[middle + 1]]
    # Most that alternate are words of one letter; what is beyond their neighbours tells them cheaply.
    for beyond in (-3, 3):
        middle = middle[_kinds_at(units, middle + beyond) != Kind.LATIN]
    around = _kinds_at(units, middle[:, None] + _AROUND)
    letters = around == Kind.LATIN
    alone: Indices = middle[(letters == _SINGLE_LETTERS).all(axis=1) & (around[:, 2] >= Kind.ORDINARY)]
    return alone
