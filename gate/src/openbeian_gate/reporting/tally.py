"""Counts decisions between two reports: in memory, bounded, and nothing of who asked."""

import threading
from collections import Counter
from datetime import date, timedelta
from typing import Final, NamedTuple

from openbeian_gate.gate import ADMITTED, ADMITTED_BY_PERMIT, Decided
from openbeian_gate.policy import MAX_SUBJECT
from openbeian_gate.refusals import NotFiledError
from openbeian_gate.verify.index import service_hash
from openbeian_gate.verify.report import MAX_DECISIONS, MAX_SIGHTINGS, DecisionRecord, GateDay

__all__ = ["Tallied", "Tally"]

_BEIJING_FOR: Final = timedelta(hours=8)
"""The register's days are days in China."""
_LETTING_IN: Final = frozenset({ADMITTED, ADMITTED_BY_PERMIT})


class Tallied(NamedTuple):
    """What was counted."""

    days: tuple[GateDay, ...]
    decisions: tuple[DecisionRecord, ...]
    left_out: int


class Tally:
    """The counts since the last report."""

    def __init__(self, *, sample_every: int, most_sightings: int = MAX_SIGHTINGS) -> None:
        """Count from nothing.

        Args:
            sample_every: One admission in so many is listed with the refusals; 0 for none.
            most_sightings: So many unknown services are told apart in a day.
        """
        self._sample_every = sample_every
        self._most_sightings = most_sightings
        self._lock = threading.Lock()
        self._admissions = 0
        self._clear()

    def count(self, decided: Decided) -> None:
        """Count one decision."""
        named = 0 < len(decided.subject) <= MAX_SUBJECT
        hashed = service_hash(decided.subject).hex()
        with self._lock:
            day = (decided.at + _BEIJING_FOR).date()
            self._answers.setdefault(day, Counter())[decided.answer] += 1
            if decided.answer == NotFiledError.code:
                self._sight(day, hashed, named=named)
            if self._is_listed(decided.answer):
                self._list(
                    DecisionRecord(decided.at, hashed, decided.answer, decided.version, decided.permit)
                )

    def take(self) -> Tallied:
        """Return what was counted, and begin anew."""
        with self._lock:
            days = tuple(
                GateDay(day, dict(answers), dict(self._sightings.get(day, {})), self._others[day])
                for day, answers in sorted(self._answers.items())
            )
            tallied = Tallied(days, tuple(self._decisions), self._left_out)
            self._clear()
        return tallied

    def _sight(self, day: date, hashed: str, *, named: bool) -> None:
        seen = self._sightings.setdefault(day, Counter())
        if named and (hashed in seen or len(seen) < self._most_sightings):
            seen[hashed] += 1
        else:
            self._others[day] += 1

    def _is_listed(self, answer: str) -> bool:
        if answer not in _LETTING_IN:
            return True
        self._admissions += 1
        return self._sample_every > 0 and self._admissions % self._sample_every == 0

    def _list(self, record: DecisionRecord) -> None:
        if len(self._decisions) < MAX_DECISIONS:
            self._decisions.append(record)
        else:
            self._left_out += 1

    def _clear(self) -> None:
        self._answers: dict[date, Counter[str]] = {}
        self._sightings: dict[date, Counter[str]] = {}
        self._others = Counter[date]()
        self._decisions: list[DecisionRecord] = []
        self._left_out = 0
