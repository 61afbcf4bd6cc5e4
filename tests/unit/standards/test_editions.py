import re
from datetime import date
from fractions import Fraction

import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.standard import Counts, Limit, Strength
from openbeian.core.text import Text
from openbeian.standards import EDITION_IDS, load_edition, load_sources

TC260 = load_edition("tc260-003")
GBT = load_edition("gbt-45654-2025")
EDITIONS = [TC260, GBT]

NUMBERS = {
    "corpus.source.illegal_share.before": 0.05,
    "corpus.source.illegal_share.after": 0.05,
    "corpus.sample.manual.n": 4000,
    "corpus.sample.manual.pass": 0.96,
    "corpus.sample.tech.share": 0.1,
    "corpus.sample.tech.pass": 0.98,
    "keywords.total": 10_000,
    "keywords.coverage": 17,
    "keywords.min.A1": 200,
    "keywords.min.A2": 100,
    "keywords.term.length": Counts((("han", 10), ("words", 5))),
    "keywords.update": 7,
    "bank.generated.total": 2000,
    "bank.generated.coverage": 31,
    "bank.generated.min.A1A2": 50,
    "bank.generated.min.other": 20,
    "bank.refuse.total": 500,
    "bank.refuse.coverage": 17,
    "bank.refuse.min": 20,
    "bank.answer.total": 500,
    "bank.answer.min": 20,
    "bank.update": 1,
    "classifier.coverage": 31,
    "eval.generated.n": 1000,
    "eval.generated.manual.pass": 0.9,
    "eval.generated.keyword.pass": 0.9,
    "eval.generated.classifier.pass": 0.9,
    "eval.refuse.n": 300,
    "eval.refuse.rate": 0.95,
    "eval.answer.n": 300,
    "eval.answer.refusal_rate": 0.05,
    "annotation.role_split": 0,
    "annotation.rules.risks": 31,
    "annotation.safety.review": 1,
    "measure.optout.clicks": 4,
    "measure.abuse": Counts((("consecutive", 3), ("per_day", 5))),
}


def test_both_editions_are_found_by_their_files():
    assert EDITION_IDS == ("gbt-45654-2025", "tc260-003")
    assert [load_edition(edition_id).id for edition_id in EDITION_IDS] == list(EDITION_IDS)


def test_an_edition_is_read_once():
    assert load_edition("tc260-003") is TC260


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_the_numbers_are_those_of_the_standard(edition):
    assert len(edition.thresholds) == 48
    read = {each.id: each.value for each in edition.thresholds if not isinstance(each.value, Text)}
    assert read == NUMBERS


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_text_is_there_in_both_languages_with_its_words_filled_in(edition):
    texts = [text for clause in edition.clauses for text in (clause.title, clause.summary)]
    texts += [each.text for each in edition.thresholds] + [chapter.title for chapter in edition.chapters]
    texts += [each.value for each in edition.thresholds if isinstance(each.value, Text)]
    texts += [each.note for each in edition.thresholds if each.note]
    texts += [edition.title, edition.status, *edition.notes]
    for text in texts:
        assert re.search("[一-鿿]", text.zh), text
        assert re.search("[A-Za-z]", text.en), text
        assert not re.search("[一-鿿]", text.en), text
        assert not re.search("[{}]", text.zh + text.en), text


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_id_is_unique_and_every_reference_holds(edition):
    clauses = {clause.id: clause for clause in edition.clauses}
    assert len(clauses) == len(edition.clauses) == 43
    chapters = {chapter.number for chapter in edition.chapters}
    assert {clause.chapter for clause in edition.clauses} <= chapters
    for threshold in edition.thresholds:
        assert threshold.clause_ids
        assert clauses.keys() >= set(threshold.clause_ids)
        assert load_sources().keys() >= set(threshold.sources)
        assert threshold.sources


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_shares_lie_between_0_and_1_and_words_have_no_limit(edition):
    for threshold in edition.thresholds:
        assert (threshold.limit is Limit.PRESENT) == isinstance(threshold.value, Text)
        if isinstance(threshold.value, float):
            assert 0 < edition.rate(threshold.id) < 1
            assert edition.rate(threshold.id) == Fraction(str(threshold.value))


def test_tc260_has_its_clauses_item_by_item():
    assert [clause.id for clause in TC260.clauses] == [
        *[f"5.1 {item})" for item in "abc"],
        *[f"5.2 {item})" for item in "abc"],
        *[f"5.3 {item})" for item in "abcd"],
        *[f"6 {item})" for item in "abcd"],
        *[f"7 {item})" for item in "abcdefghi"],
        *["8.1", "8.2", "8.3 a)", "8.3 b)", "8.4"],
        *[f"9.1 {item})" for item in "abcde"],
        *[f"9.2 {item})" for item in "abc"],
        *[f"9.3 {item})" for item in "abcd"],
        *[f"9.4 {item})" for item in "abc"],
    ]


def test_chapters_5_to_8_take_a_result_for_each_clause_and_chapter_9_none():
    assert all(clause.assessed == (clause.number[0] in "5678") for clause in TC260.clauses)
    assert sum(clause.assessed for clause in GBT.clauses) == 28


def test_only_the_separate_storage_of_safety_annotation_is_a_recommended_clause():
    for edition in EDITIONS:
        assert [c.key for c in edition.clauses if c.strength is not Strength.SHALL] == ["annotation.storage"]


def test_sizes_and_cadence_are_recommended_and_pass_rates_binding():
    for edition in EDITIONS:
        for threshold in edition.thresholds:
            if threshold.id.startswith(("eval.", "corpus.")) or threshold.id.endswith(".coverage"):
                assert threshold.strength is Strength.SHALL
            if re.search(r"^(keywords|bank)\.(?!.*(coverage|criteria))", threshold.id):
                assert threshold.strength is Strength.SHOULD


def test_what_was_only_recalled_shows_as_unverified():
    assert {threshold.id for threshold in TC260.thresholds if threshold.is_unverified} == {
        "keywords.term.length",
        "bank.generated.criteria",
        "annotation.training",
        "annotation.rules.contents",
        "annotation.functional.check",
        "annotation.safety.review",
        "measure.optout.clicks",
        "measure.abuse",
        "measure.complaints",
        "measure.monitors",
        "report.signatures",
    }


def test_the_national_standard_has_the_same_content_in_places_not_yet_known():
    assert [clause.key for clause in GBT.clauses] == [clause.key for clause in TC260.clauses]
    assert all(clause.is_unverified for clause in GBT.clauses)
    assert {clause.chapter for clause in GBT.clauses} == {"5", "6", "7", "B"}
    assert GBT.clause("B:bank.answer").number == "B"
    assert GBT.threshold("eval.generated.n").clause == "B"
    assert TC260.threshold("eval.generated.n").clause == "9.3 b)–d)"


def test_each_edition_uses_its_own_word_for_what_a_model_learns_from():
    key = "corpus.content.filtered"
    in_tc260, in_gbt = (next(c.summary for c in edition.clauses if c.key == key) for edition in EDITIONS)
    assert "语料" in in_tc260.zh
    assert "训练数据" in in_gbt.zh
    assert "training data" in in_gbt.en
    assert not any("语料" in clause.summary.zh + clause.title.zh for clause in GBT.clauses)


def test_the_dates_of_the_editions_are_those_published():
    assert (TC260.released_on, TC260.in_force_on) == (date(2024, 2, 29), None)
    assert (GBT.released_on, GBT.in_force_on) == (date(2025, 4, 25), date(2025, 11, 1))


def test_an_unknown_edition_is_refused_with_the_list_of_known_ones():
    with pytest.raises(BadInputError, match="no “tc260-004”; available: gbt-45654-2025, tc260-003"):
        load_edition("tc260-004")
