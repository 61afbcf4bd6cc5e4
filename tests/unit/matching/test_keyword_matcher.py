"""Keyword matching: all hits, only hits, and where they stand in the original."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.matching import Hit, KeywordMatcher, fold

ALPHABET = "毒品槍枪炸ABaｂＢ\u200b\u0301e𝐚😀 1１"
"""Few characters, so that terms do occur, with all that folding does among them."""

TERMS = st.lists(st.text(ALPHABET, min_size=1, max_size=4).filter(lambda t: fold(t).strip()), max_size=6)
TEXTS = st.lists(st.text(ALPHABET, max_size=30), max_size=4)


def _is_latin(character: str) -> bool:
    return ord(character) <= 0x24F and character.isalnum()


def _spans(term: str, text: str) -> list[tuple[int, int]]:
    """Find by brute force what a matcher must: spans of the folded text."""
    wanted, folded = fold(term).strip(), fold(text)
    return [
        (start, end)
        for start in range(len(folded))
        if folded.startswith(wanted, start)
        for end in [start + len(wanted)]
        if not (start > 0 and _is_latin(folded[start - 1]) and _is_latin(folded[start]))
        and not (end < len(folded) and _is_latin(folded[end - 1]) and _is_latin(folded[end]))
    ]


@pytest.mark.parametrize("portable", [False, True])
@given(terms=TERMS, texts=TEXTS)
def test_hits_are_those_of_brute_force_on_the_folded_text(portable, terms, texts):
    matcher = KeywordMatcher([(term, "A.1.a") for term in terms], portable=portable, disguises=False)
    for text, hits in zip(texts, matcher.find_many(texts), strict=True):
        expected = sorted((term, span) for term in terms for span in _spans(term, text))
        # Offsets in the folded text are the number of characters that are left before the hit.
        found = sorted((hit.term, (len(fold(text[: hit.start])), len(fold(text[: hit.end])))) for hit in hits)
        assert found == expected


@given(TERMS, TEXTS)
def test_a_hit_cut_out_of_the_original_folds_to_its_term(terms, texts):
    matcher = KeywordMatcher([(term, "A.1.a") for term in terms], disguises=False)
    for text, hits in zip(texts, matcher.find_many(texts), strict=True):
        assert all(fold(text[hit.start : hit.end]) == fold(hit.term).strip() for hit in hits)


@given(TERMS, TEXTS)
def test_texts_scanned_together_have_the_hits_they_have_alone(terms, texts):
    matcher = KeywordMatcher([(term, "A.1.a") for term in terms])
    assert matcher.find_many(texts) == [matcher.find(text) for text in texts]


def test_a_disguised_term_is_found_with_its_place_in_the_original():
    matcher = KeywordMatcher([("枪支", "A.1.d"), ("gun", "A.1.d")])
    text = "😀卖\u200b槍\u200b支,𝐆un, begun"
    assert matcher.find(text) == [Hit("枪支", "A.1.d", 3, 6), Hit("gun", "A.1.d", 7, 10)]
    assert text[3:6] == "槍\u200b支"


def test_a_latin_term_is_found_as_a_word_only_even_beside_chinese():
    matcher = KeywordMatcher([("ass", "A.2.i")])
    assert matcher.find("class assess asses 1ass") == []
    assert [hit.start for hit in matcher.find("一个ass。ASS")] == [2, 6]


def test_bytes_that_only_look_like_a_term_between_two_characters_are_no_hit():
    # 乎 is 4E 4E: between two of them stand the same two bytes once more.
    assert [hit.start for hit in KeywordMatcher([("乎", "A.1.a")]).find("乎乎")] == [0, 1]


def test_one_term_may_stand_for_two_risks():
    matcher = KeywordMatcher([("毒品", "A.1.f"), ("毒品", "A.1.d")])
    assert [hit.risk for hit in matcher.find("毒品")] == ["A.1.d", "A.1.f"]
    assert len(matcher) == 1


def test_a_term_that_folds_to_nothing_is_refused_by_name():
    with pytest.raises(BadInputError, match=r"A\.1\.a"):
        KeywordMatcher([("\u200b ", "A.1.a")])


def test_no_terms_and_no_texts_are_no_hits():
    assert KeywordMatcher([]).find("毒品") == []
    assert KeywordMatcher([("毒品", "A.1.d")]).find_many([]) == []


@pytest.mark.parametrize("portable", [False, True])
def test_a_pickled_matcher_finds_the_same(portable):
    matcher = KeywordMatcher([("毒品", "A.1.d")], portable=portable)
    assert pickle.loads(pickle.dumps(matcher)).find("卖毒品") == matcher.find("卖毒品")  # noqa: S301


def test_threads_share_a_matcher():
    matcher = KeywordMatcher([(chr(0x4E00 + i) + chr(0x5E00 + i), "A.1.a") for i in range(2000)])
    texts = [chr(0x4E00 + i % 2000) + chr(0x5E00 + i % 2000) for i in range(4000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(matcher.find, texts))
    assert all(len(hits) == 1 for hits in found)
