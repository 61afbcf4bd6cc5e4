"""Rows of numbers without end, in files: one for each part of the range of their first number.

The first number of a row is a hash, so that the parts are about equally large. Rows are a set: one that
is added twice, because a unit was done again, is there once. They are read in the order of the numbers,
a piece that fits into memory at a time.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_ROWS", "Partitions", "Rows", "distinct"]

Rows = npt.NDArray[np.uint64]
"""Two dimensions: rows, and the numbers of each."""

MOST_ROWS: Final = 1 << 20
"""So many are held in memory at a time; a part that has more is split again."""
_BITS: Final = 6
_PARTS: Final = 1 << _BITS
_WIDTH: Final = 64
_BUFFERED_BYTES: Final = 16 << 20


class Partitions:
    """The rows in a folder; each has `columns` numbers."""

    def __init__(self, folder: Path, columns: int, *, most: int = MOST_ROWS) -> None:
        """Use what is in the folder, or make it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._columns = columns
        self._most = most
        self._buffers: list[bytes] = []
        self._buffered = 0
        self._unsynced: set[Path] = set()

    def add(self, rows: bytes) -> None:
        """Add rows, given as the bytes of an array; some stay in memory until `save`.

        Raises:
            OSError: They can't be written.
        """
        if not rows:
            return
        self._buffers.append(rows)
        self._buffered += len(rows)
        if self._buffered > _BUFFERED_BYTES:
            self._write()

    def save(self) -> list[int]:
        """Make the disk hold all rows, and return the sizes of the files.

        Raises:
            OSError: They can't be written.
        """
        self._write()
        for path in self._unsynced:
            with path.open("ab") as file:
                os.fsync(file.fileno())
        self._unsynced.clear()
        return [_size(path) for path in self._paths()]

    def cut_back(self, sizes: Sequence[int]) -> None:
        """Forget what was added after `save` returned these sizes; nothing was saved if there are none."""
        for path, size in zip(self._paths(), sizes or [0] * _PARTS, strict=True):
            if _size(path) > size:
                os.truncate(path, size)

    def pieces(self) -> Iterator[Rows]:
        """Yield all rows once, in order; rows with the same first number are in the same piece.

        Raises:
            OSError: A part that is split again can't be written.
        """
        self._write()
        for path in self._paths():
            yield from self._pieces_of(path, _WIDTH - _BITS)

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._folder)

    def _paths(self) -> list[Path]:
        return [self._folder / f"{part:02d}.bin" for part in range(_PARTS)]

    def _write(self) -> None:
        if self._buffers:
            rows = distinct(self._rows(b"".join(self._buffers)))
            self._buffers, self._buffered = [], 0
            self._unsynced |= _scatter(rows, _WIDTH - _BITS, self._paths())

    def _rows(self, content: bytes) -> Rows:
        return np.frombuffer(content, dtype="<u8").reshape(-1, self._columns)

    def _pieces_of(self, path: Path, shift: int) -> Iterator[Rows]:
        """Yield the rows of a file; where they are too many, split them by the bits below `shift`."""
        if _size(path) <= self._most * self._row_bytes or shift < _BITS:
            if rows := b"".join(self._chunks(path)):
                yield distinct(self._rows(rows))
            return
        folder = Path(mkdtemp(prefix="split-", dir=self._folder))
        try:
            finer = [folder / f"{part:02d}.bin" for part in range(_PARTS)]
            for chunk in self._chunks(path):
                _scatter(distinct(self._rows(chunk)), shift - _BITS, finer)
            for part in finer:
                yield from self._pieces_of(part, shift - _BITS)
        finally:
            shutil.rmtree(folder)

    @property
    def _row_bytes(self) -> int:
        return 8 * self._columns

    def _chunks(self, path: Path) -> Iterator[bytes]:
        if path.exists():
            with path.open("rb") as file:
                while chunk := file.read(self._most * self._row_bytes):
                    yield chunk


def distinct(rows: Rows) -> Rows:
    """Return the rows in order, each once."""
    if not len(rows):
        return rows
    ordered = rows[np.lexsort(rows.T[::-1])]
    differs = np.any(ordered[1:] != ordered[:-1], axis=1)
    return ordered[np.concatenate(([True], differs))]


def _scatter(rows: Rows, shift: int, paths: Sequence[Path]) -> set[Path]:
    """Append ordered rows to the files of their parts, which the bits above `shift` name; return those."""
    written = set()
    parts = (rows[:, 0] >> np.uint64(shift)) & np.uint64(_PARTS - 1)
    cuts = np.searchsorted(parts, np.arange(_PARTS + 1, dtype=np.uint64))
    for path, start, stop in zip(paths, cuts.tolist(), cuts[1:].tolist(), strict=False):
        if start < stop:
            with path.open("ab") as file:
                file.write(np.ascontiguousarray(rows[start:stop], dtype="<u8").data)
            written.add(path)
    return written


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
