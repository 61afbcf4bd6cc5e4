"""Judging answers in batches as they come, and writing the verdicts into the evidence."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from openbeian.assessment.answers import Answer
from openbeian.assessment.judges.protocol import Exchange, Judge
from openbeian.evidence import ChainWriter, Record, RecordKind

__all__ = ["Bench"]

_BATCH: Final = 64


class _Waiting(NamedTuple):
    answer: int
    bank: str
    question: str
    exchange: Exchange
    judges: tuple[Judge, ...]


class Bench:
    """The judges of a run. Answers wait until a batch is full or `sit` is called."""

    def __init__(
        self, judges: Mapping[str, Sequence[Judge]], writer: ChainWriter, clock: Callable[[], datetime]
    ) -> None:
        """Write into `writer`; `judges` are those of each bank."""
        self._judges = judges
        self._writer = writer
        self._clock = clock
        self._waiting: list[_Waiting] = []

    def take(self, record: Record, *, besides: frozenset[str] = frozenset()) -> None:
        """Take the record of an answer; judges named in `besides` have judged it already."""
        bank = record.string("bank")
        judges = tuple(judge for judge in self._judges.get(bank, ()) if judge.name not in besides)
        if judges:
            answer = Answer(record.string("answer"), record.string("finish"))
            exchange = Exchange(record.string("prompt"), answer)
            self._waiting.append(_Waiting(record.seq, bank, record.string("question"), exchange, judges))
        if len(self._waiting) >= _BATCH:
            self.sit()

    def sit(self) -> None:
        """Judge every answer that waits."""
        waiting, self._waiting = self._waiting, []
        at = self._clock()
        for judge in dict.fromkeys(judge for one in waiting for judge in one.judges):
            its = [one for one in waiting if judge in one.judges]
            verdicts = judge.judge_many([one.exchange for one in its])
            for one, verdict in zip(its, verdicts, strict=True):
                body: dict[str, Any] = {
                    "answer": one.answer,
                    "bank": one.bank,
                    "judge": judge.name,
                    "question": one.question,
                    "version": judge.version,
                    **verdict.as_json(),
                }
                self._writer.append(RecordKind.VERDICT, body, at=at)
