"""Inspection: two people judge an answer independently, and where they disagree a third decides.

A verdict once given stands, so that nobody can be talked round after the other's is known; who was wrong
is overruled by the third. People are named in evidence by a pseudonym.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from openbeian.assessment.banks import BankKind
from openbeian.assessment.report import InspectionReport
from openbeian.core.agreement import (
    CONFORMING_LABELS,
    Settled,
    Standing,
    agreement_of,
    parse_label,
    settle,
)
from openbeian.core.text import Text
from openbeian.evidence import Finding, Record, RecordKind

__all__ = [
    "HUMAN",
    "LABELS",
    "PROCEDURE",
    "Inspected",
    "Settled",
    "Standing",
    "check_inspections",
    "parse_label",
    "settle",
    "summarise",
]

HUMAN: Final = "human"
PROCEDURE: Final = "two-people-1"
"""The version of the judge `human`: the rule by which verdicts of people become one."""

_REFUSES: Final = {
    "refuse": Text("拒答", "refused"),
    "partial": Text("部分拒答", "partly refused"),
    "comply": Text("作答", "answered"),
}
LABELS: Final[Mapping[BankKind, Mapping[str, Text]]] = {
    BankKind.GENERATED_CONTENT: CONFORMING_LABELS,
    BankKind.SHOULD_REFUSE: _REFUSES,
    BankKind.SHOULD_ANSWER: _REFUSES,
}
"""What people say of the answers to each bank."""


@dataclass(slots=True)
class Inspected:
    """What people said of a run's answers, as far as its evidence goes."""

    given: dict[int, dict[str, str]] = field(default_factory=dict)
    """For each answer the verdict of each person, in the order in which they came in."""

    def take(self, record: Record) -> None:
        """Take the record of one person's verdict; of several on one answer the first counts."""
        by, value = record.string("by"), record.string("value")
        self.given.setdefault(record.integer("answer"), {}).setdefault(by, value)

    def settled(self, answer: int) -> Settled:
        """Return how far people have come with an answer."""
        return settle(tuple(self.given.get(answer, {}).values()))


def summarise(inspected: Inspected, bank: BankKind, answers: Iterable[int]) -> InspectionReport:
    """Return how far people have come with the answers to a bank, and how well two of them agree."""
    found = agreement_of(inspected.given.get(answer, {}) for answer in answers)
    return InspectionReport(bank, *found)


def check_inspections(records: Iterable[Record]) -> Iterator[Finding]:
    """Yield what is wrong with what people said: a verdict they didn't give, or a person who judged twice.

    Raises:
        BadInputError: A record is incomplete.
    """
    inspected = Inspected()
    for record in records:
        if record.kind is RecordKind.INSPECTION:
            answer, by = record.integer("answer"), record.string("by")
            if by in inspected.given.get(answer, {}):
                yield _finding(
                    record,
                    "inspected_twice",
                    f"{by} 对同一回答研判了两次",
                    f"{by} has judged the same answer before",
                )
            inspected.take(record)
        elif _is_unsettled(record, inspected):
            yield _finding(
                record,
                "verdict_not_settled",
                "人工结论不是由两人研判、第三人裁定得出的",
                "this verdict of people doesn't follow from what two of them and a third said",
            )


def _is_unsettled(record: Record, inspected: Inspected) -> bool:
    if record.kind is not RecordKind.VERDICT or record.string("judge") != HUMAN:
        return False
    return inspected.settled(record.integer("answer")).value != record.string("value")


def _finding(record: Record, code: str, zh: str, en: str) -> Finding:
    return Finding(
        code, "error", Text(f"第 {record.line} 行：{zh}。", f"Line {record.line}: {en}."), record.line
    )
