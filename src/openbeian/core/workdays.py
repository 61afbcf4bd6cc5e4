"""Working days in China: statutory terms are counted in them, and clocks stop while an applicant mends.

The State Council names next year's holidays and make-up days each autumn. Where they are known, days
are exact; later years follow the festivals alone and are marked provisional.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar
import holidays

from openbeian.core.errors import BadInputError

__all__ = [
    "FIRST_YEAR",
    "LAST_OFFICIAL_YEAR",
    "LAST_YEAR",
    "Deadline",
    "Pause",
    "add_workdays",
    "is_provisional",
    "is_workday",
    "remaining_workdays",
    "workdays_between",
    "workdays_left",
]

FIRST_YEAR = min(chinese_calendar.constants.holidays).year
LAST_OFFICIAL_YEAR = max(chinese_calendar.constants.holidays).year
LAST_YEAR = holidays.country_holidays("CN").end_year
_DAY = timedelta(days=1)
_SATURDAY = 5


class Deadline(NamedTuple):
    """The last day of a term, and whether a later holiday notice may still move it."""

    on: date
    provisional: bool


class Pause(NamedTuple):
    """A clock stopped at the end of one day and started at the end of another, or not yet."""

    from_on: date
    until_on: date | None = None


@lru_cache(maxsize=1 << 12)  # the library looks at all its holidays each time
def is_workday(day: date) -> bool:
    """Say whether people work on `day`: make-up Saturdays and Sundays do count.

    Raises:
        BadInputError: The year lies outside the calendar.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInputError(
            f"{day.isoformat()} 不在工作日历范围内（{FIRST_YEAR} 至 {LAST_YEAR} 年）；请检查日期。",
            f"{day.isoformat()} lies outside the calendar of working days ({FIRST_YEAR} to {LAST_YEAR}); "
            "check the date.",
        )
    if is_provisional(day):
        return day.weekday() < _SATURDAY and day not in _festivals(day.year)
    return bool(chinese_calendar.is_workday(day))  # type: ignore[no-untyped-call]


def is_provisional(day: date) -> bool:
    """Say whether the holidays of that year are not announced yet, as far as this calendar knows."""
    return day.year > LAST_OFFICIAL_YEAR


@lru_cache
def _festivals(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=year))


def add_workdays(start_on: date, count: int, pauses: Sequence[Pause] = ()) -> Deadline:
    """Return the day on which `count` working days after `start_on` have passed.

    The first day counted is the one after `start_on`. Days inside a pause are not counted.

    Raises:
        BadInputError: `count` is negative, a pause is still open, or the term leaves the calendar.
    """
    if count < 0 or any(pause.until_on is None for pause in pauses):
        raise BadInputError(
            "期限不得为负，且中止须已结束；中止期间没有届满日。",
            "A term can't be negative and its pauses must have ended; while paused it has no last day.",
        )
    day = start_on
    while count > 0:
        day += _DAY
        count -= _counts(day, pauses)
    return Deadline(day, provisional=is_provisional(day))


def workdays_between(start_on: date, end_on: date) -> int:
    """Return the working days after `start_on` up to and including `end_on`; 0 if it is not later."""
    return sum(map(is_workday, _days_after(start_on, end_on)))


def workdays_left(due_on: date, on: date) -> int:
    """Return how many working days are left on a day until a last day; below 0 it is over."""
    return workdays_between(on, due_on) if on <= due_on else -workdays_between(due_on, on)


def remaining_workdays(started_on: date, allowed: int, pauses: Sequence[Pause], on: date) -> int:
    """Return how many of the allowed working days are left at the end of `on`; below 0 is overdue.

    A pause takes out the days after the one it begins on, up to and including the one it ends on:
    on the first the office still had the case, on the last it has it back and counts from the next.
    """
    return allowed - sum(_counts(day, pauses) for day in _days_after(started_on, on))


def _counts(day: date, pauses: Sequence[Pause]) -> bool:
    paused = any(
        pause.from_on < day and (pause.until_on is None or day <= pause.until_on) for pause in pauses
    )
    return not paused and is_workday(day)


def _days_after(start_on: date, end_on: date) -> Iterator[date]:
    return (start_on + _DAY * ahead for ahead in range(1, (end_on - start_on).days + 1))
