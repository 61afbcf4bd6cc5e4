"""Taking published lists over into the register."""

from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db import transaction

from openbeian.core.errors import NotAllowedError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import holds
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.bulk import insert, reserve_ids
from openbeian.portal.filings.indexing import indexing_at_once
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.models import BroughtList, ListChange, TakenList
from openbeian.portal.register.standing import Known, Settled, Standing, known_entries, look_at
from openbeian.portal.register.stored_rows import FIRST_DAY, entries_of, insert_entries, row_as_json, take
from openbeian.portal.spreading import Spread
from openbeian.portal.tallies.breakdowns import ENTRIES
from openbeian.portal.tallies.keeping import counting_at_once
from openbeian.published import (
    FIELDS,
    Preview,
    PublishedRow,
    Reading,
    Verdict,
    fact_text,
    row_digest,
    with_row,
)

__all__ = ["WRITTEN", "TakenOver", "check_takes_lists", "take_over"]

_AT_ONCE = 2_000


class TakenOver(NamedTuple):
    """What taking a list over did."""

    preview: Preview
    """Its conflicts are those that nobody has decided; they changed nothing."""
    filed_here: tuple[PublishedRow, ...]
    """Rows left out because the register itself filed what they name."""
    taken: TakenList


class _Rewritten(NamedTuple):
    """An entry before and after, not saved yet."""

    entry: RegisterEntry
    before: PublishedRow
    after: PublishedRow


@transaction.atomic
def take_over(
    reading: Reading,
    *,
    name: str,
    brought: BroughtList | None = None,
    spread: Spread = map,
    by: Person,
    at: datetime,
) -> TakenOver:
    """Take a list over: new entries are made, changed ones changed, what conflicts is left as it is.

    Conflicts that a person has decided are settled as decided, once; the same list taken over again changes
    nothing and asks nothing. What was filed here is never touched. `spread` says where the words of new
    entries are found, as `insert_entries` does.

    Raises:
        NotAllowedError: `by` is neither the operator of this machine nor a publisher of the national office.
    """
    check_takes_lists(by)
    known = known_entries(reading, lock=True)
    standing = look_at(reading, known)
    rewritten = [*_changed(known, standing.preview), *_rewritten(known, standing.settled)]
    RegisterEntry.objects.bulk_update([one.entry for one in rewritten], WRITTEN, batch_size=_AT_ONCE)
    # In the order of the register, which its index by day takes in faster.
    rows = sorted((one.entry for one in standing.preview.new), key=lambda row: row.filed_on or FIRST_DAY)
    with counting_at_once(ENTRIES), indexing_at_once():
        new = insert_entries(rows, spread)
    new += [entry.pk for entry in _of_their_own(standing.settled)]
    counts = standing.preview.counts | {"new": len(new), "changed": len(rewritten)}
    taken = TakenList.objects.create(
        name=name,
        brought=brought,
        taken_at=at,
        rows=len(reading.rows),
        decided=standing.decided,
        filed_here=len(standing.filed_here),
        **counts,
    )
    _note(taken, new, rewritten)
    _close(standing, taken)
    record("register.list_taken_over", taken, by=by, at=at, new=len(new), changed=len(rewritten))
    return TakenOver(standing.preview, standing.filed_here, taken)


def check_takes_lists(by: Person) -> None:
    """Check that `by` may bring lists in, decide their conflicts and take them over.

    Raises:
        NotAllowedError: They may not.
    """
    if by is not SYSTEM and not (
        isinstance(by, User) and holds(by, OrganisationKind.NATIONAL, Role.PUBLISHER)
    ):
        raise NotAllowedError(
            "只有国家机关的发布人可以收入名单。",
            "Only a publisher of the national office may take lists over.",
        )


WRITTEN = (
    *("route", "jurisdiction", "service_name", "model_name", "provider_name", "provider_uscc", "number"),
    *("issued_on", "listed_on", "sources", "search_tokens", "base_number", "base_name"),
    *("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest"),
)


def _changed(known: Known, preview: Preview) -> list[_Rewritten]:
    """Write the changes into the entries they are of: the old entries stand first and in their order."""
    changed = []
    for pk, was, after in zip(known.ids, known.rows, preview.entries, strict=False):
        if any(was.value(field) != after.value(field) for field in FIELDS):
            changed.append(_Rewritten(_with(pk, after), was, after))
    return changed


def _rewritten(known: Known, settled: tuple[Settled, ...]) -> list[_Rewritten]:
    """Write the rows that people took into the entries they named."""
    before = dict(zip(known.ids, known.rows, strict=True))
    after: dict[int, PublishedRow] = {}
    for one in settled:
        for row, decision in zip(one.conflict.rows, one.decisions, strict=True):
            if decision.verdict == Verdict.TAKE:
                assert decision.entry_id is not None, "a row is taken into an entry"
                was = before[decision.entry_id]
                decision.before = row_as_json(was)
                after[decision.entry_id] = with_row(after.get(decision.entry_id, was), row)
    return [_Rewritten(_with(pk, row), before[pk], row) for pk, row in after.items()]


def _with(pk: int, row: PublishedRow) -> RegisterEntry:
    """Return an entry that has what a row says, to be written into the columns `WRITTEN`."""
    entry = RegisterEntry(pk=pk)
    take(entry, row)
    return entry


def _of_their_own(settled: tuple[Settled, ...]) -> list[RegisterEntry]:
    """Make an entry of each row that people found to be another service, and say so in the decision."""
    rows = {
        decision.pk: (decision, row)
        for one in settled
        for row, decision in zip(one.conflict.rows, one.decisions, strict=True)
        if decision.verdict == Verdict.OWN
    }
    entries = entries_of([row for _, row in rows.values()])
    held = set(
        RegisterEntry.objects.filter(key__in=[one.key for one in entries]).values_list("key", flat=True)
    )
    for entry, (decision, row) in zip(entries, rows.values(), strict=True):
        if entry.key in held:
            # Another service has this number or these names; what the row states tells the two apart.
            entry.key = f"published-{row_digest(row)[:16]}"
        held.add(entry.key)
        entry.save()
        decision.entry = entry
    return entries


def _note(taken: TakenList, new: list[int], rewritten: list[_Rewritten]) -> None:
    """Keep what the list did to each entry."""
    changed = [(one.entry.pk, False, _fields(one.before, one.after)) for one in rewritten]
    done = chain(((pk, True, []) for pk in new), changed)
    ids = reserve_ids(ListChange, len(new) + len(changed))
    insert(ListChange, ((pk, taken.pk, *what) for pk, what in zip(ids, done, strict=True)))


def _fields(before: PublishedRow, after: PublishedRow) -> list[dict[str, str]]:
    changed = [field for field in FIELDS if before.value(field) != after.value(field)]
    return [
        {"field": field, "before": fact_text(before.value(field)), "after": fact_text(after.value(field))}
        for field in changed
    ]


def _close(standing: Standing, taken: TakenList) -> None:
    for decision in {one.pk: one for settled in standing.settled for one in settled.decisions}.values():
        decision.applied_in = taken
        decision.save(update_fields=["entry", "before", "applied_in"])
