"""Reading permits: for the public, for those concerned, and for snapshots."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from openbeian.core import permits as rules
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import PermitFacts, PermitState, PermitStatus
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.sandbox.models import Permit, PermitDecision
from openbeian.trust.snapshots import Permit as SnapshotPermit

__all__ = [
    "facts_of_permit",
    "granted_permits",
    "open_decision_of",
    "open_to_permit",
    "permits_concerning",
    "snapshot_permits",
    "state_of",
]

_LISTED_AFTER_END_FOR: Final = timedelta(days=90)
"""So long a gate says that a permit has ended; afterwards that the service is not on file."""
_GRANTED: Final = (PermitStatus.GRANTED.value, PermitStatus.ENDED.value)
_CLOSED: Final = (
    ApplicationStatus.CERTIFIED.value,
    ApplicationStatus.REFUSED.value,
    ApplicationStatus.WITHDRAWN.value,
)


def open_decision_of(permit: Permit) -> PermitDecision | None:
    """Return the decision that waits for its countersignature."""
    return permit.decisions.filter(countersigned_at=None).first()


def facts_of_permit(permit: Permit) -> PermitFacts:
    """Return the permit as the rules see it."""
    decision = open_decision_of(permit)
    return permit.rule_facts(first_decision_by=f"user:{decision.decided_by_id}" if decision else None)


def state_of(permit: Permit, *, at: datetime) -> PermitState:
    """Return how a permit stands at a moment; days are days in China."""
    return rules.permit_state(permit.rule_facts(), on=localdate(at))


def granted_permits() -> QuerySet[Permit]:
    """Return every permit there has been, the newest first: what the public may know."""
    return Permit.objects.filter(status__in=_GRANTED).order_by("-granted_at", "-id")


def permits_concerning(user: User) -> QuerySet[Permit]:
    """Return the permits a person may read whole: their provider's, their province's, all for the nation."""
    wanted = Q(pk__in=())
    for membership in actor_of(user).memberships:
        if not membership.roles & ROLES_OF[membership.kind]:
            continue
        match membership.kind:
            case OrganisationKind.PROVIDER:
                wanted |= Q(provider_id=membership.organisation_id)
            case OrganisationKind.PROVINCIAL:
                wanted |= Q(jurisdiction=membership.jurisdiction)
            case OrganisationKind.NATIONAL | OrganisationKind.AUDITOR:
                wanted |= ~Q(pk__in=())
            case _:
                pass
    return Permit.objects.filter(wanted).select_related("application", "provider")


def open_to_permit(user: User) -> QuerySet[Application]:
    """Return the applications for whose services a person may ask for a permit."""
    own = [
        int(membership.organisation_id)
        for membership in actor_of(user).memberships
        if membership.kind is OrganisationKind.PROVIDER and Role.PREPARER in membership.roles
    ]
    mine = Application.objects.filter(provider__in=own).exclude(status__in=_CLOSED)
    return mine.select_related("provider").exclude(service_name="")


def snapshot_permits(*, at: datetime) -> Iterator[SnapshotPermit]:
    """Yield the permits a snapshot lists: those granted, until some time after their end."""
    since = at - _LISTED_AFTER_END_FOR
    listed = Permit.objects.filter(status__in=_GRANTED, ends_on__gte=localdate(since))
    for permit in listed.exclude(ended_at__lt=since).order_by("id"):
        yield SnapshotPermit(
            number=permit.number,
            service=bytes.fromhex(permit.service_hash),
            begins_at=_midnight(permit.begins_on),
            ends_at=_midnight(permit.ends_on + timedelta(days=1)),
            is_ended=permit.ended_at is not None,
            uses=frozenset(permit.uses),
            salt=bytes.fromhex(permit.salt),
            testers=frozenset(map(bytes.fromhex, (*permit.testers, *permit.office_testers))),
            trial_users=permit.trial_users,
            gates=permit.gates,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), get_default_timezone())
