"""Who is told: people by their roles, and the addresses of their organisations."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from openbeian.core.lifecycle import OWNERS, ApplicationStatus, PetitionStatus, Status, steps_from
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import Membership, Organisation, User
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.correspondence.models import Message
from openbeian.portal.notices.models import Endpoint
from openbeian.portal.notices.telling import Story
from openbeian.portal.notices.wording import (
    BASE_CHANGES,
    FIRST_CONCLUSIONS,
    PERMITS_FOR_OFFICES,
    STATUS_CHANGES,
)
from openbeian.portal.petitions.models import Petition
from openbeian.portal.sandbox.models import Permit

__all__ = ["Recipients", "is_of_office", "recipients_of"]

_K = OrganisationKind
_IN_CHARGE = frozenset({Role.REVIEWER, Role.DECIDER})
_CORRESPONDENTS = frozenset({Role.INTAKE_OFFICER, Role.REVIEWER})


@dataclass(frozen=True, slots=True)
class Recipients:
    """Everybody one event is told to."""

    people: set[User] = field(default_factory=set)
    endpoints: set[Endpoint] = field(default_factory=set)


def recipients_of(story: Story) -> Recipients:
    """Return who is told of an event now; whoever did it needs no e-mail about it."""
    event = story.event
    if event.kind in FIRST_CONCLUSIONS:
        told = _of_first_conclusion(event)
    elif story.endpoint is not None:
        told = _of_endpoint(story.endpoint, event)
    elif story.petition is not None:
        told = _of_petition(story.petition, event)
    elif story.permit is not None:
        told = _of_permit(story.permit, event)
    elif story.application is not None:
        told = _of_application(story.application, event)
    else:
        assert story.filing is not None
        told = _of_filing(story, event)
    people = {person for person in told.people if person.audit_id != event.by_id and _wants_email(person)}
    return Recipients(people, told.endpoints)


def is_of_office(user: User) -> bool:
    """Say whether a person reads offices' pages."""
    kinds = user.memberships.filter(ended_at=None).values_list("organisation__kind", flat=True)
    return _K.PROVIDER.value not in kinds


def _of_endpoint(endpoint: Endpoint, event: AuditEvent) -> Recipients:
    if event.kind == "webhook.tested":
        return Recipients(endpoints={endpoint})
    return Recipients(_members([endpoint.organisation]))


def _of_first_conclusion(event: AuditEvent) -> Recipients:
    deciding = Organisation.objects.filter(pk=event.organisation_id or 0)
    return Recipients(_members(deciding, frozenset({Role.COUNTERSIGNER})), _endpoints(deciding))


def _of_application(application: Application, event: AuditEvent) -> Recipients:
    if event.kind == "message.sent":
        return _of_message(application, event)
    status = ApplicationStatus(event.detail.get("now", application.status))
    if not application.version:  # offices know nothing of what was never handed in
        return Recipients(_members([application.provider]), _endpoints([application.provider]))
    return _both_sides(application.provider, application.jurisdiction, status, OWNERS[status])


def _of_petition(petition: Petition, event: AuditEvent) -> Recipients:
    status = PetitionStatus(event.detail.get("now", petition.status))
    if petition.handed_in_on is None:
        return Recipients(_members([petition.provider]), _endpoints([petition.provider]))
    return _both_sides(petition.provider, petition.jurisdiction, status, PETITION_OWNERS[status])


def _of_permit(permit: Permit, event: AuditEvent) -> Recipients:
    province = _offices(permit.jurisdiction, [_K.PROVINCIAL])
    deciders = _members(province, frozenset({Role.DECIDER}))
    if event.kind == "permit.not_agreed":  # nobody outside learns what either of the two thought
        return Recipients(deciders, _endpoints(province))
    people = _members([permit.provider]) | (deciders if event.kind in PERMITS_FOR_OFFICES else set())
    return Recipients(people, _endpoints([permit.provider, *province]))


def _both_sides(
    provider: Organisation, jurisdiction: str, status: Status, owner: OrganisationKind | None
) -> Recipients:
    """Return the provider's people, and at the office that has it now those who may take the next step."""
    next_to_act = _offices(jurisdiction, [owner] if owner is not None else [])
    roles = {role for step in steps_from(status) if step.office is owner for role in step.roles}
    people = _members([provider]) | _members(next_to_act, frozenset(roles))
    organisations = {provider, *_offices(jurisdiction, [_K.PROVINCIAL]), *next_to_act}
    return Recipients(people, _endpoints(organisations))


def _of_message(application: Application, event: AuditEvent) -> Recipients:
    """Tell the other side: all of the provider, or whoever of the offices has written there before."""
    if event.detail.get("side") == "office":
        return Recipients(_members([application.provider]), _endpoints([application.provider]))
    offices = _offices(application.jurisdiction, [_K.PROVINCIAL])
    writers = Message.objects.filter(application=application, side="office").values("sent_by")
    wrote = {
        membership.user
        for membership in Membership.objects.filter(
            user__in=writers,
            ended_at=None,
            user__is_active=True,
            organisation__kind__in=["provincial", "national"],
        ).select_related("user")
    }
    return Recipients(wrote or _members(offices, _CORRESPONDENTS), _endpoints(offices))


def _of_filing(story: Story, event: AuditEvent) -> Recipients:
    filing = story.filing
    assert filing is not None
    province = _offices(filing.jurisdiction, [_K.PROVINCIAL])
    if event.kind == "duty.update_reported":
        return Recipients(_members(province, frozenset({Role.REVIEWER})), _endpoints(province))
    if event.kind in BASE_CHANGES:
        people = _members([filing.provider]) | _members(province, _IN_CHARGE)
        return Recipients(people, _endpoints([filing.provider, *province]))
    organisations = [filing.provider]
    if event.kind in STATUS_CHANGES:
        organisations += province
    return Recipients(_members([filing.provider]), _endpoints(organisations))


def _offices(jurisdiction: str, kinds: Iterable[OrganisationKind]) -> list[Organisation]:
    wanted = Q(pk__in=())
    for kind in kinds:
        if kind is _K.PROVINCIAL:
            wanted |= Q(kind=kind.value, jurisdiction=jurisdiction)
        elif kind is _K.NATIONAL:
            wanted |= Q(kind=kind.value)
    return list(Organisation.objects.filter(wanted))


def _members(organisations: Iterable[Organisation], roles: frozenset[Role] | None = None) -> set[User]:
    """Return the active members who hold one of `roles`, or any role of their kind of organisation."""
    found = Membership.objects.filter(
        organisation__in=list(organisations), ended_at=None, user__is_active=True
    ).select_related("user", "organisation")
    return {
        one.user
        for one in found
        if {Role(role) for role in one.roles}
        & (ROLES_OF[_K(one.organisation.kind)] if roles is None else roles)
    }


def _endpoints(organisations: Iterable[Organisation]) -> set[Endpoint]:
    return set(Endpoint.objects.filter(organisation__in=list(organisations), removed_at=None, off_at=None))


def _wants_email(user: User) -> bool:
    preference = getattr(user, "notice_preference", None)
    return bool(user.email) and (preference is None or preference.by_email)
