"""Cues: which family begins where."""

from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.classifiers.cues import FIRST_MARK, CueReader

FAMILIES = {
    "negation": ["不能", "can't", "no"],
    "helping": ["帮", "help"],
    "end": ["。", "\n", ". "],
    "strong": ["不能够"],
}
READER = CueReader(FAMILIES)


def names(text):
    return [list(FAMILIES)[ord(mark) - FIRST_MARK] for mark in READER.read([text])[0]]


def test_cues_are_read_in_the_order_of_the_text():
    assert names("我不能帮你。") == ["negation", "helping", "end"]
    assert names("I CAN’T help.\nSorry") == ["negation", "helping", "end"]


def test_the_longest_literal_wins():
    assert names("不能够") == ["strong"]


def test_a_latin_literal_begins_a_word_and_may_go_on():
    assert names("unhelpful") == []
    assert names("helping nobody") == ["helping", "negation"]


def test_a_literal_cut_off_by_the_end_is_none():
    assert READER.read(["不", "能"]) == ["", ""]
    assert READER.read([]) == []


@settings(max_examples=80)
@given(st.lists(st.text(alphabet="不能够帮。 help can'tno.\n", max_size=20), min_size=1, max_size=6))
def test_texts_do_not_touch_one_another(texts):
    assert READER.read(texts) == [READER.read([text])[0] for text in texts]
