"""Terms taken apart, in letters of other alphabets, in other spellings, and where they are innocent."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.matching import Hit, Keyword, KeywordMatcher
from openbeian.matching.spellings import Spelling, spellings

TERMS = [
    ("法轮功", "a"),
    ("毒品", "b"),
    ("sex", "c"),
    ("gun", "d"),
    ("暴力", "e"),
    ("口交易", "f"),
    ("sell", "g"),
]


QUICK, PORTABLE = KeywordMatcher(TERMS), KeywordMatcher(TERMS, portable=True)
PLAIN = KeywordMatcher(TERMS, disguises=False)


@pytest.fixture(params=[QUICK, PORTABLE], ids=["hyperscan", "portable"])
def matcher(request: pytest.FixtureRequest) -> KeywordMatcher:
    found: KeywordMatcher = request.param
    return found


def written(matcher: KeywordMatcher, text: str) -> list[str]:
    """Return how the terms found are written in the text."""
    return [text[hit.start : hit.end] for hit in matcher.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "法*轮*功",
        "法轮*功",
        "法轮.功",
        "法，轮，功",
        "法 轮 功",
        "法\n轮\n功",
        "法😀轮😀功",
        "法**轮功",
        "毒*品",
        "毒|品",
        "毒\u200b*品",
        "s.e.x",
        "S E X",
        "ｓ-ｅ-ｘ",
        "ѕех",
        "sеx",
        "seاl",
        "SΕX",
        "ꜱᴇх",
        "ɢᴜɴ",
        "🅶🅴🆇".replace("🅶", "🆂"),
        "seІІ",
        "暴カ",
        "暴⼒",
        "ロ交易",
    ],
)
@pytest.mark.parametrize("around", ["{}", "他说：{}。", "看{}吧", "一，{}，二"])
def test_a_disguised_term_is_found_where_it_stands(matcher: KeywordMatcher, text: str, around: str) -> None:
    assert text in written(matcher, around.format(text))


@pytest.mark.parametrize(
    "text",
    [
        "毒，品",
        "毒 品",
        "法轮，功",
        "sex.y g.u.n.s",
        "сор рост ѕех и слово",
        "暴カード",
        "se x",
        "s e,x",
        "2003年3月5日，他，一，个",
        "毒*\x01品",
    ],
)
def test_what_clean_text_has_is_no_disguise(matcher: KeywordMatcher, text: str) -> None:
    assert [one for one in written(matcher, text) if one != "sex"] == []


def test_a_disguise_does_not_reach_into_the_next_text(matcher: KeywordMatcher) -> None:
    assert matcher.find_many(["毒*", "品", "s.e", ".x", "*毒*品"]) == [
        [],
        [],
        [],
        [],
        [Hit("毒品", "b", 1, 4)],
    ]


@settings(max_examples=30)
@given(st.lists(st.text("法轮功毒品，*. sexхе\u200b😀カ暴", max_size=24), max_size=4))
def test_both_scanners_find_the_same_and_texts_together_what_they_hold_alone(texts: list[str]) -> None:
    found = QUICK.find_many(texts)
    assert found == PORTABLE.find_many(texts)
    assert found == [QUICK.find(text) for text in texts]
    plain = PLAIN.find_many(texts)
    assert all(set(less) <= set(more) for less, more in zip(plain, found, strict=True))


def test_long_texts_are_searched_through(matcher: KeywordMatcher) -> None:
    filler = "正文，" * 12_000
    text = f"{filler}毒*品{filler}s.e.x{filler}ѕех"
    assert written(matcher, text) == ["毒*品", "s.e.x", "ѕех"]
    assert written(matcher, f"ѕех{filler}ѕех{filler}暴カ") == ["ѕех", "ѕех", "暴カ"]


@pytest.mark.parametrize("portable", [False, True])
def test_a_term_within_one_of_its_contexts_is_no_hit(portable) -> None:
    matcher = KeywordMatcher(
        [Keyword("枪", "a", ("水枪", "枪手座")), ("毒品", "b"), ("水枪", "c")], portable=portable
    )
    matcher = pickle.loads(pickle.dumps(matcher))  # noqa: S301  our own
    hits = matcher.find("水枪，枪手座，手枪，Ｗ水枪枪")
    assert [(hit.term, hit.start) for hit in hits] == [("水枪", 0), ("枪", 8), ("水枪", 11), ("枪", 13)]


def test_spellings_are_found_only_where_a_list_asks_for_them() -> None:
    asked = KeywordMatcher([Keyword("法轮功", "a", (), tuple(Spelling)), ("毒品", "b")])
    for text in ("FaLunGong", "fa lun gong", "法lun功", "flg", "法车仑功", "水去车仑工力"):
        assert [hit.term for hit in asked.find(f"练{text}。")] == ["法轮功"]
    assert asked.find("dupin") == []
    assert KeywordMatcher([("法轮功", "a")]).find("falungong flg") == []


def test_two_characters_have_no_initials_and_latin_terms_no_pinyin() -> None:
    assert list(spellings("毒品", [Spelling.INITIALS])) == []
    assert list(spellings("sex", Spelling)) == []
    assert "木仓支" in set(spellings("枪支", [Spelling.SPLIT]))


def test_an_unknown_spelling_is_an_error() -> None:
    with pytest.raises(BadInputError, match="morse"):
        KeywordMatcher([Keyword("毒品", "b", (), ("morse",))])
