"""Exact duplicates of any number of documents in flat memory.

A unit writes a file of 24 bytes a document: the XXH3-128 hash of its text as it is, and the XXH3-64
hash of its source's name; sorted by hash. At the end the files are read side by side, a slice of the
range of hashes at a time.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

__all__ = ["Duplicates", "count_duplicates", "hash_source", "hash_text", "write_hashes"]

_HASH: Final = np.dtype([("high", "<u8"), ("low", "<u8"), ("source", "<u8")])
_SLICE: Final = 1 << 20
"""About so many documents are compared at a time."""
_WIDTH: Final = 64
_LOW: Final = (1 << 64) - 1

Hashes = npt.NDArray[np.void]


class Duplicates(NamedTuple):
    """Documents whose text another one before them has: in the whole corpus, and within each source."""

    total: int
    by_source: dict[str, int]


def hash_text(units: memoryview) -> int:
    """Return the hash of a text, given as UTF-16."""
    return xxhash.xxh3_128_intdigest(units)


def hash_source(name: str) -> int:
    """Return the number that stands for a source."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogateescape"))


def write_hashes(path: Path, texts: Sequence[int], sources: Sequence[int]) -> None:
    """Write the hashes of a unit's texts, with the number of each one's source; whole or not at all."""
    hashes = np.empty(len(texts), dtype=_HASH)
    hashes["high"] = [text >> _WIDTH for text in texts]
    hashes["low"] = [text & _LOW for text in texts]
    hashes["source"] = sources
    hashes.sort(order=("high", "low", "source"))
    unfinished = path.with_suffix(".tmp")
    hashes.tofile(unfinished)
    unfinished.replace(path)


def count_duplicates(paths: Sequence[Path], documents: int, names: Sequence[str]) -> Duplicates:
    """Count over the files of all units; `names` are those of the sources, `documents` about how many."""
    files = [np.memmap(path, dtype=_HASH, mode="r") for path in paths if os.path.getsize(path)]  # noqa: PTH202
    total = 0
    again: dict[int, int] = {}
    for hashes in _slices(files, max(1, documents // _SLICE)):
        hashes.sort(order=("high", "low", "source"))
        same = (hashes["high"][1:] == hashes["high"][:-1]) & (hashes["low"][1:] == hashes["low"][:-1])
        total += int(np.count_nonzero(same))
        within = hashes["source"][1:][same & (hashes["source"][1:] == hashes["source"][:-1])]
        sources, counts = np.unique(within, return_counts=True)
        for source, count in zip(sources.tolist(), counts.tolist(), strict=True):
            again[source] = again.get(source, 0) + count
    return Duplicates(total, _named(again, names))


def _slices(files: Sequence[Hashes], slices: int) -> Iterator[Hashes]:
    """Yield, from all files together, the hashes of each part of their range."""
    bars = np.array([(part << _WIDTH) // slices for part in range(1, slices)], dtype=np.uint64)
    cuts = [np.concatenate(([0], np.searchsorted(file["high"], bars), [len(file)])) for file in files]
    for part in range(slices):
        pieces = [np.array(file[cut[part] : cut[part + 1]]) for file, cut in zip(files, cuts, strict=True)]
        if pieces:
            yield np.concatenate(pieces)


def _named(counts: Mapping[int, int], names: Sequence[str]) -> dict[str, int]:
    return {name: counts[number] for name in sorted(names) if (number := hash_source(name)) in counts}
