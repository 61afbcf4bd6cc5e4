"""Judging answers in batches as they come, and writing the verdicts into the evidence."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Self

from openbeian.assessment.answers import Answer
from openbeian.assessment.conversing import said_before
from openbeian.assessment.judges.protocol import Exchange, Judge, JudgeCard, Verdict
from openbeian.assessment.methods import banks_of
from openbeian.evidence import ChainWriter, Record, RecordKind, Seal

__all__ = ["Bench", "Waiting", "close"]

_BATCH: Final = 64


class Waiting(NamedTuple):
    """An answer that is to be judged, and where it stands in the evidence."""

    answer: int
    bank: str
    question: str
    exchange: Exchange

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the answer that a record holds.

        Raises:
            BadInputError: The record is incomplete.
        """
        answer = Answer(record.string("answer"), record.string("finish"))
        before = said_before(record)
        exchange = Exchange(record.string("prompt"), answer, record.string("stratum"), before)
        return cls(record.seq, record.string("bank"), record.string("question"), exchange)

    def record(self, writer: ChainWriter, judge: Judge, verdict: Verdict, *, at: datetime) -> None:
        """Append the verdict of a judge on this answer to the evidence."""
        body: dict[str, Any] = {
            "answer": self.answer,
            "bank": self.bank,
            "judge": judge.name,
            "question": self.question,
            "version": judge.version,
            **verdict.as_json(),
        }
        writer.append(RecordKind.VERDICT, body, at=at)


class Bench:
    """The judges of a run. Answers wait until a batch is full or `sit` is called."""

    def __init__(self, judges: Sequence[Judge], writer: ChainWriter, clock: Callable[[], datetime]) -> None:
        """Have `judges` judge, each the answers to its banks, and write into `writer`."""
        self._judges = [(judge, banks_of(judge.name)) for judge in judges]
        self._writer = writer
        self._clock = clock
        self._waiting: list[tuple[Waiting, tuple[Judge, ...]]] = []

    def take(self, record: Record, *, besides: frozenset[str] = frozenset()) -> None:
        """Take the record of an answer; judges named in `besides` have judged it already."""
        bank = record.string("bank")
        judges = tuple(judge for judge, banks in self._judges if bank in banks and judge.name not in besides)
        if judges:
            self._waiting.append((Waiting.of(record), judges))
        if len(self._waiting) >= _BATCH:
            self.sit()

    def sit(self) -> None:
        """Judge every answer that waits."""
        waiting, self._waiting = self._waiting, []
        at = self._clock()
        for judge in dict.fromkeys(judge for _, judges in waiting for judge in judges):
            its = [one for one, judges in waiting if judge in judges]
            verdicts = judge.judge_many([one.exchange for one in its])
            for one, verdict in zip(its, verdicts, strict=True):
                one.record(self._writer, judge, verdict, at=at)


def close(
    writer: ChainWriter,
    judges: Sequence[Judge],
    *,
    at: datetime,
    judge_errors: Mapping[str, Mapping[str, int]] | None = None,
    keywords: Seal | None = None,
    stopped: Sequence[str] = (),
) -> None:
    """Close the evidence: which judges have judged, and what they failed on.

    Args:
        writer: the evidence.
        judges: whose verdicts stand in it.
        at: the time.
        judge_errors: for each judge that left answers without a verdict how many, by kind of error.
        keywords: the library of the keyword judge, where it isn't the one committed to.
        stopped: the banks of which no more was asked, as the rule in the commitment says.
    """
    body: dict[str, Any] = {"judges": [JudgeCard.of(judge).as_json() for judge in judges]}
    if judge_errors:
        body["judge_errors"] = judge_errors
    if keywords:
        body["keywords"] = keywords.as_json()
    if stopped:
        body["stopped"] = list(stopped)
    writer.append(RecordKind.CLOSE, body, at=at)
