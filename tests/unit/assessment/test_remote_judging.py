"""Judges behind an address in a run: a pass of their own after the asking, and everything that goes wrong."""

import asyncio
from collections import Counter

import pytest

from openbeian.assessment import Conclusion, load_judges, resume, verify
from openbeian.assessment.answers import Answer
from openbeian.assessment.judges import Exchange
from openbeian.assessment.judges.errors import (
    JudgeUnauthorisedError,
    JudgeUnreachableError,
    JudgeUnreadableError,
)
from openbeian.assessment.target_errors import TargetError, TargetServerError
from openbeian.evidence import ChainReader
from tests.simulators.judges import llm_says, qwen3guard, verdict_json
from tests.simulators.llm import Reply, every

from .support import HURRIED, good_service, judges, plan, run, ticking_clock

GENERATED = 62


def with_guard(url, options="", **changes):
    """Return the judges of the tests, the classifier replaced by a guard behind an address."""
    here = [judge for judge in judges() if judge.name != "classifier"]
    return (*here, *load_judges(None, [f"classifier={url}#qwen3guard{options}"], **changes))


def records(out):
    return list(ChainReader(out / "evidence.jsonl"))


def verdicts(out, judge):
    return [r.body for r in records(out) if r.kind == "verdict" and r.body["judge"] == judge]


def carry_on(out, **options):
    options = {"at_clock": ticking_clock(), "environ": {}, "patience": HURRIED} | options
    return asyncio.run(resume(out, **options))


def harmful(question, number):
    return Reply("有害的话") if "A.1.d" in question else good_service(question, number)


def test_a_guard_judges_after_the_asking_and_its_verdicts_are_those_of_the_classifier(llm, tmp_path):
    guard, out, seen = llm(qwen3guard("有害")), tmp_path / "run", []
    report = run(plan(llm(harmful).url, judges=with_guard(guard.url)), out, on_progress=seen.append)
    classifier = report.result("eval.generated.classifier.pass")
    assert classifier.verdicts == {"safe": 60, "unsafe": 2}
    assert classifier.reason.en.startswith("The judge has not been measured against people")
    kinds = [(r.kind, r.body.get("judge")) for r in records(out)]
    last_answer = max(n for n, (kind, _) in enumerate(kinds) if kind == "answer")
    assert kinds.index(("verdict", "classifier")) > last_answer
    assert guard.requests == GENERATED + 1
    assert seen[-1].banks == {"classifier": (GENERATED, GENERATED)}
    assert [found.code for found in verify(out)] == ["unsigned"]
    assert verdicts(out, "classifier")[0]["version"].startswith("qwen3guard:qwen3guard:")


def test_what_a_guard_calls_controversial_counts_neither_way_and_is_for_people(llm, tmp_path):
    guard = llm(qwen3guard("有害", safety="Controversial"))
    report = run(plan(llm(harmful).url, judges=with_guard(guard.url)), tmp_path / "run")
    classifier = report.result("eval.generated.classifier.pass")
    assert classifier.verdicts == {"safe": 60, "unsure": 2}
    assert (classifier.judged, classifier.counted) == (60, 60)
    assert {one.id: one.judged for one in classifier.strata}["A.1.d"] == 0


def test_a_language_model_stands_beside_the_methods_of_the_standard(llm, tmp_path):
    model = llm()
    llm_says(
        model,
        lambda answer, turn: (
            verdict_json("does_not_conform", 0.9, "A.1.d")
            if "有害" in answer
            else verdict_json("conforms", 0.6 if turn == 1 and "好的" in answer else 0.9)
        ),
    )
    talker = load_judges(None, [f"llm={model.url}#judge"])
    report = run(plan(llm(harmful).url, judges=(*judges(), *talker)), tmp_path / "run")
    (result,) = [one for one in report.results if one.judge == "llm"]
    assert result.verdicts == {"conforms": 60, "does_not_conform": 2}
    assert result.text.en == "Judged by a language model (for information)"
    assert (result.conclusion, result.left_out) == (Conclusion.NOT_ASSESSED, True)
    assert "conclude nothing" in result.reason.en
    assert report.result("eval.generated.manual.pass").judge == "human"
    verdict = next(one for one in verdicts(tmp_path / "run", "llm") if one["value"] == "does_not_conform")
    assert (verdict["risks"], verdict["score"]) == (["A.1.d"], 0.9)
    assert verdict["reason"]
    page = (tmp_path / "run" / "report.en.html").read_text()
    assert "LLM" in page


def test_a_conforming_run_stays_one_when_a_language_model_is_heard_too(llm, tmp_path):
    model = llm()
    llm_says(model, lambda answer, turn: verdict_json("unsure"))
    talker = load_judges(None, [f"llm={model.url}#judge"])
    report = run(plan(llm(good_service).url, judges=(*judges(), *talker)), tmp_path / "run")
    assert report.conclusion is Conclusion.CONFORMS
    (result,) = [one for one in report.results if one.judge == "llm"]
    assert (result.verdicts, result.judged, result.rate) == ({"unsure": GENERATED}, 0, None)


def test_answers_whose_judging_fails_have_no_verdict_are_counted_and_judged_when_resumed(llm, tmp_path):
    guard, out = llm(every(10, Reply("Safe, I guess."), qwen3guard("有害"))), tmp_path / "run"
    report = run(plan(llm(good_service).url, judges=with_guard(guard.url, ",concurrency=1")), out)
    failed = report.result("eval.generated.classifier.pass")
    assert failed.judged == GENERATED - 6
    assert failed.reason.en == "6 answers have not been judged yet; resume the run."
    assert records(out)[-1].body["judge_errors"] == {"classifier": {"judge_unreadable": 6}}
    guard.rule, asked = qwen3guard("有害"), guard.requests
    report = carry_on(out)
    assert report.result("eval.generated.classifier.pass").judged == GENERATED
    assert guard.requests - asked == 6
    assert "judge_errors" not in records(out)[-1].body
    before = (out / "evidence.jsonl").read_bytes()
    assert carry_on(out) == report
    assert (out / "evidence.jsonl").read_bytes() == before


def test_a_judge_that_limits_the_rate_costs_nothing_but_time(llm, tmp_path):
    guard = llm(every(5, Reply(fault="429", retry_after="0.01"), qwen3guard("有害")))
    report = run(plan(llm(good_service).url, judges=with_guard(guard.url)), tmp_path / "run")
    assert report.result("eval.generated.classifier.pass").judged == GENERATED


def test_no_more_than_the_named_number_is_asked_of_a_judge_at_once(llm, tmp_path):
    rule = qwen3guard("有害")
    guard = llm(lambda answer, number: Reply(rule(answer, number).text, delay_s=0.01))
    run(plan(llm(good_service).url, judges=with_guard(guard.url, ",concurrency=3")), tmp_path / "run")
    assert 2 <= guard.most_in_flight <= 3


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Reply(fault="401"), JudgeUnauthorisedError),
        (Reply("I am a chat model."), JudgeUnreadableError),
        (Reply(fault="500"), TargetServerError),
    ],
    ids=["no key", "no guard", "down"],
)
def test_a_judge_that_gives_no_verdicts_is_found_before_the_target_is_asked(llm, tmp_path, fault, error):
    service = llm(good_service)
    with pytest.raises(error):
        run(plan(service.url, judges=with_guard(llm(lambda _q, _n: fault).url)), tmp_path / "run")
    assert service.requests == 1
    assert list(tmp_path.iterdir()) == []


def test_a_judge_that_goes_down_stops_the_pass_which_is_resumed(llm, tmp_path):
    rule, out = qwen3guard("有害"), tmp_path / "run"
    guard = llm(lambda answer, number: Reply(fault="500") if number > 30 else rule(answer, number))
    with pytest.raises(TargetServerError):
        run(plan(llm(good_service).url, judges=with_guard(guard.url, ",concurrency=2")), out)
    assert len(verdicts(out, "classifier")) == 29
    guard.rule = rule
    report = carry_on(out)
    assert report.result("eval.generated.classifier.pass").judged == GENERATED
    assert max(Counter(one["answer"] for one in verdicts(out, "classifier")).values()) == 1


def test_a_key_withdrawn_in_the_middle_stops_the_pass_at_once(llm, tmp_path):
    rule, out = qwen3guard("有害"), tmp_path / "run"
    guard = llm(lambda answer, number: Reply(fault="401") if number > 30 else rule(answer, number))
    with pytest.raises(JudgeUnauthorisedError, match="key_env=NAME"):
        run(plan(llm(good_service).url, judges=with_guard(guard.url, ",concurrency=2")), out)
    assert guard.requests <= 33


def test_the_key_of_a_judge_goes_to_it_and_nowhere_else(llm, tmp_path, monkeypatch):
    monkeypatch.setenv("GUARD_KEY", "s3cret")
    guard, out = llm(qwen3guard("有害"), key="s3cret"), tmp_path / "run"
    run(plan(llm(good_service).url, judges=with_guard(guard.url, ",key_env=GUARD_KEY")), out)
    everything = b"".join(path.read_bytes() for path in out.iterdir())
    assert b"s3cret" not in everything
    assert b"key_env=GUARD_KEY" in everything
    assert carry_on(out)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(fault="400"), "target_refused_request"),
        (Reply(fault="403"), "judge_unauthorised"),
        (Reply(fault="404"), "target_refused_request"),
        (Reply(fault="429", retry_after="Mon, 23 Nov 2026"), "target_rate_limited"),
        (Reply(fault="503"), "target_server_error"),
        (Reply(fault="html"), "target_not_json"),
        (Reply(fault="malformed"), "target_malformed"),
        (Reply(fault="drop"), "target_broken_answer"),
        (Reply(fault="half"), "target_broken_answer"),
        (Reply(fault="empty"), "target_empty_answer"),
        (Reply("x" * (1 << 20)), "target_malformed"),
        (Reply(delay_s=1), "target_timeout"),
        (Reply("", finish="content_filter"), "judge_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_way_to_fail_has_its_name(llm, monkeypatch, reply, code):
    monkeypatch.setattr("openbeian.assessment.judges.remote.Patience", lambda: HURRIED)
    guard = llm(lambda _question, _number: reply)
    (judge,) = load_judges(None, [f"classifier={guard.url}#qwen3guard,timeout=0.2"])
    with pytest.raises(TargetError) as raised:
        judge.judge("问", Answer("答"))
    assert raised.value.code == code


def test_a_port_where_no_judge_listens_is_said_so(monkeypatch):
    monkeypatch.setattr("openbeian.assessment.judges.remote.Patience", lambda: HURRIED)
    (judge,) = load_judges(None, ["classifier=http://127.0.0.1:9/v1#qwen3guard"])
    with pytest.raises(JudgeUnreachableError, match="check the address in --judge"):
        judge.judge_many([Exchange("问", Answer("答")), Exchange("问", Answer("答"))])
