"""One pass over a batch of documents: everything the report needs to know about them.

Texts are joined, folded and looked at together; Python touches a single document only for its rank,
its hash, and where something was found in it.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
import xxhash

from openbeian.corpus.columns import Columns, columns_of
from openbeian.corpus.documents import Batch
from openbeian.corpus.duplicates import hash_source
from openbeian.corpus.lowest import Lowest, Ranks
from openbeian.corpus.scripts import LANGUAGES
from openbeian.corpus.tally import DEFAULT_LIMITS, NO_BARS, Bars, Context, Limits, Picked, Tally
from openbeian.matching import Indices, KeywordEntry, KeywordMatcher, Matches

__all__ = ["Hashes", "Kernel", "rank_of"]

_AROUND: Final = 30
"""Characters of the text shown on either side of a hit."""


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
        self, keywords: Iterable[KeywordEntry], *, seed: bytes, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        """Compile the keywords."""
        self._matcher = KeywordMatcher(keywords)
        self._meanings = self._matcher.meanings()
        self._risks = sorted({risk for meaning in self._meanings for _, risk in meaning})
        self._pairs = _risks_of_terms(self._meanings, self._risks)
        self._seed = int.from_bytes(seed[:8], "big")
        self._limits = limits

    def tally(self, bars: Bars = NO_BARS) -> Tally:
        """Return an empty tally, which keeps nothing above the bars."""
        return Tally(self._limits, bars)

    def add(self, batch: Batch | Columns, tally: Tally, hashes: Hashes) -> None:
        """Count documents into `tally`, and their hashes into `hashes`."""
        tally.read += batch.size
        if isinstance(batch, Columns):
            self._count(batch, tally, hashes)
        elif batch.texts:
            self._count(columns_of(batch), tally, hashes)

    def _count(self, columns: Columns, tally: Tally, hashes: Hashes) -> None:
        work = _Work(columns, self._rank(columns.identities), tally)
        work.count_text()
        work.count_personal()
        work.hash(hashes)
        work.draw()
        self._count_hits(work)

    def _rank(self, identities: Sequence[bytes]) -> Ranks:
        rank, seed = xxhash.xxh3_64_intdigest, self._seed
        return np.array([rank(one, seed) for one in identities], dtype=np.uint64)

    def _count_hits(self, work: "_Work") -> None:
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
        self._keep_contexts(work, found, documents, _Hits(hit, risk))

    def _keep_contexts(self, work: "_Work", found: Matches, documents: Indices, hits: "_Hits") -> None:
        """Keep the first passage of each document and risk, where the document's rank is low enough."""
        bars = work.bars_of_contexts(self._risks)
        owner = documents[hits.hit]
        low = work.ranks[owner] <= bars[work.columns.owners[owner], hits.risk]
        hit, risk, owner = hits.hit[low], hits.risk[low], owner[low]
        order = np.lexsort((found.ends[hit], found.starts[hit], risk, owner))
        keys = owner[order] * len(self._risks) + risk[order]
        firsts = order[np.concatenate(([True], keys[1:] != keys[:-1]))[: len(order)]]
        for one in firsts.tolist():
            at, name = int(hit[one]), self._risks[int(risk[one])]
            document = int(owner[one])
            kept = work.tally.contexts_of(work.source_of(document), name)
            if int(work.ranks[document]) <= kept.bar:
                term = min(term for term, of in self._meanings[int(found.numbers[at])] if of == name)
                kept.add(work.context(document, found, at, term))


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
    """Documents that are being counted."""

    def __init__(self, columns: Columns, ranks: Ranks, tally: Tally) -> None:
        self.columns = columns
        self.joined = columns.joined
        self.ranks = ranks
        self.tally = tally
        self._names = columns.names
        self._owners = columns.owners

    def source_of(self, document: int) -> str:
        """Return the name of a document's source."""
        return self._names[int(self._owners[document])]

    def count_text(self) -> None:
        """Count documents, characters, tokens, bytes and languages."""
        columns, languages = self.columns, len(LANGUAGES)
        self._add("documents", np.bincount(self._owners, minlength=len(self._names)))
        self._add("characters", columns.sums(columns.characters))
        self._add("tokens", columns.tokens)
        self._add("bytes", columns.sizes)
        table = np.bincount(
            self._owners * languages + columns.languages, minlength=len(self._names) * languages
        )
        for name, row in zip(self._names, table.reshape(-1, languages).tolist(), strict=True):
            counted = self.tally.source(name).languages
            for language, count in zip(LANGUAGES, row, strict=True):
                if count:
                    counted[language] += count

    def count_personal(self) -> None:
        """Count personal information, and the documents that have any."""
        found = self.columns.personal
        for one in found:
            self.tally.source(self.source_of(one.owner)).personal[one.kind.value] += 1
        for document in {one.owner for one in found}:
            self.tally.source(self.source_of(document)).counts["personal_documents"] += 1

    def count_hits(self, documents: Indices, risks: Indices, names: list[str]) -> None:
        """Count hits, and the documents that have any, by risk."""
        self._add_by_risk(documents, risks, names, "hits")
        keys = np.unique(documents * len(names) + risks)
        self._add_by_risk(keys // len(names), keys % len(names), names, "hit_documents")
        self._add(
            "hit_documents", np.bincount(self._owners[np.unique(documents)], minlength=len(self._names))
        )

    def hash(self, hashes: Hashes) -> None:
        """Hash every text."""
        view = self.joined.raw.view(np.uint8).data
        digest = xxhash.xxh3_128_intdigest
        starts, ends = (2 * self.joined.raw_starts).tolist(), (2 * self.joined.raw_ends).tolist()
        hashes.texts.extend([digest(view[start:end]) for start, end in zip(starts, ends, strict=True)])
        numbers = [hash_source(name) for name in self._names]
        hashes.sources.extend([numbers[owner] for owner in self._owners.tolist()])

    def draw(self) -> None:
        """Keep the documents whose ranks are the lowest, of each source and of all."""
        samples = [self.tally.sample_of(name) for name in self._names]
        self._offer(self.tally.sample, np.flatnonzero(self.ranks <= _bars([self.tally.sample.bar])))
        low = np.flatnonzero(self.ranks <= _bars([own.bar for own in samples])[self._owners])
        low = low[np.argsort(self._owners[low], kind="stable")]
        cuts = np.searchsorted(self._owners[low], np.arange(len(samples) + 1)).tolist()
        for own, start, stop in zip(samples, cuts, cuts[1:], strict=False):
            self._offer(own, low[start:stop])

    def _offer(self, sample: Lowest[Picked], documents: Indices) -> None:
        if not len(documents):
            return
        identities, names = self.columns.identities, self._names
        offsets, owners = self.columns.offsets[documents], self._owners[documents]
        parts = [
            (self.columns.path, offset, identities[document], names[owner])
            for document, offset, owner in zip(
                documents.tolist(), offsets.tolist(), owners.tolist(), strict=True
            )
        ]
        sample.offer(self.ranks[documents], parts, _picked)

    def bars_of_contexts(self, risks: list[str]) -> Ranks:
        """Return the bars of the passages kept, by source and risk."""
        bars = [self.tally.bar_of_contexts(source, risk) for source in self._names for risk in risks]
        return _bars(bars).reshape(len(self._names), len(risks))

    def context(self, document: int, found: Matches, at: int, term: str) -> Context:
        """Return the passage around a hit."""
        start, last = self.joined.offsets(np.array([found.starts[at], found.ends[at] - 1])).tolist()
        text = self.joined.text(document)
        return Context(
            int(self.ranks[document]),
            self.columns.path,
            int(self.columns.offsets[document]),
            start,
            last + 1,
            self.columns.identities[document].decode("utf-8", "surrogateescape"),
            term,
            text[max(0, start - _AROUND) : start],
            text[start : last + 1],
            text[last + 1 : last + 1 + _AROUND],
        )

    def _add(self, name: str, sums: Indices) -> None:
        for source, count in zip(self._names, sums.tolist(), strict=True):
            self.tally.source(source).counts[name] += count

    def _add_by_risk(self, documents: Indices, risks: Indices, names: list[str], into: str) -> None:
        table = np.bincount(
            self._owners[documents] * len(names) + risks, minlength=len(self._names) * len(names)
        )
        for at in np.flatnonzero(table).tolist():
            counter = getattr(self.tally.source(self._names[at // len(names)]), into)
            counter[names[at % len(names)]] += int(table[at])


def _picked(rank: int, path: str, offset: int, identity: bytes, source: str) -> Picked:
    return Picked(rank, path, offset, identity.decode("utf-8", "surrogateescape"), source)


def _bars(bars: list[int]) -> Ranks:
    return np.array([max(bar, 0) for bar in bars], dtype=np.uint64)
