"""The quick search for similar questions finds what comparing every pair finds."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from openbeian.banks.similarity import find_similar_pairs, jaccard, trigrams

texts = st.lists(st.text(alphabet="abcd炸弹题 ?", max_size=12), max_size=8)


@given(texts=texts, above=st.floats(0.05, 0.95))
def test_no_similar_pair_is_missed_and_none_is_made_up(texts, above):
    sets = [trigrams(text) for text in texts]
    expected = {
        (first, second)
        for first, second in combinations(range(len(texts)), 2)
        if jaccard(sets[first], sets[second]) > above
    }
    found = list(find_similar_pairs(texts, above=above))
    assert {(pair.first, pair.second) for pair in found} == expected
    assert len(found) == len(expected)


@given(first=st.text(), second=st.text())
def test_likeness_is_symmetric_and_a_text_is_wholly_like_itself(first, second):
    one, other = trigrams(first), trigrams(second)
    assert jaccard(one, other) == jaccard(other, one)
    assert jaccard(one, one) == 1
    assert 0 <= jaccard(one, other) <= 1


def test_case_width_and_punctuation_make_no_difference():
    assert trigrams("Ｗhat is THIS?") == trigrams("what is this")


def test_a_text_shorter_than_a_trigram_is_compared_as_a_whole():
    assert trigrams("是") == {"是"}
    assert trigrams("?!") == {""}
