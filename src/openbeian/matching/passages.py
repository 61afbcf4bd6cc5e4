"""Passages looked at a second time, with something left out or replaced, and hits mapped back to the text."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import SEPARATOR, Units
from openbeian.matching.gaps import Gaps
from openbeian.matching.kinds import Kind

__all__ = ["Find", "Indices", "Matches", "find_apart", "find_replaced"]

Indices = npt.NDArray[np.intp]
_Flags = npt.NDArray[np.bool_]


class Matches(NamedTuple):
    """Folded terms found in folded texts, column by column: which, and which units; in no order."""

    numbers: Indices
    starts: Indices
    ends: Indices


Find = Callable[[Units], Matches]
"""Finds terms in folded text as it stands."""

_TWO: Final = 2
_BESIDE: Final = 6
"""The last letter on either side, and what may stand apart beside it."""


def find_apart(units: Units, gaps: Gaps, reach: int, find: Find) -> Matches:
    """Return the terms that are found across gaps.

    A mark may stand at any place of a term of three or more letters; what clean text has between words
    counts in such a term too, but not in one of two. With ordinary punctuation all letters must stand apart,
    and be three at least.
    """
    # Where only all letters apart count, nothing beyond them is needed but what shows where a word ends.
    reaches = np.where(gaps.kinds > Kind.ORDINARY, reach, _BESIDE)[gaps.wanted]
    kept = _windows(units, gaps.starts[gaps.wanted] - reaches, gaps.ends[gaps.wanted] + reaches)
    last_gap = np.searchsorted(gaps.starts, kept, side="right") - 1
    kept = kept[(last_gap < 0) | (kept >= gaps.ends[last_gap])]
    found = find(_cut(units, kept))
    crossed = [
        np.searchsorted(starts, kept[found.ends - 1]) - np.searchsorted(starts, kept[found.starts])
        for starts in (gaps.starts, *(gaps.starts[gaps.kinds <= kind] for kind in _LOWER))
    ]
    every, ordinary, between = crossed
    length = found.ends - found.starts
    by_mark = (every > 0) & (ordinary == 0) & ((length > _TWO) | (between == 0))
    by_all = (every == length - 1) & (length > _TWO)
    return _mapped(found, by_mark | by_all, kept)


_LOWER = (Kind.ORDINARY, Kind.BETWEEN_WORDS)


def find_replaced(units: Units, replaced: Indices, by: Units, reach: int, find: Find) -> Matches:
    """Return the terms that are found where the units at `replaced` are taken for others."""
    kept = _windows(units, replaced - reach, replaced + (1 + reach))
    # Both are in the order of the text, and every place that is replaced is kept.
    text = _cut(units, kept)
    text[np.isin(kept, replaced)] = by
    found = find(text)
    crossed = np.searchsorted(replaced, kept[found.ends - 1] + 1) - np.searchsorted(
        replaced, kept[found.starts]
    )
    return _mapped(found, crossed > 0, kept)


def _mapped(found: Matches, wanted: _Flags, kept: Indices) -> Matches:
    starts, ends = found.starts[wanted], found.ends[wanted]
    return Matches(found.numbers[wanted], kept[starts], kept[ends - 1] + 1)


def _windows(units: Units, starts: Indices, ends: Indices) -> Indices:
    """Return the places from starts to ends, in the order of the text; -1 stands between two passages."""
    first, last = np.maximum(starts, 0), np.minimum(ends, len(units))
    # A narrow one may lie within a wide one before or behind it.
    first, last = np.minimum.accumulate(first[::-1])[::-1], np.maximum.accumulate(last)
    heads = np.concatenate(([True], first[1:] > last[:-1]))
    begins, stops = first[heads], last[np.concatenate((heads[1:], [True]))]
    lengths = stops - begins + 1
    before = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(begins - before, lengths)
    places[before + lengths - 1] = -1
    found: Indices = places
    return found


def _cut(units: Units, kept: Indices) -> Units:
    text: Units = units[kept]
    text[kept < 0] = ord(SEPARATOR)
    return text
