"""Judging by judges behind an address: a pass of its own once the answers are there.

Many answers are judged at once, each verdict is written as it comes, and an answer whose judging fails gets
none: it is counted, and the next pass tries it again. Whatever stops the pass, what was written stays true.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience
from openbeian.assessment.judges.protocol import Exchange
from openbeian.assessment.judges.remote import Consultation, RemoteJudge
from openbeian.assessment.judging import Waiting
from openbeian.assessment.methods import banks_of
from openbeian.assessment.progress import Done, Meter, Progress
from openbeian.assessment.target_errors import TargetError
from openbeian.evidence import ChainReader, ChainWriter, RecordKind

__all__ = ["RemotePass", "check_judge", "judge_remotely"]

_GIVE_UP_AFTER: Final = 20
_HARMLESS: Final = Exchange("一加一等于几？", Answer("等于二。"))


async def check_judge(judge: RemoteJudge, patience: Patience) -> None:
    """Check that a judge can be asked and gives verdicts, before time is spent on answers for it.

    Raises:
        TargetError: It can't, or doesn't.
    """
    async with Consultation(judge, patience) as consultation:
        await consultation.verdict(_HARMLESS)


async def judge_remotely(
    judges: Sequence[RemoteJudge],
    writer: ChainWriter,
    *,
    besides: Mapping[int, frozenset[str]],
    clock: Callable[[], datetime],
    patience: Patience,
    on_progress: Callable[[Progress], None] | None = None,
) -> dict[str, dict[str, int]]:
    """Have each of `judges` judge the answers in the evidence, but those it judged already (`besides`).

    Returns, for each judge that left answers without a verdict, how many, by kind of error.

    Raises:
        TargetError: A judge failed in a way that makes going on pointless.
    """
    errors: dict[str, dict[str, int]] = {}
    for judge in judges:
        end = writer.length
        total = sum(1 for _ in _waiting(writer, end, judge, besides))
        if total:
            going = RemotePass(judge, writer, clock, patience, on_progress)
            await going.run(_waiting(writer, end, judge, besides), total)
            if going.errors:
                errors[judge.name] = dict(going.errors)
    return errors


def _waiting(
    writer: ChainWriter, end: int, judge: RemoteJudge, besides: Mapping[int, frozenset[str]]
) -> Iterator[Waiting]:
    """Read from the evidence, since answers are not kept in memory; from `end` on it is being written."""
    banks = banks_of(judge.name)
    for record in ChainReader(writer.path):
        if record.seq >= end:
            return
        judged = judge.name in besides.get(record.seq, ())
        if record.kind is RecordKind.ANSWER and record.string("bank") in banks and not judged:
            yield Waiting.of(record)


class RemotePass:
    """One judge going through answers; `errors` counts by kind what got no verdict."""

    def __init__(
        self,
        judge: RemoteJudge,
        writer: ChainWriter,
        clock: Callable[[], datetime],
        patience: Patience,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Have `judge` judge and write into `writer`."""
        self._judge = judge
        self._writer = writer
        self._clock = clock
        self._patience = patience
        self._on_progress = on_progress
        self._failed_in_a_row = 0
        self.errors: Counter[str] = Counter()

    async def run(self, waiting: Iterable[Waiting], total: int) -> None:
        """Judge all that wait, `total` of them.

        Raises:
            TargetError: The judge failed in a way that makes going on pointless.
        """
        meter = Meter({self._judge.name: Done(0, total)})
        async with Consultation(self._judge, self._patience) as consultation:
            queue = iter(waiting)
            workers = min(consultation.throttle.most, total)
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(workers):
                        group.create_task(self._work(queue, consultation, meter))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None
            finally:
                self._show(meter, consultation)

    async def _work(self, queue: Iterator[Waiting], consultation: Consultation, meter: Meter) -> None:
        for one in queue:
            is_error = not await self._judge_one(one, consultation)
            now_s = asyncio.get_running_loop().time()
            meter.count(self._judge.name, now_s, is_error=is_error)
            if meter.is_due(now_s):
                self._show(meter, consultation)

    async def _judge_one(self, one: Waiting, consultation: Consultation) -> bool:
        """Return whether there is a verdict now."""
        try:
            verdict = await consultation.verdict(one.exchange)
        except TargetError as error:
            self.errors[error.code] += 1
            self._failed_in_a_row += 1
            # When nothing has come back for so long, the rest would only be errors as well.
            enough = max(_GIVE_UP_AFTER, 2 * consultation.throttle.limit)
            if error.stops_run or self._failed_in_a_row >= enough:
                raise
            return False
        self._failed_in_a_row = 0
        one.record(self._writer, self._judge, verdict, at=self._clock())
        return True

    def _show(self, meter: Meter, consultation: Consultation) -> None:
        if self._on_progress is not None:
            throttle = consultation.throttle
            now_s = asyncio.get_running_loop().time()
            self._on_progress(meter.read(now_s, in_flight=throttle.in_flight, concurrency=throttle.limit))
