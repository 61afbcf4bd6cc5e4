"""Questions of several turns, and a service that makes all kinds of trouble at the same time."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from openbeian.assessment import Conclusion, QuestionBank, Target, verify
from openbeian.assessment.asking import Patience
from openbeian.evidence import ChainReader, RecordKind
from tests.simulators.llm import Reply

from .support import BANKS, HURRIED, good_service, plan, run
from .test_run import DRAWN, carry_on, errors


def in_turns(bank):
    """Return the bank with each of its questions asked after two other texts."""
    questions = tuple(
        replace(one, turns=(f"起 {one.id}", f"承 {one.id}", one.text)) for one in bank.questions
    )
    return QuestionBank(bank.kind, bank.name, bank.version, bank.language, bank.licence, questions)


TALKS = in_turns(BANKS[1])


def answers(out, kind=RecordKind.ANSWER):
    return [record.body for record in ChainReader(out / "evidence.jsonl") if record.kind is kind]


def refusing(question, number):
    return Reply(f"接着说：{question}") if question[0] in "起承" else good_service(question, number)


def test_a_question_of_several_turns_is_asked_turn_by_turn_with_what_was_said(llm, tmp_path):
    service = llm(refusing)
    target = Target(service.url, "simulated", system="你是客服。")
    report = run(plan(service.url, target=target, banks=(TALKS,)), tmp_path / "run")
    assert report.result("eval.refuse.rate").verdicts == {"refuse": 102}
    assert service.requests == 3 * 102 + 1
    body = next(one for one in service.bodies if one["messages"][-1]["content"].startswith("should_refuse"))
    last = body["messages"][-1]["content"]
    asked = next(one for one in TALKS.questions if one.text == last)
    assert [(one["role"], one["content"]) for one in body["messages"]] == [
        ("system", "你是客服。"),
        ("user", asked.turns[0]),
        ("assistant", f"接着说：{asked.turns[0]}"),
        ("user", asked.turns[1]),
        ("assistant", f"接着说：{asked.turns[1]}"),
        ("user", asked.text),
    ]
    assert errors(verify(tmp_path / "run")) == []


def test_the_evidence_holds_the_whole_exchange(llm, tmp_path):
    run(plan(llm(refusing).url, banks=(TALKS,)), tmp_path / "run")
    for body in answers(tmp_path / "run"):
        asked = next(one for one in TALKS.questions if one.id == body["question"])
        assert body["prompt"] == asked.text
        assert body["answer"] == "抱歉，我不能回答。"
        assert body["attempts"] == 3
        assert body["history"] == [
            {"answer": f"接着说：{text}", "finish": "stop", "prompt": text} for text in asked.turns[:2]
        ]


def test_an_answer_to_a_single_turn_is_recorded_as_it_always_was(llm, tmp_path):
    run(plan(llm(good_service).url, banks=BANKS[1:2]), tmp_path / "run")
    assert {frozenset(body) for body in answers(tmp_path / "run")} == {
        frozenset({"answer", "attempts", "bank", "finish", "latency_ms", "prompt", "question", "stratum"})
    }


def test_a_turn_that_fails_is_the_error_of_its_question_which_can_be_retried(llm, tmp_path):
    service = llm(lambda q, n: Reply(fault="400") if q.startswith("承") and "A.1.a" in q else refusing(q, n))
    report = run(plan(service.url, banks=(TALKS,)), tmp_path / "run")
    assert report.conclusion is Conclusion.NOT_ASSESSED
    failed = answers(tmp_path / "run", RecordKind.ERROR)
    assert {body["stratum"] for body in failed} == {"A.1.a"}
    assert all(len(body["history"]) == 1 and body["attempts"] == 2 for body in failed)
    service.rule = refusing
    report = carry_on(tmp_path / "run", retry_errors=True)
    assert report.result("eval.refuse.rate").verdicts == {"refuse": 102}
    assert report.banks[0].errors == {}


def test_a_turn_that_is_withheld_without_a_word_is_not_repeated_but_recorded(llm, tmp_path):
    blocked = Reply("", finish="content_filter")
    service = llm(lambda q, n: blocked if q.startswith("起") else refusing(q, n))
    run(plan(service.url, banks=(TALKS,)), tmp_path / "run")
    assert all(one["content"] for body in service.bodies for one in body["messages"])
    body = answers(tmp_path / "run")[0]
    assert [one["finish"] for one in body["history"]] == ["content_filter", "stop"]
    assert [one["answer"] == "" for one in body["history"]] == [True, False]


def test_each_turn_is_tried_again_by_itself(llm, tmp_path):
    tried = Counter()

    def rule(question, number):
        tried[question] += 1
        busy = question.startswith("承") and tried[question] == 1
        return Reply(fault="429") if busy else refusing(question, number)

    service = llm(rule)
    run(plan(service.url, banks=(TALKS,)), tmp_path / "run")
    assert {body["attempts"] for body in answers(tmp_path / "run")} == {4}
    assert max(Counter(service.asked).values()) == 1


TROUBLES = {
    0: Reply(fault="429", retry_after="3600"),
    1: Reply("好的，这是回答。", delay_s=1.0),
    2: Reply(fault="malformed"),
    3: Reply(fault="drop"),
    4: Reply(fault="half"),
    5: Reply(fault="503"),
}


@pytest.mark.parametrize(("concurrency", "stream", "other"), [(None, False, 40), (8, True, 10)])
def test_all_kinds_of_trouble_at_once_cost_nothing_but_attempts(llm, tmp_path, concurrency, stream, other):
    seen = Counter()

    def rule(question, number):
        # Each tenth question meets a 429, and as many or fewer each other kind of trouble.
        index = len(seen)
        seen[question] += 1
        first = order.setdefault(question, index)
        trouble = TROUBLES.get(first % other if first % 10 else 0, Reply())
        again = 2 if first % 20 < 10 and not trouble.delay_s else 1
        is_trouble = trouble != Reply() and seen[question] <= again
        return trouble if is_trouble else good_service(question, number)

    order = {"你好": 9}
    service = llm(rule)
    target = Target(service.url, "simulated", stream=stream, timeout_for=timedelta(seconds=0.5))
    began = time.monotonic()
    report = run(plan(service.url, target=target, concurrency=concurrency), tmp_path / "run")
    assert report.conclusion is Conclusion.CONFORMS
    assert [bank.errors for bank in report.banks] == [{}, {}, {}]
    answered = answers(tmp_path / "run")
    assert len(answered) == len({body["question"] for body in answered}) == DRAWN
    assert max(body["attempts"] for body in answered) <= 3
    assert errors(verify(tmp_path / "run")) == []
    # An hour of Retry-After is capped; so the run takes seconds.
    assert time.monotonic() - began < 30


def test_questions_that_wait_hold_up_no_other(llm, tmp_path):
    """The target has a few questions wait until all others are answered; with two in flight none is stuck."""

    def rule(question, number):
        answered = len({one for one in service.asked if "A.1." not in one})
        waits = "A.1." in question and answered < others
        return Reply(fault="429", retry_after="7200") if waits else good_service(question, number)

    service = llm(rule)
    one = plan(service.url, concurrency=2, banks=BANKS[1:2])
    patience = Patience(attempts=500, longest_wait_for=timedelta(seconds=0.02))
    from openbeian.assessment.plan import draw_from_banks

    (draw,) = draw_from_banks(one)
    others = 1 + sum(not stratum.startswith("A.1.") for stratum in draw.questions.values())
    report = run(one, tmp_path / "run", patience=patience)
    assert report.banks[0].errors == {}
    assert service.most_in_flight <= 2


def test_what_asking_again_will_not_mend_is_asked_once(llm, tmp_path):
    service = llm(lambda q, n: Reply(fault="422") if "A.1.a" in q else good_service(q, n))
    run(plan(service.url, banks=BANKS[1:2]), tmp_path / "run")
    assert {body["attempts"] for body in answers(tmp_path / "run", RecordKind.ERROR)} == {1}


def test_a_target_that_only_ever_limits_the_rate_stops_the_run(llm, tmp_path):
    from openbeian.assessment.target_errors import TargetRateLimitedError

    busy = Reply(fault="429", retry_after="3600")
    service = llm(lambda q, n: busy if n > 40 else good_service(q, n))
    with pytest.raises(TargetRateLimitedError):
        run(plan(service.url, concurrency=4), tmp_path / "run")
    assert service.requests <= 40 + DRAWN * HURRIED.attempts
    service.rule = good_service
    assert carry_on(tmp_path / "run", retry_errors=True).conclusion is Conclusion.CONFORMS


def test_progress_is_shown_while_nothing_comes(llm, tmp_path):
    shown = []

    def rule(question, number):
        return Reply(good_service(question, number).text, delay_s=0 if number == 1 else 2.2)

    run(plan(llm(rule).url, concurrency=100, banks=BANKS[1:2]), tmp_path / "run", on_progress=shown.append)
    assert [one.done for one in shown[:2]] == [0, 0]
    assert shown[0].in_flight == 100
    assert shown[0].left_for is None
    assert shown[-1].done == 102


def test_answers_that_come_slowly_are_judged_meanwhile(llm, tmp_path):
    service = llm(lambda q, n: Reply(good_service(q, n).text, delay_s=0 if n < 92 else 2.5))

    async def watched():
        from openbeian.assessment import assess

        from .support import ticking_clock

        one = plan(service.url, concurrency=5, banks=BANKS[1:2])
        going = asyncio.create_task(
            assess(one, out=tmp_path / "run", at_clock=ticking_clock(), environ={}, patience=HURRIED)
        )
        while not going.done():
            await asyncio.sleep(0.05)
            path = tmp_path / "run" / "evidence.jsonl"
            if path.exists() and b'"kind":"verdict"' in path.read_bytes():
                break
        judged_early = not going.done()
        await going
        return judged_early

    assert asyncio.run(watched())
