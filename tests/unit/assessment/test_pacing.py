"""Questions are asked evenly, and no minute holds more than allowed."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.pacing import Pace
from openbeian.assessment.target_errors import TargetServerError
from openbeian.assessment.throttle import Throttle


class _Clock(asyncio.SelectorEventLoop):
    """A loop whose clock goes on only while everybody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0

    def time(self) -> float:
        return self._now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now_s = self._scheduled[0].when()
        super()._run_once()


def _run(main) -> object:
    with asyncio.Runner(loop_factory=_Clock) as runner:
        return runner.run(main)


async def _turns(pace: Pace, waits: list[float]) -> list[float]:
    loop, taken = asyncio.get_running_loop(), []
    for wait_s in waits:
        await asyncio.sleep(wait_s)
        await pace.turn()
        taken.append(loop.time())
    return taken


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 50), st.lists(st.floats(0, 30), min_size=2, max_size=60))
def test_no_minute_holds_more_turns_than_allowed_a_restart_included(a_minute, waits):
    half = len(waits) // 2
    before = _run(_turns(Pace(a_minute), waits[:half]))
    # The process is ended and another begins at that moment, knowing nothing of the first.
    ended = before[-1]
    after = [ended + at for at in _run(_turns(Pace(a_minute), waits[half:]))]
    taken = [*before, *after]
    for first in taken:
        assert sum(first - 1e-6 < at < first + 60 - 1e-6 for at in taken) <= a_minute


def test_many_at_once_are_asked_one_after_another_and_what_is_tried_again_counts():
    asked: list[float] = []

    async def ask(_question: str) -> Answer:
        asked.append(asyncio.get_running_loop().time())
        if len(asked) == 2:
            raise TargetServerError("zh", "en")
        return Answer("ok")

    async def main() -> None:
        patience, throttle = Patience(pace=Pace(60)), Throttle(8)
        many = (ask_patiently(ask, "q", throttle=throttle, patience=patience) for _ in range(4))
        outcomes = await asyncio.gather(*many)
        assert [one.took_s for one in outcomes] == [0.0] * 4

    _run(main())
    assert asked == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0])
