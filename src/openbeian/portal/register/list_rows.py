"""What the pages of lists show: heaps of rows, and the two sides of a conflict beside each other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.standing import Standing
from openbeian.portal.web.labels import FACT_LABELS
from openbeian.published import (
    FIELDS,
    VERDICT_LABELS,
    Change,
    Changed,
    Conflict,
    PublishedRow,
    Reading,
    Verdict,
    conflict_digest,
    fact_text,
)

__all__ = ["PARTS", "Comparison", "compare", "heaps_of"]

PARTS: Final = {
    "conflicts": Text("冲突，待决定", "Conflicts to decide"),
    "settled": Text("冲突，已决定", "Conflicts decided"),
    "new": Text("新增条目", "New entries"),
    "changed": Text("变更条目", "Changed entries"),
    "same": Text("没有新内容的行", "Rows that say nothing new"),
    "remembered": Text("先前已决定的行", "Rows decided before"),
    "filed_here": Text("本系统已办理的行", "Rows filed here already"),
    "oddities": Text("异常与处理", "Oddities and what was made of them"),
    "left_out": Text("未取的行", "Rows left out"),
}
"""The parts of a preview, what asks for a person first."""


class _Waiting(NamedTuple):
    """A conflict as a list shows it."""

    digest: str
    conflict: Conflict
    verdicts: tuple[Text, ...] = ()


class Side(NamedTuple):
    """One side of a comparison: a row of the list, or an entry with its address."""

    label: Text
    place: Text
    entry: RegisterEntry | None


class Compared(NamedTuple):
    """A fact as each side states it; `differs` where they don't all say the same."""

    field: str
    label: Text
    values: tuple[str, ...]
    differs: bool


class Comparison(NamedTuple):
    """The sides of a conflict, and every fact that one of them states."""

    sides: tuple[Side, ...]
    facts: tuple[Compared, ...]


def heaps_of(reading: Reading, standing: Standing) -> Mapping[str, Sequence[Any]]:
    """Return the parts of a preview by their names in `PARTS`."""
    shown = standing.preview
    return {
        "conflicts": [_Waiting(conflict_digest(one), one) for one in shown.conflicting],
        "settled": [
            _Waiting(
                conflict_digest(one.conflict),
                one.conflict,
                tuple(VERDICT_LABELS[Verdict(decision.verdict)] for decision in one.decisions),
            )
            for one in standing.settled
        ],
        "new": [one.entry for one in shown.new],
        "changed": [(one, list(_changes(one))) for one in shown.changed],
        "same": [one.row for one in shown.same],
        "remembered": [(one, VERDICT_LABELS[Verdict(one.verdict)]) for one in standing.remembered],
        "filed_here": standing.filed_here,
        "oddities": reading.oddities,
        "left_out": reading.left_out,
    }


def _changes(changed: Changed) -> Iterator[tuple[Text, str, str, Change]]:
    for one in changed.changes:
        yield FACT_LABELS[one.field], fact_text(one.before), fact_text(one.after), one


def compare(conflict: Conflict, entries: Sequence[RegisterEntry]) -> Comparison:
    """Put the entries of a conflict and the rows of the list beside each other, fact by fact."""
    sides = [
        Side(Text("已有条目", "The entry"), row.source.place.said, entry)
        for row, entry in zip(conflict.known, entries, strict=True)
    ]
    sides += [
        Side(Text(f"名单第 {number} 行", f"Row {number} of the list"), row.source.place.said, None)
        for number, row in enumerate(conflict.rows, 1)
    ]
    rows = (*conflict.known, *conflict.rows)
    return Comparison(tuple(sides), tuple(_compared(rows)))


def _compared(rows: Sequence[PublishedRow]) -> Iterator[Compared]:
    for field in FIELDS:
        values = tuple(fact_text(row.value(field)) for row in rows)
        if any(values):
            yield Compared(field, FACT_LABELS[field], values, len(set(values)) > 1)
