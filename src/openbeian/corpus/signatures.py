"""What near-duplicates have in common: bands of the MinHash signatures of their texts.

A text is the set of its shingles, five characters (UTF-16 units) each, after folding. The share of
shingles that two texts have in common (Jaccard) is the chance that a number of their signatures is equal;
a band is eight numbers, and texts with one of sixteen bands in common are near-duplicates. At a share of
0.8 two texts are found with 95 %, at 0.9 with 99.99 %, at 0.5 with 6 %, at 0.3 with 0.1 %. The library is
Rensa, after Dahlgaard, Knudsen and Thorup, "Fast Similarity Sketching" (arXiv 1704.04370).
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from openbeian.core.errors import CouldNotRunError
from openbeian.corpus.optional import optional
from openbeian.corpus.partitions import Rows, distinct
from openbeian.matching import JoinedTexts, join_texts

__all__ = ["BAND_COLUMNS", "NEAR_METHOD", "Signer", "chance_of"]

BAND_COLUMNS: Final = 2
"""The number of a band, and the first half of the hash of a text that has it."""

_SHINGLE: Final = 5
_BANDS: Final = 16
_BAND_NUMBERS: Final = 8
_NUMBERS: Final = _BANDS * _BAND_NUMBERS
_SEED: Final = 0x5EED
_ALGORITHM: Final = 2
"""Rensa's version of its own hashing: another gives other signatures."""
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

NEAR_METHOD: Final = {
    "bands": _BANDS,
    "library": f"rensa {_ALGORITHM}",
    "numbers": _BAND_NUMBERS,
    "shingle": _SHINGLE,
}
"""All that the result depends on."""

_Numbers = npt.NDArray[np.uint64]


def chance_of(share: float) -> float:
    """Return how likely texts are found that have this share of their shingles in common."""
    return float(1 - (1 - share**_BAND_NUMBERS) ** _BANDS)


class Signer:
    """Computes bands."""

    def __init__(self) -> None:
        """Load the library.

        Raises:
            CouldNotRunError: It is missing, or is one that would give other results.
        """
        self._sketch: Any = optional("rensa", "rensa", extra="near-duplicates").RMinHash
        if self._sketch.ALGORITHM_VERSION != _ALGORITHM:
            raise CouldNotRunError(
                f"近重复检测需要算法版本为 {_ALGORITHM} 的 rensa；请安装 openbeian[near-duplicates]。",
                f"Near-duplicates need a rensa with version {_ALGORITHM} of its algorithm; install "
                "openbeian[near-duplicates].",
            )

    def bands(self, texts: Sequence[str], hashes: Sequence[int]) -> Rows:
        """Return a row for each band of each text, each once; `hashes` are the texts' 128-bit hashes."""
        joined = join_texts(texts)
        tokens, firsts, is_text = _shingles(joined)
        made = self._sketch.digest_matrix_from_flat_token_hashes(tokens, firsts, _NUMBERS, _SEED)
        numbers = np.array(made.to_rows(), dtype=np.uint64).reshape(-1, _BANDS, _BAND_NUMBERS)
        keys = np.broadcast_to(np.arange(_BANDS, dtype=np.uint64), numbers.shape[:2])
        for at in range(_BAND_NUMBERS):
            keys = _mixed(keys * _BASE + numbers[:, :, at])
        names = np.array([one >> 64 for one in hashes], dtype=np.uint64)[is_text]
        return distinct(np.column_stack((keys.ravel(), np.repeat(names, _BANDS))))


def _shingles(joined: JoinedTexts) -> tuple[_Numbers, _Numbers, npt.NDArray[np.bool_]]:
    """Return the hashes of all shingles, where each text's begin, and which texts have any.

    A text that is shorter than a shingle is one; of an empty one nothing can be said.
    """
    count = len(joined.units)
    units = np.concatenate((joined.units, np.zeros(_SHINGLE, dtype=joined.units.dtype))).astype(np.uint64)
    hashes = units[:count] * _BASE
    for at in range(1, _SHINGLE):
        hashes += units[at : at + count]
        hashes *= _BASE
    starts, ends = joined.starts, joined.ends
    lengths = ends - starts
    is_whole = np.ones(count, dtype=np.bool_)
    for back in range(_SHINGLE):
        is_whole[np.maximum(ends - back, starts)] = False
    # A short text's shingle reaches into the next text, so it is hashed by itself.
    for short in np.flatnonzero((lengths > 0) & (lengths < _SHINGLE)).tolist():
        hashes[starts[short]] = _hash_of(units[starts[short] : ends[short]])
        is_whole[starts[short]] = True
    is_text = lengths > 0
    counts = np.maximum(lengths[is_text] - _SHINGLE + 1, 1)
    firsts = np.concatenate(([0], np.cumsum(counts))).astype(np.uint64)
    return _mixed(hashes[is_whole]), firsts, is_text


def _hash_of(units: _Numbers) -> int:
    value = 1
    for unit in units.tolist():
        value = (value * int(_BASE) + unit) & ((1 << 64) - 1)
    return value


def _mixed(numbers: _Numbers) -> _Numbers:
    """Spread numbers evenly, in place (the last steps of SplitMix64)."""
    numbers ^= numbers >> np.uint64(30)
    numbers *= _MIX[0]
    numbers ^= numbers >> np.uint64(27)
    numbers *= _MIX[1]
    numbers ^= numbers >> np.uint64(31)
    return numbers
