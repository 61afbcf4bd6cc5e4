"""What a list would change: a preview, which is a function of what is known and of what was read.

Nothing is taken in where rows contradict: such rows and everything they may mean stay as they are. So the
same list changes nothing the second time. What a list doesn't mention stays, because lists are additions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from openbeian.core.text import Text
from openbeian.published.agreeing import holds, holds_all, is_later_name, is_recognised, values_agree
from openbeian.published.linking import Clusters
from openbeian.published.places import Source
from openbeian.published.rows import FIELD_LABELS, FIELDS, PublishedRow, Reading
from openbeian.standards.reading import read_file

__all__ = ["Change", "Changed", "Conflict", "New", "Preview", "Same", "conflict_reasons", "merge"]

_COMPANY = "uscc"


class Change(NamedTuple):
    """One field of an entry before and after, and where each was read; what was empty has no source."""

    field: str
    before: str | date | tuple[str, ...] | None
    after: str | date | tuple[str, ...] | None
    before_source: Source | None
    after_source: Source


class New(NamedTuple):
    """An entry that was not known, and the rows that speak of it."""

    entry: PublishedRow
    rows: tuple[PublishedRow, ...]


class Same(NamedTuple):
    """A row that says nothing new of an entry."""

    row: PublishedRow
    known: PublishedRow


class Changed(NamedTuple):
    """An entry that would change, as it was and as it would be, and the rows that change it."""

    known: PublishedRow
    entry: PublishedRow
    changes: tuple[Change, ...]
    rows: tuple[PublishedRow, ...]


class Conflict(NamedTuple):
    """Rows that can't be taken in before somebody decides, the entries they may mean, and why."""

    rows: tuple[PublishedRow, ...]
    known: tuple[PublishedRow, ...]
    reasons: tuple[str, ...]
    fields: tuple[str, ...] = ()

    @property
    def said(self) -> Text:
        """Say why, in one sentence."""
        named = [FIELD_LABELS[field] for field in self.fields]
        fields = Text("、".join(one.zh for one in named), ", ".join(one.en for one in named))
        reasons = [conflict_reasons()[reason] for reason in self.reasons]
        texts = [Text(one.fill(fields=fields.zh).zh, one.fill(fields=fields.en).en) for one in reasons]
        return Text("；".join(text.zh for text in texts) + "。", "; ".join(text.en for text in texts) + ".")


class Preview(NamedTuple):
    """What a reading would do; `entries` is everything known afterwards, the old entries first."""

    new: tuple[New, ...]
    same: tuple[Same, ...]
    changed: tuple[Changed, ...]
    conflicting: tuple[Conflict, ...]
    entries: tuple[PublishedRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many entries are new or change, how many rows say nothing new, how many conflicts there are."""
        return {
            "new": len(self.new),
            "same": len(self.same),
            "changed": len(self.changed),
            "conflicting": len(self.conflicting),
        }


def merge(known: Iterable[PublishedRow], reading: Reading) -> Preview:
    """Return what `reading` would add to and change in what is `known`, and what has to be decided first."""
    before = tuple(known)
    rows = (*before, *reading.rows)
    clusters = Clusters(rows, len(before))
    entries = list(before)
    outcomes: list[New | Same | Changed | Conflict] = []
    for group in clusters.groups():
        given = [rows[at] for at in group if at >= len(before)]
        if given:
            held = [at for at in group if at < len(before)]
            is_similar = not clusters.similar.isdisjoint(group)
            decided = _decided([rows[at] for at in held], given, is_similar=is_similar)
            outcomes += decided
            for one in decided:
                if isinstance(one, Changed):
                    entries[held[0]] = one.entry
    new = tuple(one for one in outcomes if isinstance(one, New))
    return Preview(
        new,
        tuple(one for one in outcomes if isinstance(one, Same)),
        tuple(one for one in outcomes if isinstance(one, Changed)),
        tuple(one for one in outcomes if isinstance(one, Conflict)),
        (*entries, *(one.entry for one in new)),
    )


def _decided(
    known: Sequence[PublishedRow], given: Sequence[PublishedRow], *, is_similar: bool
) -> list[New | Same | Changed | Conflict]:
    """Return what becomes of the rows of one cluster."""
    same: list[New | Same | Changed | Conflict] = []
    left: list[PublishedRow] = []
    for row in given:
        holder = next((entry for entry in known if holds_all(entry, row)), None)
        if holder is None:
            left.append(row)
        else:
            same.append(Same(row, holder))
    if not left:
        return same
    together, fields = _together(given)
    reasons = _reasons(known, given, together, is_similar=is_similar)
    if fields:
        reasons.insert(0, "rows_disagree")
    if reasons:
        return [*same, Conflict(tuple(left), tuple(known), tuple(reasons), fields)]
    if not known:
        return [*same, New(together, tuple(left))]
    entry, changes = _changed(known[0], together)
    return [*same, Changed(known[0], entry, changes, tuple(left))]


def _together(rows: Sequence[PublishedRow]) -> tuple[PublishedRow, tuple[str, ...]]:
    """Return what rows say together, the first one's spelling counting, and the fields they disagree in."""
    together = rows[0]
    disagreed: dict[str, None] = {}
    for row in rows[1:]:
        for field in FIELDS:
            if not values_agree(field, together, row):
                disagreed[field] = None
            elif field == "former_names":
                together = _with_former_names(together, row)
            elif row.value(field) and (
                not together.value(field) or (field == "provider" and is_later_name(row, together))
            ):
                together = together.with_value(field, row.value(field), row.source_of(field))
    return together, tuple(disagreed)


def _reasons(
    known: Sequence[PublishedRow],
    given: Sequence[PublishedRow],
    together: PublishedRow,
    *,
    is_similar: bool,
) -> list[str]:
    checks = {
        "several_known": len(known) > 1,
        "number_in_both_series": len({row.series for row in (*known, *given)}) > 1,
        "similar_provider": is_similar,
    }
    if len(known) == 1:
        entry = known[0]
        is_known = is_recognised(entry, together)
        checks["other_number"] = is_known and not values_agree("number", entry, together)
        checks["other_company_code"] = not values_agree(_COMPANY, entry, together)
        checks["number_of_another"] = not is_known and not checks["number_in_both_series"]
    return [reason for reason, found in checks.items() if found]


def _changed(known: PublishedRow, together: PublishedRow) -> tuple[PublishedRow, tuple[Change, ...]]:
    entry = known
    changes: list[Change] = []
    for field in FIELDS:
        # What it will say by then: under its new name it no longer says that it was called by the old one.
        if holds(field, entry, together):
            continue
        source = together.source_of(field)
        if field == "former_names":
            entry = _with_former_names(entry, together)
        else:
            entry = entry.with_value(field, together.value(field), source)
        before = known.value(field)
        before_source = known.source_of(field) if before else None
        changes.append(Change(field, before, entry.value(field), before_source, source))
    return entry, tuple(changes)


def _with_former_names(row: PublishedRow, other: PublishedRow) -> PublishedRow:
    """Return `row` with the former names of `other` added to its own."""
    names = tuple(dict.fromkeys(row.former_names + other.former_names))
    if names == row.former_names:
        return row
    return row.with_value("former_names", names, other.source_of("former_names"))


@lru_cache
def conflict_reasons() -> Mapping[str, Text]:
    """Return every reason why rows conflict by its code."""
    file = read_file(Path(__file__).parent / "data" / "conflicts.yaml")
    return MappingProxyType({code: file.text(code) for code in file.fields})
