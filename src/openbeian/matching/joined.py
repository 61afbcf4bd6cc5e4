"""Many texts folded at once: one look-up for all of them, offsets only for what is asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import (
    DROPPED,
    SEPARATOR,
    Units,
    fold_basic,
    fold_pairs,
    surrogate_pairs,
)
from openbeian.matching.spots import Spots, find_spots

__all__ = ["Indices", "JoinedTexts", "join_texts"]

Indices = npt.NDArray[np.intp]

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NONE: Final[Indices] = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class JoinedTexts:
    """Texts one behind the other, each with a separator after it, as they are (`raw`) and folded (`units`).

    `ends` says where in `units` each text's separator stands, `raw_ends` where in `raw`.
    """

    raw: Units
    raw_ends: Indices
    units: Units
    ends: Indices
    _dropped: Indices
    """Where in `raw` the units stand that folding dropped."""
    _pairs: Indices
    """Where in `raw` the first halves of surrogate pairs stand."""
    _spots: Spots | None = None
    """Where a term may be disguised, if that was noted as the texts were folded."""

    @cached_property
    def spots(self) -> Spots:
        """Where in `units` a term may be disguised."""
        return self._spots or find_spots(self.units)

    @property
    def starts(self) -> Indices:
        """Where in `units` each text begins."""
        return _starts(self.ends)

    @property
    def raw_starts(self) -> Indices:
        """Where in `raw` each text begins."""
        return _starts(self.raw_ends)

    @property
    def characters(self) -> Indices:
        """How many characters each text has."""
        units = self.raw_ends - self.raw_starts
        if not len(self._pairs):
            return units
        before = np.searchsorted(self._pairs, self.raw_ends, side="left")
        return units - np.diff(before, prepend=0)

    def text(self, at: int) -> str:
        """Return one of the texts as it is."""
        start = int(self.raw_ends[at - 1]) + 1 if at else 0
        return self.raw[start : int(self.raw_ends[at])].tobytes().decode("utf-16-le")

    def owners(self, positions: Indices) -> Indices:
        """Return which text each of these positions in `units` belongs to."""
        return np.searchsorted(self.ends, positions, side="left")

    def offsets(self, positions: Indices) -> Indices:
        """Return where the characters at these positions in `units` stand in their own texts."""
        raw = positions + np.searchsorted(self._dropped_before, positions, side="right")
        return self._characters(raw) - self._characters(self.raw_starts)[self.owners(positions)]

    def _characters(self, raw: Indices) -> Indices:
        """Return how many characters stand before these positions in `raw`."""
        return raw - np.searchsorted(self._pairs, raw, side="left")

    @cached_property
    def _dropped_before(self) -> Indices:
        """The positions in `units` before which each dropped unit stood."""
        return self._dropped - np.arange(len(self._dropped))


def join_texts(texts: Sequence[str]) -> JoinedTexts:
    """Return `texts` joined and folded."""
    joined = SEPARATOR.join([*texts, ""])
    try:
        raw = np.frombuffer(joined.encode("utf-16-le"), dtype="<u2")
    except UnicodeEncodeError:
        # Halves of surrogate pairs by themselves mean nothing, and side by side they would make a pair.
        return join_texts([_SURROGATE.sub("\ufffd", text) for text in texts])
    pairs = _NONE if len(raw) == len(joined) else surrogate_pairs(raw)
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.intp) - 1
    raw_ends = ends + np.searchsorted(pairs - np.arange(len(pairs)), ends, side="left")
    units = fold_basic(raw)
    if len(pairs):
        fold_pairs(raw, units, pairs)
    units[raw_ends] = ord(SEPARATOR)
    dropped = np.flatnonzero(units == DROPPED)
    if not len(dropped):
        return JoinedTexts(raw, raw_ends, units, raw_ends, dropped, pairs)
    kept_ends = raw_ends - np.searchsorted(dropped, raw_ends, side="left")
    return JoinedTexts(raw, raw_ends, units[units != DROPPED], kept_ends, dropped, pairs)


def _starts(ends: Indices) -> Indices:
    return np.concatenate((np.zeros(min(1, len(ends)), dtype=np.intp), ends[:-1] + 1))
