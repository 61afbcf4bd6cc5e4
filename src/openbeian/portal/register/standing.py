"""What taking a list over would do now: the preview, and what people have decided of its conflicts."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.register.models import RowDecision
from openbeian.portal.register.stored_rows import row_of
from openbeian.published import Conflict, Preview, PublishedRow, Reading, conflict_digest, merge, row_digest

__all__ = ["Known", "Settled", "Standing", "known_entries", "look_at"]


class Known(NamedTuple):
    """The entries that lists can change, and each as the row it was read from."""

    entries: list[RegisterEntry]
    rows: list[PublishedRow]

    def entry_of(self, row: PublishedRow) -> RegisterEntry:
        """Return the entry that one of these very rows is of."""
        return next(entry for entry, one in zip(self.entries, self.rows, strict=True) if one is row)


class Settled(NamedTuple):
    """A conflict that somebody has decided, row by row, and that waits to be taken over."""

    conflict: Conflict
    decisions: tuple[RowDecision, ...]
    """One for each row of the conflict."""


class Standing(NamedTuple):
    """What taking a list over would do now."""

    preview: Preview
    """Its conflicts are the open ones."""
    settled: tuple[Settled, ...]
    remembered: tuple[RowDecision, ...]
    """Decisions applied before, about rows that stand in this list too."""
    filed_here: tuple[PublishedRow, ...]

    @property
    def decided(self) -> int:
        """How many rows people have decided about."""
        return len(self.remembered) + sum(len(one.decisions) for one in self.settled)


def known_entries(*, lock: bool = False) -> Known:
    """Return the entries that were published elsewhere, in the order made."""
    found = RegisterEntry.objects.filter(filing=None).order_by("pk")
    entries = list(found.select_for_update() if lock else found)
    return Known(entries, [row_of(entry) for entry in entries])


def look_at(reading: Reading, known: Known) -> Standing:
    """Return what a reading would do to what is known, with the decisions there are."""
    filed = set(Filing.objects.values_list("number", flat=True))
    filed_here = tuple(row for row in reading.rows if row.number in filed)
    decisions = _decisions_on(row for row in reading.rows if row.number not in filed)
    remembered, rows = [], []
    for row in reading.rows:
        decision = decisions.get(row_digest(row)) if decisions else None
        if row.number in filed:
            continue
        if decision is not None and decision.applied_in_id is not None:
            remembered.append(decision)
        else:
            rows.append(row)
    preview = merge(known.rows, reading._replace(rows=tuple(rows)))
    settled = tuple(_settled(preview.conflicting, decisions)) if decisions else ()
    closed = {id(one.conflict) for one in settled}
    still_open = tuple(one for one in preview.conflicting if id(one) not in closed)
    return Standing(preview._replace(conflicting=still_open), settled, tuple(remembered), filed_here)


def _decisions_on(rows: Iterable[PublishedRow]) -> Mapping[str, RowDecision]:
    """Return the decisions on these rows; people decide about few, so those few are looked through."""
    found = {one.row_sha256: one for one in RowDecision.objects.select_related("entry", "decided_by")}
    if not found:
        return {}
    return {digest: found[digest] for row in rows if (digest := row_digest(row)) in found}


def _settled(conflicts: Iterable[Conflict], decisions: Mapping[str, RowDecision]) -> Iterable[Settled]:
    for conflict in conflicts:
        seen = conflict_digest(conflict)
        found = [decisions.get(row_digest(row)) for row in conflict.rows]
        kept = tuple(one for one in found if one is not None and one.conflict_sha256 == seen)
        if len(kept) == len(conflict.rows):
            yield Settled(conflict, kept)
