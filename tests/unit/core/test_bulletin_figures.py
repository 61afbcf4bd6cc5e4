"""The figures of a bulletin, counted from rows as they stood on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.core.bulletin_figures import (
    SPECIFIC,
    STATISTICS,
    TABLES,
    Query,
    Recount,
    Standing,
    rests_on_office_days,
)
from openbeian.core.register_counts import ON_FILE, RegisterRow, Took

DAY = date(2026, 4, 3)
DAYS = st.dates(date(2025, 12, 1), date(2026, 6, 30))
ENTRIES = st.lists(
    st.builds(
        lambda row, listed, since: Standing(row, row.issued_on or listed, since),
        st.builds(
            RegisterRow,
            route=st.sampled_from(["filing", "registration"]),
            jurisdiction=st.sampled_from(["GD", "BJ", "ZJ"]),
            status=st.sampled_from(["valid", "suspended", "revoked", "cancelled"]),
            issued_on=st.none() | DAYS,
            round=st.none() | st.integers(1, 3),
            industry=st.sampled_from(["", "general", "finance", "health"]),
            provider=st.sampled_from(["a", "b", "c"]),
        ),
        DAYS,
        st.none() | st.datetimes(datetime(2025, 12, 1), datetime(2026, 6, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    max_size=30,
)


def entry(place: str = "GD", on: str | None = "2026-04-03", *, since=None, **facts) -> Standing:
    issued = date.fromisoformat(on) if on else None
    row = RegisterRow("filing", **{"jurisdiction": place, "status": "valid", **facts}, issued_on=issued)
    return Standing(row, issued or date(2023, 8, 15), since)


def asked(statistic: str, **more) -> Query:
    return Query(statistic, **{"as_of": DAY, "jurisdiction": "GD", **more})


def answer(entries, statistic: str, *, office_days=None, **more):
    return Recount(entries, office_days or {}).value(asked(statistic, **more))


@given(ENTRIES, st.sampled_from(["filing", "registration"]), st.sampled_from(["", "GD"]), DAYS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_on_file_is_what_a_plain_count_says(entries, series, place, as_of):
    def stood(one: Standing) -> bool:
        ended_later = one.status_since is not None and (one.status_since + timedelta(hours=8)).date() > as_of
        return one.listed_on <= as_of and (one.row.status in ON_FILE or ended_later)

    wanted = [
        one.row
        for one in entries
        if stood(one) and one.row.route == series and place in ("", one.row.jurisdiction)
    ]
    query = asked("on_file", series=series, jurisdiction=place, as_of=as_of)
    assert Recount(entries, {}).value(query) == len(wanted)
    everywhere = replace(query, jurisdiction="")
    ranking = Recount(entries, {}).table(replace(everywhere, statistic="ranking"))
    assert sum(number for _, _, number in ranking) == Recount(entries, {}).value(everywhere)


@given(ENTRIES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ranks_agree_with_how_many_have_more(entries):
    recount = Recount(entries, {})
    counts = {place: recount.value(asked("on_file", jurisdiction=place)) for place in ("GD", "BJ", "ZJ")}
    for place, number in counts.items():
        rank = recount.value(asked("rank", jurisdiction=place))
        assert rank == (1 + sum(other > number for other in counts.values()) if number else None)
        shared = recount.value(asked("rank_shared_by", jurisdiction=place))
        assert shared == (sum(other == number for other in counts.values()) if number else 0)


def test_what_was_revoked_later_was_on_file_on_the_day():
    later = entry(status="revoked", since=datetime(2026, 4, 3, 16, 30, tzinfo=UTC))  # the 4th in China
    same_day = entry(status="revoked", since=datetime(2026, 4, 3, 15, 30, tzinfo=UTC))
    assert answer([later, same_day], "on_file") == 1
    assert answer([later, same_day], "on_file", as_of=date(2026, 4, 4)) == 0


def test_new_ones_are_of_the_round_or_between_the_days():
    entries = [
        entry(round=3, provider="a"),
        entry(round=3, provider=""),
        entry(on="2026-01-01", provider="b"),
        entry(on=None, provider="c"),
    ]
    assert answer(entries, "new", round=3) == 2
    assert answer(entries, "providers_of_new", round=3) == 1
    assert answer(entries, "new", since=date(2026, 1, 1), until=date(2026, 3, 31)) == 1
    assert answer(entries, "new", until=date(2026, 4, 3)) == 3
    assert answer(entries, "on_file") == 4


def test_shares_and_shifts_go_by_what_is_classified():
    before = [
        entry(on="2026-01-05", industry=one) for one in ("general", "general", "general", "finance", "")
    ]
    now = [entry(round=3, industry=one) for one in ("finance", "health", "health", "general")]
    window = {"round": 3}
    base = {"base_until": date(2026, 4, 2), **window}
    everything = [*before, *now]
    assert answer(everything, "classified", **window) == 4
    assert answer(everything, "share", industry=SPECIFIC, **window) == 75.0
    assert answer(everything, "new", industry=SPECIFIC, **window) == 3
    assert answer(everything, "shift", industry=SPECIFIC, **base) == 50.0
    assert answer(everything, "largest_shift", **base) == "health"
    assert answer(everything, "industries_of_new", **window) == 3
    assert answer(everything, "leading_industry", **window) == "health"
    assert Recount(everything, {}).table(asked("industries", **base)) == [
        ("health", 2, 50.0, 0, 0.0),
        ("general", 1, 25.0, 3, 75.0),
        ("finance", 1, 25.0, 1, 25.0),
    ]
    assert answer(now, "largest_shift", **base) is None  # there is nothing to compare with
    assert answer([], "share", industry=SPECIFIC, **window) is None
    assert answer([], "leading_industry", **window) is None
    assert Recount(everything, {}).table(asked("years")) == [("2026", 4, 8, 50.0)]


def test_the_country_is_told_by_who_leads():
    entries = [entry("GD"), entry("BJ"), entry("ZJ"), entry("GD"), entry("BJ")]
    recount = Recount(entries, {})
    everywhere = {"jurisdiction": ""}
    assert recount.value(asked("leaders", **everywhere)) == "BJ,GD"
    assert recount.value(asked("most_on_file", **everywhere)) == 2
    assert recount.value(asked("jurisdictions", **everywhere)) == 3
    assert recount.value(asked("share_of_everywhere")) == 40.0
    assert answer([], "leaders") is None
    assert answer([], "most_on_file") == 0
    assert answer([], "share_of_everywhere") is None
    assert recount.table(asked("months")) == [("2026-04", 2, 2)]


def test_times_come_from_the_offices_statistic_alone():
    days = {"GD": Took(8, 41.5), "ZJ": Took(6, 55.0), "BJ": Took(2, None)}
    assert answer([], "certified_cases", office_days=days) == 8
    assert answer([], "median_days", office_days=days) == 41.5
    assert answer([], "median_days", office_days=days, jurisdiction="SH") is None
    assert answer([], "offices_with_median", office_days=days) == 2
    assert answer([], "shortest_median_days", office_days=days) == 41.5
    assert answer([], "longest_median_days", office_days=days) == 55.0
    assert Recount([], days).table(asked("offices")) == [("GD", 8, 41.5), ("ZJ", 6, 55.0), ("BJ", 2, None)]
    resting = {name for name in (*STATISTICS, *TABLES) if rests_on_office_days(asked(name))}
    assert resting == {
        *("certified_cases", "median_days", "offices_with_median", "offices"),
        *("shortest_median_days", "longest_median_days"),
    }


def test_a_statistic_that_does_not_exist_is_no_figure():
    with pytest.raises(KeyError):
        answer([], "mood")
