"""Granting a permit or refusing it, by two people."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import PermitNumber
from openbeian.core.permit_rights import check_may_countersign_permit, check_may_decide_permit
from openbeian.core.permits import (
    PermitStatus,
    check_countersign_permit_now,
    check_decide_permit_now,
    check_reason_given,
    check_terms,
)
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.serials import take_serial
from openbeian.portal.sandbox.models import Permit, PermitDecision
from openbeian.portal.sandbox.queries import facts_of_permit, open_decision_of
from openbeian.portal.sandbox.steps import check_unfiled, hashes_of, lock, log_step, record_step
from openbeian.standards import load_jurisdictions

__all__ = ["countersign_permit", "decide_permit"]


@transaction.atomic
def decide_permit(
    permit: Permit,
    *,
    grants: bool,
    reason: str,
    office_testers: Iterable[str] = (),
    by: User,
    at: datetime,
) -> PermitDecision:
    """Decide to grant or to refuse a permit; it takes effect when a second person has countersigned.

    Raises:
        NotAllowedError: `by` is no decider of the province's office, or has asked for it.
        NotNowError: It is decided already.
        BadInputError: There is no reason, or a tester's id is too long.
    """
    locked = lock(permit)
    facts = facts_of_permit(locked)
    check_may_decide_permit(actor_of(by), facts)
    check_decide_permit_now(facts)
    check_reason_given(reason)
    locked.office_testers = hashes_of(bytes.fromhex(locked.salt), office_testers) if grants else []
    if grants:
        check_unfiled(locked.application)
        check_terms(locked.terms, on=locked.begins_on)
    locked.save(update_fields=["office_testers"])
    decision = PermitDecision.objects.create(
        permit=locked, grants=grants, reason=reason.strip(), decided_by=by, decided_at=at
    )
    record_step("decided", locked, OrganisationKind.PROVINCIAL, by=by, at=at, grants=grants)
    return decision


@transaction.atomic
def countersign_permit(permit: Permit, *, agree: bool, reason: str = "", by: User, at: datetime) -> Permit:
    """Agree to the decision on a permit, which takes effect at once, or reject it with a reason.

    Raises:
        NotAllowedError: `by` may not countersign this; above all nobody their own.
        NotNowError: There is nothing to countersign, or the service has been filed in the meantime.
        BadInputError: A rejection has no reason, or the permit would have ended already.
    """
    locked = lock(permit)
    facts = facts_of_permit(locked)
    check_may_countersign_permit(actor_of(by), facts)
    check_countersign_permit_now(facts)
    decision = open_decision_of(locked)
    assert decision is not None, "there is one to countersign"
    if not agree:
        check_reason_given(reason)
    decision.agreed, decision.countersigned_reason = agree, reason.strip()
    decision.countersigned_by, decision.countersigned_at = by, at
    decision.save()
    if agree and decision.grants:
        _grant(locked, at=at)
    elif agree:
        locked.status = PermitStatus.REFUSED.value
        locked.save(update_fields=["status"])
    kind = "granted" if decision.grants else "refused"
    record_step(kind if agree else "not_agreed", locked, OrganisationKind.PROVINCIAL, by=by, at=at)
    return locked


def _grant(permit: Permit, *, at: datetime) -> None:
    check_unfiled(permit.application)
    on = localdate(at)
    if permit.ends_on < on:
        raise BadInputError(
            "许可的结束日期已过；请不同意，由提供者另行申请。",
            "The permit would have ended already; disagree, and let the provider ask anew.",
        )
    code = permit.jurisdiction
    serial = take_serial(f"permit:{code}:{on.isoformat()}")
    permit.number = str(PermitNumber.build(load_jurisdictions()[code].pinyin, on=on, serial=serial))
    permit.status, permit.granted_at = PermitStatus.GRANTED.value, at
    permit.save(update_fields=["number", "status", "granted_at"])
    log_step("granted", permit, at=at)
