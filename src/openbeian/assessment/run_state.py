"""What a run has done so far, read back from its evidence."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openbeian.core.text import Text
from openbeian.evidence import Draw, Record, RecordKind
from openbeian.evidence.records import record_error

__all__ = ["RunState"]


@dataclass(slots=True)
class RunState:
    """The outline of a run: what was committed to, drawn, answered and judged; not the answers."""

    committed: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    commitment: str = ""
    draws: dict[str, Draw] = field(default_factory=dict)
    answered: dict[tuple[str, str], int] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)
    judged: dict[int, frozenset[str]] = field(default_factory=dict)
    """For each answer that has a verdict, which judges gave one."""
    stopped: set[str] = field(default_factory=set)
    """The banks of which no more was asked because of the rule in `settings["stop"]`."""
    is_closed: bool = False
    _groups: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, records: Iterable[Record]) -> "RunState":
        """Return the state after `records`.

        Raises:
            BadInputError: They are not those of a run.
        """
        state = cls()
        for record in records:
            if not record.seq and record.kind is not RecordKind.COMMITMENT:
                raise record_error(1, Text("应为承诺记录", "this must be the commitment"))
            state.take(record)
        return state

    def answered_of(self, bank: str) -> dict[str, str]:
        """Return the questions of a bank that were drawn and answered, each with its risk or aspect."""
        drawn = self.draws[bank].questions if bank in self.draws else {}
        return {item: stratum for item, stratum in drawn.items() if (bank, item) in self.answered}

    def take(self, record: Record) -> None:
        """Take the next record."""
        self.is_closed = record.kind is RecordKind.CLOSE
        match record.kind:
            case RecordKind.COMMITMENT:
                self.committed, self.settings = record.mapping("of"), record.mapping("run")
                self.commitment = record.string("commitment")
            case RecordKind.DRAW:
                draw = Draw.parse(record)
                self.draws.setdefault(draw.bank, draw)
            case RecordKind.ANSWER | RecordKind.ERROR:
                self._take_outcome(record)
            case RecordKind.VERDICT:
                answer = record.integer("answer")
                judges = self.judged.get(answer, frozenset()) | {record.string("judge")}
                # One set for all answers that the same judges have judged.
                self.judged[answer] = self._groups.setdefault(judges, judges)
            case RecordKind.CLOSE:
                self.stopped |= _stopped(record)
            case RecordKind.INSPECTION | RecordKind.CALIBRATION:
                pass

    def _take_outcome(self, record: Record) -> None:
        key = sys.intern(record.string("bank")), record.string("question")
        if record.kind is RecordKind.ANSWER:
            self.answered.setdefault(key, record.seq)
            self.failed.discard(key)
        elif key not in self.answered:
            self.failed.add(key)


def _stopped(record: Record) -> set[str]:
    """Return the banks that a session stopped asking before their end; records from before say nothing."""
    banks = record.body.get("stopped", [])
    if not isinstance(banks, list) or not all(isinstance(bank, str) for bank in banks):
        raise record_error(record.line, Text("提前停止的题库写错", "the banks stopped early are no list"))
    return set(banks)
