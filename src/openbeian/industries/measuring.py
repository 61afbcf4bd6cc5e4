"""How often the rules say what people said of real names.

The names and labels stand in `labelled/`; its README.md says where they are from and how they were labelled.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from openbeian.core.statistics import Interval, wilson
from openbeian.industries.classes import Classification, Industry, ServiceType
from openbeian.industries.classifying import Classifier
from openbeian.industries.rules import Rules

__all__ = [
    "SETS",
    "Judged",
    "LabelledName",
    "Share",
    "confusions",
    "judge",
    "labelled_names",
    "share",
    "without_providers",
]

SETS: Final = ("dev", "held_out", "third_party")
_FOLDER: Final = Path(__file__).parent / "labelled"


@dataclass(frozen=True, slots=True)
class LabelledName:
    """A real service with the classes that a person gave it."""

    service_name: str
    provider_name: str
    """Empty where it is not known."""
    industry: Industry
    service_type: ServiceType | None
    """None where nobody has said."""
    source: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled name with what the rules say of it."""

    labelled: LabelledName
    found: Classification

    @property
    def industry_right(self) -> bool:
        """Whether the rules and the person agree on the industry."""
        return self.found.industry is self.labelled.industry

    @property
    def type_right(self) -> bool:
        """Whether the rules and the person agree on the service type."""
        return self.found.service_type is self.labelled.service_type


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's 95 % interval."""

    right: int
    of: int

    @property
    def interval(self) -> Interval:
        """The interval; `of` must not be 0."""
        return wilson(self.right, self.of)


def labelled_names(which: str) -> tuple[LabelledName, ...]:
    """Return the names of one of `SETS`."""
    with (_FOLDER / f"{which}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            LabelledName(
                row["service_name"],
                row["provider_name"],
                Industry(row["industry"]),
                ServiceType(row["service_type"]) if row["service_type"] else None,
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def judge(rules: Rules, names: Sequence[LabelledName]) -> tuple[Judged, ...]:
    """Return what the rules say of each name."""
    classifier = Classifier(rules)
    return tuple(Judged(name, classifier.classify(name.service_name, name.provider_name)) for name in names)


def without_providers(rules: Rules) -> Rules:
    """Return the rules without the list of well-known providers: what words alone can tell."""
    return replace(rules, providers=())


def share(flags: Sequence[bool]) -> Share:
    """Return how many are true."""
    return Share(sum(flags), len(flags))


def confusions(judged: Sequence[Judged]) -> list[tuple[Industry, Industry, int]]:
    """Return (labelled, found, how often) of what went wrong, the most frequent first."""
    wrong = Counter(
        (each.labelled.industry, each.found.industry) for each in judged if not each.industry_right
    )
    return sorted(((*pair, count) for pair, count in wrong.items()), key=lambda each: (-each[2], each[:2]))
