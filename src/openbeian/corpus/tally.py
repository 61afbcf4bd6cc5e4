"""What was counted in a part of a corpus; tallies of parts add up to that of the whole, in any order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from openbeian.corpus.documents import Problem
from openbeian.corpus.lowest import NO_BAR, Lowest

__all__ = ["DEFAULT_LIMITS", "NO_BARS", "Bars", "Context", "Limits", "Picked", "SourceTally", "Tally"]


class Limits(NamedTuple):
    """How much is kept of what could be without end."""

    sample: int = 4000
    """Documents in the sample of the whole corpus."""
    sample_per_source: int = 300
    contexts: int = 3
    """Passages for each source and risk."""
    problems: int = 1000
    """Problems listed; all are counted."""


DEFAULT_LIMITS: Final = Limits()


class Picked(NamedTuple):
    """A document in a sample; the text stays where it is."""

    rank: int
    path: str
    offset: int
    id: str
    source: str


class Context(NamedTuple):
    """A passage around a hit; `start` and `end` are offsets of the hit in the document's text."""

    rank: int
    path: str
    offset: int
    start: int
    end: int
    id: str
    term: str
    before: str
    hit: str
    after: str


class Bars(NamedTuple):
    """The ranks above which nothing is kept any more, because enough is below them already."""

    sample: int
    samples: Mapping[str, int]
    """By source."""
    contexts: Mapping[tuple[str, str], int]
    """By source and risk."""


NO_BARS: Final = Bars(NO_BAR, {}, {})

_COUNTS = (
    "documents",
    "characters",
    "tokens",
    "bytes",
    "hit_documents",
    "personal_documents",
)


@dataclass(slots=True)
class SourceTally:
    """The counts of one source."""

    counts: Counter[str] = field(default_factory=Counter)
    """By name: documents, characters, tokens, bytes, hit_documents, personal_documents."""
    languages: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    """Occurrences of keywords by risk."""
    hit_documents: Counter[str] = field(default_factory=Counter)
    """Documents with a keyword, by risk."""
    personal: Counter[str] = field(default_factory=Counter)
    """Occurrences of personal information by kind."""

    def merge(self, other: Self) -> None:
        """Add the counts of another part."""
        self.counts.update(other.counts)
        self.languages.update(other.languages)
        self.hits.update(other.hits)
        self.hit_documents.update(other.hit_documents)
        self.personal.update(other.personal)

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON values, those that are zero too where their names are fixed."""
        return {
            **{name: self.counts[name] for name in _COUNTS},
            "hits": _sorted(self.hits),
            "hits_by_document": _sorted(self.hit_documents),
            "languages": _sorted(self.languages),
            "personal": _sorted(self.personal),
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the counts that `as_json` gave."""
        return cls(
            Counter({name: value[name] for name in _COUNTS}),
            Counter(value["languages"]),
            Counter(value["hits"]),
            Counter(value["hits_by_document"]),
            Counter(value["personal"]),
        )


class Tally:
    """The counts, samples, passages and problems of a part of a corpus."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS, bars: Bars = NO_BARS) -> None:
        """Start with nothing counted; what another tally keeps already sets the bars."""
        self.limits = limits
        self._bars = bars
        self.read = 0
        """Bytes of uncompressed content that were read."""
        self.sources: dict[str, SourceTally] = {}
        self.sample: Lowest[Picked] = Lowest(limits.sample, bar=bars.sample)
        self.samples: dict[str, Lowest[Picked]] = {}
        self.contexts: dict[tuple[str, str], Lowest[Context]] = {}
        self.problem_counts: Counter[str] = Counter()
        self.problems: Lowest[Problem] = Lowest(limits.problems)

    def source(self, name: str) -> SourceTally:
        """Return the counts of a source."""
        found = self.sources.get(name)
        if found is None:
            found = self.sources[name] = SourceTally()
        return found

    def sample_of(self, source: str) -> Lowest[Picked]:
        """Return the sample of a source."""
        found = self.samples.get(source)
        if found is None:
            bar = self._bars.samples.get(source, NO_BAR)
            found = self.samples[source] = Lowest(self.limits.sample_per_source, bar=bar)
        return found

    def contexts_of(self, source: str, risk: str) -> Lowest[Context]:
        """Return the passages with hits of a risk in a source."""
        found = self.contexts.get((source, risk))
        if found is None:
            bar = self.bar_of_contexts(source, risk)
            found = self.contexts[source, risk] = Lowest(self.limits.contexts, bar=bar)
        return found

    def bar_of_contexts(self, source: str, risk: str) -> int:
        """Return the rank above which no passage is kept any more."""
        found = self.contexts.get((source, risk))
        return found.bar if found is not None else self._bars.contexts.get((source, risk), NO_BAR)

    def bars(self) -> Bars:
        """Return the bars that what is kept here sets for other parts."""
        return Bars(
            self.sample.bar,
            {name: kept.bar for name, kept in self.samples.items()},
            {key: kept.bar for key, kept in self.contexts.items()},
        )

    def note(self, problem: Problem) -> None:
        """Count something that was not read, and list it."""
        kind = str(problem.kind)
        self.problem_counts[kind] += 1
        self.problems.add(problem._replace(kind=kind))

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what was counted; whoever set the bars has them."""
        return self.__dict__ | {"_bars": NO_BARS}

    def merge(self, other: Self) -> None:
        """Add what was counted in another part."""
        self.read += other.read
        self.problem_counts.update(other.problem_counts)
        self.problems.merge(other.problems)
        self.sample.merge(other.sample)
        for name, source in other.sources.items():
            self.source(name).merge(source)
        for name, sample in other.samples.items():
            self.sample_of(name).merge(sample)
        for (name, risk), contexts in other.contexts.items():
            self.contexts_of(name, risk).merge(contexts)

    def total(self) -> SourceTally:
        """Return the counts of all sources together."""
        total = SourceTally()
        for source in self.sources.values():
            total.merge(source)
        return total

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values: equal tallies give equal values."""
        return {
            "contexts": [
                [source, risk, [list(one) for one in self.contexts[source, risk]]]
                for source, risk in sorted(self.contexts)
            ],
            "limits": self.limits._asdict(),
            "problem_counts": _sorted(self.problem_counts),
            "problems": [list(one) for one in self.problems],
            "read": self.read,
            "sample": [list(one) for one in self.sample],
            "samples": {name: [list(one) for one in self.samples[name]] for name in sorted(self.samples)},
            "sources": {name: self.sources[name].as_json() for name in sorted(self.sources)},
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the tally that `as_json` gave."""
        tally = cls(Limits(**value["limits"]))
        tally.read = value["read"]
        tally.problem_counts.update(value["problem_counts"])
        limits = tally.limits
        tally.problems = Lowest(limits.problems, (Problem(*one) for one in value["problems"]))
        tally.sample = Lowest(limits.sample, (Picked(*one) for one in value["sample"]))
        for name, counts in value["sources"].items():
            tally.sources[name] = SourceTally.of_json(counts)
        for name, entries in value["samples"].items():
            tally.samples[name] = Lowest(limits.sample_per_source, (Picked(*one) for one in entries))
        for source, risk, entries in value["contexts"]:
            tally.contexts[source, risk] = Lowest(limits.contexts, (Context(*one) for one in entries))
        return tally


def _sorted(counter: Mapping[str, int]) -> dict[str, int]:
    return {name: counter[name] for name in sorted(counter) if counter[name]}
