"""Counting what evidence says, in one pass that keeps no answer."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from openbeian.assessment.calibrating import (
    Labelled,
    labels_of,
    measure,
    measured_in_run,
    stale_calibration,
)
from openbeian.assessment.inspection import Inspected
from openbeian.assessment.judges.protocol import Calibration, JudgeCard
from openbeian.assessment.run_state import RunState
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import Record, RecordKind
from openbeian.evidence.records import record_error

__all__ = ["Tally", "VerdictCount"]

_LONGEST_MS: Final = 10**9
"""Nothing takes so long; what claims to is kept from overflowing the array."""


class VerdictCount(NamedTuple):
    """How often a judge said something about the answers of one stratum."""

    stratum: str
    value: str
    answers: int


@dataclass(slots=True)
class Tally:
    """The counts that a report is made of.

    Only the first answer to a question counts, so that asking until the answer pleases changes nothing;
    of several verdicts of one judge on one answer the last counts, so that answers can be judged anew.
    """

    state: RunState = field(default_factory=RunState)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    drawn_at: dict[str, datetime] = field(default_factory=dict)
    latencies_ms: "array[int]" = field(default_factory=lambda: array("q"))
    cards: dict[str, JudgeCard] = field(default_factory=dict)
    versions: dict[str, set[str]] = field(default_factory=dict)
    inspected: Inspected = field(default_factory=Inspected)
    _labels: dict[str, dict[str, dict[int, str]]] = field(default_factory=dict)
    """For each judge and each of its versions that was measured, the label of each answer."""
    _errors: dict[tuple[str, str], str] = field(default_factory=dict)
    _verdicts: dict[str, dict[int, str]] = field(default_factory=dict)
    _newest: dict[str, dict[int, str]] = field(default_factory=dict)

    @classmethod
    def count(cls, records: Iterable[Record]) -> "Tally":
        """Return the counts of `records`.

        Raises:
            BadInputError: They are not those of a run.
        """
        tally = cls()
        for record in records:
            if not record.seq and record.kind is not RecordKind.COMMITMENT:
                raise record_error(1, Text("应为承诺记录", "this must be the commitment"))
            tally.take(record)
        if tally.started_at is None:
            raise BadInputError(
                "证据是空的；请重新评估。", "The evidence is empty; run the assessment again."
            )
        return tally

    def take(self, record: Record) -> None:
        """Take the next record."""
        self.started_at = self.started_at or record.at
        self.ended_at = record.at
        self.state.take(record)
        match record.kind:
            case RecordKind.COMMITMENT | RecordKind.CLOSE:
                self._take_cards(record)
            case RecordKind.DRAW:
                self.drawn_at.setdefault(record.string("bank"), record.at)
            case RecordKind.ANSWER:
                self.latencies_ms.append(max(0, min(record.integer("latency_ms"), _LONGEST_MS)))
            case RecordKind.ERROR:
                self._errors[record.string("bank"), record.string("question")] = record.string("error")
            case RecordKind.VERDICT:
                judge, version = record.string("judge"), record.string("version")
                value = sys.intern(record.string("value"))
                self._verdicts.setdefault(judge, {})[record.integer("answer")] = value
                self.versions.setdefault(judge, set()).add(version)
                self._newest.setdefault(judge, {})[record.integer("answer")] = sys.intern(version)
            case RecordKind.INSPECTION:
                self.inspected.take(record)
            case RecordKind.CALIBRATION:
                # One that doesn't say of which version it is belongs to none.
                version = str(record.body.get("version", ""))
                self._labels.setdefault(record.string("judge"), {})[version] = labels_of(record)

    def _take_cards(self, record: Record) -> None:
        holder: Mapping[str, Any] = (
            record.mapping("run") if record.kind is RecordKind.COMMITMENT else record.body
        )
        try:
            cards = [JudgeCard.parse(card) for card in holder["judges"]]
        except (KeyError, TypeError, ValueError) as error:
            raise record_error(
                record.line, Text("判定器说明残缺", "the cards of the judges are incomplete")
            ) from error
        self.cards |= {card.name: card for card in cards}

    def newest_versions(self, judge: str) -> frozenset[str]:
        """Return the versions of a judge by which the verdicts that count were given."""
        return frozenset(self._newest.get(judge, {}).values())

    def calibrations(self, judge: str) -> tuple[Calibration, ...]:
        """Return how a judge was measured: on this run's own answers if people labelled some, else before.

        Only what was measured in the version whose verdicts count is returned (`stale` says what wasn't).
        Labels are held against those verdicts; where they don't suffice, as in evidence that somebody made
        up, the judge is not measured.
        """
        labels = self._labels_now(judge)
        if labels is None:
            card = self.cards.get(judge)
            return card.calibrations if card and self._is_now(judge, card.version) else ()
        given = self._verdicts.get(judge, {})
        labelled = [Labelled(label, given[answer]) for answer, label in labels.items() if answer in given]
        try:
            return measure(judge, labelled, measured_in_run(len(labelled)))
        except BadInputError:
            return ()

    def stale(self, judge: str) -> Text | None:
        """Say that a judge was measured, but in another version than gave the verdicts; None where not so."""
        if self._labels_now(judge) is not None:
            return None
        card = self.cards.get(judge)
        measured = sorted(self._labels.get(judge, {}))
        if not measured and card and card.calibrations and not self._is_now(judge, card.version):
            measured = [card.version]
        return stale_calibration(judge, measured, sorted(self.newest_versions(judge))) if measured else None

    def _labels_now(self, judge: str) -> dict[int, str] | None:
        """Return the labels by which the version was measured whose verdicts count."""
        labels = self._labels.get(judge, {})
        return next((its for version, its in labels.items() if self._is_now(judge, version)), None)

    def _is_now(self, judge: str, version: str) -> bool:
        return self.newest_versions(judge) <= {version}

    def answers(self, bank: str) -> Iterator[int]:
        """Yield the answers to questions drawn from a bank, by the number of their record."""
        questions = self.state.draws[bank].questions
        for (its, question), seq in self.state.answered.items():
            if its == bank and question in questions:
                yield seq

    def outcomes(self, bank: str, judge: str) -> Iterator[tuple[str, str | None]]:
        """Yield each question of a bank that has a verdict or an error, in the order drawn, with the verdict.

        The first question that has neither yet ends it.
        """
        given = self._verdicts.get(judge, {})
        for question in self.state.draws[bank].questions:
            value = given.get(self.state.answered.get((bank, question), -1))
            if value is None and (bank, question) not in self.state.failed:
                return
            yield question, value

    def answered(self, bank: str) -> int:
        """Return how many questions of a bank were answered."""
        return sum(1 for its, _ in self.state.answered if its == bank)

    def errors(self, bank: str) -> Counter[str]:
        """Return, for each kind of error, how many questions of a bank it leaves without an answer."""
        return Counter(self._errors[key] for key in self.state.failed if key[0] == bank)

    def failed_strata(self, bank: str) -> Counter[str]:
        """Return, for each stratum, how many questions of a bank have no answer because of an error."""
        questions = self.state.draws[bank].questions
        return Counter(
            questions[question]
            for its, question in self.state.failed
            if its == bank and question in questions
        )

    def verdict(self, judge: str, answer: int) -> str | None:
        """Return the verdict of a judge that counts on the answer with this record number."""
        return self._verdicts.get(judge, {}).get(answer)

    def verdicts(self, bank: str, judge: str) -> Iterator[VerdictCount]:
        """Yield how often `judge` gave each verdict, by stratum; only answers to questions drawn count."""
        questions = self.state.draws[bank].questions
        given = self._verdicts.get(judge, {})
        counts: Counter[tuple[str, str]] = Counter()
        for (its, question), seq in self.state.answered.items():
            if its == bank and question in questions and seq in given:
                counts[questions[question], given[seq]] += 1
        for (stratum, value), count in counts.items():
            yield VerdictCount(stratum, value, count)
