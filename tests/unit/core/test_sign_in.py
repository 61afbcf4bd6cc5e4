"""Failed sign-ins lock an account for a while."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.sign_in import (
    LOCKED_FOR,
    MOST_FAILURES,
    MOST_FROM_ONE_NETWORK,
    Failure,
    locked_until,
)

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def failures(number, *, is_from_here=True, apart=timedelta(seconds=10)):
    return [Failure(AT - n * apart, is_from_here) for n in range(number)]


def test_five_failures_from_one_place_lock_it_there_for_a_quarter_of_an_hour():
    assert locked_until(failures(MOST_FROM_ONE_NETWORK - 1), at=AT) is None
    assert locked_until(failures(MOST_FROM_ONE_NETWORK), at=AT) == AT + LOCKED_FOR
    assert locked_until(failures(MOST_FROM_ONE_NETWORK), at=AT + LOCKED_FOR) is None
    assert locked_until(failures(MOST_FROM_ONE_NETWORK, is_from_here=False), at=AT) is None


def test_many_failures_from_anywhere_lock_it_for_everybody():
    assert locked_until(failures(MOST_FAILURES, is_from_here=False), at=AT) == AT + LOCKED_FOR


def test_failures_far_apart_lock_nothing():
    assert locked_until([], at=AT) is None
    assert locked_until(failures(MOST_FAILURES, apart=LOCKED_FOR), at=AT) is None


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=40),
    st.integers(0, 3000),
)
def test_a_lock_always_ends_within_its_time_after_the_last_failure(seconds, now):
    tried = [Failure(AT + timedelta(seconds=n), here) for n, here in seconds]
    at = AT + timedelta(seconds=now)
    until = locked_until(tried, at=at)
    if until is not None:
        assert at < until <= max(one.at for one in tried) + LOCKED_FOR
        assert len(tried) >= MOST_FROM_ONE_NETWORK
