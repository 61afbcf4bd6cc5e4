"""Near-duplicates of any number of texts in flat memory: texts with a band in common are one cluster.

Exact duplicates are one text here, so that what is counted comes on top of them. A text is known by the
first half of its hash. Files hold the texts in order, a label for each, and the edges between texts with
a common band; labels fall to the lowest of their cluster (Zhang, Azad, Hu, "FastSV", 2020), a piece of
the edges at a time.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.corpus.duplicates import hash_source
from openbeian.corpus.partitions import MOST_ROWS, Partitions, Rows

__all__ = ["Clusters", "NearDuplicates", "find_near_duplicates"]

_PAIR: Final = 16

Labels = npt.NDArray[np.uint64]


class Clusters(NamedTuple):
    """Clusters of near-duplicates, and the distinct texts in them."""

    clusters: int
    texts: int


class NearDuplicates(NamedTuple):
    """In the whole corpus, and of each source: its texts in clusters, and the clusters that they are in."""

    total: Clusters
    by_source: dict[str, Clusters]

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "by_source": {name: found._asdict() for name, found in sorted(self.by_source.items())},
            "total": self.total._asdict(),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "NearDuplicates":
        """Return the counts that `as_json` gave."""
        by_source = {name: Clusters(**found) for name, found in value["by_source"].items()}
        return cls(Clusters(**value["total"]), by_source)


def find_near_duplicates(
    texts: Partitions, bands: Partitions, names: Iterable[str], folder: Path
) -> NearDuplicates:
    """Cluster what is in `bands`; `texts` are the rows of the exact duplicates, `folder` is for files.

    Raises:
        OSError: The files can't be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        return _Clustering(texts, folder).find(bands, names)
    finally:
        shutil.rmtree(folder)


class _Clustering:
    def __init__(self, texts: Partitions, folder: Path) -> None:
        self._texts = texts
        self._folder = folder
        self._known = _mapped(folder / "texts.bin", _firsts(texts))
        count = len(self._known)
        self._labels = _mapped(
            folder / "labels.bin",
            (np.arange(at, min(at + MOST_ROWS, count), dtype=np.uint64) for at in range(0, count, MOST_ROWS)),
        )

    def find(self, bands: Partitions, names: Iterable[str]) -> NearDuplicates:
        edges = self._folder / "edges.bin"
        with edges.open("wb") as file:
            for piece in bands.pieces():
                file.write(self._edges(piece).tobytes())
        while self._lower(edges):
            pass
        return self._counted(names)

    def _edges(self, piece: Rows) -> Rows:
        """Return, for texts with a common band, the places of the first and of each other."""
        starts = np.flatnonzero(np.concatenate(([True], piece[1:, 0] != piece[:-1, 0])))
        firsts = np.repeat(piece[starts, 1], np.diff(np.append(starts, len(piece))))
        others = firsts != piece[:, 1]
        pairs = np.column_stack((firsts[others], piece[others, 1]))
        return np.searchsorted(self._known, np.unique(pairs, axis=0)).astype(np.uint64)

    def _lower(self, edges: Path) -> bool:
        """Give both ends of each edge the lower of their labels; say whether any was higher."""
        changed = False
        with edges.open("rb") as file:
            while content := file.read(MOST_ROWS * _PAIR):
                one, other = np.frombuffer(content, dtype="<u8").reshape(-1, 2).T
                first, second = self._labels[one], self._labels[other]
                lower = np.minimum(first, second)
                differs = first != second
                if np.any(differs):
                    changed = True
                    for ends in (one, other, first, second):
                        np.minimum.at(self._labels, ends[differs], lower[differs])
        for piece in _parts(self._labels):
            piece[:] = self._labels[piece]
        return changed

    def _counted(self, names: Iterable[str]) -> NearDuplicates:
        size = self._sizes()
        of_source = Partitions(self._folder / "sources", 2)
        texts: dict[int, int] = {}
        for piece in self._texts.pieces():
            rows = np.unique(piece[:, [0, 2]], axis=0)
            labels = self._labels[np.searchsorted(self._known, rows[:, 0])]
            near = size[labels] > 1
            numbers, counts = np.unique(rows[near, 1], return_counts=True)
            for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
                texts[number] = texts.get(number, 0) + count
            of_source.add(np.column_stack((self._known[labels[near]], rows[near, 1])).tobytes())
        clusters = _by_second(of_source)
        numbered = {name: hash_source(name) for name in sorted(names)}
        return NearDuplicates(
            _total(size),
            {name: Clusters(clusters[at], texts[at]) for name, at in numbered.items() if at in texts},
        )

    def _sizes(self) -> Labels:
        """Return how many texts have each label, in a file."""
        zeros = (np.zeros(len(piece), dtype=np.uint64) for piece in _parts(self._labels))
        size = _mapped(self._folder / "sizes.bin", zeros)
        for piece in _parts(self._labels):
            np.add.at(size, piece, np.uint64(1))
        return size


def _firsts(texts: Partitions) -> Iterator[Labels]:
    """Yield the first number of all rows, in order, each once."""
    for piece in texts.pieces():
        yield np.unique(piece[:, 0])


def _parts(numbers: Labels) -> Iterator[Labels]:
    for at in range(0, len(numbers), MOST_ROWS):
        yield numbers[at : at + MOST_ROWS]


def _total(size: Labels) -> Clusters:
    clusters = texts = 0
    for piece in _parts(size):
        several = piece[piece > 1]
        clusters += len(several)
        texts += int(several.sum())
    return Clusters(clusters, texts)


def _by_second(rows: Partitions) -> dict[int, int]:
    """Return how many rows have each second number."""
    counted: dict[int, int] = {}
    for piece in rows.pieces():
        numbers, counts = np.unique(piece[:, 1], return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            counted[number] = counted.get(number, 0) + count
    return counted


def _mapped(path: Path, pieces: Iterable[Labels]) -> Labels:
    """Write numbers into a file, and return them as an array that stays there."""
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece.tobytes())
    if not path.stat().st_size:
        return np.empty(0, dtype=np.uint64)
    return np.memmap(path, dtype="<u8", mode="r+")
