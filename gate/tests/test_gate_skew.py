"""How far a clock is off, by signed times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian_gate.skew import clock_skew

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECONDS = st.integers(0, 10**6).map(lambda s: timedelta(seconds=s))


@given(
    poll=SECONDS, within=st.floats(0, 1), off=st.integers(-(10**6), 10**6).map(lambda s: timedelta(seconds=s))
)
def test_the_clock_is_never_said_to_be_further_off_than_it_is(poll, within, off):
    looked_before, signed_at, looked_at = NOON + off, NOON + poll * within, NOON + poll + off
    skew = clock_skew(signed_at, looked_before=looked_before, looked_at=looked_at)
    assert min(off, timedelta(0)) <= skew <= max(off, timedelta(0))
    assert abs(off - skew) <= poll


@pytest.mark.parametrize(("ahead_s", "said_s"), [(500, 0), (0, 0), (-500, -500)])
def test_the_first_look_tells_only_of_a_clock_that_is_behind(ahead_s, said_s):
    looked_at = NOON + timedelta(seconds=ahead_s)
    assert clock_skew(NOON, looked_before=None, looked_at=looked_at) == timedelta(seconds=said_s)
