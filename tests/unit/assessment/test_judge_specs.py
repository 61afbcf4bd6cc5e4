"""How judges are named, and what is said of a name that is none."""

import pytest

from openbeian.assessment import judges_for_run, load_judges
from openbeian.assessment.judges import JudgeCard
from openbeian.assessment.judges.guards import GuardJudge
from openbeian.assessment.judges.llm import LLMJudge
from openbeian.assessment.judges.specs import parse_judge_spec
from openbeian.core.errors import BadInputError

from .support import LIBRARY

GUARD = "classifier=http://127.0.0.1:8000/v1#Qwen3Guard-Gen-4B"


def test_a_name_alone_is_the_judge_that_ships_with_us():
    for written in ("classifier", "classifier=local", " classifier= "):
        spec = parse_judge_spec(written)
        assert (spec.name, spec.url, spec.written) == ("classifier", "", "classifier")


def test_a_judge_behind_an_address_has_a_model_and_options():
    (judge,) = load_judges(None, [GUARD + ",key_env=K,concurrency=3,timeout=2.5"], {"K": " s3cret "})
    assert isinstance(judge, GuardJudge)
    endpoint = judge.endpoint
    assert (endpoint.target.model, endpoint.key, endpoint.concurrency) == ("Qwen3Guard-Gen-4B", "s3cret", 3)
    assert endpoint.target.timeout_for.total_seconds() == 2.5
    (judge,) = load_judges(None, ["llm=http://127.0.0.1:8000/v1#some/model:1"])
    assert isinstance(judge, LLMJudge)
    assert (judge.endpoint.target.model, judge.endpoint.concurrency) == ("some/model:1", None)


def test_a_server_of_one_guard_needs_no_model():
    (judge,) = load_judges(None, ["classifier=http://127.0.0.1:8000/v1,format=llamaguard"])
    assert judge.endpoint.target.model == "llamaguard"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("oracle", "There is no judge “oracle”; use one of keyword, refusal, classifier, llm"),
        ("oracle=http://a.cn/v1#m", "There is no judge “oracle”"),
        ("llm", "say where it listens: llm=URL#MODEL"),
        ("llm=local", "say where it listens"),
        ("llm=http://a.cn/v1", "the model is missing"),
        ("classifier=#m", "say where it listens"),
        ("keyword=http://a.cn/v1#m", "keyword judges on this machine only"),
        ("classifier=http://a.cn/v1#m", "say which format= it writes: qwen3guard | llamaguard"),
        ("classifier=http://a.cn/v1#m,format=other", "say which format="),
        ("llm=http://a.cn/v1#m,format=qwen3guard", "llm has no option format"),
        ("llm=http://a.cn/v1#m,colour=red", "unknown option “colour=red”"),
        ("llm=http://a.cn/v1#m,timeout=", "unknown option “timeout=”"),
        ("llm=http://a.cn/v1#m,timeout=soon", "timeout must be a positive number"),
        ("llm=http://a.cn/v1#m,timeout=nan", "timeout must be a positive number"),
        ("llm=http://a.cn/v1#m,concurrency=0", "concurrency must be a positive number"),
        ("llm=ftp://a.cn/v1#m", r"must be http\(s\)://host/v1"),
        ("llm=http://me:pass@a.cn/v1#m", "hand a key over with key_env=NAME"),
        ("llm=http://a.cn/v1#m,key_env=NONE", "NONE is not set; put the judge's key into it"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(written, said):
    with pytest.raises(BadInputError, match=said) as raised:
        load_judges(None, [written], {})
    assert "pass" not in raised.value.text.en.replace("password", "")


def test_two_judges_of_one_name_are_refused():
    with pytest.raises(BadInputError, match="Name each judge once; given were: classifier, classifier"):
        load_judges(None, ["classifier", GUARD])


def test_a_run_has_the_shipped_judges_replaced_or_joined_by_those_named():
    names = [judge.name for judge in judges_for_run(LIBRARY, [])]
    assert names == ["keyword", "refusal", "classifier"]
    judges = judges_for_run(None, [GUARD, "llm=http://127.0.0.1:8000/v1#m"])
    assert [judge.name for judge in judges] == ["refusal", "classifier", "llm"]
    assert isinstance(judges[1], GuardJudge)


def test_the_card_of_a_judge_behind_an_address_says_how_to_make_it_again():
    (judge,) = load_judges(None, [GUARD])
    card = JudgeCard.of(judge)
    assert card.as_json()["spec"] == GUARD
    assert JudgeCard.parse(card.as_json()) == card
    (again,) = load_judges(None, [card.spec])
    assert again.version == judge.version
