"""A standard as values: editions, their clauses and thresholds, and profiles that reduce them.

The editions themselves are data in `openbeian.standards`. A clause id, a number and a wording may
each be known better or worse; `provenance` says how well, and `is_unverified` whether to say so.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from openbeian.core.clauses import (
    CONCLUSION_LABELS,
    OVERALL_LABELS,
    STRENGTH_LABELS,
    Clause,
    ClauseResult,
    Conclusion,
    OverallConclusion,
    Provenance,
    Strength,
    check_clause_result,
    check_results_complete,
    overall_conclusion,
)
from openbeian.core.errors import BadInputError
from openbeian.core.taxonomy import (
    Aspect,
    AspectGroup,
    RequiredAspects,
    Risk,
    RiskGroup,
    RiskSlice,
    Taxonomy,
    normalise_risk_id,
    required_aspects,
)
from openbeian.core.text import Text

__all__ = [
    "CONCLUSION_LABELS",
    "FULL_PROFILE",
    "OVERALL_LABELS",
    "STRENGTH_LABELS",
    "Aspect",
    "AspectGroup",
    "Chapter",
    "Clause",
    "ClauseResult",
    "Conclusion",
    "Counts",
    "Edition",
    "LeftOut",
    "Limit",
    "OverallConclusion",
    "Profile",
    "Provenance",
    "RequiredAspects",
    "Risk",
    "RiskGroup",
    "RiskSlice",
    "Source",
    "Strength",
    "Taxonomy",
    "Threshold",
    "ThresholdValue",
    "check_clause_result",
    "check_results_complete",
    "normalise_risk_id",
    "overall_conclusion",
    "required_aspects",
    "risks_in",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """A threshold of several named counts, such as `consecutive` 3 and `per_day` 5."""

    items: tuple[tuple[str, int], ...]


ThresholdValue = int | float | Text | Counts
"""A count, a share, a criterion in words, or several named counts."""


FULL_PROFILE: Final = "full"
"""What the absence of a profile is called."""


class Limit(StrEnum):
    """How a value is compared with its threshold."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    id: str
    text: Text
    address: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter or section heading of an edition."""

    number: str
    title: Text


@dataclass(frozen=True, slots=True)
class Threshold:
    """One requirement that can be measured or ticked off."""

    id: str
    text: Text
    value: ThresholdValue
    unit: Text
    limit: Limit
    strength: Strength
    clause: str
    """The clause as cited, down to the item that is known."""
    clause_ids: tuple[str, ...]
    provenance: Provenance
    sources: tuple[str, ...]
    note: Text | None = None
    replaces: ThresholdValue | None = None
    """The standard's own value, where a profile put another in its place."""

    @property
    def is_unverified(self) -> bool:
        """Whether the value was not found in any readable source."""
        return self.provenance.is_unverified


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A threshold that a profile does not measure, and why."""

    id: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Profile:
    """A reduced set of thresholds, for demonstration only."""

    name: str
    text: Text
    notice: Text
    values: tuple[tuple[str, ThresholdValue], ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the standard, perhaps under a profile."""

    id: str
    name: str
    title: Text
    status: Text
    released_on: date
    in_force_on: date | None
    chapters: tuple[Chapter, ...]
    clauses: tuple[Clause, ...]
    thresholds: tuple[Threshold, ...]
    taxonomy: Taxonomy
    notes: tuple[Text, ...] = ()
    profile: Profile | None = None

    @property
    def profile_name(self) -> str:
        """The name of the profile, `full` where there is none."""
        return self.profile.name if self.profile else FULL_PROFILE

    def clause(self, clause_id: str) -> Clause:
        """Return the clause with this id.

        Raises:
            BadInputError: The edition has no such clause.
        """
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise BadInputError(
            f"{self.name} 中没有条款「{clause_id}」；请对照条款表改正编号。",
            f"{self.name} has no clause “{clause_id}”; correct the number after its table of clauses.",
        )

    def threshold(self, threshold_id: str) -> Threshold:
        """Return the threshold with this id.

        Raises:
            BadInputError: The edition has no such threshold.
        """
        for threshold in self.thresholds:
            if threshold.id == threshold_id:
                return threshold
        raise BadInputError(
            f"{self.name} 中没有指标「{threshold_id}」；请对照指标表改正名称。",
            f"{self.name} has no threshold “{threshold_id}”; correct the name after its table of thresholds.",
        )

    def number(self, threshold_id: str) -> int:
        """Return a threshold that is a count."""
        value = self.threshold(threshold_id).value
        if not isinstance(value, int):
            raise TypeError(f"{threshold_id} is no count")
        return value

    def rate(self, threshold_id: str) -> Fraction:
        """Return a threshold that is a share, exactly: 0.95 is 19/20 and not the nearest float."""
        value = self.threshold(threshold_id).value
        if not isinstance(value, float):
            raise TypeError(f"{threshold_id} is no share")
        return Fraction(str(value))

    def counts(self, threshold_id: str) -> dict[str, int]:
        """Return a threshold that is several named counts, such as `consecutive` and `per_day`."""
        value = self.threshold(threshold_id).value
        if not isinstance(value, Counts):
            raise TypeError(f"{threshold_id} has no named counts")
        return dict(value.items)

    def is_left_out(self, threshold_id: str) -> bool:
        """Say whether the profile leaves this threshold unmeasured."""
        return self.profile is not None and any(out.id == threshold_id for out in self.profile.left_out)

    def with_profile(self, profile: Profile) -> "Edition":
        """Return the edition with the profile's values in place of its own, and remember the profile.

        Raises:
            BadInputError: A profile is already applied, or this one names an unknown threshold.
        """
        if self.profile is not None:
            raise BadInputError(
                f"{self.name} 已采用「{self.profile.name}」方案；请从完整版本重新套用。",
                f"{self.name} already has the profile “{self.profile.name}”; start from the full edition.",
            )
        for threshold_id in (*dict(profile.values), *(out.id for out in profile.left_out)):
            self.threshold(threshold_id)
        values = dict(profile.values)
        thresholds = tuple(
            replace(threshold, value=values[threshold.id], replaces=threshold.value)
            if threshold.id in values
            else threshold
            for threshold in self.thresholds
        )
        return replace(self, thresholds=thresholds, profile=profile)


def risks_in(edition: Edition, risk_slice: RiskSlice) -> tuple[Risk, ...]:
    """Return the risks of a slice: 17 for keywords and refusal, 29 for pre-training, 31 for output."""
    return edition.taxonomy.risks_in(risk_slice)
