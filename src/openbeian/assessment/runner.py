"""The runner: asks what is left to ask, many at once, and writes every outcome down as it comes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Outcome, Patience, ask_patiently
from openbeian.assessment.judging import Bench
from openbeian.assessment.progress import Meter, Progress
from openbeian.assessment.target_errors import TargetError
from openbeian.assessment.throttle import Throttle
from openbeian.evidence import ChainWriter, RecordKind

__all__ = ["Ask", "Runner"]

_JUDGE_EVERY_S: Final = 2.0
_GIVE_UP_AFTER: Final = 20


class Ask(NamedTuple):
    """A question that is to be asked."""

    bank: str
    id: str
    stratum: str
    text: str


class Runner:
    """Asks questions of one target. Whatever stops it, what was written stays true and can be resumed."""

    def __init__(
        self,
        ask: Callable[[str], Awaitable[Answer]],
        *,
        writer: ChainWriter,
        bench: Bench,
        meter: Meter,
        throttle: Throttle,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Ask by `ask`, write into `writer`, have `bench` judge."""
        self._ask = ask
        self._writer = writer
        self._bench = bench
        self._meter = meter
        self._throttle = throttle
        self._clock = clock
        self._patience = patience or Patience()
        self._on_progress = on_progress
        self._failed_in_a_row = 0
        self.answers = 0

    async def run(self, asks: Sequence[Ask]) -> None:
        """Ask all of `asks`, in their order, and judge the answers.

        Raises:
            TargetError: The target failed in a way that makes going on pointless.
        """
        workers = min(self._throttle.most, len(asks))
        queue = iter(asks)
        judging = asyncio.create_task(self._judge_now_and_then())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(self._work(queue))
        except ExceptionGroup as failures:
            raise _first(failures) from None
        finally:
            judging.cancel()
            with suppress(asyncio.CancelledError):
                await judging
            self._bench.sit()
            self._show(asyncio.get_running_loop().time())

    async def _work(self, queue: Iterator[Ask]) -> None:
        for one in queue:
            outcome = await ask_patiently(
                self._ask, one.text, throttle=self._throttle, patience=self._patience
            )
            self._record(one, outcome)
            now_s = asyncio.get_running_loop().time()
            self._meter.count(one.bank, now_s, is_error=outcome.error is not None)
            if self._meter.is_due(now_s):
                self._show(now_s)

    def _record(self, one: Ask, outcome: Outcome) -> None:
        about: dict[str, Any] = {
            "attempts": outcome.attempts,
            "bank": one.bank,
            "latency_ms": round(outcome.took_s * 1000),
            "prompt": one.text,
            "question": one.id,
            "stratum": one.stratum,
        }
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

    async def _judge_now_and_then(self) -> None:
        """Have verdicts follow soon where answers come too slowly to fill a batch."""
        while True:
            await asyncio.sleep(_JUDGE_EVERY_S)
            self._bench.sit()

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
