"""One pass over a batch of documents: everything the report needs to know about them.

Texts are joined, folded and looked at together; Python touches a single document only for its rank,
its hash, and where something was found in it.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from openbeian.corpus.documents import Batch
from openbeian.corpus.duplicates import hash_source
from openbeian.corpus.personal import find_personal
from openbeian.corpus.scripts import LANGUAGES, languages, scripts, token_starts
from openbeian.corpus.tally import DEFAULT_LIMITS, Context, Limits, Picked, Tally
from openbeian.matching import Indices, JoinedTexts, KeywordMatcher, Matches, join_texts

__all__ = ["Hashes", "Kernel", "rank_of"]

_AROUND: Final = 30
"""Characters of the text shown on either side of a hit."""
_ONE_BYTE, _TWO_BYTES = 0x80, 0x800


class Hashes(NamedTuple):
    """The hash of every document's text, and the number of its source."""

    texts: list[int]
    sources: list[int]


def rank_of(identity: str, seed: bytes) -> int:
    """Return the rank of a document in the draw: the lowest ranks are the sample.

    Whoever does not know the seed can't choose it; the seed follows from the commitment.
    """
    return xxhash.xxh3_64_intdigest(
        identity.encode("utf-8", "surrogateescape"), seed=int.from_bytes(seed[:8], "big")
    )


class Kernel:
    """Looks for one list of keywords, and draws with one seed."""

    def __init__(
        self, keywords: Iterable[tuple[str, str]], *, seed: bytes, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        """Compile (term, risk) pairs."""
        self._matcher = KeywordMatcher(keywords)
        self._meanings = self._matcher.meanings()
        self._risks = sorted({risk for meaning in self._meanings for _, risk in meaning})
        self._pairs = _risks_of_terms(self._meanings, self._risks)
        self._seed = int.from_bytes(seed[:8], "big")
        self._limits = limits

    def tally(self) -> Tally:
        """Return an empty tally."""
        return Tally(self._limits)

    def add(self, batch: Batch, tally: Tally, hashes: Hashes) -> None:
        """Count a batch into `tally`, and its documents' hashes into `hashes`."""
        tally.read += batch.size
        batch = batch.by_source()
        if batch.texts:
            joined = join_texts(batch.texts)
            names = sorted(set(batch.sources))
            numbers = {name: number for number, name in enumerate(names)}
            owners = np.array([numbers[name] for name in batch.sources], dtype=np.intp)
            work = _Work(batch, joined, names, owners, tally)
            work.count_text()
            work.count_personal()
            work.hash(hashes)
            ranks = self._rank(batch.ids)
            work.draw(ranks)
            self._count_hits(work, ranks)

    def _rank(self, ids: Sequence[str]) -> list[int]:
        rank, seed = xxhash.xxh3_64_intdigest, self._seed
        return [rank(one.encode("utf-8", "surrogateescape"), seed=seed) for one in ids]

    def _count_hits(self, work: "_Work", ranks: list[int]) -> None:
        if not self._risks:
            return
        found = self._matcher.find_joined(work.joined)
        if not len(found.numbers):
            return
        documents = work.joined.owners(found.starts)
        # A term may stand for several risks: then its hit counts for each.
        first, times = self._pairs.first[found.numbers], self._pairs.times[found.numbers]
        hit = np.repeat(np.arange(len(documents)), times)
        within = np.arange(len(hit)) - np.repeat(np.cumsum(times) - times, times)
        risk = self._pairs.risks[first[hit] + within]
        work.count_hits(documents[hit], risk, self._risks)
        self._keep_contexts(work, found, documents, _Hits(hit, risk), ranks)

    def _keep_contexts(
        self, work: "_Work", found: Matches, documents: Indices, hits: "_Hits", ranks: list[int]
    ) -> None:
        """Keep the first passage of each document and risk, where the document's rank is low enough."""
        order = np.lexsort((found.ends[hits.hit], found.starts[hits.hit], hits.risk, documents[hits.hit]))
        keys = documents[hits.hit][order] * len(self._risks) + hits.risk[order]
        firsts = order[np.concatenate(([True], keys[1:] != keys[:-1]))]
        for one in firsts.tolist():
            at, risk = int(hits.hit[one]), self._risks[int(hits.risk[one])]
            document = int(documents[at])
            kept = work.tally.contexts_of(work.batch.sources[document], risk)
            if ranks[document] <= kept.bar:
                term = min(term for term, of in self._meanings[int(found.numbers[at])] if of == risk)
                kept.add(work.context(document, found, at, term, ranks[document]))


class _Hits(NamedTuple):
    """Hits by risk: the number of the hit, and of the risk."""

    hit: Indices
    risk: Indices


class _RisksOfTerms(NamedTuple):
    """For each folded term, where its risks begin in `risks`, and how many they are."""

    first: Indices
    times: Indices
    risks: Indices


def _risks_of_terms(meanings: list[list[tuple[str, str]]], names: list[str]) -> _RisksOfTerms:
    number = {name: at for at, name in enumerate(names)}
    each = [sorted({number[risk] for _, risk in meaning}) for meaning in meanings]
    times = np.array([len(risks) for risks in each], dtype=np.intp)
    flat = np.array([risk for risks in each for risk in risks], dtype=np.intp)
    return _RisksOfTerms(np.cumsum(times) - times, times, flat)


class _Work:
    """A batch that is being counted; `owners` says which of the `names` is each document's source."""

    def __init__(
        self, batch: Batch, joined: JoinedTexts, names: list[str], owners: Indices, tally: Tally
    ) -> None:  # fmt: skip
        self.batch = batch
        self.joined = joined
        self.tally = tally
        self._names = names
        self._owners = owners
        self._scripts = scripts(joined.units)

    def count_text(self) -> None:
        """Count documents, characters, tokens, bytes and languages."""
        raw, joined = self.joined.raw, self.joined
        lengths = [len(text) for text in self.batch.texts]
        self._add("documents", np.ones(len(lengths), dtype=np.intp))
        self._add("characters", np.array(lengths, dtype=np.intp))
        self._add_sums("tokens", self._sums(token_starts(self._scripts), joined.starts, joined.ends))
        # In UTF-8 a unit is three bytes unless it is small, and a surrogate pair, two units, is four.
        shorter = self._sums(raw < _ONE_BYTE, joined.raw_starts, joined.raw_ends)
        shorter += self._sums(raw < _TWO_BYTES, joined.raw_starts, joined.raw_ends)
        units = self._by_source(joined.raw_ends - joined.raw_starts)
        pairs = units - self._by_source(np.array(lengths, dtype=np.intp))
        self._add_sums("bytes", 3 * units - shorter - 2 * pairs)
        spoken = languages(self._scripts, joined.starts, joined.ends)
        table = np.bincount(
            self._owners * len(LANGUAGES) + spoken, minlength=len(self._names) * len(LANGUAGES)
        )
        for name, row in zip(self._names, table.reshape(-1, len(LANGUAGES)).tolist(), strict=True):
            counted = {language: count for language, count in zip(LANGUAGES, row, strict=True) if count}
            self.tally.source(name).languages.update(counted)

    def count_personal(self) -> None:
        """Count personal information, and the documents that have any."""
        found = find_personal(self.joined, self._scripts)
        for one in found:
            self.tally.source(self.batch.sources[one.owner]).personal[one.kind.value] += 1
        for document in {one.owner for one in found}:
            self.tally.source(self.batch.sources[document]).counts["personal_documents"] += 1

    def count_hits(self, documents: Indices, risks: Indices, names: list[str]) -> None:
        """Count hits, and the documents that have any, by risk."""
        self._add_by_risk(documents, risks, names, "hits")
        keys = np.unique(documents * len(names) + risks)
        self._add_by_risk(keys // len(names), keys % len(names), names, "hit_documents")
        for source, count in self._by_source_at(np.unique(documents)):
            self.tally.source(source).counts["hit_documents"] += count

    def hash(self, hashes: Hashes) -> None:
        """Hash every text."""
        view = memoryview(self.joined.raw.tobytes())
        digest = xxhash.xxh3_128_intdigest
        starts, ends = (2 * self.joined.raw_starts).tolist(), (2 * self.joined.raw_ends).tolist()
        hashes.texts.extend(digest(view[start:end]) for start, end in zip(starts, ends, strict=True))
        numbers = [hash_source(name) for name in self._names]
        hashes.sources.extend(numbers[owner] for owner in self._owners.tolist())

    def draw(self, ranks: list[int]) -> None:
        """Keep the documents whose ranks are the lowest, of each source and of all."""
        sample, batch = self.tally.sample, self.batch
        samples = [self.tally.sample_of(name) for name in self._names]
        for at, (rank, owner) in enumerate(zip(ranks, self._owners.tolist(), strict=True)):
            own = samples[owner]
            if rank <= own.bar or rank <= sample.bar:
                picked = Picked(rank, batch.path, batch.offsets[at], batch.ids[at], batch.sources[at])
                own.add(picked)
                sample.add(picked)

    def context(self, document: int, found: Matches, at: int, term: str, rank: int) -> Context:
        """Return the passage around a hit."""
        start, last = self.joined.offsets(np.array([found.starts[at], found.ends[at] - 1])).tolist()
        text, batch = self.batch.texts[document], self.batch
        return Context(
            rank,
            batch.path,
            batch.offsets[document],
            start,
            last + 1,
            batch.ids[document],
            term,
            text[max(0, start - _AROUND) : start],
            text[start : last + 1],
            text[last + 1 : last + 1 + _AROUND],
        )

    def _sums(self, is_counted: npt.NDArray[np.bool_], starts: Indices, ends: Indices) -> Indices:
        """Return how many are counted, by source."""
        firsts = np.searchsorted(self._owners, np.arange(len(self._names))).tolist()
        lasts = [*firsts[1:], len(self._owners)]
        # The documents of a source stand together; what their separators count for is taken off again.
        counted = [
            np.count_nonzero(is_counted[starts[first] : ends[last - 1]])
            - np.count_nonzero(is_counted[ends[first : last - 1]])
            for first, last in zip(firsts, lasts, strict=True)
        ]
        return np.array(counted, dtype=np.intp)

    def _by_source(self, numbers: Indices) -> Indices:
        sums = np.zeros(len(self._names), dtype=np.intp)
        np.add.at(sums, self._owners, numbers)
        return sums

    def _by_source_at(self, documents: Indices) -> Iterable[tuple[str, int]]:
        counts = np.bincount(self._owners[documents], minlength=len(self._names)).tolist()
        return [(name, count) for name, count in zip(self._names, counts, strict=True) if count]

    def _add(self, name: str, numbers: Indices) -> None:
        self._add_sums(name, self._by_source(numbers))

    def _add_sums(self, name: str, sums: Indices) -> None:
        for source, count in zip(self._names, sums.tolist(), strict=True):
            self.tally.source(source).counts[name] += count

    def _add_by_risk(self, documents: Indices, risks: Indices, names: list[str], into: str) -> None:
        table = np.bincount(
            self._owners[documents] * len(names) + risks, minlength=len(self._names) * len(names)
        )
        for at in np.flatnonzero(table).tolist():
            counter = getattr(self.tally.source(self._names[at // len(names)]), into)
            counter[names[at % len(names)]] += int(table[at])
