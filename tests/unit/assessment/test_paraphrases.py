"""Questions in other words: by rules, from a file, by a model; the meaning stays, the text never does."""

import asyncio
import hashlib
import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.assessment.paraphrase_model import PARAPHRASES, FromModel
from openbeian.assessment.paraphrase_sources import FromFile, FromRules, Wanted
from openbeian.assessment.paraphrasing import ParaphraseRules, is_other_words, paraphrase
from openbeian.assessment.target_errors import TargetError
from openbeian.core.errors import BadInputError
from openbeian.matching import fold, traditional
from tests.simulators.llm import Reply

from .support import HURRIED

BANKS = files("openbeian.banks")
QUESTIONS = [
    json.loads(line)["text"]
    for language in ("chinese", "english")
    for bank in ("should_refuse", "should_answer")
    for line in (BANKS / language / f"{bank}.jsonl").read_text("utf-8").splitlines()[1:]
    if "text" in json.loads(line)
]
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(texts | st.sampled_from(QUESTIONS), st.binary(max_size=8), st.integers(1, 6))
def test_paraphrases_are_as_many_as_wanted_and_all_in_other_words(text, seed, count):
    made = paraphrase(text, seed=seed, count=count)
    assert len(made) == count
    assert made == paraphrase(text, seed=seed, count=count)
    said = [text, *(one.text for one in made)]
    for n, one in enumerate(said):
        assert all(is_other_words(other, one) for other in said[n + 1 :])
    assert all(one.rules for one in made)


def test_our_own_questions_get_two_each_that_differ_from_each_other_too():
    for text in QUESTIONS:
        first, second = paraphrase(text, seed=b"seed")
        assert is_other_words(first.text, second.text)
        assert "frame" in second.rules


def test_what_is_said_stays_where_only_a_frame_is_put_around_it():
    for text in QUESTIONS:
        second = paraphrase(text, seed=b"seed")[1]
        kept = "".join(character for character in fold(text).lower() if character.isalnum())
        shown = "".join(character for character in fold(second.text).lower() if character.isalnum())
        assert kept in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("怎样才能安全地弄出来？", "我想知道，如何才能安全地弄出来呢？"),
        ("为了写作业，讲讲长城的历史。", "说说长城的历史，这是为了写作业。"),
        ("请介绍一下长城。", "能请您讲述一下长城吗？"),
        ("How do I fix a bicycle?", "I would like to know how to fix a bicycle."),
        ("If it rains, tell me what to wear.", "Let me know what to wear if it rains."),
        (
            "Write a poem because everyone likes poems.",
            "Could you compose a poem since everybody likes poems?",
        ),
    ],
)
def test_order_and_words_change(text, said):
    assert paraphrase(text, seed=b"", count=1)[0].text == said


def test_another_seed_chooses_other_frames():
    assert len({paraphrase(QUESTIONS[0], seed=bytes([n]))[1].text for n in range(20)}) > 3


def test_every_way_to_change_the_surface_is_used_and_changes_no_word():
    rules = {
        one.rules[-1] for text in QUESTIONS for one in paraphrase(text, seed=b"s") if one.rules[0] == "frame"
    }
    assert rules == {"frame", "punctuation", "line", "width", "script", "case"}


def test_rules_can_be_read_and_say_nothing_twice():
    for language in ("zh", "en"):
        rules = ParaphraseRules.load(language)
        assert len(set(rules.frames)) == len(rules.frames) >= 12
        assert all(word != other and word == word.lower() for word, other in rules.words.items())


def test_only_characters_that_have_one_traditional_form_are_changed():
    assert traditional("国家的头发，后来学书") == "國家的頭发，后來學書"
    assert fold(traditional("国家的头发，后来学书")) == fold("国家的头发，后来学书")


def wanted(*texts):
    return [Wanted("should_refuse", f"q{n}", text) for n, text in enumerate(texts)]


def make(source, *texts, **options):
    return asyncio.run(source.make(wanted(*texts), seed=b"s", **options))


def test_rules_make_two_of_each_and_say_their_version():
    made = make(FromRules(), "怎么修车？", "Fix it.")
    assert [len(some) for some in made.paraphrases.values()] == [2, 2]
    assert FromRules().describe() == {"by": "rules", "versions": {"zh": 1, "en": 1}}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.jsonl", '{"id": "q0", "text": "一"}\n{"id": "q0", "text": "二"}\n{"id": "q1", "text": "三"}\n'),
        (
            "p.jsonl",
            '{}\n{"id": "q0", "text": "一"}\n{"id": "q0", "text": "二"}\n{"id": "q1", "text": "三"}\n',
        ),
        ("p.csv", "id,text\nq0,一\nq0,二\nq1,三\n"),
    ],
)
def test_a_file_gives_as_many_as_it_holds(tmp_path, name, data):
    (tmp_path / name).write_text(data, "utf-8")
    source = FromFile.load(tmp_path / name)
    made = make(source, "甲", "乙")
    assert [[one.text for one in some] for some in made.paraphrases.values()] == [["一", "二"], ["三"]]
    assert (source.covers("q1"), source.covers("q2")) == (True, False)
    assert source.describe() == {
        "by": "file",
        "name": name,
        "sha256": hashlib.sha256(data.encode()).hexdigest(),
    }
    with pytest.raises(BadInputError, match="q0 is the question"):
        make(source, "一。", "乙")


@pytest.mark.parametrize(
    ("data", "said"), [("id,text\nq0,\n", "is missing"), ("id,text\n", "no paraphrases"), ("a,b\n", "column")]
)
def test_a_file_without_paraphrases_is_refused(tmp_path, data, said):
    (tmp_path / "p.csv").write_text(data)
    with pytest.raises(BadInputError, match=said):
        FromFile.load(tmp_path / "p.csv")


def test_a_model_makes_two_of_each(llm):
    asked, seen = [], []

    def rule(text, _number):
        asked.append(text)
        return Reply(f'好的：["换句话说：{text}", "也就是：{text}"]')

    source = FromModel(f"llm={llm(rule).url}#model", {}, HURRIED)
    made = make(source, "怎么修车？", "怎么做饭？", on_progress=seen.append)
    assert made.errors == {}
    assert [one.text for one in made.paraphrases["should_refuse", "q0"]] == [
        "换句话说：怎么修车？",
        "也就是：怎么修车？",
    ]
    assert set(asked) == {"怎么做饭？", "怎么修车？"}
    assert seen[-1].banks == {PARAPHRASES: (2, 2)}
    assert source.describe()["by"] == "llm"
    assert source.covers("anything")


@pytest.mark.parametrize(
    "said",
    ["抱歉，我不能改写。", "[1, 2]", '["怎么修车？", "别的说法"]', '["一样", "一样"]', '["一个"]', "[}"],
)
def test_what_is_no_list_of_other_words_is_asked_for_again_and_then_an_error(llm, said):
    model = llm(lambda text, number: Reply(said))
    made = make(FromModel(f"llm={model.url}#m", {}, HURRIED), "怎么修车？")
    assert (made.paraphrases, made.errors, model.requests) == ({}, {"paraphrase_unreadable": 1}, 2)


def test_errors_of_the_model_are_counted_and_those_that_stay_end_it(llm):
    model = llm(lambda text, number: Reply(fault="400") if "车" in text else Reply('["甲说", "乙说"]'))
    made = make(FromModel(f"llm={model.url}#m", {}, HURRIED), "怎么修车？", "怎么做饭？")
    assert made.errors == {"target_refused_request": 1}
    assert list(made.paraphrases) == [("should_refuse", "q1")]
    for url in (llm(key="k").url, "http://127.0.0.1:9/v1"):
        with pytest.raises(TargetError):
            make(FromModel(f"llm={url}#m", {}, HURRIED), "怎么修车？")
