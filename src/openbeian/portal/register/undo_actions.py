"""Taking back what people decided about a conflict after it took effect."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.models import ClassDecision, RegisterEntry
from openbeian.portal.register.actions import WRITTEN, check_takes_lists
from openbeian.portal.register.models import ListChange, RowDecision, TakenBack, TakenList
from openbeian.portal.register.stored_rows import row_from_json, take
from openbeian.published import Verdict

__all__ = ["take_back"]


@transaction.atomic
def take_back(decision: RowDecision, *, reason: str, by: User, at: datetime) -> list[TakenBack]:
    """Take back what was decided about every row of the conflict that this decision is part of.

    An entry that was rewritten is what it was before, with its sources; one that was made is gone. The rows
    conflict again wherever they are met, and can be decided anew.

    Raises:
        NotAllowedError: `by` may not take lists over.
        BadInputError: The reason is missing.
        NotNowError: The decision has not taken effect, or something has built on it since.
    """
    check_takes_lists(by)
    if not reason.strip():
        raise BadInputError("请写明理由。", "Say why; the reason is kept.")
    taken = decision.applied_in
    if taken is None:
        raise NotNowError(
            "这项决定还没有生效；请在冲突页上直接更改。",
            "This decision has not taken effect; change it on the page of its conflict.",
        )
    together = taken.decisions.select_related("entry").filter(conflict_sha256=decision.conflict_sha256)
    decisions = list(together.order_by("pk"))
    back = [_remembered(one, taken, reason=reason.strip(), by=by, at=at) for one in decisions]
    _undo(decisions, taken)
    TakenBack.objects.bulk_create(back)
    verdicts = {one.row_sha256: one.verdict for one in decisions}
    record("register.decision_taken_back", taken, by=by, at=at, verdicts=verdicts, reason=reason.strip())
    return back


def _remembered(decision: RowDecision, taken: TakenList, *, reason: str, by: User, at: datetime) -> TakenBack:
    return TakenBack(
        taken=taken,
        row=decision.row,
        verdict=decision.verdict,
        entry_key=decision.entry.key if decision.entry else "",
        decided_reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        reason=reason,
        taken_back_by=by,
        taken_back_at=at,
    )


def _undo(decisions: Sequence[RowDecision], taken: TakenList) -> None:
    rewritten = {one.entry_id: one for one in decisions if one.verdict == Verdict.TAKE}
    made = [one.entry for one in decisions if one.verdict == Verdict.OWN]
    RowDecision.objects.filter(pk__in=[one.pk for one in decisions]).delete()
    for one in rewritten.values():
        assert one.entry is not None, "a row was taken into an entry"
        _restore(one.entry, one, taken)
    for entry in made:
        assert entry is not None, "a row got an entry of its own"
        _remove(entry, taken)


def _restore(entry: RegisterEntry, decision: RowDecision, taken: TakenList) -> None:
    if not decision.before or _changed_since(entry, taken):
        raise _built_on(entry)
    take(entry, row_from_json(decision.before))
    entry.save(update_fields=WRITTEN)


def _remove(entry: RegisterEntry, taken: TakenList) -> None:
    is_decided = RowDecision.objects.filter(entry=entry).exists()
    has_class = ClassDecision.objects.filter(entry=entry).exists()
    if is_decided or has_class or entry.reports.exists() or _changed_since(entry, taken):
        raise _built_on(entry)
    entry.list_changes.all().delete()
    entry.delete()


def _changed_since(entry: RegisterEntry, taken: TakenList) -> bool:
    newest = ListChange.objects.filter(entry=entry).order_by("-pk").first()
    return newest is not None and newest.taken_id != taken.pk


def _built_on(entry: RegisterEntry) -> NotNowError:
    return NotNowError(
        f"「{entry.service_name}」在决定生效后又有变动（其他名单、分类、问题反映或别的决定），不能撤回；"
        "请收入更正的名单来改正。",
        f"“{entry.service_name}” has changed since the decision took effect (by another list, a class, a "
        "report or another decision), so it can't be taken back; take over a list that puts it right.",
    )
