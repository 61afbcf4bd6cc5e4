"""Legal terms: how many days, of which kind, from what, and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from openbeian.core.text import Text
from openbeian.core.workdays import Deadline, Pause, add_workdays, is_provisional

__all__ = ["DayKind", "Term", "due_on"]


class DayKind(StrEnum):
    """Which days count."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Term:
    """One term; the day of the event itself is not counted."""

    id: str
    text: Text
    days: int
    kind: DayKind
    since: Text
    """The event it counts from."""
    basis: Text
    """The article it rests on, or that it is the register's own."""
    is_own: bool
    """Whether no law sets it and the register does."""


def due_on(term: Term, start_on: date, pauses: Sequence[Pause] = ()) -> Deadline:
    """Return the last day of a term that began with an event on `start_on`.

    Pauses count for working days only: a calendar term, such as that of an appeal, runs on.

    Raises:
        BadInputError: A pause is still open, or the term leaves the calendar of working days.
    """
    if term.kind is DayKind.WORKING:
        return add_workdays(start_on, term.days, pauses)
    last = start_on + timedelta(days=term.days)
    return Deadline(last, provisional=is_provisional(last))
