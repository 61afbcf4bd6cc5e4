"""Taking published lists over into the register."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from openbeian.core.errors import NotAllowedError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import holds
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.register.models import TakenList
from openbeian.portal.register.stored_rows import entries_of, row_of, take
from openbeian.published import FIELDS, Preview, PublishedRow, Reading, merge

__all__ = ["TakenOver", "take_over"]

_AT_ONCE = 2_000


class TakenOver(NamedTuple):
    """What taking a list over did."""

    preview: Preview
    filed_here: tuple[PublishedRow, ...]
    """Rows left out because the register itself filed what they name."""


@transaction.atomic
def take_over(reading: Reading, *, name: str, by: Person, at: datetime) -> TakenOver:
    """Take a list over: new entries are made, changed ones changed, what conflicts is left as it is.

    The same list taken over again changes nothing. What was filed here is never touched.

    Raises:
        NotAllowedError: `by` is neither the operator of this machine nor a publisher of the national office.
    """
    if by is not SYSTEM and not (
        isinstance(by, User) and holds(by, OrganisationKind.NATIONAL, Role.PUBLISHER)
    ):
        raise NotAllowedError(
            "只有国家机关的发布人可以收入名单。",
            "Only a publisher of the national office may take lists over.",
        )
    known = list(RegisterEntry.objects.select_for_update().filter(filing=None).order_by("pk"))
    rows, filed_here = _without_filed_here(reading.rows)
    before = [row_of(entry) for entry in known]
    preview = merge(before, reading._replace(rows=rows))
    changed = _changed(known, before, preview)
    new = entries_of([one.entry for one in preview.new])
    RegisterEntry.objects.bulk_update(changed, _WRITTEN, batch_size=_AT_ONCE)
    # In the order of the register, which its search index takes in several times faster.
    new.sort(key=lambda entry: entry.listed_on)
    RegisterEntry.objects.bulk_create(new, batch_size=_AT_ONCE)
    taken = TakenList.objects.create(
        name=name,
        taken_at=at,
        rows=len(reading.rows),
        **preview.counts,
    )
    record("register.list_taken_over", taken, by=by, at=at, new=len(new), changed=len(changed))
    return TakenOver(preview, filed_here)


_WRITTEN = (
    *("route", "jurisdiction", "service_name", "model_name", "provider_name", "provider_uscc", "number"),
    *("issued_on", "listed_on", "sources", "search_tokens", "base_number", "base_name"),
    *("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest"),
)


def _changed(known: list[RegisterEntry], before: list[PublishedRow], preview: Preview) -> list[RegisterEntry]:
    """Write the changes into the entries they are of: the old entries stand first and in their order."""
    changed = []
    for entry, was, after in zip(known, before, preview.entries, strict=False):
        if any(was.value(field) != after.value(field) for field in FIELDS):
            take(entry, after)
            changed.append(entry)
    return changed


def _without_filed_here(
    rows: Iterable[PublishedRow],
) -> tuple[tuple[PublishedRow, ...], tuple[PublishedRow, ...]]:
    numbers = set(Filing.objects.values_list("number", flat=True))
    left: list[PublishedRow] = []
    filed_here: list[PublishedRow] = []
    for row in rows:
        (filed_here if row.number in numbers else left).append(row)
    return tuple(left), tuple(filed_here)
