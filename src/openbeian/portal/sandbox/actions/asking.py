"""Asking for a permit, and withdrawing what was asked for."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from openbeian.core.errors import BadInputError
from openbeian.core.permit_rights import check_may_ask_permit
from openbeian.core.permits import (
    PermitStatus,
    PermitTerms,
    PermitUse,
    check_terms,
    check_withdraw_permit_now,
)
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.queries import facts_of_permit
from openbeian.portal.sandbox.steps import check_unfiled, hashes_of, lock, record_step
from openbeian.trust.snapshots import service_hash

__all__ = ["ask_permit", "withdraw_permit"]


@transaction.atomic
def ask_permit(
    application: Application,
    *,
    uses: Iterable[PermitUse],
    testers: Iterable[str],
    trial_users: int,
    gates: int,
    begins_on: date,
    ends_on: date,
    purpose: str,
    by: User,
    at: datetime,
) -> Permit:
    """Ask the province for a permit for the service of an application.

    Testers are named by the ids under which platforms know them; only hashes of these are kept.

    Raises:
        NotAllowedError: `by` prepares nothing for this provider.
        NotNowError: The service is on file, or its application came to an end.
        BadInputError: The terms are not such as may be asked for, or no purpose is given.
    """
    check_may_ask_permit(actor_of(by), str(application.provider_id))
    locked = Application.objects.select_for_update().get(pk=application.pk)
    check_unfiled(locked)
    salt = secrets.token_bytes(16)
    hashes, used_for = hashes_of(salt, testers), frozenset(uses)
    terms = PermitTerms(used_for, len(hashes), trial_users, gates, begins_on, ends_on)
    check_terms(terms, on=localdate(at))
    if not purpose.strip():
        raise BadInputError("请写明申请许可的目的。", "Say what the permit is for.")
    permit = Permit.objects.create(
        application=locked,
        provider=locked.provider,
        provider_name=locked.provider.name,
        provider_name_en=locked.provider.name_en,
        service_name=locked.service_name,
        service_id=locked.service_id,
        service_hash=service_hash(locked.service_id).hex(),
        jurisdiction=locked.jurisdiction,
        purpose=purpose.strip(),
        uses=sorted(used_for),
        salt=salt.hex(),
        testers=hashes,
        trial_users=trial_users,
        gates=gates,
        begins_on=begins_on,
        ends_on=ends_on,
        asked_by=by,
        asked_at=at,
    )
    record_step("asked", permit, OrganisationKind.PROVIDER, by=by, at=at, testers=len(hashes))
    return permit


@transaction.atomic
def withdraw_permit(permit: Permit, *, by: User, at: datetime) -> Permit:
    """Withdraw what was asked for.

    Raises:
        NotAllowedError: `by` prepares nothing for this provider.
        NotNowError: It is decided.
    """
    locked = lock(permit)
    check_may_ask_permit(actor_of(by), str(locked.provider_id))
    check_withdraw_permit_now(facts_of_permit(locked))
    locked.status = PermitStatus.WITHDRAWN.value
    locked.save(update_fields=["status"])
    record_step("withdrawn", locked, OrganisationKind.PROVIDER, by=by, at=at)
    return locked
