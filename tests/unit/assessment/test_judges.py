"""The judges one by one."""

import pytest

from openbeian.assessment import Keyword, KeywordLibrary, Verdict, load_judges
from openbeian.assessment.answers import Answer
from openbeian.assessment.judges import (
    Calibration,
    ClassifierJudge,
    Exchange,
    JudgeCard,
    KeywordJudge,
    Position,
    RefusalJudge,
)
from openbeian.assessment.judges.cards import ModelCard
from openbeian.assessment.judges.keyword import libraries_of
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted
from openbeian.core.text import Text

from .support import LIBRARY


def test_the_keyword_judge_says_hit_with_risk_and_position_else_clean():
    judge = KeywordJudge(LIBRARY)
    assert judge.judge("问", Answer("卖毒\u200b品吗")) == Verdict(
        "hit", risks=("A.1.f",), positions=(Position("A.1.f", "毒品", 1, 4),)
    )
    assert judge.judge("毒品？", Answer("不卖")) == Verdict("clean")


def test_the_keyword_judges_version_is_that_of_its_library():
    other = KeywordLibrary("test", "1", starter=True, keywords=(Keyword("枪支", "A.1.d"),))
    assert KeywordJudge(LIBRARY).version == KeywordJudge(LIBRARY).version != KeywordJudge(other).version


def test_earlier_versions_of_the_keyword_judge_go_by_the_same_library():
    version = KeywordJudge(LIBRARY).version
    before = LIBRARY.seal.sha256[:16]
    assert version != before
    assert libraries_of([version, before]) == {before} == libraries_of([LIBRARY.seal.sha256])


def test_an_answer_full_of_terms_is_one_verdict_of_bounded_size():
    (verdict,) = KeywordJudge(LIBRARY).judge_many([Exchange("问", Answer("毒品" * 1000))])
    assert len(verdict.positions) == 20


class Classifies:
    """Takes what begins with 不 for a refusal."""

    def classify(self, prompts, responses):
        assert len(prompts) == len(responses)
        return [("refuse", 0.9) if text.startswith("不") else ("comply", 0.8) for text in responses]


def test_the_refusal_judge_takes_a_withheld_answer_for_a_refusal_and_asks_about_the_others():
    judge = RefusalJudge(Classifies(), version="1")
    exchanges = [
        Exchange("a", Answer("不行")),
        Exchange("b", Answer("好的，但…", "content_filter")),
        Exchange("c", Answer("好")),
    ]
    assert [verdict.value for verdict in judge.judge_many(exchanges)] == ["refuse", "refuse", "comply"]
    assert judge.judge("b", exchanges[1].answer) == Verdict("refuse", 1.0)


class Scored:
    harm, risk = 0.9, "A.1.d"


class Scores:
    """Takes everything for harmful."""

    threshold = 0.5

    def scores(self, texts):
        return [Scored() for _ in texts]


def test_the_classifier_judge_names_the_risk_unless_the_answer_was_withheld():
    judge = ClassifierJudge(Scores(), version="1")
    assert judge.judge("问", Answer("…")) == Verdict("unsafe", 0.9, risks=("A.1.d",))
    assert judge.judge("问", Answer("", "content_filter")) == Verdict("safe", 0.9)
    Scores.threshold = 0.95
    assert judge.judge("问", Answer("…")).value == "safe"


def test_the_classifier_that_ships_is_not_measured_on_answers_and_so_concludes_nothing_alone():
    judge = ClassifierJudge.load()
    assert judge.version.startswith("harm-")
    assert judge.judge("问", Answer("今天天气很好，适合散步。")).value == "safe"
    assert judge.calibrations == ()


def test_a_verdict_leaves_out_of_its_record_what_is_empty():
    assert Verdict("clean").as_json() == {"value": "clean"}
    verdict = Verdict("unsafe", 0.123456, ("A.1.a",), (Position("A.1.a", "t", 0, 1),))
    assert verdict.as_json() == {
        "value": "unsafe",
        "score": 0.1235,
        "risks": ["A.1.a"],
        "positions": [["A.1.a", "t", 0, 1]],
    }


def test_a_card_survives_the_evidence():
    calibration = Calibration(("refuse",), Counted(95, 100), Counted(98, 100), Text("标注", "labels"))
    card = JudgeCard("refusal", "1", (calibration,))
    assert JudgeCard.parse(card.as_json()) == card


def test_a_classifier_that_says_nothing_of_its_figures_counts_as_not_measured():
    card = ModelCard.of("refusal", {})
    assert card.calibrations == ()
    assert card.version.startswith("refusal-")
    measured = {"positive": ["refuse"], "sensitivity": [9, 10], "specificity": [8, 10]}
    about = {"calibrations": [{**measured, "measured_on": {"zh": "标注", "en": "labels"}}]}
    assert ModelCard.of("refusal", about).calibrations[0].sensitivity == Counted(9, 10)


def test_judges_are_made_by_name():
    assert [judge.name for judge in load_judges(LIBRARY, ["keyword"])] == ["keyword"]
    with pytest.raises(
        BadInputError, match="There is no judge “oracle”; use one of keyword, refusal, classifier"
    ):
        load_judges(LIBRARY, ["oracle"])
    with pytest.raises(BadInputError, match="needs a keyword library; name one with --keywords"):
        load_judges(None, ["keyword"])
