"""The parts of a workbook, cell by cell."""

import io
from datetime import date, datetime, time

import pytest

from openbeian.published.xlsx_parts import Formats, cells_of, shared_strings

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MIDNIGHT = time()
FORMATS = Formats(datetime.combine(date(1899, 12, 30), MIDNIGHT), frozenset({1}), frozenset({2}))


def sheet(cells: str, strings: list[str] | None = None) -> list[tuple[int, list[object]]]:
    part = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{cells}</sheetData></worksheet>'
    return list(cells_of(io.BytesIO(part.encode()), strings or [], FORMATS))


def test_shared_strings_are_joined_from_their_runs_without_their_pronunciation():
    part = (
        f'<sst xmlns="{NAMESPACE}"><si><t>小舟</t><rPh sb="0" eb="2"><t>シャオ</t></rPh></si>'
        "<si><r><t>智</t></r><r><t>言</t></r></si><si/></sst>"
    )
    assert shared_strings(io.BytesIO(part.encode())) == ["小舟", "智言", ""]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="s"><v>0</v></c>', "小舟"),
        ('<c t="inlineStr"><is><t>小</t><rPh><t>x</t></rPh><t>舟</t></is></c>', "小舟"),
        ('<c t="str"><f>A1&amp;B1</f><v>结果</v></c>', "结果"),
        ("<c><v>12</v></c>", 12),
        ("<c><v>-12</v></c>", -12),
        ("<c><v>1.5</v></c>", 1.5),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2023-08-31T00:00:00</v></c>', datetime.combine(date(2023, 8, 31), MIDNIGHT)),
        ('<c s="1"><v>45169</v></c>', datetime.combine(date(2023, 8, 31), MIDNIGHT)),
        ('<c s="1"><v>1e300</v></c>', "#VALUE!"),
    ],
)
def test_a_cell_has_the_value_its_kind_says(cell: str, value: object):
    assert sheet(f"<row>{cell}</row>", ["小舟"]) == [(1, [value])]


def test_a_length_of_time_is_one():
    ((_, (value,)),) = sheet('<row><c s="2"><v>0.5</v></c></row>')
    assert str(value) == "12:00:00"


def test_rows_and_cells_stand_where_they_say_and_empty_ones_hold_nothing():
    first = '<row r="2"><c r="C2"><v>1</v></c><c><v>2</v></c><c r="H2" s="1"/></row>'
    assert sheet(first + '<row/><row><c r="AB4"><v>3</v></c></row>') == [
        (2, [None, None, 1, 2]),
        (4, [*[None] * 27, 3]),
    ]


@pytest.mark.parametrize(
    "cells",
    ['<row><c r="XFE1"><v>1</v></c></row>', '<row><c r="1"/></row>', '<row><c t="s"><v>7</v></c></row>'],
)
def test_what_the_standard_does_not_allow_is_refused(cells: str):
    with pytest.raises((ValueError, IndexError)):
        sheet(cells)


def test_a_declared_document_type_is_refused():
    part = f'<!DOCTYPE x [<!ENTITY a "b">]><worksheet xmlns="{NAMESPACE}"/>'
    with pytest.raises(ValueError, match="document type"):
        list(cells_of(io.BytesIO(part.encode()), [], FORMATS))
