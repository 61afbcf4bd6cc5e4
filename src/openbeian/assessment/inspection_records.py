"""The records by which verdicts of people stand in a run's evidence: what each said, then what follows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from openbeian.assessment.inspection import HUMAN, PROCEDURE
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.core.agreement import settle
from openbeian.evidence import RecordKind

__all__ = ["Said", "records_of"]


class Said(NamedTuple):
    """What one person, named by a pseudonym, said of one answer."""

    answer: int
    """The sequence number of the answer's record."""
    by: str
    value: str


def records_of(run: InspectedRun, said: Iterable[Said]) -> Iterator[tuple[RecordKind, Mapping[str, Any]]]:
    """Yield a record for each thing said, in that order, then the verdicts settled that don't stand yet."""
    for one in said:
        run.inspected.given.setdefault(one.answer, {})[one.by] = one.value
        yield RecordKind.INSPECTION, _about(run, one.answer) | {"by": one.by, "value": one.value}
    for answer, given in sorted(run.inspected.given.items()):
        value = settle(tuple(given.values())).value
        if value is not None and answer in run.items and run.human.get(answer) != value:
            settled = {"judge": HUMAN, "value": value, "version": PROCEDURE}
            yield RecordKind.VERDICT, _about(run, answer) | settled


def _about(run: InspectedRun, answer: int) -> dict[str, Any]:
    item = run.items[answer]
    return {"answer": answer, "bank": item.bank.value, "question": item.question}
