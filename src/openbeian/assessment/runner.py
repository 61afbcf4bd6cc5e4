"""The runner: asks what is left to ask, many at once, and writes every outcome down as it comes."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any, Final, NamedTuple

from openbeian.assessment.asking import Patience
from openbeian.assessment.collecting import seldom_collecting
from openbeian.assessment.conversing import AskTarget, Conversation, converse
from openbeian.assessment.judging import Bench
from openbeian.assessment.progress import Meter, Progress
from openbeian.assessment.target_errors import TargetError
from openbeian.assessment.throttle import Permit, Throttle
from openbeian.evidence import ChainWriter, RecordKind

__all__ = ["Ask", "Runner"]

_SHOW_EVERY_S: Final = 1.0
_JUDGE_EVERY: Final = 2
"""So many times progress is shown before answers that wait are judged."""
_MOST_WAITING: Final = 256
"""So many questions may wait for their next attempt before no other is begun."""
_GIVE_UP_AFTER: Final = 20


class Ask(NamedTuple):
    """A question that is to be asked."""

    bank: str
    id: str
    stratum: str
    text: str
    turns: tuple[str, ...] = ()
    """All that is said, where the question has several turns; `text` is the last."""

    @property
    def said(self) -> tuple[str, ...]:
        """What is said, turn by turn."""
        return self.turns or (self.text,)


class Runner:
    """Asks questions of one target. Whatever stops it, what was written stays true and can be resumed."""

    def __init__(
        self,
        ask: AskTarget,
        *,
        writer: ChainWriter,
        bench: Bench,
        meter: Meter,
        throttle: Throttle,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        stop_when: Callable[[str], bool] | None = None,
    ) -> None:
        """Ask by `ask`, write into `writer`, have `bench` judge; end a bank when `stop_when` says so."""
        self._ask = ask
        self._writer = writer
        self._bench = bench
        self._meter = meter
        self._throttle = throttle
        self._clock = clock
        self._patience = patience or Patience()
        self._on_progress = on_progress
        self._stop_when = stop_when
        self._failed_in_a_row = 0
        self.answers = 0

    async def run(self, asks: Sequence[Ask]) -> None:
        """Ask all of `asks`, in their order, and judge the answers.

        Raises:
            TargetError: The target failed in a way that makes going on pointless.
        """
        beside = asyncio.create_task(self._judge_and_show())
        try:
            with seldom_collecting():
                async with asyncio.TaskGroup() as group:
                    await self._ask_all(asks, group)
        except ExceptionGroup as failures:
            raise _first(failures) from None
        finally:
            beside.cancel()
            with suppress(asyncio.CancelledError):
                await beside
            self._bench.sit()
            self._show(asyncio.get_running_loop().time())

    async def _ask_all(self, asks: Iterable[Ask], group: asyncio.TaskGroup) -> None:
        """Start with a question as soon as it may be in flight.

        Questions that wait for their next attempt hold up no other, however long the target has them
        wait; only when very many do, no more are begun.
        """
        room = asyncio.Semaphore(self._throttle.most + _MOST_WAITING)
        for one in asks:
            await room.acquire()
            permit = await self._throttle.acquire()
            if self._stop_when is not None and self._stop_when(one.bank):
                self._throttle.release()
                room.release()
                continue
            group.create_task(self._ask_one(one, permit)).add_done_callback(lambda _: room.release())

    async def _ask_one(self, one: Ask, permit: Permit) -> None:
        conversation = await converse(
            self._ask, one.said, throttle=self._throttle, patience=self._patience, permit=permit
        )
        self._record(one, conversation)
        now_s = asyncio.get_running_loop().time()
        self._meter.count(one.bank, now_s, is_error=conversation.outcome.error is not None)
        if self._meter.is_due(now_s):
            self._show(now_s)

    def _record(self, one: Ask, conversation: Conversation) -> None:
        outcome = conversation.outcome
        about: dict[str, Any] = {
            "attempts": conversation.attempts,
            "bank": one.bank,
            "latency_ms": round(outcome.took_s * 1000),
            "prompt": one.text,
            "question": one.id,
            "stratum": one.stratum,
        }
        if one.turns:
            about["history"] = conversation.history()
        if outcome.error is not None:
            self._record_error(about, outcome.error)
            return
        assert outcome.answer is not None
        self._failed_in_a_row = 0
        self.answers += 1
        about |= {"answer": outcome.answer.text, "finish": outcome.answer.finish}
        self._bench.take(self._writer.append(RecordKind.ANSWER, about, at=self._clock()))

    def _record_error(self, about: dict[str, Any], error: TargetError) -> None:
        if error.stops_run:
            raise error
        about |= {"error": error.code, "message": error.text.en}
        self._writer.append(RecordKind.ERROR, about, at=self._clock())
        self._failed_in_a_row += 1
        # When nothing has come back for so long, the rest would only be errors as well.
        if self._failed_in_a_row >= max(_GIVE_UP_AFTER, 2 * self._throttle.limit):
            raise error

    async def _judge_and_show(self) -> None:
        """Have verdicts follow soon where answers come slowly, and show that nothing comes."""
        for second in count(1):
            await asyncio.sleep(_SHOW_EVERY_S)
            if second % _JUDGE_EVERY == 0:
                self._bench.sit()
            self._show(asyncio.get_running_loop().time())

    def _show(self, now_s: float) -> None:
        if self._on_progress is not None:
            throttle = self._throttle
            self._on_progress(
                self._meter.read(now_s, in_flight=throttle.in_flight, concurrency=throttle.limit)
            )


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    """Return the failure that stopped the others."""
    leaves: Iterable[Exception] = failures.exceptions
    return next(iter(leaves))
