"""How many questions are in flight, and how patiently one is asked again."""

import asyncio
from datetime import timedelta

import pytest

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.target_errors import (
    TargetNotJSONError,
    TargetRateLimitedError,
    TargetServerError,
)
from openbeian.assessment.throttle import MOST_IN_FLIGHT, Throttle

BUSY = TargetRateLimitedError("u", None)
QUICK = Patience(first_wait_for=timedelta(milliseconds=1), longest_wait_for=timedelta(milliseconds=2))


def script(*outcomes):
    """Return an asker that gives one outcome after the other, and the list of its questions."""
    left, asked = list(outcomes), []

    async def ask(question):
        asked.append(question)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask, asked


def patiently(ask, patience=QUICK, throttle=None):
    return asyncio.run(ask_patiently(ask, "问", throttle=throttle or Throttle(2), patience=patience))


def test_a_question_is_asked_again_until_there_is_an_answer():
    ask, asked = script(BUSY, TargetServerError("u", 500), Answer("好"))
    outcome = patiently(ask)
    assert (outcome.answer, outcome.error, outcome.attempts, len(asked)) == (Answer("好"), None, 3, 3)


def test_a_question_is_given_up_after_so_many_attempts():
    ask, asked = script(*[BUSY] * 9)
    outcome = patiently(ask)
    assert (outcome.answer, outcome.error, len(asked)) == (None, BUSY, 5)


def test_what_asking_again_will_not_mend_is_not_asked_again():
    error = TargetNotJSONError("u", "text/html")
    ask, asked = script(error, Answer("好"))
    assert patiently(ask).error is error
    assert len(asked) == 1


def test_a_long_retry_after_is_capped():
    patience = Patience(longest_wait_for=timedelta(seconds=30))
    an_hour = TargetRateLimitedError("u", timedelta(hours=1))
    assert patience.wait_s(1, an_hour, b"") == 30
    assert patience.wait_s(1, TargetRateLimitedError("u", timedelta(seconds=2)), b"") == 2


def test_waits_double_stay_under_the_cap_and_differ_between_questions():
    patience = Patience(first_wait_for=timedelta(seconds=1), longest_wait_for=timedelta(seconds=10))
    error = TargetServerError("u", 500)
    waits = [patience.wait_s(attempt, error, b"a") for attempt in range(1, 8)]
    assert waits == sorted(waits)
    assert waits[1] == 2 * waits[0]
    assert 5 <= waits[-1] <= 10
    assert patience.wait_s(1, error, b"b") != waits[0]


def test_nothing_is_in_flight_while_a_question_waits_to_be_asked_again():
    async def both():
        throttle = Throttle(1)
        ask, _ = script(BUSY, Answer("第二"), Answer("第一"))
        slow = Patience(first_wait_for=timedelta(seconds=0.2))
        first = asyncio.create_task(ask_patiently(ask, "1", throttle=throttle, patience=slow))
        await asyncio.sleep(0.01)
        second = await ask_patiently(ask, "2", throttle=throttle, patience=slow)
        assert not first.done()
        return second, await first

    second, first = asyncio.run(both())
    assert (second.answer, first.answer) == (Answer("第二"), Answer("第一"))


@pytest.mark.parametrize("concurrency", [1, 7])
def test_a_fixed_number_is_never_exceeded_and_never_changes(concurrency):
    async def crowd():
        throttle, most = Throttle(concurrency), 0

        async def one():
            nonlocal most
            permit = await throttle.acquire()
            most = max(most, throttle.in_flight)
            await asyncio.sleep(0)
            throttle.pushed_back(permit)
            throttle.answered(1.0)
            throttle.release()

        await asyncio.gather(*(one() for _ in range(100)))
        return throttle.limit, throttle.most, most, throttle.in_flight

    assert asyncio.run(crowd()) == (concurrency, concurrency, concurrency, 0)


def adapted(*steps, took_s=0.1):
    """Return the limit after `steps`: a number of answers, or "back" for a push-back of a new permit."""

    async def go():
        throttle = Throttle(None)
        for step in steps:
            if step == "back":
                throttle.pushed_back(await throttle.acquire())
                throttle.release()
            else:
                for _ in range(step):
                    throttle.answered(took_s)
        return throttle.limit

    return asyncio.run(go())


def test_an_adaptive_number_grows_by_one_an_answer_up_to_the_most():
    assert adapted() == 4
    assert adapted(10) == 14
    assert adapted(1000) == MOST_IN_FLIGHT


def test_a_push_back_halves_it_and_growth_is_then_by_one_a_round():
    assert adapted(36, "back") == 20
    assert adapted(36, "back", 21) == 21
    assert adapted("back", "back", "back", "back") == 1


def test_push_backs_of_questions_that_were_in_flight_together_count_once():
    async def together():
        throttle = Throttle(None)
        permits = [await throttle.acquire() for _ in range(4)]
        for permit in permits:
            throttle.pushed_back(permit)
        return throttle.limit

    assert asyncio.run(together()) == 2


def test_it_stops_growing_where_only_the_queue_of_the_target_grows():
    throttle = Throttle(None)
    for _ in range(8):
        throttle.answered(0.1)
    for _ in range(200):
        throttle.answered(1.0)
    assert throttle.limit < 30


def test_one_who_waits_goes_when_another_is_done_even_if_a_third_gave_up():
    async def queue():
        throttle = Throttle(1)
        await throttle.acquire()
        gives_up = asyncio.create_task(throttle.acquire())
        waits = asyncio.create_task(throttle.acquire())
        await asyncio.sleep(0)
        gives_up.cancel()
        await asyncio.sleep(0)
        throttle.release()
        await asyncio.wait_for(waits, 1)
        return throttle.in_flight

    assert asyncio.run(queue()) == 1
