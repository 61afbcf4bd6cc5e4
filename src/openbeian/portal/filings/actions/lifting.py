"""Suspensions with an end: over when the last day two people set has passed, by themselves."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from openbeian.core.lifecycle import FOLLOWING_STEPS, FilingStatus
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.bases import tell_hanging
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.queries import suspensions_over
from openbeian.portal.filings.standing import change_status, lock_filing

__all__ = ["lift_suspensions"]

_LIFT: Final = FOLLOWING_STEPS["lift"]


@transaction.atomic
def lift_suspensions(*, by: Person, at: datetime) -> list[Filing]:
    """End the suspensions whose last day has passed; return the filings that are valid again."""
    lifted = []
    on = timezone.localdate(at)
    for found in suspensions_over(on):
        filing = lock_filing(found)
        if filing.state is FilingStatus.SUSPENDED and filing.status_until == found.status_until:
            change_status(filing, _LIFT, at=at)
            tell_hanging(filing, by=by, at=at)
            record("filing.suspension_lifted", filing, by=by, at=at, number=filing.number)
            lifted.append(filing)
    return lifted
