"""What a bank or a keyword library holds of what an edition asks for, and how old it is."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Final

from openbeian.assessment.banks import QuestionBank
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.methods import BANK_RULES, stratum_minima
from openbeian.core.standard import Edition, RiskSlice, Threshold, risks_in

__all__ = [
    "Age",
    "Coverage",
    "bank_age",
    "bank_coverage",
    "bank_shortfalls",
    "keyword_age",
    "keyword_coverage",
    "keyword_shortfalls",
]

_MONTHS: Final = 12
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many are needed and how many there are, in all (`stratum` empty) or for one risk or aspect."""

    threshold: Threshold
    stratum: str
    needed: int
    found: int

    @property
    def is_short(self) -> bool:
        """Whether the threshold is missed."""
        return self.found < self.needed


@dataclass(frozen=True, slots=True)
class Age:
    """When a bank or library was last updated, and until which day that is recent enough."""

    threshold: Threshold
    updated_on: date | None
    """The day its version names; None where the version names none."""
    due_on: date | None
    """The last day before it counts as too old."""

    def is_current(self, on: date) -> bool:
        """Say whether it is recent enough on the day `on`; without a date, or dated later, it is not."""
        if self.updated_on is None or self.due_on is None:
            return False
        return self.updated_on <= on <= self.due_on


def bank_coverage(bank: QuestionBank, edition: Edition, left_out: Collection[str] = ()) -> list[Coverage]:
    """Return what a bank holds: the total first, then each risk or aspect in the annex's order.

    `left_out` are the aspects that a service for one field need not answer about but must refuse.
    """
    rule = BANK_RULES[bank.kind]
    held = Counter(bank.without(left_out).strata.values())
    total = Coverage(edition.threshold(rule.total), "", edition.number(rule.total), held.total())
    return [
        total,
        *(
            Coverage(
                edition.threshold(rule.minima.get(stratum[:3]) or rule.minima[""]),
                stratum,
                needed,
                held[stratum],
            )
            for stratum, needed in stratum_minima(edition, bank.kind, left_out).items()
        ),
    ]


def bank_shortfalls(bank: QuestionBank, edition: Edition, left_out: Collection[str] = ()) -> list[Coverage]:
    """Return what a bank lacks, in the order of its coverage."""
    return _short(bank_coverage(bank, edition, left_out))


def bank_age(bank: QuestionBank, edition: Edition) -> Age:
    """Return how old a bank is by its version (monthly: TC260-003, 8.2 and 8.3)."""
    return _age(bank.version, edition.threshold("bank.update"))


def keyword_coverage(library: KeywordLibrary, edition: Edition) -> list[Coverage]:
    """Return what a keyword library holds: the total first, then each risk of A.1 and A.2."""
    held = Counter(keyword.risk for keyword in library.keywords)
    wanted = [("keywords.total", "", len(library.keywords))]
    wanted += [
        (f"keywords.min.{risk.group.replace('.', '')}", risk.id, held[risk.id])
        for risk in risks_in(edition, RiskSlice.KEYWORDS_AND_REFUSAL)
    ]
    return [
        Coverage(edition.threshold(threshold), stratum, edition.number(threshold), found)
        for threshold, stratum, found in wanted
    ]


def keyword_shortfalls(library: KeywordLibrary, edition: Edition) -> list[Coverage]:
    """Return what a keyword library lacks, in the order of its coverage."""
    return _short(keyword_coverage(library, edition))


def keyword_age(library: KeywordLibrary, edition: Edition) -> Age:
    """Return how old a keyword library is by its version (weekly: TC260-003, 8.1)."""
    return _age(library.version, edition.threshold("keywords.update"))


def _short(coverage: Iterable[Coverage]) -> list[Coverage]:
    return [one for one in coverage if one.is_short]


def _age(version: str, threshold: Threshold) -> Age:
    updated_on = _day(version)
    if updated_on is None:
        return Age(threshold, None, None)
    assert isinstance(threshold.value, int)
    if threshold.unit.en == "months":
        return Age(threshold, updated_on, _months_later(updated_on, threshold.value))
    return Age(threshold, updated_on, updated_on + timedelta(days=threshold.value))


def _day(version: str) -> date | None:
    """Return the day a version begins with, such as `2026-11-23` or `2026-11-23.2`."""
    written = _DATE.match(version)
    try:
        day = date.fromisoformat(written[0]) if written else date.max
    except ValueError:
        return None
    return day if day.year < MAXYEAR else None


def _months_later(day: date, months: int) -> date:
    """Return the same day some months later; the month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
