"""Bringing a published list in, and deciding what conflicts in it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.storage import clean_name, path_of, store
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.actions import check_takes_lists
from openbeian.portal.register.models import BroughtList, RowDecision
from openbeian.portal.register.standing import Known, known_entries, look_at
from openbeian.published import (
    Conflict,
    PublishedRow,
    Reading,
    Series,
    Verdict,
    conflict_digest,
    facts_of_row,
    read_list_bytes,
    row_digest,
    verdicts_for,
)

__all__ = ["Choice", "decide_conflict", "find_conflict", "keep_list", "read_brought"]


class Choice(NamedTuple):
    """What a person chose for one row: what becomes of it and, to take it, the entry's primary key."""

    verdict: Verdict
    entry: int | None = None


@transaction.atomic
def keep_list(*, name: str, data: bytes, series: Series | None, by: Person, at: datetime) -> BroughtList:
    """Keep the bytes of a list that can be read, by their SHA-256; the same file is kept once.

    Raises:
        NotAllowedError: `by` may not take lists over.
        BadInputError: The file is empty or has no usable name.
        CouldNotRunError: The disk refused.
    """
    check_takes_lists(by)
    kept_name = clean_name(name)
    stored = store([data])
    brought, is_new = BroughtList.objects.get_or_create(
        sha256=stored.sha256,
        series=series or "",
        defaults={
            "name": kept_name,
            "size": stored.size,
            "brought_by": by if isinstance(by, User) else None,
            "brought_at": at,
        },
    )
    if is_new:
        record("register.list_brought", brought, by=by, at=at, sha256=stored.sha256, size=stored.size)
    return brought


def read_brought(brought: BroughtList) -> Reading:
    """Return what stands in a list that was brought in; always the same, whenever it is asked.

    Raises:
        CouldNotRunError: The file is gone from the store.
    """
    day = timezone.localdate(brought.brought_at)
    return _read(brought.sha256, brought.name, brought.series, day.isoformat())


@lru_cache(maxsize=2)
def _read(sha256: str, name: str, series: str, day: str) -> Reading:
    try:
        data = path_of(sha256).read_bytes()
    except OSError as error:
        raise CouldNotRunError(
            f"名单「{name}」的原文件不在上传目录中；请重新上传。",
            f"The file of the list “{name}” can't be read from the uploads ({error}); bring it in again.",
        ) from error
    return read_list_bytes(
        name, data, series=Series(series) if series else None, as_of=datetime.fromisoformat(day).date()
    )


def find_conflict(brought: BroughtList, digest: str, known: Known) -> Conflict | None:
    """Return the conflict of a list with this digest, decided or not; None where it isn't one any more."""
    standing = look_at(read_brought(brought), known)
    conflicts = (*standing.preview.conflicting, *(one.conflict for one in standing.settled))
    return next((one for one in conflicts if conflict_digest(one) == digest), None)


@transaction.atomic
def decide_conflict(
    brought: BroughtList,
    digest: str,
    *,
    choices: Mapping[str, Choice],
    reason: str,
    by: User,
    at: datetime,
) -> list[RowDecision]:
    """Decide what becomes of every row of one conflict; it takes effect when the list is taken over.

    Args:
        brought: The list.
        digest: Which of its conflicts, by `conflict_digest`.
        choices: What becomes of each row, by `row_digest`.
        reason: Why; kept with the decision.
        by: A publisher of the national office.
        at: The moment.

    Raises:
        NotAllowedError: `by` may not take lists over.
        NotNowError: The conflict is not what it was.
        BadInputError: A row is left undecided, a choice isn't possible, or the reason is missing.
    """
    check_takes_lists(by)
    known = known_entries(read_brought(brought), lock=True)
    conflict = find_conflict(brought, digest, known)
    if conflict is None:
        raise NotNowError(
            "这处冲突已不同于您所见：有关条目已变动，或已有决定生效；请重新打开名单。",
            "This conflict is not what you saw: an entry has changed or a decision has taken effect; open "
            "the list again.",
        )
    if not reason.strip():
        raise BadInputError("请写明理由。", "Say why; the reason is kept with the decision.")
    decided = [
        _decide(conflict, row, choices, known=known, digest=digest, reason=reason.strip(), by=by, at=at)
        for row in {row_digest(row): row for row in conflict.rows}.values()
    ]
    verdicts = {one.row_sha256: one.verdict for one in decided}
    record("register.conflict_decided", brought, by=by, at=at, verdicts=verdicts, reason=reason.strip())
    return decided


def _decide(
    conflict: Conflict,
    row: PublishedRow,
    choices: Mapping[str, Choice],
    *,
    known: Known,
    digest: str,
    reason: str,
    by: User,
    at: datetime,
) -> RowDecision:
    chosen = choices.get(row_digest(row))
    entry = None if chosen is None else _entry_of(chosen, conflict, row, known)
    if chosen is None or (chosen.verdict is Verdict.TAKE and entry is None):
        raise BadInputError(
            f"「{row.service}」还没有可行的决定；请为每一行选定一项。",
            f"“{row.service}” has no decision that is possible; choose one for every row.",
        )
    decision, _ = RowDecision.objects.update_or_create(
        row_sha256=row_digest(row),
        defaults={
            "row": facts_of_row(row),
            "conflict_sha256": digest,
            "verdict": chosen.verdict.value,
            "entry": entry,
            "reason": reason,
            "decided_by": by,
            "decided_at": at,
        },
    )
    return decision


def _entry_of(chosen: Choice, conflict: Conflict, row: PublishedRow, known: Known) -> RegisterEntry | None:
    if chosen.verdict is not Verdict.TAKE:
        return None
    possible = (one for one in conflict.known if Verdict.TAKE in verdicts_for(row, one))
    entries = (known.entry_of(one) for one in possible)
    return next((entry for entry in entries if entry.pk == chosen.entry), None)
