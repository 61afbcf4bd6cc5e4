"""Making a permit narrower, or ending it: one person can, since it only ever lets less happen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from openbeian.core.permit_rights import check_may_restrict_permit
from openbeian.core.permits import (
    PermitStatus,
    PermitUse,
    check_narrower,
    check_reason_given,
    check_restrict_now,
)
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.steps import lock, log_step, record_step

__all__ = ["end_permit", "limit_permit"]


@transaction.atomic
def limit_permit(
    permit: Permit,
    *,
    uses: Iterable[PermitUse],
    trial_users: int,
    ends_on: date,
    reason: str,
    by: User,
    at: datetime,
) -> Permit:
    """Take uses or trial users away from a permit, or bring its end forward.

    Raises:
        NotAllowedError: `by` neither decides nor countersigns at the province's office.
        NotNowError: It was not granted, or has ended.
        BadInputError: It would let more happen or nothing at all, or there is no reason.
    """
    locked = lock(permit)
    check_may_restrict_permit(actor_of(by), locked.jurisdiction)
    check_restrict_now(locked.rule_facts(), on=localdate(at))
    check_reason_given(reason)
    wanted = replace(locked.terms, uses=frozenset(uses), trial_users=trial_users, ends_on=ends_on)
    check_narrower(locked.terms, wanted, on=localdate(at))
    locked.uses, locked.trial_users, locked.ends_on = sorted(wanted.uses), trial_users, ends_on
    locked.save(update_fields=["uses", "trial_users", "ends_on"])
    log_step("limited", locked, at=at)
    record_step("limited", locked, OrganisationKind.PROVINCIAL, by=by, at=at, reason=reason.strip())
    return locked


@transaction.atomic
def end_permit(permit: Permit, *, reason: str, by: User, at: datetime) -> Permit:
    """End a permit now; gates learn of it with the next snapshot.

    Raises:
        NotAllowedError: `by` neither decides nor countersigns at the province's office.
        NotNowError: It was not granted, or has ended.
        BadInputError: There is no reason.
    """
    locked = lock(permit)
    check_may_restrict_permit(actor_of(by), locked.jurisdiction)
    check_restrict_now(locked.rule_facts(), on=localdate(at))
    check_reason_given(reason)
    locked.status, locked.ended_at = PermitStatus.ENDED.value, at
    locked.save(update_fields=["status", "ended_at"])
    log_step("ended", locked, at=at)
    record_step("ended", locked, OrganisationKind.PROVINCIAL, by=by, at=at, reason=reason.strip())
    return locked
