"""What taking a list over would do now: the preview, and what people have decided of its conflicts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from django.db import connection

from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.search import digest
from openbeian.portal.register.models import RowDecision
from openbeian.portal.register.stored_rows import COLUMNS_READ, row_of
from openbeian.published import Conflict, Preview, PublishedRow, Reading, conflict_digest, merge, row_digest

__all__ = ["Known", "Settled", "Standing", "known_entries", "look_at"]

_AT_ONCE: Final = 900
_LOCK: Final = 4_565_420_26
"""The advisory lock of whoever takes a list over: any number that nothing else in the database uses."""


class Known(NamedTuple):
    """The entries that a list may mean: their primary keys, and each as the row it was read from."""

    ids: list[int]
    rows: list[PublishedRow]

    def id_of(self, row: PublishedRow) -> int:
        """Return the primary key of the entry that one of these very rows is of."""
        return next(pk for pk, one in zip(self.ids, self.rows, strict=True) if one is row)

    def entry_of(self, row: PublishedRow) -> RegisterEntry:
        """Return the entry that one of these very rows is of."""
        return RegisterEntry.objects.get(pk=self.id_of(row))


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


def known_entries(reading: Reading, *, lock: bool = False) -> Known:
    """Return the entries published elsewhere that rows of a list may mean, in the order made.

    Those are the ones with the number or the name of a row, and with those of such an entry in turn: nothing
    else can have to do with the list, so a register of a million entries is not read for a list of a hundred.

    Args:
        reading: The list.
        lock: Keep others from changing these entries, and from taking lists over, until the transaction ends.
    """
    if lock:
        _wait_for_others()
    known: dict[int, PublishedRow] = {}
    asked: dict[str, set[str]] = {"number": set(), "name": set()}
    rows: Iterable[PublishedRow] = reading.rows
    while rows:
        more: dict[int, PublishedRow] = {}
        for kind, fresh in _digests(rows, asked).items():
            more |= _with_digest(kind, fresh, lock=lock)
        rows = [row for pk, row in more.items() if pk not in known]
        known |= more
    ids = sorted(known)
    return Known(ids, [known[pk] for pk in ids])


def _wait_for_others() -> None:
    """Wait until nobody else takes a list over; SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _digests(rows: Iterable[PublishedRow], asked: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return by which digests to look now; what was asked before isn't asked again."""
    found: dict[str, list[str]] = {}
    for kind, before in asked.items():
        values = (row.number if kind == "number" else row.service for row in rows)
        fresh = {digest(kind, value) for value in values} - before - {""}
        before.update(fresh)
        found[kind] = sorted(fresh)
    return found


def _with_digest(kind: str, digests: Sequence[str], *, lock: bool) -> dict[int, PublishedRow]:
    """Return the entries, as rows, whose number or name has one of these digests."""
    entries = RegisterEntry.objects.filter(filing=None).only(*COLUMNS_READ).order_by("pk")
    entries = entries.select_for_update() if lock else entries
    found: dict[int, PublishedRow] = {}
    for some in _some(digests):
        for entry in entries.filter(**{f"{kind}_digest__in": some}):
            found[entry.pk] = row_of(entry)
    return found


def _some(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))


def look_at(reading: Reading, known: Known) -> Standing:
    """Return what a reading would do to what is known, with the decisions there are."""
    filed = _filed_here(reading)
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


def _filed_here(reading: Reading) -> set[str]:
    """Return which numbers of a list the register itself gave out."""
    numbers = sorted({row.number for row in reading.rows})
    filings = Filing.objects.values_list("number", flat=True)
    return {number for some in _some(numbers) for number in filings.filter(number__in=some)}


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
