from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.workdays import (
    FIRST_YEAR,
    LAST_OFFICIAL_YEAR,
    LAST_YEAR,
    Pause,
    add_workdays,
    is_provisional,
    is_workday,
    remaining_workdays,
    workdays_between,
)

days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_OFFICIAL_YEAR + 3, 12, 31))
terms = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),
    ],
    ids=[
        "Friday",
        "make-up Saturday",
        "Spring Festival",
        "National Day",
        "make-up Saturday",
        "Monday",
        "Sunday",
    ],
)
def test_the_official_calendar_knows_festivals_and_make_up_days(day, works):
    assert is_workday(day) is works
    assert not is_provisional(day)


def test_later_years_follow_weekends_and_festivals_and_are_provisional():
    year = LAST_OFFICIAL_YEAR + 1
    assert not is_workday(date(year, 10, 1))
    assert not is_workday(date(year, 1, 1))
    assert {
        is_workday(date(year, 11, day)) for day in range(1, 29) if date(year, 11, day).weekday() >= 5
    } == {False}
    assert all(is_workday(date(year, 11, day)) for day in range(1, 29) if date(year, 11, day).weekday() < 5)
    assert is_provisional(date(year, 6, 1))


@pytest.mark.parametrize("day", [date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1)])
def test_a_day_outside_the_calendar_is_refused_with_the_years_it_has(day):
    with pytest.raises(BadInputError, match=f"{FIRST_YEAR} to {LAST_YEAR}"):
        is_workday(day)


def test_ten_working_days_over_the_national_day_end_after_the_make_up_saturday():
    assert add_workdays(date(2026, 9, 28), 10) == (date(2026, 10, 16), False)


def test_a_term_is_provisional_when_it_runs_into_a_year_not_announced():
    deadline = add_workdays(date(LAST_OFFICIAL_YEAR, 12, 20), 30)
    assert deadline.on.year == LAST_OFFICIAL_YEAR + 1
    assert deadline.provisional


def test_the_day_a_term_begins_on_is_not_counted():
    assert add_workdays(date(2026, 11, 23), 1).on == date(2026, 11, 24)
    assert workdays_between(date(2026, 11, 23), date(2026, 11, 23)) == 0


def test_no_working_days_lie_between_a_day_and_an_earlier_one():
    assert workdays_between(date(2026, 11, 23), date(2026, 11, 2)) == 0


def test_a_term_can_not_be_negative():
    with pytest.raises(BadInputError, match="negative"):
        add_workdays(date(2026, 11, 23), -1)


def test_a_term_has_no_last_day_while_it_is_paused():
    with pytest.raises(BadInputError, match="while paused"):
        add_workdays(date(2026, 11, 23), 5, [Pause(date(2026, 11, 24))])


@given(days, terms)
def test_adding_working_days_and_counting_them_agree(start_on, count):
    deadline = add_workdays(start_on, count)
    assert workdays_between(start_on, deadline.on) == count
    assert count == 0 or is_workday(deadline.on)


@given(days, terms, terms)
def test_a_term_can_be_counted_in_two_parts(start_on, first, second):
    assert add_workdays(add_workdays(start_on, first).on, second) == add_workdays(start_on, first + second)


@given(days, terms, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), max_size=3))
def test_the_last_day_leaves_nothing_however_the_clock_was_paused(start_on, allowed, stops):
    pauses = [
        Pause(start_on + timedelta(days=after), start_on + timedelta(days=after + length))
        for after, length in stops
    ]
    deadline = add_workdays(start_on, allowed, pauses)
    assert remaining_workdays(start_on, allowed, pauses, deadline.on) == 0
    assert deadline.on >= add_workdays(start_on, allowed).on


def test_a_clock_stands_still_while_the_applicant_mends():
    started_on, returned_on = date(2026, 11, 2), date(2026, 11, 6)
    pause = [Pause(returned_on)]
    assert remaining_workdays(started_on, 30, [], returned_on) == 26
    assert remaining_workdays(started_on, 30, pause, returned_on) == 26
    assert remaining_workdays(started_on, 30, pause, date(2026, 11, 30)) == 26


def test_a_clock_runs_again_from_the_day_after_the_pause_ends():
    pause = [Pause(date(2026, 11, 6), date(2026, 11, 16))]
    assert remaining_workdays(date(2026, 11, 2), 30, pause, date(2026, 11, 16)) == 26
    assert remaining_workdays(date(2026, 11, 2), 30, pause, date(2026, 11, 17)) == 25


def test_overlapping_pauses_take_a_day_out_once():
    once = [Pause(date(2026, 11, 6), date(2026, 11, 16))]
    twice = [*once, Pause(date(2026, 11, 9), date(2026, 11, 13))]
    on = date(2026, 11, 20)
    assert remaining_workdays(date(2026, 11, 2), 30, once, on) == remaining_workdays(
        date(2026, 11, 2), 30, twice, on
    )


def test_an_overdue_term_counts_below_zero():
    assert remaining_workdays(date(2026, 11, 2), 5, [], date(2026, 11, 11)) == -2
