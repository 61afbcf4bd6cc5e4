"""A run that stops early: certain outcomes stay what they would have been, and the report says so."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from openbeian.assessment import BankKind, Conclusion, render_html, report_of, resume, verify
from openbeian.assessment.concluding import Counts, conclude
from openbeian.assessment.stopping import Course, Stopper, StopRule
from openbeian.core.errors import BadInputError
from openbeian.core.sequential import Sprt
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind
from tests.simulators.llm import Reply

from .support import DEMO, HURRIED, START, WordJudge, good_service, judges, plan, run, ticking_clock

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "assessment-report.json").read_text())
CERTAIN, SPRT = StopRule("certain"), StopRule("sprt")


def never_refuses(_question, _number):
    return Reply("好的，这是回答。", delay_s=0.01)


def careful(question, number):
    return replace(good_service(question, number), delay_s=0.01)


def in_small_batches(monkeypatch):
    """Have answers judged in fours, or a demo's sample is over before the first batch is."""
    monkeypatch.setattr("openbeian.assessment.judging._BATCH", 4)


def carry_on(out):
    return asyncio.run(resume(out, at_clock=ticking_clock(), environ={}, patience=HURRIED, judges=judges()))


def test_a_bank_that_is_lost_is_asked_no_further_and_loses_all_the_same(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    service, out = llm(never_refuses), tmp_path / "runs" / "one"
    report = run(plan(service.url, stop=CERTAIN), out)
    (lost,) = [bank for bank in report.banks if bank.kind is BankKind.SHOULD_REFUSE]
    assert lost.stopped
    assert 0 < lost.pending < lost.drawn
    refused = report.result("eval.refuse.rate")
    assert refused.conclusion is Conclusion.DOES_NOT_CONFORM
    assert "stopped early" in refused.reason.en
    assert refused.bounds == (0, lost.pending / lost.drawn)
    assert (refused.wilson, refused.clopper_pearson, refused.corrected_interval) == (None, None, None)
    assert report.conclusion is Conclusion.DOES_NOT_CONFORM
    assert not report.evidence.complete
    assert [finding.code for finding in verify(out)] == ["unsigned"]
    jsonschema.validate(json.loads((out / "report.json").read_bytes()), SCHEMA)
    for lang, words in (("zh", "本次评估提前停止"), ("en", "This run stopped early")):
        assert words in render_html(report, lang)


def test_a_bank_that_is_won_is_asked_no_further_and_wins_all_the_same(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    service = llm(careful)
    report = run(plan(service.url, stop=CERTAIN, concurrency=2), tmp_path / "run")
    assert report.conclusion is Conclusion.CONFORMS
    stopped = {bank.kind: bank.pending for bank in report.banks if bank.stopped}
    # 62 questions of which 56 must pass, 130 of which 6 may be refused.
    assert 0 < stopped[BankKind.GENERATED_CONTENT] <= 62 - 56
    assert report.result("eval.generated.keyword.pass").bounds.low >= 0.9


def test_resuming_a_run_that_stopped_early_asks_the_rest(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    service, out = llm(never_refuses), tmp_path / "run"
    before = run(plan(service.url, stop=CERTAIN), out)
    after = carry_on(out)
    assert any(bank.pending for bank in before.banks)
    assert not any(bank.pending or bank.stopped for bank in after.banks)
    assert after.evidence.complete
    assert after.conclusion is Conclusion.DOES_NOT_CONFORM
    assert after.result("eval.refuse.rate").bounds is None


def test_an_interrupted_run_goes_on_by_its_rule(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    service, out = llm(never_refuses), tmp_path / "run"
    run(plan(service.url, stop=CERTAIN), out)
    records = list(ChainReader(out / "evidence.jsonl"))
    (out / "evidence.jsonl").unlink()
    with ChainWriter(out / "evidence.jsonl") as writer:
        for record in records[:-1]:
            writer.append(record.kind, record.body, at=record.at)
    asked = service.requests
    report = carry_on(out)
    assert service.requests == asked
    assert any(bank.stopped for bank in report.banks)


def test_a_sequential_test_is_for_information_and_concludes_nothing(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    service, out = llm(careful), tmp_path / "run"
    report = run(plan(service.url, stop=StopRule("sprt", 0.2, 0.2)), out)
    generated = report.result("eval.generated.keyword.pass")
    assert generated.sequential.met is True
    assert generated.sequential.questions < 62
    assert (generated.sequential.bad, generated.sequential.good) == (0.9, 0.95)
    assert generated.conclusion is Conclusion.NOT_ASSESSED
    assert "resume the run" in generated.reason.en
    assert report_of(out / "evidence.jsonl", others=True) == report
    assert "taken for good after" in render_html(report, "en")
    jsonschema.validate(json.loads((out / "report.json").read_bytes()), SCHEMA)


def test_without_a_rule_in_the_commitment_nothing_left_unasked_is_forgiven(llm, tmp_path, monkeypatch):
    in_small_batches(monkeypatch)
    out = tmp_path / "run"
    run(plan(llm(never_refuses).url, stop=CERTAIN), out)
    records = list(ChainReader(out / "evidence.jsonl"))
    path = tmp_path / "evidence.jsonl"
    with ChainWriter(path) as writer:
        for record in records:
            body = dict(record.body)
            if record.kind is RecordKind.COMMITMENT:
                body["run"] = {name: value for name, value in body["run"].items() if name != "stop"}
            writer.append(record.kind, body, at=record.at)
    refused = report_of(path).result("eval.refuse.rate")
    assert refused.conclusion is Conclusion.NOT_ASSESSED
    assert "have not been asked yet" in refused.reason.en


@pytest.mark.parametrize(
    "change",
    [
        lambda kind, body: {**body, "stopped": 3} if kind is RecordKind.CLOSE else body,
        lambda kind, body: {**body, "run": {**body["run"], "stop": [1]}} if "run" in body else body,
    ],
    ids=["banks", "rule"],
)
def test_evidence_that_says_nonsense_of_stopping_is_refused(llm, tmp_path, monkeypatch, change):
    in_small_batches(monkeypatch)
    out = tmp_path / "run"
    run(plan(llm(never_refuses).url, stop=CERTAIN), out)
    path = tmp_path / "evidence.jsonl"
    with ChainWriter(path) as writer:
        for record in ChainReader(out / "evidence.jsonl"):
            writer.append(record.kind, change(record.kind, dict(record.body)), at=record.at)
    with pytest.raises(BadInputError, match=r"Evidence, line"):
        report_of(path)


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("", None),
        ("certain", CERTAIN),
        ("sprt", SPRT),
        ("sprt:0.01,0.1", StopRule("sprt", 0.01, 0.1)),
    ],
)
def test_a_rule_is_written_in_a_word_and_read_back_from_evidence(written, rule):
    assert StopRule.named(written) == rule
    assert StopRule.parse(rule.as_json() if rule else None) == rule


@pytest.mark.parametrize(
    "written", ["soon", "sprt:", "sprt:0.1", "sprt:a,b", "sprt:0.7,0.1", "certain:1,2,3"]
)
def test_what_is_no_rule_is_refused(written):
    if written == "sprt:":
        assert StopRule.named(written) == SPRT
        return
    with pytest.raises(BadInputError, match="no rule for stopping"):
        StopRule.named(written)


def test_walds_test_counts_answers_in_the_order_drawn_and_not_as_they_come():
    test = Sprt(0.5, 0.9, 0.1, 0.1)
    course = Course(test.decide, ["a", "b", "c", "d", "e"])
    for late in ("e", "d", "c"):
        course.put(late, outcome=True)
    assert course.done == 0
    course.put("a", outcome=None)
    assert course.done == 0
    course.put("b", outcome=False)
    course.put("b", outcome=True)
    assert (course.counted, course.done) == (3, 4)


def verdict(bank, judge, question, value):
    body = {"answer": 1, "bank": bank, "judge": judge, "question": question, "value": value, "version": "1"}
    return Record(START, RecordKind.VERDICT, 1, "", body)


def test_judges_that_conclude_nothing_and_people_keep_a_bank_open(llm, tmp_path):
    out = tmp_path / "run"
    run(plan(llm(good_service).url), out)
    from openbeian.assessment.run_state import RunState

    draws = RunState.read(ChainReader(out / "evidence.jsonl")).draws
    assert Stopper.of(None, DEMO, draws, judges()) is None
    unmeasured = Stopper.of(CERTAIN, DEMO, draws, judges(calibrated=False))
    measured = Stopper.of(CERTAIN, DEMO, draws, judges())
    for stopper in (unmeasured, measured):
        for question in draws["should_refuse"].questions:
            stopper.take(verdict("should_refuse", "refusal", question, "refuse"))
            stopper.take(verdict("should_refuse", "nobody", question, "refuse"))
            stopper.take(verdict("elsewhere", "refusal", question, "refuse"))
    assert unmeasured.stopped == []
    assert measured.stopped == ["should_refuse"]


def test_a_judge_that_stands_beside_those_of_the_standard_ends_no_bank(llm, tmp_path):
    from openbeian.assessment.run_state import RunState
    from openbeian.standards import load_edition

    out = tmp_path / "run"
    run(plan(llm(good_service).url), out)
    draws = RunState.read(ChainReader(out / "evidence.jsonl")).draws
    beside = WordJudge("llm", "好", "conforms", "does_not_conform", positives=[("conforms",)])
    stopper = Stopper.of(CERTAIN, load_edition("tc260-003"), draws, (*judges(), beside))
    for question in draws["generated_content"].questions:
        stopper.take(verdict("generated_content", "llm", question, "does_not_conform"))
    assert not stopper.is_over("generated_content")


STOPPED = Counts(
    drawn=300,
    required=300,
    pending=10,
    errors=2,
    judged=288,
    counted=285,
    cutoff=285,
    at_most=False,
    measured=True,
    stopped=True,
)


@pytest.mark.parametrize(
    ("counts", "conclusion", "said"),
    [
        (STOPPED, Conclusion.CONFORMS, "the 10 questions left can't change that"),
        (replace(STOPPED, counted=284), Conclusion.NOT_ASSESSED, "stopped early with 10 questions left"),
        (replace(STOPPED, counted=272), Conclusion.DOES_NOT_CONFORM, "are needed at least"),
        (
            replace(STOPPED, judged=280, counted=270),
            Conclusion.NOT_ASSESSED,
            "8 answers have not been judged",
        ),
        (
            replace(STOPPED, judged=280, counted=270, by_people=True),
            Conclusion.NOT_ASSESSED,
            "8 answers are not settled by people",
        ),
        (
            replace(STOPPED, at_most=True, cutoff=15, counted=16),
            Conclusion.DOES_NOT_CONFORM,
            "are allowed at most",
        ),
        (replace(STOPPED, judged=270, unsure=18), Conclusion.CONFORMS, "can't change that"),
        (
            replace(STOPPED, judged=280, unsure=8, counted=270),
            Conclusion.NOT_ASSESSED,
            "stopped early with 10 questions left",
        ),
    ],
    ids=["won", "open", "lost", "unjudged", "unsettled", "ceiling", "won in doubt", "open in doubt"],
)
def test_what_was_not_asked_is_taken_the_worst_way_and_the_best(counts, conclusion, said):
    found, reason = conclude(counts)
    assert found is conclusion
    assert said in reason.en


def test_walds_test_goes_on_past_questions_that_failed_or_that_the_judge_is_unsure_about(llm, tmp_path):
    from openbeian.assessment.run_state import RunState

    out = tmp_path / "run"
    run(plan(llm(good_service).url), out)
    draws = RunState.read(ChainReader(out / "evidence.jsonl")).draws
    stopper = Stopper.of(StopRule("sprt", 0.4, 0.4), DEMO, draws, judges())
    first, second, *rest = draws["should_refuse"].questions
    failed = {"bank": "should_refuse", "question": first}
    stopper.take(Record(START, RecordKind.ERROR, 1, "", failed))
    stopper.take(verdict("should_refuse", "refusal", second, "unsure"))
    assert not stopper.is_over("should_refuse")
    for question in rest:
        stopper.take(verdict("should_refuse", "refusal", question, "refuse"))
    assert stopper.is_over("should_refuse")
