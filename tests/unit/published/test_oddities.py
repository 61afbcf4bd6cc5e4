"""Every oddity of real lists is named with its place and what was decided."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.published import Series, left_out_reasons, oddity_kinds, read_list_bytes
from openbeian.published.cells import cleaned, read_date
from openbeian.published.jurisdictions import read_place
from openbeian.standards import load_jurisdictions

from .lists import FILING, REGISTRATION, ROW, csv_bytes

ON = date(2026, 11, 27)


def read(*rows, heads=FILING):
    return read_list_bytes("a.csv", csv_bytes(heads, *rows), as_of=ON)


def changed(**cells):
    """Return the good row with some cells written otherwise."""
    names = ["sequence", "jurisdiction", "service", "provider", "number", "filed_on"]
    return [cells.get(name, cell) for name, cell in zip(names, ROW, strict=True)]


@pytest.mark.parametrize(
    ("cells", "code", "field", "value"),
    [
        ({"service": "小\u200b知"}, "stray_characters", "service", "小知"),
        ({"provider": "深圳小知\n科技有限公司"}, "stray_characters", "provider", ROW[3]),
        ({"service": "“小知”"}, None, "service", "“小知”"),
        ({"service": "'小知"}, "stray_characters", "service", "小知"),
        ({"service": "小\ufffd"}, "broken_character", "service", "小\ufffd"),
        ({"filed_on": "２０２６/4/2"}, "full_width", "filed_on", date(2026, 4, 2)),
        ({"sequence": "１"}, "full_width", "sequence", 1),
        ({"number": "Ｇuangdong-XiaoZhi-202604020001"}, "full_width", "number", ROW[4]),
        ({"number": "GuangDong-XiaoZhi-202604020001"}, "number_spelling", "number", ROW[4]),
        ({"number": "Guangdong—XiaoZhi-20260402 0001"}, "number_spelling", "number", ROW[4]),
        ({"number": "粤备2026001"}, "number_form", "number", "粤备2026001"),
        ({"number": "Beijing-XiaoZhi-202604020001"}, "number_place_differs", "jurisdiction", "GD"),
        ({"number": "Kanton-XiaoZhi-202604020001"}, "number_place_unknown", "jurisdiction", "GD"),
        ({"jurisdiction": ""}, "jurisdiction_from_number", "jurisdiction", "GD"),
        ({"filed_on": "2026/4/12"}, "number_date_differs", "filed_on", date(2026, 4, 12)),
        ({"filed_on": "46114"}, "excel_serial", "filed_on", date(2026, 4, 2)),
        ({"filed_on": "20260402"}, "date_without_separators", "filed_on", date(2026, 4, 2)),
        ({"filed_on": "2/4/2026"}, "date_unreadable", "filed_on", None),
        ({"filed_on": "2026年4月"}, "date_unreadable", "filed_on", None),
        ({"filed_on": "2026/2/30"}, "date_unreadable", "filed_on", None),
        ({"filed_on": "2023/8/1", "number": ""}, "date_before_rules", "filed_on", date(2023, 8, 1)),
        ({"filed_on": "2027/4/2", "number": ""}, "date_in_future", "filed_on", date(2027, 4, 2)),
        ({"jurisdiction": "广东省深圳市"}, "jurisdiction_with_city", "jurisdiction", "GD"),
        ({"jurisdiction": "深圳"}, "jurisdiction_city_only", "jurisdiction", "GD"),
        ({"jurisdiction": "广东杭州"}, "jurisdiction_contradictory", "jurisdiction", ""),
        ({"jurisdiction": "火星"}, "jurisdiction_unknown", "jurisdiction", ""),
        ({"sequence": "一"}, "sequence_unreadable", "sequence", None),
        ({"service": ROW[4], "number": "小知"}, "swapped_columns", "service", "小知"),
        ({"filed_on": ROW[4], "number": ROW[5]}, "swapped_columns", "number", ROW[4]),
        ({"jurisdiction": "小知", "service": "广东"}, "swapped_columns", "jurisdiction", "GD"),
        ({"service": ROW[3], "provider": "小知"}, "provider_in_name", "service", ROW[3]),
    ],
)
def test_an_oddity_of_a_row_is_named_and_decided(cells, code, field, value):
    reading = read(changed(**cells))
    (row,) = reading.rows
    assert [odd.code for odd in row.oddities] == ([code] if code else [])
    assert getattr(row, field) == value
    for odd in reading.oddities:
        assert odd.place.row == 2
        assert odd.said.zh.startswith("a.csv 第 2 行：")
        assert "{" not in odd.said.zh + odd.said.en


@pytest.mark.parametrize(
    "written", ["2023/8/31", "2023-08-31", "2023年8月31日", "2023.8.31", "2023-08-31 00:00:00"]
)
def test_usual_ways_to_write_a_date_are_no_oddity(written):
    assert read_date(written)[::2] == (date(2023, 8, 31), "")


def test_a_column_that_mixes_them_is_said_once():
    second = ["2", "广东", "小识", "深圳小识科技有限公司", "", "2026年4月2日"]
    assert [odd.code for odd in read(ROW, second).oddities] == ["mixed_date_forms"]


@given(st.dates(date(2023, 8, 15), date(2036, 12, 31)))
def test_all_ways_to_write_a_day_mean_that_day(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [
        f"{day.year}/{day.month}/{day.day}",
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str(serial),
    ]
    assert {read_date(form).day for form in forms} == {day}


@given(st.text(max_size=40))
def test_no_text_breaks_dates_places_or_cleaning_and_cleaning_twice_changes_nothing(text):
    read_date(text)
    read_place(text)
    once = cleaned(text).text
    assert cleaned(once).text == once


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("广东", "GD"),
        ("广东省", "GD"),
        ("内蒙古自治区", "NM"),
        ("新疆", "XJ"),
        ("国资委", "SA"),
        ("国务院国资委", "SA"),
        ("中央企业", "SA"),
        ("广东省网信办", "GD"),
        ("ZheJiang", "ZJ"),
        ("吉林", "JL"),
    ],
)
def test_names_of_jurisdictions_are_no_oddity(written, code):
    assert read_place(written) == (code, "")


@pytest.mark.parametrize(
    ("written", "code", "odd"),
    [
        ("浙江·杭州", "ZJ", "jurisdiction_with_city"),
        ("深圳（广东）", "GD", "jurisdiction_with_city"),
        ("杭州市西湖区", "ZJ", "jurisdiction_with_city"),
        ("北京市海淀区", "BJ", "jurisdiction_with_city"),
        ("深圳浙江", "", "jurisdiction_contradictory"),
        ("深圳某某", "", "jurisdiction_unknown"),
        ("Guangdonggg", "", "jurisdiction_unknown"),
    ],
)
def test_places_that_say_more_or_less_are_understood_or_left_empty(written, code, odd):
    assert read_place(written) == (code, odd)


@given(st.sampled_from(list(load_jurisdictions().values())))
def test_every_jurisdiction_is_known_by_its_names(jurisdiction):
    names = (jurisdiction.text.zh, jurisdiction.zh_short, jurisdiction.pinyin, jurisdiction.code)
    assert {read_place(name).code for name in names} == {jurisdiction.code}


def plain(sequence, name):
    return [str(sequence), "广东", name, f"深圳{name}科技有限公司", "", "2026/4/2"]


def test_a_list_that_goes_on_from_an_earlier_one_with_gaps_is_said_to():
    reading = read(plain(118, "甲"), plain(119, "乙"), plain(121, "丙"), plain(125, "丁"))
    assert [(odd.code, odd.found) for odd in reading.oddities] == [
        ("continues_earlier_list", "118"),
        ("sequence_gap", "120, 122–124"),
    ]


def test_sequences_out_of_order_and_repeated_are_named_and_rows_kept():
    reading = read(plain(1, "甲"), plain(3, "乙"), plain(2, "丙"), plain(2, "丁"))
    assert [(odd.code, odd.place.row, odd.taken) for odd in reading.oddities] == [
        ("out_of_order", 4, "3"),
        ("repeated_sequence", 5, "a.csv / 4"),
    ]
    assert len(reading.rows) == 4


def test_a_number_of_two_entries_is_named_at_both():
    second = ["2", "广东", "小识", "深圳小识科技有限公司", ROW[4].upper(), "2026/4/2"]
    reading = read(ROW, second)
    found = [(odd.place.row, odd.taken) for odd in reading.oddities if odd.code == "repeated_number"]
    assert found == [(2, "a.csv / 3"), (3, "a.csv / 2")]


def test_a_number_in_both_series_is_named():
    other = ["1", "广东", "小问", "深圳小问科技有限公司", ROW[4], "2026/4/2"]
    reading = read(ROW, REGISTRATION, other)
    assert [row.series for row in reading.rows] == [Series.FILING, Series.REGISTRATION]
    assert [odd.code for odd in reading.oddities] == ["number_in_both_series"] * 2


def test_company_codes_are_checked_and_columns_nobody_knows_are_named():
    reading = read([*ROW, "91440300X", "x"], heads=[*FILING, "统一社会信用代码", "联系人"])
    assert [odd.code for odd in reading.oddities] == ["unknown_column", "uscc_invalid"]
    assert reading.rows[0].uscc == ""


def test_every_oddity_and_reason_is_said_in_both_languages_with_the_same_fields():
    for kind in oddity_kinds().values():
        for text in kind:
            assert ("{found}" in text.zh, "{taken}" in text.zh) == (
                "{found}" in text.en,
                "{taken}" in text.en,
            )
    assert all(text.zh and text.en for text in left_out_reasons().values())
