"""What the kernel counts: documents that are folded and looked at, column by column."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from openbeian.corpus.documents import Batch
from openbeian.corpus.personal import Personal, find_personal
from openbeian.corpus.scripts import languages, scripts, token_starts
from openbeian.matching import Indices, JoinedTexts, join_texts

__all__ = ["Columns", "columns_of", "sums_by"]

_ONE_BYTE, _TWO_BYTES = 0x80, 0x800


@dataclass(frozen=True, slots=True)
class Columns:
    """Documents of one file, one at each index, and what was seen in them.

    `owners` says which of the `names` is each document's source; the sums are by source.
    """

    path: str
    size: int
    """How many bytes were read for them."""
    names: list[str]
    owners: Indices
    offsets: Indices
    identities: list[bytes]
    """The ids, in UTF-8."""
    joined: JoinedTexts
    characters: Indices
    """How many each document has."""
    tokens: Indices
    """The sum of each source."""
    sizes: Indices
    """The sum of the UTF-8 bytes of each source."""
    languages: Indices
    """The index in LANGUAGES of each document."""
    personal: list[Personal]

    @property
    def texts(self) -> list[str]:
        """The texts as they are."""
        return [self.joined.text(at) for at in range(len(self.offsets))]

    def sums(self, numbers: Indices) -> Indices:
        """Return the sums by source of what each document has."""
        return sums_by(self.owners, numbers, len(self.names))


def sums_by(owners: Indices, numbers: Indices, count: int) -> Indices:
    """Return the sums of the numbers of each owner."""
    sums = np.zeros(count, dtype=np.intp)
    np.add.at(sums, owners, numbers)
    return sums


def columns_of(batch: Batch) -> Columns:
    """Fold the texts of a batch, and look at them."""
    batch = batch.by_source()
    joined = join_texts(batch.texts)
    names = sorted(set(batch.sources))
    numbers = {name: number for number, name in enumerate(names)}
    owners = np.array([numbers[name] for name in batch.sources], dtype=np.intp)
    found = scripts(joined.units)
    looked = _Sums(owners, len(names))
    return Columns(
        path=batch.path,
        size=batch.size,
        names=names,
        owners=owners,
        offsets=np.array(batch.offsets, dtype=np.intp),
        identities=[one.encode("utf-8", "surrogateescape") for one in batch.ids],
        joined=joined,
        characters=joined.characters,
        tokens=looked.of(token_starts(found), joined.starts, joined.ends),
        sizes=_sizes(joined, looked),
        languages=languages(joined.units, joined.starts, joined.ends),
        personal=find_personal(joined, found),
    )


class _Sums:
    """Counts by source in joined texts whose sources stand one behind the other."""

    def __init__(self, owners: Indices, count: int) -> None:
        self.owners = owners
        self.count = count
        firsts = np.searchsorted(owners, np.arange(count)).tolist()
        self._spans = list(zip(firsts, [*firsts[1:], len(owners)], strict=True))

    def of(self, is_counted: npt.NDArray[np.bool_], starts: Indices, ends: Indices) -> Indices:
        # What the separators between documents count for is taken off again.
        counted = [
            np.count_nonzero(is_counted[starts[first] : ends[last - 1]])
            - np.count_nonzero(is_counted[ends[first : last - 1]])
            for first, last in self._spans
        ]
        return np.array(counted, dtype=np.intp)


def _sizes(joined: JoinedTexts, sums: _Sums) -> Indices:
    """Return the bytes in UTF-8: three for a unit that is not small, and four for the two of a pair."""
    starts, ends = joined.raw_starts, joined.raw_ends
    shorter = sums.of(joined.raw < _ONE_BYTE, starts, ends) + sums.of(joined.raw < _TWO_BYTES, starts, ends)
    units = sums_by(sums.owners, ends - starts, sums.count)
    sizes: Indices = 3 * units - shorter - 2 * (units - sums_by(sums.owners, joined.characters, sums.count))
    return sizes
