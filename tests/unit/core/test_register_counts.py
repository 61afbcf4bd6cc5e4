"""Counting a register."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.register_counts import (
    Concentration,
    Period,
    Ranked,
    RegisterRow,
    Share,
    Took,
    by_month,
    by_round,
    concentration,
    cross,
    industry_shift,
    kept_back,
    new_by_year,
    of_route,
    on_file,
    rank,
    took,
)

ROWS = st.lists(
    st.builds(
        RegisterRow,
        route=st.sampled_from(["filing", "registration"]),
        jurisdiction=st.sampled_from(["GD", "BJ", "ZJ"]),
        status=st.sampled_from(["valid", "suspended", "revoked", "cancelled", "expired"]),
        issued_on=st.none() | st.dates(date(2023, 8, 1), date(2027, 2, 1)),
        round=st.none() | st.integers(1, 4),
        industry=st.sampled_from(["", "general", "finance", "health"]),
        provider=st.sampled_from(["", "a", "b", "c"]),
    ),
    max_size=40,
)


def filed(on: str | None = None, **more: object) -> RegisterRow:
    return RegisterRow(
        "filing", **{"jurisdiction": "GD", "status": "valid", **more}, issued_on=on and date.fromisoformat(on)
    )


def test_months_without_an_entry_are_months_too():
    rows = [filed("2025-11-03"), filed("2025-11-30"), filed("2026-02-01", status="revoked"), filed()]
    assert by_month(rows) == [
        Period("2025-11", 2, 2),
        Period("2025-12", 0, 2),
        Period("2026-01", 0, 2),
        Period("2026-02", 1, 3),
    ]
    assert by_month([]) == []


@given(ROWS)
def test_months_add_up_to_everything_with_a_day(rows):
    months = by_month(rows)
    assert sum(month.new for month in months) == sum(row.issued_on is not None for row in rows)
    assert [month.total for month in months] == [
        sum(bool(row.issued_on) and f"{row.issued_on:%Y-%m}" <= month.label for row in rows)
        for month in months
    ]


@given(ROWS)
def test_rounds_come_in_order_and_add_up(rows):
    rounds = by_round(rows)
    assert [int(one.label) for one in rounds] == sorted({row.round for row in rows if row.round})
    assert sum(one.new for one in rounds) == sum(row.round is not None for row in rows)


def test_those_with_as_many_share_a_rank_and_the_next_rank_counts_them_all():
    rows = [filed(jurisdiction=code) for code in ("GD", "GD", "BJ", "BJ", "ZJ")]
    assert rank(rows, lambda row: row.jurisdiction) == [
        Ranked(1, "BJ", 2),
        Ranked(1, "GD", 2),
        Ranked(3, "ZJ", 1),
    ]


@given(ROWS)
def test_a_rank_is_one_more_than_those_with_more(rows):
    ranking = rank(rows, lambda row: row.jurisdiction)
    assert {one.key: one.entries for one in ranking} == Counter(row.jurisdiction for row in rows)
    assert all(one.rank == 1 + sum(other.entries > one.entries for other in ranking) for one in ranking)


@given(ROWS)
def test_filings_and_registrations_are_never_added(rows):
    filings, registrations = of_route(rows, "filing"), of_route(rows, "registration")
    assert len(filings) + len(registrations) == len(rows)
    assert {row.route for row in filings} <= {"filing"}
    assert all(row.status in {"valid", "suspended"} for row in on_file(rows))


@given(ROWS)
def test_industries_and_provinces_are_counted_together(rows):
    counted = cross(rows)
    assert all(
        count == sum((row.industry, row.jurisdiction) == pair for row in rows)
        for pair, count in counted.items()
    )
    assert sum(counted.values()) == sum(bool(row.industry) for row in rows)


def test_the_shift_to_specific_industries_is_counted_by_year():
    rows = [
        filed("2024-05-01", industry="general"),
        filed("2025-05-01", industry="general"),
        filed("2025-06-01", industry="health"),
        filed("2025-07-01"),
        filed(industry="health"),
    ]
    assert industry_shift(rows) == [Share(2024, 0, 1), Share(2025, 1, 2)]


def test_the_largest_providers_are_ten_and_ties_at_the_tenth_are_left_out_together():
    rows = [filed(provider="big")] * 3 + [filed(provider=f"p{n}") for n in range(12)] + [filed()]
    assert concentration(rows) == Concentration(13, 15, (Ranked(1, "big", 3),), 3)
    few = concentration([filed(provider="a"), filed(provider="b")])
    assert (few.of_largest, few.entries, len(few.largest)) == (2, 2, 2)


def test_how_long_it_took_is_kept_back_for_a_handful_of_cases():
    assert took([3, 9, 4, 100]) == Took(4, None)
    assert took([3, 9, 4, 100, 5]) == Took(5, 5.0)
    assert took([]) == Took(0, None)


@given(ROWS)
def test_a_row_that_stands_for_several_counts_like_several(rows):
    alike = [replace(row, entries=3) for row in rows]
    thrice = [row for row in rows for _ in range(3)]
    assert by_month(alike) == by_month(thrice)
    assert by_round(alike) == by_round(thrice)
    assert cross(alike) == cross(thrice)
    assert industry_shift(alike) == industry_shift(thrice)
    assert concentration(alike) == concentration(thrice)
    assert new_by_year(alike) == new_by_year(thrice)


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 6)))
def test_a_small_count_is_kept_back_and_never_alone_beside_other_counts(counts):
    shown = kept_back(counts)
    hidden = [key for key, count in shown.items() if count is None]
    assert all(shown[key] in {None, counts[key]} for key in counts)
    assert all(shown[key] is None for key, count in counts.items() if count in {1, 2})
    assert all(counts[key] > 0 for key in hidden)
    if len(hidden) == 1:
        assert [count for count in counts.values() if count] == [counts[hidden[0]]]
