"""Taking published lists over into the register."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from openbeian.core.errors import NotAllowedError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import holds
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.models import BroughtList, ListChange, TakenList
from openbeian.portal.register.standing import Known, Settled, Standing, known_entries, look_at
from openbeian.portal.register.stored_rows import entries_of, row_of, take
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

__all__ = ["TakenOver", "check_takes_lists", "take_over"]

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
    reading: Reading, *, name: str, brought: BroughtList | None = None, by: Person, at: datetime
) -> TakenOver:
    """Take a list over: new entries are made, changed ones changed, what conflicts is left as it is.

    Conflicts that a person has decided are settled as decided, once; the same list taken over again changes
    nothing and asks nothing. What was filed here is never touched.

    Raises:
        NotAllowedError: `by` is neither the operator of this machine nor a publisher of the national office.
    """
    check_takes_lists(by)
    known = known_entries(lock=True)
    standing = look_at(reading, known)
    rewritten = [*_changed(known, standing.preview), *_rewritten(known, standing.settled)]
    new = entries_of([one.entry for one in standing.preview.new])
    RegisterEntry.objects.bulk_update([one.entry for one in rewritten], _WRITTEN, batch_size=_AT_ONCE)
    # In the order of the register, which its search index takes in several times faster.
    new.sort(key=lambda entry: entry.listed_on)
    with counting_at_once(ENTRIES):
        RegisterEntry.objects.bulk_create(new, batch_size=_AT_ONCE)
    new += _of_their_own(standing.settled)
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


_WRITTEN = (
    *("route", "jurisdiction", "service_name", "model_name", "provider_name", "provider_uscc", "number"),
    *("issued_on", "listed_on", "sources", "search_tokens", "base_number", "base_name"),
    *("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest"),
)


def _changed(known: Known, preview: Preview) -> list[_Rewritten]:
    """Write the changes into the entries they are of: the old entries stand first and in their order."""
    changed = []
    for entry, was, after in zip(known.entries, known.rows, preview.entries, strict=False):
        if any(was.value(field) != after.value(field) for field in FIELDS):
            take(entry, after)
            changed.append(_Rewritten(entry, was, after))
    return changed


def _rewritten(known: Known, settled: tuple[Settled, ...]) -> list[_Rewritten]:
    """Write the rows that people took into the entries they named."""
    entries = {entry.pk: entry for entry in known.entries}
    before: dict[int, PublishedRow] = {}
    after: dict[int, PublishedRow] = {}
    for one in settled:
        for row, decision in zip(one.conflict.rows, one.decisions, strict=True):
            if decision.verdict == Verdict.TAKE:
                assert decision.entry_id is not None, "a row is taken into an entry"
                was = before.setdefault(decision.entry_id, row_of(entries[decision.entry_id]))
                after[decision.entry_id] = with_row(after.get(decision.entry_id, was), row)
    for pk, row in after.items():
        take(entries[pk], row)
    return [_Rewritten(entries[pk], before[pk], row) for pk, row in after.items()]


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


def _note(taken: TakenList, new: list[RegisterEntry], rewritten: list[_Rewritten]) -> None:
    """Keep what the list did to each entry."""
    changes = [ListChange(taken=taken, entry=entry, is_new=True) for entry in new]
    changes += [
        ListChange(taken=taken, entry=one.entry, is_new=False, fields=_fields(one.before, one.after))
        for one in rewritten
    ]
    ListChange.objects.bulk_create(changes, batch_size=_AT_ONCE)


def _fields(before: PublishedRow, after: PublishedRow) -> list[dict[str, str]]:
    changed = [field for field in FIELDS if before.value(field) != after.value(field)]
    return [
        {"field": field, "before": fact_text(before.value(field)), "after": fact_text(after.value(field))}
        for field in changed
    ]


def _close(standing: Standing, taken: TakenList) -> None:
    for decision in {one.pk: one for settled in standing.settled for one in settled.decisions}.values():
        decision.applied_in = taken
        decision.save(update_fields=["entry", "applied_in"])
