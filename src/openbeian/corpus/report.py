"""The report on a corpus: clause by clause what was measured, how sure that is, and whether it conforms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

from openbeian.core.agreement import Agreement
from openbeian.core.standard import Edition
from openbeian.core.statistics import Counted, Interval, clopper_pearson
from openbeian.core.text import Text
from openbeian.corpus.documents import Problem
from openbeian.corpus.inspection import Judged
from openbeian.corpus.ledger import LedgerSource
from openbeian.corpus.near import NearDuplicates

__all__ = ["CONCLUSION_LABELS", "Conclusion", "CorpusReport", "Inputs", "Origin", "Result", "SourceRow"]


class Conclusion(StrEnum):
    """What is said of one requirement."""

    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does_not_conform"
    NOT_ASSESSED = "not_assessed"


CONCLUSION_LABELS: Final = {
    Conclusion.CONFORMS: Text("符合", "conforms"),
    Conclusion.DOES_NOT_CONFORM: Text("不符合", "does not conform"),
    Conclusion.NOT_ASSESSED: Text("未评估", "not assessed"),
}


class Origin(NamedTuple):
    """What a scan's evidence says of where its sample comes from."""

    files: int
    size: int
    """Bytes of all files."""
    manifest: str
    """SHA-256 of the manifest, which was committed to before the draw."""
    commitment: str
    seed: str
    seed_from: str
    """`commitment`, `checkpoint` or `hex`."""
    drawn: int
    """Documents in the sample of the whole and of each source, each counted once."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a report is made from beside the scan."""

    edition: Edition
    on: date
    ledger: Mapping[str, LedgerSource] = field(default_factory=dict)
    judgements: Judged = field(default_factory=dict)
    agreement: Agreement | None = None
    """How far two people agree, where their verdicts were handed in to the scan."""
    keywords: str = ""
    """Name and version of the keyword library; empty without one."""
    library: Mapping[str, Any] | None = None
    """The library as the scan was committed to it: `items`, and `risks` with the terms of each."""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One requirement: `measured` of how many, against a limit."""

    threshold: str
    clause: str
    text: Text
    conclusion: Conclusion
    reason: Text
    measured: Counted | None = None
    required: Text | None = None
    is_binding: bool = True
    """Whether the edition says 应; one it only recommends (宜) is shown and changes no conclusion."""

    @property
    def interval(self) -> Interval | None:
        """The exact 95 % interval of the share measured."""
        return clopper_pearson(*self.measured) if self.measured and self.measured.n else None

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "binding": self.is_binding,
            "clause": self.clause,
            "conclusion": self.conclusion.value,
            "interval": self.interval and list(self.interval),
            "measured": self.measured and list(self.measured),
            "reason": self.reason._asdict(),
            "required": self.required and self.required._asdict(),
            "text": self.text._asdict(),
            "threshold": self.threshold,
        }


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: its figures, its share of bad documents before and after collection, its ledger entry."""

    name: str
    counts: Mapping[str, Any]
    duplicates: int
    before: Result
    after: Result
    flaws: tuple[Text, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {
            "after": self.after.as_json(),
            "before": self.before.as_json(),
            "counts": dict(self.counts),
            "duplicates": self.duplicates,
            "flaws": [flaw._asdict() for flaw in self.flaws],
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """Everything the pages and other reports say of a corpus."""

    edition: str
    on: date
    keywords: str
    results: tuple[Result, ...]
    sources: tuple[SourceRow, ...]
    total: Mapping[str, Any]
    duplicates: int
    read: int
    problems: tuple[Problem, ...]
    problem_counts: Mapping[str, int]
    contexts: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Source, risk, and: id, path with offset, before, hit, after."""
    notice: Text | None
    near: NearDuplicates | None = None
    """Where the scan looked for them."""
    agreement: Agreement | None = None
    origin: Origin | None = None
    risks: Mapping[str, Text] = field(default_factory=dict)
    """The risks by their ids, in words."""

    @property
    def is_met(self) -> bool:
        """Whether nothing that binds is missed."""
        missed = Conclusion.DOES_NOT_CONFORM
        return not any(result.is_binding and result.conclusion is missed for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "agreement": self.agreement and self.agreement.as_json(),
            "duplicates": self.duplicates,
            "edition": self.edition,
            "keywords": self.keywords,
            "near_duplicates": self.near and self.near.as_json(),
            "notice": self.notice and self.notice._asdict(),
            "origin": self.origin and self.origin._asdict(),
            "on": self.on.isoformat(),
            "problem_counts": dict(self.problem_counts),
            "problems": [list(problem) for problem in self.problems],
            "read": self.read,
            "results": [result.as_json() for result in self.results],
            "sources": [source.as_json() for source in self.sources],
            "total": dict(self.total),
        }
