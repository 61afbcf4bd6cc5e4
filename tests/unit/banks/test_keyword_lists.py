"""Keyword libraries: imported from lists, and compared with each other."""

from datetime import date

import pytest

from openbeian.assessment import Keyword, KeywordLibrary, load_keywords
from openbeian.banks.differences import Moved, differences
from openbeian.banks.exporting import keywords_as
from openbeian.banks.importing import Called
from openbeian.banks.keyword_lists import import_keywords
from openbeian.core.errors import BadInputError

from .files import OFFICE_KEYWORDS, jsonl, sheet

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "encoding"), [("词.xlsx", ""), ("词.csv", "utf-8-sig"), ("词.csv", "gb18030")]
)
def test_the_offices_list_is_read_and_every_row_left_out_is_named(tmp_path, name, encoding):
    rows = [
        OFFICE_KEYWORDS,
        ["造假章", "A.1", "A1-h"],
        ["造假票", "A.1", "附录A.1 h)"],
        ["造假幣", "A.1", "其他法律、行政法规禁止的内容"],
        ["造假币", "A.1", "A.1.h"],
        ["造假币", "A.1", "A.1.g"],
        ["", "A.1", "A.1.h"],
        ["造假证", "A.1", ""],
        ["造假酒", "A.1", "饮食"],
    ]
    path = sheet(tmp_path / name, rows, encoding)
    done = import_keywords([path], on=ON)
    assert [(one.term, one.risk) for one in done.library.keywords] == [
        ("造假章", "A.1.h"),
        ("造假票", "A.1.h"),
        ("造假幣", "A.1.h"),
        ("造假币", "A.1.g"),
    ]
    assert [(row.line, str(row.reason)) for row in done.left_out] == [
        (5, "duplicate"),
        (7, "no_text"),
        (8, "no_category"),
        (9, "unknown_category"),
    ]
    assert done.left_out[0].said.en.endswith(f"(“造假币” is the same as in {name}, line 4)")
    assert (done.library.name, done.library.version, done.library.starter) == ("词", "2026-11-23", False)
    (tmp_path / "out.jsonl").write_bytes(done.library.canonical)
    assert load_keywords(tmp_path / "out.jsonl") == done.library


def test_exceptions_and_spellings_go_through_a_table_and_back(tmp_path):
    columns = [*OFFICE_KEYWORDS, "例外", "变体"]
    rows = [
        columns,
        ["枪支", "A.1", "A.1.d", "水枪支架、玩具枪支", "拼音、拆字"],
        ["毒品", "A.1", "A.1.d", "", ""],
    ]
    library = import_keywords([sheet(tmp_path / "词.xlsx", rows)], on=ON).library
    assert library.keywords[0] == Keyword("枪支", "A.1.d", ("水枪支架", "玩具枪支"), ("pinyin", "split"))
    for name in ("out.xlsx", "out.csv"):
        (tmp_path / name).write_bytes(keywords_as(library, tmp_path / name))
        assert import_keywords([tmp_path / name], on=ON).library.keywords == library.keywords
    wrong = sheet(tmp_path / "错.xlsx", [columns, ["枪支", "A.1", "A.1.d", "水", ""]])
    with pytest.raises(BadInputError, match=r"错\.xlsx, line 2"):
        import_keywords([wrong], on=ON)


def test_our_own_lists_keep_their_name_and_date_and_several_become_one(tmp_path):
    head = {"keywords": "mine", "version": "2026-11-01", "starter": True}
    first = jsonl(tmp_path / "a.jsonl", head, {"term": "forge a seal", "risk": "A.1.h"}, "{")
    second = sheet(tmp_path / "b.csv", [["term", "risk"], ["forge a coin", "A.1.h"]])
    library = import_keywords([first], on=ON).library
    assert (library.name, library.version, library.starter) == ("mine", "2026-11-01", True)
    both = import_keywords([first, second], on=ON, called=Called("ours", "2026-11-22"))
    assert (both.library.name, both.library.version, len(both.library.keywords)) == ("ours", "2026-11-22", 2)
    assert [(row.line, str(row.reason)) for row in both.left_out] == [(3, "not_readable")]


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("", "no keyword to import, all 1 rows are left out"),
        ("public:jade", "use one of office, csv, jsonl."),
    ],
)
def test_a_list_without_a_keyword_and_an_unknown_format_are_refused(tmp_path, layout, said):
    path = jsonl(tmp_path / "a.jsonl", {"term": "x", "risk": "?"})
    with pytest.raises(BadInputError) as caught:
        import_keywords([path], on=ON, layout=layout)
    assert said in caught.value.text.en


def library(*keywords):
    return KeywordLibrary("k", "1", starter=False, keywords=tuple(Keyword(*one) for one in keywords))


def test_what_was_added_removed_and_moved_is_told_whatever_its_width_and_case():
    before = library(
        ("Forge", "A.1.h"), ("旧词", "A.1.a"), ("两处", "A.1.a"), ("两处", "A.1.b"), ("同", "A.1.g")
    )
    after = library(("ｆｏｒｇｅ", "A.1.g"), ("新词", "A.1.a"), ("两处", "A.1.b"), ("同", "A.1.g"))
    found = differences(before, after)
    assert found.added == (Keyword("新词", "A.1.a"),)
    assert found.removed == (Keyword("旧词", "A.1.a"),)
    assert found.moved == (
        Moved("ｆｏｒｇｅ", ("A.1.h",), ("A.1.g",)),
        Moved("两处", ("A.1.a", "A.1.b"), ("A.1.b",)),
    )
    assert not any(differences(after, after))
