"""Folding: what looks alike becomes alike, and every position can be traced back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.matching import fold, fold_units
from openbeian.matching.folding import SEPARATOR

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""Lone surrogates too: a target may answer with anything."""


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢｃ１", "abc1"),
        ("臺灣麵館", "台湾面馆"),
        ("苎苧薴", "苎苎苎"),
        ("毒\u200b\ufeff品", "毒品"),
        ("cafe\u0301 CAFÉ", "cafe cafe"),
        ("𝐀𝓫𝟙", "ab1"),
        ("①②㈠", "12㈠"),
        ("a\u3000b\tc\nd", "a b c d"),
        ("a\U000e0061b\U000e0100", "ab"),
        ("😀ﬁ㎒", "😀ﬁ㎒"),
        ("ガが가", "ガが가"),
        ("เสี่ยง", "เสี่ยง"),
        ("a\x00b\x01c", "ab c"),
        ("", ""),
    ],
)
def test_folding_undoes_what_hides_a_word_and_nothing_else(written, folded):
    assert fold(written) == folded


def test_folding_twice_changes_nothing_more():
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    folded = fold(everything)
    assert len(folded) < len(everything)
    assert fold(folded) == folded


def test_every_single_character_compatibility_form_is_folded():
    codes = (code for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    forms = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in codes}
    single = {c: form for c, form in forms.items() if c != form and len(form) == 1 and form < "\U00010000"}
    assert len(single) > 1000
    assert {c: form for c, form in single.items() if fold(c) != fold(form)} == {}


@given(ANY_TEXT, ANY_TEXT)
def test_each_character_folds_by_itself(first, second):
    joined = first + second
    # Two halves of a surrogate pair that meet where the texts are joined are a new character.
    if not (first and second and "\ud800" <= first[-1] <= "\udbff" and "\udc00" <= second[0] <= "\udfff"):
        assert fold(joined) == fold(first) + fold(second)


@given(ANY_TEXT)
def test_positions_lead_back_to_the_original(text):
    folded = fold_units(text)
    assert len(folded.units) == len(folded.positions)
    assert (folded.positions[1:] >= folded.positions[:-1]).all()
    for unit, position in zip(folded.units.tolist(), folded.positions.tolist(), strict=True):
        original = fold(text[position])
        assert chr(unit) in _units(original)


@given(ANY_TEXT)
def test_the_separator_never_comes_out_of_a_text(text):
    assert SEPARATOR not in fold(text)


def _units(text: str) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[i] | raw[i + 1] << 8) for i in range(0, len(raw), 2))
