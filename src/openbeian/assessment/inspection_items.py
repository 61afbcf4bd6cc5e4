"""What people are shown of a run: its answers in the order drawn, and nobody's verdict."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Self

from openbeian.assessment.banks import BankKind
from openbeian.assessment.conversing import said_before
from openbeian.assessment.inspection import HUMAN, Inspected
from openbeian.assessment.run_state import RunState
from openbeian.core.agreement import Standing
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import Record, RecordKind

__all__ = ["Filled", "InspectedRun", "Item", "wrong_at"]

_WITHHELD: Final = "（服务拦截了这一问，没有作答）"
# A spreadsheet may wrap lines anew, and escapes what looks like a character's code.
_UNSTABLE: Final = re.compile(r"\s+|x005F_|[\x00-\x1f\ufffd]")
_SHOWN_UNITS: Final = 30_000
"""A cell holds 32,767 units of UTF-16, a few of which escapes may need."""


class Item(NamedTuple):
    """One answer to be judged; `number` is the place of its question in the draw, from 1."""

    number: int
    answer: int
    bank: BankKind
    question: str
    stratum: str
    prompt: str
    said: str

    def is_shown_as(self, filled: "Filled") -> bool:
        """Say whether a row that came back is about this answer."""
        return _stable(self.prompt) == _stable(filled.prompt) and _stable(self.said) == _stable(filled.said)


class Filled(NamedTuple):
    """A row that somebody filled in; `place` says where it stands in its file."""

    place: Text
    number: str
    prompt: str
    said: str
    label: str


def _stable(text: str) -> str:
    return _UNSTABLE.sub("", text)


def wrong_at(path: Path, places: Iterable[Text], what: Text) -> BadInputError:
    """Return the error that a file which people filled in is wrong at some places."""
    listed = tuple(places)
    return BadInputError(
        f"{path.name} {'、'.join(place.zh for place in listed)}：{what.zh}",
        f"{path.name}, {', '.join(place.en for place in listed)}: {what.en}",
    )


@dataclass(slots=True)
class InspectedRun:
    """A run as far as its evidence goes: its answers, and what people said of them."""

    state: RunState = field(default_factory=RunState)
    inspected: Inspected = field(default_factory=Inspected)
    items: dict[int, Item] = field(default_factory=dict)
    human: dict[int, str] = field(default_factory=dict)
    """The verdicts of people that stand in the evidence already."""
    verdicts: dict[str, dict[int, str]] = field(default_factory=dict)
    """For each judge its last verdict on each answer."""
    versions: dict[str, dict[int, str]] = field(default_factory=dict)
    """By which version of a judge its last verdict on each answer is."""

    @classmethod
    def read(cls, records: Iterable[Record]) -> Self:
        """Return the run in `records`.

        Raises:
            BadInputError: They are not those of a run.
        """
        run = cls()
        numbers: dict[tuple[str, str], int] = {}
        for record in records:
            run.state.take(record)
            match record.kind:
                case RecordKind.DRAW:
                    bank = record.string("bank")
                    numbers |= {(bank, q): n for n, q in enumerate(run.state.draws[bank].questions, 1)}
                case RecordKind.ANSWER:
                    run._take_answer(record, numbers)
                case RecordKind.INSPECTION:
                    run.inspected.take(record)
                case RecordKind.VERDICT:
                    judge, answer = record.string("judge"), record.integer("answer")
                    run.verdicts.setdefault(judge, {})[answer] = record.string("value")
                    run.versions.setdefault(judge, {})[answer] = sys.intern(record.string("version"))
                case _:
                    pass
        run.human = run.verdicts.get(HUMAN, {})
        return run

    def _take_answer(self, record: Record, numbers: dict[tuple[str, str], int]) -> None:
        key = record.string("bank"), record.string("question")
        if self.state.answered.get(key) != record.seq or key not in numbers or key[0] not in list(BankKind):
            return
        said = record.string("answer").strip() or _WITHHELD
        self.items[record.seq] = Item(
            numbers[key],
            record.seq,
            BankKind(key[0]),
            key[1],
            record.string("stratum"),
            _shortened(_asked(record), record.line),
            _shortened(said, record.line),
        )

    def of_bank(self, bank: BankKind) -> list[Item]:
        """Return the answers to a bank, in the order drawn."""
        return sorted(item for item in self.items.values() if item.bank is bank)

    def disputed(self, bank: BankKind) -> Iterator[Item]:
        """Yield the answers on which two people disagree and no third has decided."""
        for item in self.of_bank(bank):
            if self.inspected.settled(item.answer).standing is Standing.DISAGREED:
                yield item


def _asked(record: Record) -> str:
    """Return what was asked; of several turns all, for the last alone may say little."""
    turns = [
        f"用户：{question}\n模型：{answer.text.strip() or _WITHHELD}"
        for question, answer in said_before(record)
    ]
    if not turns:
        return record.string("prompt")
    return "\n".join([*turns, f"用户：{record.string('prompt')}"])


def _shortened(text: str, line: int) -> str:
    """Return a text as long as a cell holds; the rest stands in the evidence."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * _SHOWN_UNITS:
        return text
    shown = units[: 2 * _SHOWN_UNITS].decode("utf-16-le", "ignore")
    return f"{shown}……（过长，全文见 evidence.jsonl 第 {line} 行）"
