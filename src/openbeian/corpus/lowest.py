"""The lowest k of any number of entries: what a random sample by hash is, in any order of reading."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["NO_BAR", "Lowest", "Ranks"]

Entry = TypeVar("Entry", bound=tuple[int | str, ...])
Ranks = npt.NDArray[np.uint64]

NO_BAR: Final = (1 << 64) - 1
"""The highest rank: nothing is above it."""


class Lowest(Generic[Entry]):
    """Keeps the `limit` lowest entries that were added; the first member of an entry is its rank.

    Which are kept depends on what was added and on nothing else, so two of them can be merged.
    """

    def __init__(self, limit: int, entries: Iterable[Entry] = (), *, bar: int = NO_BAR) -> None:
        """Keep at most `limit`, and nothing above `bar`: so low is all that another keeps already."""
        self.limit = limit
        self.bar = bar
        """A rank above this is not kept any more; whoever asks first saves himself the entry."""
        self._entries: list[Entry] = list(entries)
        self._make: Callable[..., Entry] | None = None
        self._ranks: list[Ranks] = []
        self._parts: list[tuple[Any, ...]] = []
        if len(self._entries) >= self._most:
            self._cut()

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        self._entries.append(entry)
        if len(self._entries) >= self._most:
            self._cut()

    def offer(self, ranks: Ranks, parts: Sequence[tuple[Any, ...]], make: Callable[..., Entry]) -> None:
        """Add the entries that `make` returns for a rank and its parts; only those that are kept are made."""
        self._make = make
        self._ranks.append(ranks)
        self._parts += parts
        if len(self._parts) >= self._most:
            self._narrow()

    @property
    def _most(self) -> int:
        return 2 * self.limit + 16

    def _narrow(self) -> None:
        """Find the bar that the ranks on offer set, and forget what is above it."""
        ranks = np.concatenate(self._ranks)
        if len(ranks) > self.limit:
            lowest = np.partition(ranks, self.limit)[: self.limit]
            self.bar = min(self.bar, int(lowest.max()) if self.limit else -1)
            kept = np.flatnonzero(ranks <= lowest.max()) if self.limit else np.empty(0, dtype=np.intp)
            ranks, self._parts = ranks[kept], [self._parts[at] for at in kept.tolist()]
        self._ranks = [ranks]

    def _cut(self) -> None:
        if self._make and self._parts:
            self._narrow()
            ranks = self._ranks[0].tolist()
            made = [self._make(rank, *parts) for rank, parts in zip(ranks, self._parts, strict=True)]
            self._entries += made
            self._ranks, self._parts = [], []
        self._entries.sort()
        del self._entries[self.limit :]
        if len(self._entries) == self.limit:
            last = self._entries[-1][0] if self._entries else -1
            self.bar = min(last, self.bar) if isinstance(last, int) else self.bar

    def merge(self, other: Self) -> None:
        """Add all that `other` keeps."""
        self._entries += list(other)
        self._cut()

    def __iter__(self) -> Iterator[Entry]:
        """Yield what is kept, the lowest first."""
        self._cut()
        return iter(self._entries)

    def __len__(self) -> int:
        """Return how many are kept."""
        return min(self.limit, len(self._entries) + len(self._parts))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what is kept, column by column: a sample is handed over in a third of the time."""
        self._cut()
        kind = type(self._entries[0]) if self._entries else tuple
        return _of_columns, (self.limit, self.bar, kind, list(zip(*self._entries, strict=True)))


def _of_columns(limit: int, bar: int, kind: type[Any], columns: list[tuple[Any, ...]]) -> Lowest[Any]:
    rows = zip(*columns, strict=True)
    return Lowest(limit, (tuple.__new__(kind, row) for row in rows), bar=bar)
