"""Reading lists from every kind of file, and refusing what is none in one sentence."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.published import Series, read_list, read_list_bytes
from openbeian.published.files import open_bytes
from openbeian.published.raw import Limits

from .lists import (
    FILING,
    REGISTRATION,
    ROW,
    csv_bytes,
    html_bytes,
    pdf_bytes,
    ruled_pdf,
    written,
    xlsx_bytes,
)

TITLE = ["某省生成式人工智能服务已备案信息"]


def facts(row):
    return (row.series, row.sequence, row.jurisdiction, row.service, row.provider, row.number, row.filed_on)


def refusal(data, name="名单.csv", **options):
    with pytest.raises(BadInputError) as caught:
        read_list_bytes(name, data, **options)
    assert caught.value.text.zh.startswith(name)
    return caught.value.text.en


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("utf-8.csv", csv_bytes(TITLE, FILING, ROW)),
        ("bom.csv", csv_bytes(TITLE, FILING, ROW, encoding="utf-8-sig")),
        ("gb.csv", csv_bytes(TITLE, FILING, ROW, encoding="gb18030")),
        ("utf-16.csv", csv_bytes(TITLE, FILING, ROW, encoding="utf-16")),
        ("tabs.txt", csv_bytes(TITLE, FILING, ROW, delimiter="\t")),
        ("book.xlsx", xlsx_bytes(TITLE, FILING, ROW)),
        ("a page called.xls", html_bytes(TITLE, FILING, ROW)),
        ("list.pdf", ruled_pdf(FILING, ROW)),
    ],
)
def test_one_list_says_the_same_in_every_kind_of_file(tmp_path, name, data):
    reading = read_list(written(tmp_path / name, data))
    assert [facts(row) for row in reading.rows] == [
        (
            Series.FILING,
            1,
            "GD",
            "小知",
            "深圳小知科技有限公司",
            "Guangdong-XiaoZhi-202604020001",
            date(2026, 4, 2),
        )
    ]
    assert reading.oddities == ()
    assert [row.reason for row in reading.left_out] == ["above_headings"]


def test_a_row_knows_its_file_its_hash_and_its_place():
    data = xlsx_bytes(sheets={"北京": [FILING], "广东": [FILING, ROW]})
    (row,) = read_list_bytes("全国.xlsx", data, name="全国名单").rows
    assert (row.source.name, len(row.source.sha256)) == ("全国名单", 64)
    assert row.source.place.said.zh == "全国.xlsx 工作表「广东」 第 2 行"
    assert row.source.place.said.en == "全国.xlsx, sheet “广东”, row 2"


def test_dates_of_a_workbook_are_dates_and_hidden_sheets_are_not_read():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(FILING)
    book.active.append([1, "广东", "小知", "深圳小知科技有限公司", "", date(2026, 4, 2)])
    book.active.append([2, "广东", "小识", "深圳小识科技有限公司", "", 46114])
    hidden = book.create_sheet("旧")
    hidden.append(FILING)
    hidden.append(ROW)
    hidden.sheet_state = "hidden"
    data = io.BytesIO()
    book.save(data)
    reading = read_list_bytes("a.xlsx", data.getvalue())
    assert [row.filed_on for row in reading.rows] == [date(2026, 4, 2)] * 2
    assert [[odd.code for odd in row.oddities] for row in reading.rows] == [[], ["excel_serial"]]


def test_columns_are_found_by_any_usual_heading_in_any_order():
    heads = [
        "备案日期",
        "企业名称",
        "产品 名称",
        "省（区、市）",
        "模型备案号",
        "统一社会信用代码",
        "曾用名",
        "No.",
    ]
    row = [
        "2026-04-02",
        "深圳小知科技有限公司",
        "小知",
        "广东省",
        ROW[4],
        "91440300MA5DA3GX4L",
        "原名：小知网络",
        "7",
    ]
    (read,) = read_list_bytes("a.csv", csv_bytes(heads, row)).rows
    assert facts(read)[:5] == (Series.FILING, 7, "GD", "小知", "深圳小知科技有限公司")
    assert read.former_names == ("小知网络",)


def test_the_two_series_of_one_file_are_never_mixed():
    other = ["1", "上海", "小问", "上海小问科技有限公司", "沪登2026001", "2026/4/2"]
    reading = read_list_bytes("a.csv", csv_bytes(FILING, ROW, REGISTRATION, other))
    assert [(row.series, row.service) for row in reading.rows] == [
        (Series.FILING, "小知"),
        (Series.REGISTRATION, "小问"),
    ]
    assert reading.rows[1].number == "沪登2026001"


def test_the_model_that_an_application_calls_is_not_its_own_name_or_number():
    heads = ["序号", "应用名称", "单位名称", "上线编号", "模型名称", "备案编号"]
    row = ["1", "小问", "上海小问科技有限公司", "沪登2026001", "小知", ROW[4]]
    reading = read_list_bytes("a.csv", csv_bytes(heads, row))
    (read,) = reading.rows
    assert (read.series, read.service, read.number) == (Series.REGISTRATION, "小问", "沪登2026001")
    assert (read.base_model, read.base_number) == ("小知", ROW[4])
    assert [odd.code for odd in reading.oddities] == ["called_model_columns"]


NEUTRAL = ["序号", "产品名称", "单位名称"]


@pytest.mark.parametrize(
    ("name", "title", "told", "series", "odd"),
    [
        ("a.csv", "已备案信息", None, Series.FILING, []),
        ("a.csv", "已登记信息", None, Series.REGISTRATION, []),
        ("登记名单.csv", "名单", None, Series.REGISTRATION, []),
        ("a.csv", "名单", Series.FILING, Series.FILING, []),
        ("a.csv", "已登记信息", Series.FILING, Series.FILING, ["series_was_told"]),
    ],
)
def test_the_series_is_what_headings_title_name_or_person_say(name, title, told, series, odd):
    data = csv_bytes([title], NEUTRAL, ["1", "小知", "深圳小知科技有限公司"])
    reading = read_list_bytes(name, data, series=told)
    assert [row.series for row in reading.rows] == [series]
    assert [one.code for one in reading.oddities] == odd


def test_where_nothing_says_the_series_rows_are_left_out_with_the_remedy():
    data = csv_bytes(NEUTRAL, ["1", "小知", "深圳小知科技有限公司"])
    reading = read_list_bytes("a.csv", data)
    assert reading.rows == ()
    assert [row.reason for row in reading.left_out] == ["series_unknown"]
    assert "--series" in reading.left_out[0].said.en


def test_headings_win_over_a_title_that_names_the_other_series():
    reading = read_list_bytes("a.csv", csv_bytes(["已登记信息"], FILING, ROW))
    assert [row.series for row in reading.rows] == [Series.FILING]
    assert [odd.code for odd in reading.oddities] == ["series_against_title"]


def test_headings_notes_totals_and_nameless_rows_are_left_out_by_name():
    reading = read_list_bytes(
        "a.csv",
        csv_bytes(
            FILING, ROW, FILING, ["合计", "1"], ["", "", "小识", "", "", ""], ["注", *[""] * 5], ROW, []
        ),
    )
    assert [(row.place.row, row.reason) for row in reading.left_out] == [
        (3, "heading_again"),
        (4, "no_name"),
        (5, "nothing_to_know_it_by"),
        (6, "no_name"),
        (7, "repeated_row"),
    ]


def test_cells_that_span_rows_and_nested_tables_of_a_page_are_understood():
    inside = "<table><tr><td>x</td></tr></table>"
    head = "<tr><th>序号<th>属地<th>模型名称<th>备案单位</tr>"
    first = f"<tr><td>1</td><td rowspan=2>广东<br>省</td><td>小知{inside}</td><td>甲公司</td></tr>"
    second = "<tr><td>2<td>小识<td>乙&amp;丙公司"
    page = f"<html><meta charset=utf-8><script>var t='<table>'</script><table>{head}{first}{second}</table>"
    reading = read_list_bytes("a.html", page.encode())
    assert [(row.sequence, row.jurisdiction, row.service, row.provider) for row in reading.rows] == [
        (1, "GD", "小知", "甲公司"),
        (2, "GD", "小识", "乙&丙公司"),
    ]


def test_wrapped_cells_of_a_ruled_pdf_stay_together():
    row = [*ROW[:3], "深圳小知\n科技有限公司", "Guangdong-XiaoZhi-\n202604020001", ROW[5]]
    (read,) = read_list_bytes("a.pdf", ruled_pdf(FILING, row)).rows
    assert (read.provider, read.number) == (ROW[3], ROW[4])


def test_rows_of_an_unruled_pdf_are_left_out_beside_broken_lines():
    xs = (30, 70, 130, 240, 400, 600)

    def line(y, cells):
        return [(x, y, cell) for x, cell in zip(xs, cells, strict=True) if cell]

    texts = [*line(500, FILING), *line(480, ROW), *line(460, ["2", *ROW[1:]])]
    texts += [*line(440, ["3", "广东", "小识", "深圳小识科技", "", "2026/4/2"]), (240, 430, "有限公司")]
    reading = read_list_bytes("a.pdf", pdf_bytes(*texts))
    assert [row.sequence for row in reading.rows] == [1, 2]
    assert [row.reason for row in reading.left_out] == ["loose_text", "loose_text"]


def workbook_with(part, content):
    data = io.BytesIO(xlsx_bytes(FILING, ROW))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no headings"),
        (b"a,b\n1,2\n", "no headings"),
        (b"\x00\x01\x02", "no XLSX"),
        (b"PK\x03\x04 and nothing", "no intact"),
        (xlsx_bytes(FILING, ROW)[:-200], "no intact"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS"),
        (b"%PDF-1.7\nnothing", "no intact"),
        (pdf_bytes(), "no text"),
        (b"<html><p>none</p></html>", "no table"),
        ("序号，模型名称，备案单位".encode() + b"\xff\xfe\xff", "encoding"),
        (b"\xff\xfe\x00", "encoding"),
        ("模型名称,备案单位\n".encode() + b'"' + b"a" * 1_100_000, "malformed"),
        (workbook_with("xl/bomb.bin", b"\0" * (40 << 20)), "unpacks"),
        (
            workbook_with("xl/a.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"),
            "document type",
        ),
    ],
)
def test_what_is_no_list_or_hostile_is_refused_in_one_sentence(data, said):
    sentence = refusal(data)
    assert said in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(rows=1), "more than 1 rows"),
        (Limits(columns=3), "more than 3 columns"),
        (Limits(file_bytes=10), "larger"),
    ],
)
def test_limits_hold(limits, said):
    with pytest.raises(BadInputError) as caught:
        [list(table.rows) for table in open_bytes("a.csv", csv_bytes(FILING, ROW), limits).tables]
    assert said in caught.value.text.en


def test_formats_that_reach_to_the_end_of_a_sheet_make_it_no_wider():
    reading = read_list_bytes("a.xlsx", xlsx_bytes(FILING, [*ROW, *[None] * 300], [None] * 300, ROW[:2]))
    assert len(reading.rows) == 1
    assert [row.place.row for row in reading.left_out] == [4]


def test_cells_said_to_span_a_million_columns_are_refused_without_being_made():
    page = "<table><tr>" + "<td colspan=1000 rowspan=1000>x" * 2_000 + "</table>"
    assert "more than 200 columns" in refusal(page.encode())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInputError, match=r"none\.csv: it can't be read"):
        read_list(tmp_path / "none.csv")


def test_a_cell_as_long_as_a_book_leaves_its_row_out():
    reading = read_list_bytes("a.csv", csv_bytes(FILING, [*ROW[:2], "小" * 5_000, *ROW[3:]]))
    assert [row.reason for row in reading.left_out] == ["too_long"]


SAMPLES = [csv_bytes(FILING, ROW), html_bytes(FILING, ROW), xlsx_bytes(FILING, ROW), ruled_pdf(FILING, ROW)]


@st.composite
def spoiled(draw):
    """A good file with some bytes changed, cut or doubled."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        what = draw(st.sampled_from(["set", "cut", "add"]))
        if what == "set" and data:
            data[at] = draw(st.integers(0, 255))
        elif what == "cut":
            del data[at : at + draw(st.integers(1, 200))]
        else:
            data[at:at] = draw(st.binary(max_size=20))
    return bytes(data)


@settings(max_examples=80)
@given(st.one_of(st.binary(max_size=400), spoiled()))
def test_any_bytes_become_rows_or_one_clear_error(data):
    try:
        reading = read_list_bytes("a", data)
    except BadInputError as error:
        reading, said = None, error.text
    if reading is None:
        assert said.zh.startswith("a：")
        assert said.en.startswith("a: ")
    else:
        assert all(row.service for row in reading.rows)
        assert all(odd.said.zh and odd.said.en for odd in reading.oddities)
