"""What one pass counts, against counting by hand."""

import random
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from openbeian.corpus.documents import Batch
from openbeian.corpus.kernel import Hashes, Kernel, rank_of
from openbeian.corpus.lowest import NO_BAR, Lowest
from openbeian.corpus.tally import NO_BARS, Bars, Limits, Tally
from openbeian.matching import KeywordMatcher

KEYWORDS = [("毒品", "A.1.a"), ("槍枝", "A.1.b"), ("bad word", "A.2.a"), ("毒品", "A.1.b"), ("品", "A.1.a")]
LIMITS = Limits(sample=7, sample_per_source=3, contexts=2, problems=4)
KERNEL = Kernel(KEYWORDS, seed=b"12345678", limits=LIMITS)
WORDS = [
    "毒品",
    "枪枝",
    "Ｂad Word",
    "好",
    "。",
    "a1",
    "é",
    "𠀀",
    "😀",
    "\x01",
    "毒\u200b品",
    "13800138000",
    " ",
    "ガ",
]
DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(["s1", "s2", "s3"]), st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
    ),
    max_size=25,
)


def batch_of(documents: list[tuple[str, str]], first: int = 0) -> Batch:
    batch = Batch("a.jsonl")
    for at, (source, text) in enumerate(documents, first):
        batch.add(at, f"d{at}", source, text)
    return batch


def tally_of(batch: Batch, bars: Bars = NO_BARS) -> Tally:
    tally = KERNEL.tally(bars)
    KERNEL.add(batch, tally, Hashes([], []))
    return tally


@given(DOCUMENTS)
def test_counts_are_those_of_counting_by_hand(documents: list[tuple[str, str]]) -> None:
    tally = tally_of(batch_of(documents))
    matcher = KeywordMatcher(KEYWORDS)
    for source in {name for name, _ in documents}:
        texts = [text for name, text in documents if name == source]
        counted = tally.sources[source]
        assert counted.counts["documents"] == len(texts)
        assert counted.counts["characters"] == sum(map(len, texts))
        assert counted.counts["bytes"] == sum(len(text.encode()) for text in texts)
        assert counted.languages.total() == len(texts)
        hits = [matcher.find(text) for text in texts]
        # A folded term has one hit for a risk, however many ways of writing it are in the list.
        spans = [{(hit.risk, hit.start, hit.end) for hit in each} for each in hits]
        assert counted.hits == Counter(risk for each in spans for risk, _, _ in each)
        assert counted.hit_documents == Counter(
            risk for each in spans for risk in {risk for risk, _, _ in each}
        )
        assert counted.counts["hit_documents"] == sum(map(bool, hits))


@given(DOCUMENTS, st.data())
def test_parts_in_any_order_add_up_to_the_whole(
    documents: list[tuple[str, str]], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(documents)), max_size=4)))
    edges = [0, *cuts, len(documents)]
    parts = [tally_of(batch_of(documents[start:stop], start)) for start, stop in pairwise(edges)]
    whole = tally_of(batch_of(documents)).as_json()
    parts = data.draw(st.permutations(parts))
    stored = Tally.of_json(parts[0].as_json())
    # Merging the rest among themselves first is the other way of putting the brackets.
    rest = Tally(LIMITS)
    for part in parts[1:]:
        rest.merge(part)
    stored.merge(rest)
    assert stored.as_json() == whole


@given(DOCUMENTS, st.data())
def test_what_is_known_to_be_above_the_bars_is_not_missed(
    documents: list[tuple[str, str]], data: st.DataObject
) -> None:
    edges = [0, *sorted(data.draw(st.lists(st.integers(0, len(documents)), max_size=4))), len(documents)]
    sum_of_parts = Tally(LIMITS)
    bars = [sum_of_parts.bars()]
    for start, stop in pairwise(edges):
        # A part that was handed out earlier knows less.
        known = data.draw(st.sampled_from(bars))
        part = tally_of(batch_of(documents[start:stop], start), known)
        assert all(one.rank <= known.sample for one in part.sample)
        drawn = [one for sample in part.samples.values() for one in sample]
        assert all(one.rank <= known.samples.get(one.source, NO_BAR) for one in drawn)
        sum_of_parts.merge(part)
        bars.append(sum_of_parts.bars())
    assert sum_of_parts.as_json() == tally_of(batch_of(documents)).as_json()


@given(DOCUMENTS)
def test_the_sample_is_the_lowest_ranks_of_all(documents: list[tuple[str, str]]) -> None:
    tally = tally_of(batch_of(documents))
    ranked = sorted((rank_of(f"d{at}", b"12345678"), at, source) for at, (source, _) in enumerate(documents))
    assert [one.offset for one in tally.sample] == [at for _, at, _ in ranked[:7]]
    for source, sample in tally.samples.items():
        own = [at for _, at, name in ranked if name == source]
        assert [one.offset for one in sample] == own[:3]


def test_another_seed_draws_another_sample() -> None:
    documents = [("s", "x")] * 200
    other = Kernel(KEYWORDS, seed=b"other001", limits=LIMITS)
    tally = other.tally()
    other.add(batch_of(documents), tally, Hashes([], []))
    assert list(tally.sample) != list(tally_of(batch_of(documents)).sample)


@given(st.lists(st.tuples(st.integers(0, 50), st.text(max_size=2))), st.integers(0, 20))
def test_the_lowest_of_many_are_kept(entries: list[tuple[int, str]], limit: int) -> None:
    assert list(Lowest(limit, entries)) == sorted(entries)[:limit]


def test_a_passage_shows_the_hit_where_it_stands_in_the_original() -> None:
    text = "前" * 40 + "毒\u200b品" + "后" * 40
    tally = tally_of(batch_of([("s", text)]))
    (context,) = tally.contexts["s", "A.1.b"]
    assert (context.term, context.hit) == ("毒品", "毒\u200b品")
    assert text[context.start : context.end] == context.hit
    assert (context.before, context.after) == ("前" * 30, "后" * 30)


def test_passages_of_a_source_are_as_many_as_the_limit_whatever_the_number_of_hits() -> None:
    tally = tally_of(batch_of([("s", "毒品")] * 30))
    assert len(list(tally.contexts["s", "A.1.a"])) == LIMITS.contexts


def test_tokens_are_han_characters_and_words_and_languages_are_told_by_script() -> None:
    documents = [
        ("zh", "今天天气很好很好 hi world2，好！"),
        ("ja", "これは日本語の文です"),
        ("ko", "안녕하세요 세계"),
        ("en", "it's 5pm"),
        ("ru", "Привет"),
        ("ar", "مرحبا"),
        ("th", "กกกก"),
        ("none", "!!! \n"),
        ("empty", ""),
        ("rare", "𠀀𠀁"),
    ]
    tally = tally_of(batch_of(documents))
    tokens = {name: source.counts["tokens"] for name, source in tally.sources.items()}
    assert tokens == {
        "zh": 11, "ja": 10, "ko": 2, "en": 3, "ru": 1, "ar": 1, "th": 1, "none": 0, "empty": 0, "rare": 2,
    }  # fmt: skip
    spoken = {name: next(iter(source.languages)) for name, source in tally.sources.items()}
    assert spoken == {
        "zh": "zh", "ja": "ja", "ko": "ko", "en": "latin", "ru": "cyrillic", "ar": "arabic", "th": "other",
        "none": "none", "empty": "none", "rare": "zh",
    }  # fmt: skip


def test_without_keywords_everything_else_is_counted() -> None:
    kernel = Kernel([], seed=b"12345678")
    tally = kernel.tally()
    kernel.add(batch_of([("s", "毒品")]), tally, Hashes([], []))
    assert tally.total().counts["hit_documents"] == 0
    assert tally.total().counts["documents"] == 1


def test_equal_texts_have_equal_hashes_and_others_do_not() -> None:
    hashes = Hashes([], [])
    texts = ["同", "同 ", "同", "", "", "𠀀"]
    random.Random(1).shuffle(texts)
    KERNEL.add(batch_of([("s", text) for text in texts]), KERNEL.tally(), hashes)
    assert len(set(zip(texts, hashes.texts, strict=True))) == len(set(texts)) == len(set(hashes.texts))
