"""What falls due after filing, and when people are reminded."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.duties import (
    Cadence,
    DutyKind,
    DutyStanding,
    Reminder,
    add_months,
    next_due,
    reassessment_due,
    reminder_on,
    standing_on,
)
from openbeian.core.workdays import workdays_between

DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
KINDS = st.sampled_from(list(DutyKind))
CADENCES = st.one_of(
    st.builds(Cadence, days=st.integers(1, 60)), st.builds(Cadence, months=st.integers(1, 24))
)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 14, date(2028, 2, 29)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day, months, later):
    assert add_months(day, months) == later


@given(DAYS, st.none() | DAYS, CADENCES)
def test_an_update_falls_due_after_what_it_is_counted_from_and_doing_it_later_never_makes_it_due_sooner(
    begun_on, done_on, cadence
):
    due = next_due(begun_on, done_on, cadence)
    assert due > max(begun_on, done_on or begun_on)
    later = max(begun_on, done_on or begun_on) + timedelta(days=1)
    assert next_due(begun_on, later, cadence) >= due


@given(st.lists(DAYS, max_size=4), st.lists(DAYS, max_size=4), st.integers(1, 30))
def test_an_assessment_settles_every_update_up_to_its_day_and_no_other(updated_on, assessed_on, workdays):
    due = reassessment_due(updated_on, assessed_on, workdays=workdays)
    waiting = [day for day in updated_on if all(day > one for one in assessed_on)]
    assert (due is None) == (not waiting)
    if due is not None:
        assert workdays_between(min(waiting), due) == workdays
        assert reassessment_due(updated_on, [*assessed_on, max(updated_on)], workdays=workdays) is None


@given(KINDS, DAYS)
def test_who_looks_every_day_reminds_once_before_once_on_the_day_and_once_a_week_after(kind, due_on):
    looked = [reminder_on(kind, due_on, due_on + timedelta(days=n)) for n in range(-20, 23)]
    seen = list(dict.fromkeys(one for one in looked if one is not None))
    assert seen == [Reminder("before", 0), Reminder("on", 0), *(Reminder("after", n) for n in range(4))]
    assert looked.count(Reminder("after", 1)) == 7


@given(KINDS, DAYS, st.integers(-40, 40))
def test_only_what_was_due_before_today_is_overdue(kind, due_on, ahead):
    standing = standing_on(kind, due_on, due_on - timedelta(days=ahead))
    assert (standing is DutyStanding.OVERDUE) == (ahead < 0)
    assert (standing is DutyStanding.TODAY) == (ahead == 0)
    assert (standing is DutyStanding.AHEAD) == (reminder_on(kind, due_on, due_on - timedelta(ahead)) is None)
