"""Which rows may speak of the same entry: by number, by service and provider, or by names that begin alike.

Rows and known entries that share a key form a cluster. What happens to a row depends on its cluster alone,
and a cluster with a contradiction changes nothing; so taking the same list in twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from openbeian.published.agreeing import values_agree
from openbeian.published.names import number_key, provider_key, provider_stem, service_key
from openbeian.published.rows import PublishedRow

__all__ = ["Clusters", "exact_keys"]


def exact_keys(row: PublishedRow) -> Iterator[tuple[str, ...]]:
    """Yield what makes rows one entry: the number; the service with its provider or a company code."""
    if row.number:
        yield row.series, "number", number_key(row.number)
    service = service_key(row.service)
    if row.uscc:
        yield row.series, "uscc", service, row.uscc
    for provider in (row.provider, *row.former_names):
        if provider:
            yield row.series, "names", service, provider_key(provider)


class Clusters:
    """Rows grouped by what they may have in common; each is known by its index."""

    def __init__(self, rows: Sequence[PublishedRow], known: int) -> None:
        """Group `rows`, the first `known` of which are entries that are known already."""
        self._parents = list(range(len(rows)))
        self.similar: set[int] = set()
        """Rows that have nothing in common with an entry but how their provider's name begins."""
        exact = self._link_exactly(rows)
        self._link_numbers_of_both_series(rows)
        settled = {at for group in exact if group[0] < known for at in group}
        self._link_alike(rows, settled | set(range(known)))

    def groups(self) -> list[list[int]]:
        """Return the clusters, each in the order of its rows, in the order of their first rows."""
        groups: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self._parents)):
            groups[self._root(at)].append(at)
        return list(groups.values())

    def _root(self, at: int) -> int:
        while self._parents[at] != at:
            self._parents[at] = self._parents[self._parents[at]]
            at = self._parents[at]
        return at

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._root(one), self._root(other)))
        self._parents[second] = first

    def _link_exactly(self, rows: Sequence[PublishedRow]) -> list[list[int]]:
        holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, row in enumerate(rows):
            for key in exact_keys(row):
                holders[key].append(at)
        for holding in holders.values():
            for at in holding[1:]:
                self._join(holding[0], at)
        return [holding for holding in holders.values() if len(holding) > 1]

    def _link_numbers_of_both_series(self, rows: Sequence[PublishedRow]) -> None:
        holders: dict[str, int] = {}
        for at, row in enumerate(rows):
            if row.number:
                self._join(holders.setdefault(number_key(row.number), at), at)

    def _link_alike(self, rows: Sequence[PublishedRow], settled: set[int]) -> None:
        """Link rows of one service whose providers' names begin alike; their numbers may tell them apart."""
        stems: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for at, row in enumerate(rows):
            if stem := provider_stem(provider_key(row.provider)):
                stems[row.series, service_key(row.service)].append((stem, at))
        for holders in stems.values():
            if len(holders) > 1:
                self._link_beginnings(rows, sorted(holders), settled)

    def _link_beginnings(
        self, rows: Sequence[PublishedRow], holders: Sequence[tuple[str, int]], settled: set[int]
    ) -> None:
        shorter: list[tuple[str, int]] = []
        for stem, at in holders:
            while shorter and not stem.startswith(shorter[-1][0]):
                shorter.pop()
            if shorter:
                other = shorter[-1][1]
                is_settled = at in settled and other in settled
                if (
                    not is_settled
                    and self._root(at) != self._root(other)
                    and _may_be_one(rows[at], rows[other])
                ):
                    self._join(at, other)
                    self.similar |= {at, other}
            shorter.append((stem, at))


def _may_be_one(one: PublishedRow, other: PublishedRow) -> bool:
    return values_agree("number", one, other) and values_agree("uscc", one, other)
