"""Entering a granted registration in the register: the province numbers it, no round and no nation."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import check_step_now
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import acting_organisation, actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, move
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.issuing import issue
from openbeian.portal.filings.models import Filing
from openbeian.portal.review.steps import facts_of
from openbeian.trust.keys import Signer

__all__ = ["REGISTER", "register"]

REGISTER: Final = APPLICATION_STEPS["register"]


@transaction.atomic
def register(application: Application, *, signer: Signer, by: User, at: datetime) -> Filing:
    """Give a granted registration its number and certificate, and publish it.

    Args:
        application: A granted registration.
        signer: The register's key.
        by: A publisher of the province in charge.
        at: The moment.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: It is not granted, or the model it calls is no longer validly on file.
        BadInputError: The number can't be made from the service's Latin name.
    """
    locked = lock(application)
    facts = facts_of(locked)
    check_may_take(actor_of(by), REGISTER, facts)
    check_step_now(facts, REGISTER)
    filing = issue(locked, None, on=timezone.localdate(at), signer=signer, at=at)
    move(locked, REGISTER, by=by, at=at, number=filing.number)
    organisation_id = acting_organisation(
        by, REGISTER.office, provider_id=facts.provider_id, jurisdiction=facts.jurisdiction
    )
    record("filing.registered", filing, by=by, at=at, organisation_id=organisation_id, number=filing.number)
    return filing
