"""Exact duplicates of any number of documents in flat memory.

A document is a row of three numbers: both halves of the XXH3-128 hash of its text as it is, and the
XXH3-64 hash of its source's name. Rows are a set, in files by the range of the first number: documents
less distinct rows are the duplicates, so that a unit which is done twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import xxhash

from openbeian.corpus.partitions import Partitions, distinct

__all__ = ["COLUMNS", "Duplicates", "count_duplicates", "hash_source", "pack_hashes"]

COLUMNS: Final = 3


class Duplicates(NamedTuple):
    """Documents whose text another one before them has: in the whole corpus, and within each source."""

    total: int
    by_source: dict[str, int]


def hash_source(name: str) -> int:
    """Return the number that stands for a source."""
    return xxhash.xxh3_64_intdigest(name.encode("utf-8", "surrogateescape"))


def pack_hashes(texts: Sequence[int], sources: Sequence[int]) -> bytes:
    """Return documents as rows, each once; given are the hash of each text and the number of its source."""
    rows = np.empty((len(texts), COLUMNS), dtype=np.uint64)
    halves = np.frombuffer(b"".join([text.to_bytes(16) for text in texts]), dtype=">u8")
    rows[:, :2] = halves.reshape(-1, 2)
    rows[:, 2] = sources
    return distinct(rows).tobytes()


def count_duplicates(rows: Partitions, documents: Mapping[str, int]) -> Duplicates:
    """Count; `documents` says how many each source has."""
    texts = 0
    of_source: dict[int, int] = {}
    for piece in rows.pieces():
        texts += 1 + int(np.count_nonzero(np.any(piece[1:, :2] != piece[:-1, :2], axis=1)))
        numbers, counts = np.unique(piece[:, 2], return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            of_source[number] = of_source.get(number, 0) + count
    again = {name: documents[name] - of_source.get(hash_source(name), 0) for name in sorted(documents)}
    return Duplicates(
        sum(documents.values()) - texts, {name: count for name, count in again.items() if count}
    )
