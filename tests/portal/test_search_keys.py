"""The spans in which the newest entries are looked for: every day once, the newest first."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from openbeian.portal.filings.search_keys import day_and_id, first_key, key_of, months_back, years_back

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


@given(DAYS, DAYS, st.integers(1, 14))
def test_spans_hold_every_day_once_and_go_back(one: date, other: date, many: int):
    oldest, newest = sorted((one, other))
    for spans in (
        list(months_back(first_key(newest), first_key(oldest), many)),
        list(years_back(first_key(newest), first_key(oldest))),
    ):
        assert spans[0].window.since <= first_key(newest) < spans[0].window.before
        assert spans[-1].window.since <= first_key(oldest)
        assert all(later.window.since == sooner.window.before for later, sooner in pairwise(spans))


@given(DAYS, DAYS)
def test_a_spans_tokens_are_those_of_its_days(one: date, other: date):
    oldest, newest = sorted((one, other))
    for span in months_back(first_key(newest), first_key(oldest)):
        day, tokens = day_and_id(span.window.since)[0], set()
        while first_key(day) < span.window.before:
            tokens.add(f"month={day:%Y%m}" if span.tokens[0].startswith("month") else f"year={day:%Y}")
            day += timedelta(1)
        assert tokens == set(span.tokens)


@given(DAYS, st.integers(0, 2**36 - 1))
def test_a_key_says_its_day_and_row(day: date, row: int):
    assert day_and_id(key_of(day, row)) == (day, row)


def test_the_first_of_january_has_a_span_of_its_own_year_alone():
    day = first_key(date(2026, 1, 1))
    assert [span.tokens for span in months_back(day, day)] == [("month=202601",)]
