"""Hashed features: what counts as the same, and that neighbours never touch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.classifiers.features import FeatureSpec, extract, iter_batches
from openbeian.core.errors import BadInputError

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("aZé 我不能。,'’１9\n\x00\x01\U0001f600"), st.characters()),
    max_size=30,
)


def buckets_of(texts, spec, number):
    """All buckets of one text, sorted, block by block."""
    features = extract(texts, spec)
    found = []
    for buckets, offsets in features.blocks:
        ends = [*offsets[1:], len(buckets)]
        found.append(sorted(buckets[offsets[number] : ends[number]].tolist()))
    return found


@settings(max_examples=60)
@given(before=TEXTS, text=TEXTS, after=TEXTS)
def test_a_text_has_the_same_features_whatever_stands_beside_it(before, text, after):
    spec = FeatureSpec(character_orders=(1, 2, 5), word_orders=(1, 2, 3), windows=((None, None), (0, 4)))
    assert buckets_of([before, text, after], spec, 1) == buckets_of([text], spec, 0)


@settings(max_examples=60)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_counts_are_the_numbers_of_features(texts):
    spec = FeatureSpec(character_orders=(2, 3), word_orders=(1, 2), windows=((0, 5), (-5, None)))
    features = extract(texts, spec)
    for number in range(len(texts)):
        assert features.counts[number] == sum(map(len, buckets_of(texts, spec, number)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HELLO World", "hello world"),
        ("ｈｅｌｌｏ　１２", "hello 98"),
        ("I can’t", "i can't"),
        ("line\nfeed\tand tab", "line feed and tab"),
    ],
)
def test_case_width_digits_spaces_and_apostrophes_make_no_difference(one, other):
    assert buckets_of([one], FeatureSpec(), 0) == buckets_of([other], FeatureSpec(), 0)


def test_chinese_punctuation_and_letters_stay_apart():
    spec = FeatureSpec()
    assert buckets_of(["我不能"], spec, 0) != buckets_of(["我能不"], spec, 0)


def test_a_word_has_one_feature_wherever_it_stands():
    spec = FeatureSpec(character_orders=(), word_orders=(1,))
    first, second = (
        set(buckets_of([text], spec, 0)[0]) for text in ("refuse that", "they will never refuse")
    )
    # What is shared: the word, and the mark that stands before every text.
    assert len(first & second) == 2


def test_the_same_words_in_another_window_are_other_features():
    spec = FeatureSpec(word_orders=(), windows=((0, 3), (-3, None)))
    start, end = buckets_of(["abc"], spec, 0)[0], buckets_of(["abc"], spec, 0)[3]
    assert not set(start) & set(end)


def test_buckets_stay_below_their_number():
    spec = FeatureSpec(bits=6, word_orders=(1,))
    assert all(
        blocks.max() < 64 for blocks, _ in extract(["words of all sorts " * 50, "中文" * 99], spec).blocks
    )


def test_hashes_spread_evenly_enough():
    spec = FeatureSpec(bits=10, character_orders=(3,), word_orders=())
    chance = np.random.default_rng(3)
    words = ["".join(map(chr, chance.integers(97, 123, 12))) for _ in range(1000)]
    (buckets, _), *_ = extract(words, spec).blocks
    assert np.bincount(buckets, minlength=1024).astype(bool).mean() > 0.9


def test_no_text_has_no_features():
    assert extract([], FeatureSpec()) == ((), pytest.approx([]))


def test_batches_cover_all_texts_once():
    texts = ["x" * 200_000, "y" * 100_000, *["z"] * 1200]
    spans = list(iter_batches(texts, FeatureSpec()))
    assert spans[0] == (0, 2)
    assert [start for start, _ in spans[1:]] == [stop for _, stop in spans[:-1]]
    assert spans[-1][1] == len(texts)
    assert next(iter_batches(texts, FeatureSpec(windows=((0, 9),)))) == (0, 512)
    assert list(iter_batches([], FeatureSpec())) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"bits": 0},
        {"bits": 19},
        {"windows": ()},
        {"character_orders": (), "word_orders": ()},
        {"character_orders": (0,)},
    ],
)
def test_an_impossible_spec_is_refused(bad):
    with pytest.raises(BadInputError, match="Bad feature spec"):
        FeatureSpec(**bad)
