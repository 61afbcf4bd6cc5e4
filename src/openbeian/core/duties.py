"""What a provider owes after filing, and when: the interval between two updates, never more than allowed.

A library or bank must not grow older than the edition's interval, so the next update falls due that long
after the last one (or after the certificate). After an important update of the model the assessment is done
again.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.core.workdays import add_workdays

__all__ = [
    "DUTY_LABELS",
    "LEAD_DAYS",
    "Cadence",
    "DutyKind",
    "DutyStanding",
    "Reminder",
    "add_months",
    "next_due",
    "reassessment_due",
    "reminder_on",
    "standing_on",
]


class DutyKind(StrEnum):
    """What is owed."""

    KEYWORDS = "keywords"
    BANK_GENERATED = "bank_generated"
    BANK_REFUSE = "bank_refuse"
    BANK_ANSWER = "bank_answer"
    REASSESSMENT = "reassessment"


DUTY_LABELS: Final[Mapping[DutyKind, Text]] = {
    DutyKind.KEYWORDS: Text("更新关键词库", "Update the keyword library"),
    DutyKind.BANK_GENERATED: Text("更新生成内容测试题库", "Update the generated-content bank"),
    DutyKind.BANK_REFUSE: Text("更新应拒答测试题库", "Update the should-refuse bank"),
    DutyKind.BANK_ANSWER: Text("更新非拒答测试题库", "Update the should-answer bank"),
    DutyKind.REASSESSMENT: Text("重要更新后重新评估", "Assess again after an important update"),
}

LEAD_DAYS: Final[Mapping[DutyKind, int]] = {
    DutyKind.KEYWORDS: 2,
    DutyKind.BANK_GENERATED: 5,
    DutyKind.BANK_REFUSE: 5,
    DutyKind.BANK_ANSWER: 5,
    DutyKind.REASSESSMENT: 5,
}
"""How many days before it falls due a provider is reminded."""

_WEEK: Final = 7
_MONTHS: Final = 12


class DutyStanding(StrEnum):
    """How a duty stands on a day."""

    AHEAD = "ahead"
    SOON = "soon"
    TODAY = "today"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Cadence:
    """The longest interval between two updates."""

    days: int = 0
    months: int = 0


class Reminder(NamedTuple):
    """What a provider is reminded of: before, on or after the day, and which reminder of its kind it is."""

    stage: str
    number: int
    """0 except for reminders after the day: one the day after, then one a week."""


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month; where that month has no such day, its last."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    _, last = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, last))


def next_due(begun_on: date, done_on: date | None, cadence: Cadence) -> date:
    """Return when an update falls due: an interval after the last, or after `begun_on` if later."""
    base = begun_on if done_on is None else max(begun_on, done_on)
    return add_months(base, cadence.months) + timedelta(days=cadence.days)


def reassessment_due(
    updated_on: Iterable[date], assessed_on: Iterable[date], *, workdays: int
) -> date | None:
    """Return by when the assessment has to be done again; None where no important update waits for it.

    An assessment counts for every update up to its day; the earliest that none covers sets the term.
    """
    covered = max(assessed_on, default=date.min)
    waiting = [day for day in updated_on if day > covered]
    return add_workdays(min(waiting), workdays).on if waiting else None


def standing_on(kind: DutyKind, due_on: date, on: date) -> DutyStanding:
    """Say how a duty stands on a day; on the day it falls due it can still be done in time."""
    left = (due_on - on).days
    if left < 0:
        return DutyStanding.OVERDUE
    if left == 0:
        return DutyStanding.TODAY
    return DutyStanding.SOON if left <= LEAD_DAYS[kind] else DutyStanding.AHEAD


def reminder_on(kind: DutyKind, due_on: date, on: date) -> Reminder | None:
    """Return the reminder that stands on a day, until the next is reached; None before the first.

    So whoever looks every day sends each once, and whoever missed days sends only the last of them.
    """
    left = (due_on - on).days
    if left > LEAD_DAYS[kind]:
        return None
    if left > 0:
        return Reminder("before", 0)
    if left == 0:
        return Reminder("on", 0)
    return Reminder("after", (-left - 1) // _WEEK)
