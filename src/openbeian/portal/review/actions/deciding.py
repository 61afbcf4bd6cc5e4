"""Deciding: one person gives an outcome, a second gives theirs without having seen the first.

Where both say the same, the step is taken; where they differ, the application goes back to review with both
reasons on record.
"""

from datetime import datetime

from django.db import transaction

from openbeian.core.lifecycle import Step
from openbeian.core.permissions import check_may_countersign, check_may_take
from openbeian.core.policy import ReasonMissingError, check_countersign_now, check_step_now
from openbeian.core.reasons import check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, move, note
from openbeian.portal.review.models import Decision
from openbeian.portal.review.steps import facts_of, find_decision_step, level_of, send_back_at
from openbeian.standards import load_reasons

__all__ = ["countersign", "decide"]


@transaction.atomic
def decide(
    application: Application,
    *,
    outcome: str,
    reason_code: str = "",
    reason: str = "",
    by: User,
    at: datetime,
) -> Decision:
    """Give the first outcome. Nothing changes for the provider until it is countersigned.

    Raises:
        NotAllowedError: `by` may not decide this.
        NotNowError: It is not to be decided now, or somebody has decided already.
        BadInputError: There is no such outcome, or it needs a reason, or the code is none for it.
    """
    step = find_decision_step(outcome)
    locked = lock(application)
    facts = facts_of(locked)
    check_may_take(actor_of(by), step, facts)
    check_step_now(facts, step, reason=reason)
    code = check_reason(load_reasons(), step.name, reason_code)
    decision = Decision.objects.create(
        application=locked,
        version_number=locked.version,
        level=level_of(step),
        outcome=step.name,
        reason_code=code,
        reason=reason.strip(),
        decided_by=by,
        decided_at=at,
    )
    # The outcome stays out of the trail until the second person has given theirs unseen.
    note(locked, "decided", by=by, at=at, step=step, level=decision.level)
    return decision


@transaction.atomic
def countersign(
    decision: Decision, *, outcome: str, reason_code: str = "", reason: str = "", by: User, at: datetime
) -> Decision:
    """Give the second outcome, which closes the decision.

    Raises:
        NotAllowedError: `by` may not countersign this; above all nobody their own.
        NotNowError: There is nothing to countersign.
        BadInputError: There is no such outcome, or it needs a reason, or the code is none for it.
    """
    step = find_decision_step(outcome)
    application = lock(decision.application)
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    facts = facts_of(application)
    check_may_countersign(actor_of(by), step, facts)
    check_countersign_now(facts, step)
    if step.needs_reason and not reason.strip():
        raise ReasonMissingError(
            f"「{step.label.zh}」须写明理由。", f"“{step.label.en}” needs a reason; write it down."
        )
    locked.countersigned_reason_code = check_reason(load_reasons(), step.name, reason_code)
    taken = step if step.name == locked.outcome else send_back_at(locked.level)
    _close(locked, step, taken, reason.strip(), by=by, at=at)
    move(
        application,
        taken,
        by=by,
        at=at,
        level=locked.level,
        first=locked.outcome,
        second=step.name,
        agreed=locked.outcome == step.name,
    )
    return locked


def _close(decision: Decision, second: Step, taken: Step, reason: str, *, by: User, at: datetime) -> None:
    decision.countersigned_outcome = second.name
    decision.countersigned_reason = reason
    decision.countersigned_by, decision.countersigned_at, decision.closed_at = by, at, at
    decision.step_taken = taken.name
    decision.save()
