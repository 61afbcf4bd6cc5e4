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
from openbeian.matching.kinds import Kind, kinds
from openbeian.matching.spots import Spots

__all__ = ["Gaps", "Pairs", "find_gaps"]

Indices = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]

_LONGEST: Final = 4
"""Units of separators between two letters: four signs, or two emoji."""
_STEPS: Final = np.arange(_LONGEST + 1)[:, None]
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


def find_gaps(units: Units, spots: Spots, pairs: Pairs) -> Gaps:
    """Return the gaps in folded text, in its order.

    Args:
        units: the text.
        spots: where marks stand behind Han characters, and what stands between two equal separators.
        pairs: what stands beside each other in the terms that are looked for.
    """
    alone, before, behind = _alone(units, spots.between, pairs)
    # Beyond the outermost of a row only: those between are found already.
    left, right = alone - before - 1, alone + behind + 1
    outer = (left[~_among(left, alone)], right[~_among(right, alone)])
    steps = np.repeat((-1, 1), [len(letters) for letters in outer])
    more = _going_on(units, np.concatenate(outer), steps)
    starts = np.sort(np.concatenate((spots.marked, alone + 1, alone - before, more)))
    starts = starts[np.diff(starts, prepend=-1) > 0]
    lengths, lowest = _beside(units, starts, 1)
    real = lengths > 0
    starts, ends, lowest = starts[real], (starts + lengths)[real], lowest[real]
    return Gaps(starts, ends, lowest, pairs.known(units[starts - 1], units[ends]))


def _among(places: Indices, known: Indices) -> _Flags:
    """Say which places are known; both are in their order."""
    found: _Flags = np.append(known, -1)[np.searchsorted(known, places)] == places
    return found


def _alone(units: Units, between: Indices, pairs: Pairs) -> tuple[Indices, Indices, Indices]:
    """Return letters with equal separators on both sides, and how many stand before and behind each.

    A Latin letter must stand by itself, between two others that do, or Han characters. What stands together
    with neither neighbour in any term is left out.
    """
    middle = kinds()[units[between]]
    between = between[(middle == Kind.HAN) | (middle == Kind.LATIN)]
    sides = _beside(units, np.concatenate((between - 1, between + 1)), np.repeat((-1, 1), len(between)))[0]
    before, behind = sides[: len(between)], sides[len(between) :]
    both = (before > 0) & (behind > 0)
    between, before, behind = between[both], before[both], behind[both]
    left, right = between - before - 1, between + behind + 1
    near = pairs.known(units[left], units[between]) | pairs.known(units[between], units[right])
    words = (_kinds_at(units, np.stack((left, left - 1))) == Kind.LATIN).all(axis=0)
    words |= (_kinds_at(units, np.stack((right, right + 1))) == Kind.LATIN).all(axis=0)
    near &= ~words | (kinds()[units[between]] == Kind.HAN)
    return between[near], before[near], behind[near]


def _going_on(units: Units, letters: Indices, steps: Indices) -> Indices:
    """Return where gaps begin one after another, right or left of letters, as far as all stand apart."""
    found = [_NONE]
    while len(letters):
        lengths = _beside(units, letters + steps, steps)[0]
        on = lengths > 0
        letters, lengths, steps = letters[on], lengths[on], steps[on]
        found.append(np.where(steps > 0, letters + 1, letters - lengths))
        letters = letters + steps * (lengths + 1)
    return np.concatenate(found)


def _beside(units: Units, places: Indices, steps: Indices | int) -> tuple[Indices, npt.NDArray[np.uint8]]:
    """Return how many separators begin at each place, to the right or left, and the lowest of their kinds.

    Where no letter is behind them, or more of them are than a gap has, it is none.
    """
    around = _kinds_at(units, places + steps * _STEPS)
    separators = np.logical_and.accumulate(around >= Kind.ORDINARY)
    counts = separators.sum(axis=0)
    behind = around[np.minimum(counts, _LONGEST), np.arange(len(places))]
    counts[(behind != Kind.HAN) & (behind != Kind.LATIN)] = 0
    return counts, np.where(separators, around, np.uint8(Kind.MARK)).min(axis=0, initial=Kind.MARK)


def _kinds_at(units: Units, places: Indices) -> npt.NDArray[np.uint8]:
    """Return the kinds of the units at places; outside of the text stands nothing of interest."""
    found: npt.NDArray[np.uint8] = kinds().take(units.take(places, mode="clip"))
    found[(places < 0) | (places >= len(units))] = Kind.OTHER
    return found
