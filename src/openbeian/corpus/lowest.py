"""The lowest k of any number of entries: what a random sample by hash is, in any order of reading."""

from collections.abc import Iterable, Iterator
from typing import Generic, Self, TypeVar

__all__ = ["Lowest"]

Entry = TypeVar("Entry", bound=tuple[int | str, ...])


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
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        self._entries.append(entry)
        if len(self._entries) >= 2 * self.limit + 16:
            self._cut()

    def _cut(self) -> None:
        self._entries.sort()
        del self._entries[self.limit :]
        if len(self._entries) == self.limit:
            last = self._entries[-1][0] if self._entries else -1
            self.bar = last if isinstance(last, int) else self.bar

    def merge(self, other: Self) -> None:
        """Add all that `other` keeps."""
        self._entries += other._entries
        self._cut()

    def __iter__(self) -> Iterator[Entry]:
        """Yield what is kept, the lowest first."""
        self._cut()
        return iter(self._entries)

    def __len__(self) -> int:
        """Return how many are kept."""
        return min(self.limit, len(self._entries))
