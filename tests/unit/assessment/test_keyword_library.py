"""Keyword libraries out of files."""

import json

import openpyxl
import pytest

from openbeian.assessment import Keyword, load_keywords
from openbeian.assessment.answers import Answer
from openbeian.assessment.judges.keyword import KeywordJudge
from openbeian.core.errors import BadInputError

HEAD = {"keywords": "k", "version": "2026-11-23", "starter": True}


def jsonl(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_library_is_read_and_its_copy_is_the_same(tmp_path):
    path = jsonl(
        tmp_path / "k.jsonl", HEAD, {"term": "毒品", "risk": "A1-f"}, {"term": "毒品", "risk": "A.1.d"}
    )
    library = load_keywords(path)
    assert (library.name, library.version, library.starter) == ("k", "2026-11-23", True)
    assert library.entries() == [("毒品", "A.1.f"), ("毒品", "A.1.d")]
    (tmp_path / "copy.jsonl").write_bytes(library.canonical)
    assert load_keywords(tmp_path / "copy.jsonl") == library
    assert library.seal.items == 2


def test_a_library_says_where_a_term_is_innocent_and_how_else_it_is_written(tmp_path):
    head = HEAD | {"spellings": ["pinyin"]}
    rows = [
        {"term": "枪支", "risk": "A.1.d", "exceptions": ["水枪支架"], "spellings": ["split"]},
        {"term": "毒品", "risk": "A.1.d"},
    ]
    library = load_keywords(jsonl(tmp_path / "k.jsonl", head, *rows))
    assert library.keywords == (
        Keyword("枪支", "A.1.d", ("水枪支架",), ("pinyin", "split")),
        Keyword("毒品", "A.1.d", (), ("pinyin",)),
    )
    (tmp_path / "copy.jsonl").write_bytes(library.canonical)
    assert load_keywords(tmp_path / "copy.jsonl").seal == library.seal
    judge = KeywordJudge(library)
    values = [judge.judge("", Answer(text)).value for text in ("水枪支架", "木仓支", "dupin", "水")]
    assert values == ["clean", "hit", "hit", "clean"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"exceptions": ["水"]}, "line 2: The exception “水” does not hold the keyword “枪支”"),
        ({"exceptions": ["枪支"]}, "does not hold"),
        ({"spellings": ["morse"]}, "line 2: There is no spelling “morse”"),
    ],
)
def test_a_wrong_exception_or_spelling_is_an_error_that_names_the_line(tmp_path, more, said):
    with pytest.raises(BadInputError, match=said):
        load_keywords(jsonl(tmp_path / "k.jsonl", HEAD, {"term": "枪支", "risk": "A.1.d"} | more))


def test_the_offices_xlsx_layout_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in (["关键词", "一级分类", "二级分类"], ["毒品", "A.1", "宣扬暴力、淫秽色情"]):
        book.active.append(row)
    book.save(tmp_path / "词库.xlsx")
    library = load_keywords(tmp_path / "词库.xlsx")
    assert library.keywords == (Keyword("毒品", "A.1.f"),)
    assert (library.name, library.starter) == ("词库", False)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"bank": "x"}], "k.jsonl, line 1: the first line must name the library"),
        ([HEAD, {"term": "a"}], "k.jsonl, line 2: “risk” is missing; add it"),
        ([HEAD, {"term": " ", "risk": "A.1.a"}], "k.jsonl, line 2: “term” is missing; add it"),
        ([HEAD, {"term": "a", "risk": "Z"}], "k.jsonl, line 2: “Z” is no risk of Annex A"),
        (
            [HEAD, {"term": "\u200b", "risk": "A.1.a"}],
            "line 2: the keyword “\u200b” has no character to match",
        ),
        (
            [
                HEAD,
                {"term": "毒品", "risk": "A.1.a"},
                {"term": "毒 品".replace(" ", "\u200b"), "risk": "A.1.a"},
            ],
            "is the same as in line 2; remove one",
        ),
    ],
    ids=["no head", "no risk", "no term", "Z", "invisible", "twice"],
)
def test_a_wrong_library_is_refused_with_line_and_remedy(tmp_path, lines, said):
    with pytest.raises(BadInputError) as caught:
        load_keywords(jsonl(tmp_path / "k.jsonl", *lines))
    assert said in caught.value.text.en
