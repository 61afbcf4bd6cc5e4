"""The lowest k of any number of entries: what a random sample by hash is, in any order of reading."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, Self, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["Lowest", "Ranks"]

Entry = TypeVar("Entry", bound=tuple[int | str, ...])
Ranks = npt.NDArray[np.uint64]


class Lowest(Generic[Entry]):
    """Keeps the `limit` lowest entries that were added; the first member of an entry is its rank.

    Which are kept depends on what was added and on nothing else, so two of them can be merged.
    """

    def __init__(self, limit: int, entries: Iterable[Entry] = ()) -> None:
        """Keep at most `limit`."""
        self.limit = limit
        self.bar = 1 << 64
        """A rank above this is not kept any more; whoever asks first saves himself the entry."""
        self._entries: list[Entry] = []
        self._offers: list[_Offer] = []
        self._offered = 0
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        self._entries.append(entry)
        if len(self._entries) >= self._most:
            self._cut()

    def offer(self, ranks: Ranks, parts: Sequence[tuple[Any, ...]], make: Callable[..., Entry]) -> None:
        """Add the entries that `make` returns for a rank and its parts; only those that are kept are made."""
        self._offers.append(_Offer(ranks, parts, make))
        self._offered += len(ranks)
        if self._offered >= self._most:
            self._narrow()

    @property
    def _most(self) -> int:
        return 2 * self.limit + 16

    def _narrow(self) -> None:
        """Find the bar that the ranks on offer set, and forget what is above it."""
        if self._offered > self.limit:
            ranks = np.concatenate([offer.ranks for offer in self._offers])
            lowest = np.partition(ranks, self.limit)[: self.limit]
            self.bar = min(self.bar, int(lowest.max()) if self.limit else -1)
        self._offers = [offer.up_to(self.bar) for offer in self._offers]
        self._offered = sum(len(offer.ranks) for offer in self._offers)

    def _cut(self) -> None:
        if self._offers:
            self._narrow()
            self._entries += [entry for offer in self._offers for entry in offer.entries()]
            self._offers, self._offered = [], 0
        self._entries.sort()
        del self._entries[self.limit :]
        if len(self._entries) == self.limit:
            last = self._entries[-1][0] if self._entries else -1
            self.bar = last if isinstance(last, int) else self.bar

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
        return min(self.limit, len(self._entries) + self._offered)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what is kept."""
        self._cut()
        return self.__dict__


class _Offer(NamedTuple):
    """Ranks, and what entries are made of, by the same index."""

    ranks: Ranks
    parts: Sequence[tuple[Any, ...]]
    make: Callable[..., Any]

    def up_to(self, bar: int) -> "_Offer":
        if bar < 0:
            return self._replace(ranks=self.ranks[:0], parts=[])
        kept = np.flatnonzero(self.ranks <= np.uint64(min(bar, (1 << 64) - 1)))
        return self._replace(ranks=self.ranks[kept], parts=[self.parts[at] for at in kept.tolist()])

    def entries(self) -> list[Any]:
        return [self.make(rank, *parts) for rank, parts in zip(self.ranks.tolist(), self.parts, strict=True)]
