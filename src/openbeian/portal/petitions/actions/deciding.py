"""Deciding on petitions: two people of one office, the second without having seen the first."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import PETITION_STEPS, PetitionStatus, Step
from openbeian.core.permissions import check_may_countersign
from openbeian.core.policy import ReasonMissingError, check_countersign_now
from openbeian.core.reasons import check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.petitions.granting import carry_out
from openbeian.portal.petitions.models import Petition, PetitionDecision
from openbeian.portal.petitions.steps import begin, facts_of, find_outcome, lock, look_again_at, move, note
from openbeian.portal.review.steps import level_of
from openbeian.standards import load_reasons
from openbeian.trust.keys import Signer

__all__ = ["countersign", "decide"]

_OUTCOMES: Final = [step.name for step in PETITION_STEPS.values() if step.four_eyes]


@transaction.atomic
def decide(
    petition: Petition, *, outcome: str, reason_code: str = "", reason: str = "", by: User, at: datetime
) -> PetitionDecision:
    """Give the first outcome. Nothing changes for the provider until it is countersigned.

    Raises:
        NotAllowedError: `by` may not decide this.
        NotNowError: It is not to be decided now, or somebody has decided already.
        BadInputError: There is no such outcome, or it needs a reason, or the code is none for it.
    """
    step = _outcome(outcome)
    locked = begin(petition, step, by=by, reason=reason)
    decision = PetitionDecision.objects.create(
        petition=locked,
        level=level_of(step),
        outcome=step.name,
        reason_code=check_reason(load_reasons(), step.name, reason_code),
        reason=reason.strip(),
        decided_by=by,
        decided_at=at,
    )
    # The outcome stays out of the trail until the second person has given theirs unseen.
    note(locked, "decided", by=by, at=at, step=step, level=decision.level)
    return decision


@transaction.atomic
def countersign(
    decision: PetitionDecision,
    *,
    outcome: str,
    reason_code: str = "",
    reason: str = "",
    signer: Signer,
    by: User,
    at: datetime,
) -> PetitionDecision:
    """Give the second outcome, which closes the decision; a petition that is granted takes effect at once.

    Args:
        decision: The first person's.
        outcome: The second person's own.
        reason_code: Why, by code.
        reason: Why, in words.
        signer: The register's key, for a certificate that has to be issued anew.
        by: A countersigner of the same office.
        at: The moment.

    Raises:
        NotAllowedError: `by` may not countersign this; above all nobody their own.
        NotNowError: There is nothing to countersign, or what it is about can't follow any more.
        BadInputError: There is no such outcome, or it needs a reason, or the code is none for it.
    """
    step = _outcome(outcome)
    petition = lock(decision.petition)
    locked = PetitionDecision.objects.select_for_update().get(pk=decision.pk)
    facts = facts_of(petition)
    check_may_countersign(actor_of(by), step, facts)
    check_countersign_now(facts, step)
    if step.needs_reason and not reason.strip():
        raise ReasonMissingError(
            f"「{step.label.zh}」须写明理由。", f"“{step.label.en}” needs a reason; write it down."
        )
    taken = step if step.name == locked.outcome else look_again_at(locked.level)
    locked.countersigned_outcome, locked.countersigned_reason = step.name, reason.strip()
    locked.countersigned_reason_code = check_reason(load_reasons(), step.name, reason_code)
    locked.countersigned_by, locked.countersigned_at, locked.step_taken = by, at, taken.name
    locked.save()
    first, agreed = locked.outcome, locked.outcome == step.name
    move(petition, taken, by=by, at=at, level=locked.level, first=first, second=step.name, agreed=agreed)
    if petition.state is PetitionStatus.GRANTED:
        carry_out(petition, signer=signer, by=by, at=at)
    return locked


def _outcome(name: str) -> Step:
    step = find_outcome(name)
    if step is None:
        raise BadInputError(
            f"「{name}」不是决定的结果；可选：{'、'.join(_OUTCOMES)}。",
            f"“{name}” is no outcome of a decision; choose from: {', '.join(_OUTCOMES)}.",
        )
    return step
