"""Taking lists in: what is new, the same, changed or in conflict; the same list twice changes nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openbeian.published import (
    FIELDS,
    Place,
    PublishedRow,
    Reading,
    Series,
    Source,
    conflict_reasons,
    merge,
)
from openbeian.published.names import number_key, provider_key, service_key

OLD, NEW = Source("旧名单", "0" * 64, Place("old.csv", 2)), Source("新名单", "1" * 64, Place("new.csv", 3))
NUMBER = "Guangdong-XiaoZhi-202604020001"
OTHER = "Guangdong-XiaoZhi-202604020002"


def entry(service="小知", provider="深圳小知科技有限公司", number="", *, source=OLD, **facts):
    return PublishedRow(facts.pop("series", Series.FILING), service, source, provider, number, **facts)


def merged(known, *rows):
    return merge(known, Reading(tuple(replace(row, source=NEW) for row in rows)))


def counts(preview):
    return len(preview.new), len(preview.same), len(preview.changed), len(preview.conflicting)


def test_what_is_not_known_is_new_and_what_a_list_does_not_mention_stays():
    known = [entry("小识")]
    preview = merged(known, entry())
    assert counts(preview) == (1, 0, 0, 0)
    assert [row.service for row in preview.entries] == ["小识", "小知"]


@pytest.mark.parametrize(
    "again",
    [
        entry(provider="深圳小知科技有限责任公司"),
        entry(provider="深圳小知科技 有限公司"),
        entry(service="小 知"),
        entry(service="「小知」"),
        entry(number=NUMBER.replace("Guangdong", "GuangDong")),
        entry(number=NUMBER.replace("XiaoZhi", "xiaozhi"), provider=""),
        entry(provider="深圳小知网络有限公司"),
        entry(sequence=99),
    ],
)
def test_other_spellings_former_names_and_what_is_left_empty_change_nothing(again):
    known = entry(number=NUMBER, filed_on=date(2026, 4, 2), former_names=("深圳小知网络有限公司",))
    assert counts(merged([known], again)) == (0, 1, 0, 0)


def test_what_was_empty_is_filled_and_keeps_its_own_source():
    preview = merged([entry()], entry(number=NUMBER, filed_on=date(2026, 4, 2)))
    (changed,) = preview.changed
    assert [(one.field, one.before, one.before_source, one.after_source) for one in changed.changes] == [
        ("number", "", None, NEW),
        ("filed_on", None, None, NEW),
    ]
    (row,) = preview.entries
    assert (row.source_of("service"), row.source_of("number")) == (OLD, NEW)


def test_a_known_number_with_another_name_changes_the_name_field_by_field():
    preview = merged([entry(number=NUMBER)], entry("小知 2.0", number=NUMBER, jurisdiction="GD"))
    (changed,) = preview.changed
    assert [(one.field, one.before, one.after) for one in changed.changes] == [
        ("jurisdiction", "", "GD"),
        ("service", "小知", "小知 2.0"),
    ]


def test_a_provider_is_known_by_its_former_name_and_by_its_company_code():
    renamed = entry(provider="鹏城小知股份有限公司", former_names=("深圳小知科技有限公司",))
    (changed,) = merged([entry()], renamed).changed
    assert changed.entry.provider == "鹏城小知股份有限公司"
    code = "91440300MA5DA3GX4L"
    preview = merged([entry(uscc=code)], entry(provider="鹏城小知股份有限公司", uscc=code))
    assert counts(preview) == (0, 0, 1, 0)


def test_later_and_former_names_in_one_list_end_with_the_later_name():
    renamed = entry(provider="鹏城小知股份有限公司", former_names=("深圳小知科技有限公司",))
    for rows in ([renamed, entry()], [entry(), renamed]):
        preview = merged([], *rows)
        assert [row.provider for row in preview.entries] == ["鹏城小知股份有限公司"]
        assert counts(merged(preview.entries, *rows)) == (0, 2, 0, 0)


@pytest.mark.parametrize(
    ("known", "rows", "reason"),
    [
        ([], [entry(filed_on=date(2026, 4, 2)), entry(filed_on=date(2026, 4, 3))], "rows_disagree"),
        ([entry(number=NUMBER), entry(number=OTHER)], [entry(jurisdiction="GD")], "several_known"),
        ([entry(number=NUMBER)], [entry(number=OTHER)], "other_number"),
        (
            [entry(uscc="91440300MA5DA3GX4L")],
            [entry(uscc="91110108MA01EPAC1L")],
            "other_company_code",
        ),
        ([entry(number=NUMBER)], [entry("大象", "北京大象有限公司", NUMBER)], "number_of_another"),
        (
            [entry(number=NUMBER)],
            [entry("问", "北京大象有限公司", NUMBER, series=Series.REGISTRATION)],
            "number_in_both_series",
        ),
        ([entry()], [entry(provider="深圳小知科技股份有限公司")], "similar_provider"),
        ([], [entry(provider="深圳小知"), entry()], "similar_provider"),
    ],
)
def test_contradictions_change_nothing_and_say_why(known, rows, reason):
    preview = merged(known, *rows)
    assert preview.entries == tuple(known)
    assert reason in {code for one in preview.conflicting for code in one.reasons}
    for one in preview.conflicting:
        assert "{" not in one.said.zh + one.said.en


def test_like_names_with_different_numbers_or_services_are_different_entries():
    known = [entry(number=NUMBER)]
    assert counts(merged(known, entry(provider="深圳小知科技股份有限公司", number=OTHER))) == (1, 0, 0, 0)
    assert counts(merged(known, entry("小识", "深圳小知科技股份有限公司"))) == (1, 0, 0, 0)


def test_the_series_do_not_meet():
    preview = merged([entry()], entry(series=Series.REGISTRATION))
    assert counts(preview) == (1, 0, 0, 0)


def test_keys_look_past_spelling_and_no_further():
    assert provider_key("北京（甲）科技有限责任公司") == provider_key("北京(甲)科技 有限公司")
    assert provider_key("A Co., Ltd.") == provider_key("a co ltd") == provider_key("A Co., Limited")
    assert provider_key("甲股份有限公司") != provider_key("甲有限公司")
    assert service_key("书生·浦语") == service_key("書生浦語")
    assert service_key("···") == "···"
    assert number_key("ZheJiang-X-20230901") == number_key("zhejiang－x－20230901")


def test_every_reason_is_said_in_both_languages():
    assert all(text.zh and text.en for text in conflict_reasons().values())


NAMES = ["深圳甲科技有限公司", "深圳甲科技有限责任公司", "深圳甲科技股份有限公司", "乙", "丙集团", ""]
ROWS = st.builds(
    entry,
    st.sampled_from(["小知", "小识", "小 知"]),
    st.sampled_from(NAMES),
    st.sampled_from(["", "", NUMBER, OTHER, "GuangDong-XiaoZhi-202604020001", "粤备1"]),
    series=st.sampled_from(list(Series)),
    jurisdiction=st.sampled_from(["", "GD", "BJ"]),
    filed_on=st.sampled_from([None, date(2026, 4, 2), date(2026, 4, 3)]),
    uscc=st.sampled_from(["", "", "91440300MA5DA3GX4L", "91110108MA01EPAC1L"]),
    former_names=st.sampled_from([(), (), ("乙",), ("深圳甲科技有限公司", "丙集团")]),
).filter(lambda row: row.provider or row.number)


_LATER_CALLED = entry(provider="深圳甲科技股份有限公司", former_names=("乙",))
_ONCE_CALLED = entry(provider="乙", former_names=("深圳甲科技有限公司", "丙集团"), uscc="91440300MA5DA3GX4L")


def test_a_name_that_becomes_a_former_one_is_kept():
    preview = merged([_ONCE_CALLED], _LATER_CALLED)
    (row,) = preview.entries
    assert row.provider == "深圳甲科技股份有限公司"
    assert row.former_names == ("深圳甲科技有限公司", "丙集团", "乙")
    assert counts(merged(preview.entries, _LATER_CALLED)) == (0, 1, 0, 0)


@settings(max_examples=150)
@example([_ONCE_CALLED], [_LATER_CALLED])
@example(
    [_ONCE_CALLED],
    [
        replace(_ONCE_CALLED, provider="深圳甲科技股份有限公司", service="小 知"),
        entry(provider="丙集团", former_names=("乙",)),
    ],
)
@given(st.lists(ROWS, max_size=7), st.lists(ROWS, max_size=7))
def test_the_same_list_changes_nothing_the_second_time(known, rows):
    once = merged(merged([], *known).entries, *rows)
    again = merged(once.entries, *rows)
    assert again.entries == once.entries
    assert (again.new, again.changed) == ((), ())
    # What conflicts goes on to conflict, row for row.
    assert {id(row.source) for one in again.conflicting for row in one.rows} <= {id(NEW)}
    assert sum(len(one.rows) for one in again.conflicting) == sum(len(one.rows) for one in once.conflicting)


@settings(max_examples=100)
@given(st.lists(ROWS, max_size=7), st.lists(ROWS, max_size=7))
def test_every_row_has_one_outcome_nothing_is_lost_and_series_stay_apart(known, rows):
    before = merged([], *known).entries
    preview = merged(before, *rows)
    told = [item.rows for item in (*preview.new, *preview.changed, *preview.conflicting)]
    assert sum(map(len, told)) + len(preview.same) == len(rows)
    assert len(preview.entries) == len(before) + len(preview.new)
    for old, now in zip(before, preview.entries, strict=False):
        assert old.series is now.series
        assert all(now.value(field) for field in FIELDS if old.value(field))
