"""Reading applications; what somebody may not see is not found."""

from datetime import date
from itertools import chain

from django.db.models import Q, QuerySet

from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.core.workdays import workdays_between
from openbeian.portal.accounts.models import Membership, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.models import Application, Attachment, Correction

__all__ = [
    "attachments_of",
    "of_own_provider",
    "open_corrections_of",
    "present_attachments",
    "readable_attachments",
    "reviewers_of",
    "visible_to",
    "waiting_for",
]


def visible_to(user: User) -> QuerySet[Application]:
    """Return the applications a person may see: the query form of `core.permissions.may_see`."""
    wanted = Q(pk__in=())
    for membership in memberships_of(user):
        wanted |= _seen_by(membership)
    return Application.objects.filter(wanted).select_related("provider")


def _seen_by(membership: Membership) -> Q:
    organisation = membership.organisation
    kind = OrganisationKind(organisation.kind)
    handed_in = ~Q(status=ApplicationStatus.DRAFT.value)
    if not {Role(role) for role in membership.roles} & ROLES_OF[kind]:
        return Q(pk__in=())
    match kind:
        case OrganisationKind.PROVIDER:
            return Q(provider=organisation)
        case OrganisationKind.PROVINCIAL:
            return Q(jurisdiction=organisation.jurisdiction) & handed_in
        case OrganisationKind.NATIONAL:
            return handed_in
        case OrganisationKind.AUDITOR:
            return ~Q(pk__in=())
        case _:
            return Q(pk__in=())


def attachments_of(application: Application) -> QuerySet[Attachment]:
    """Return the present attachments, in the order added."""
    return application.attachments.filter(removed_at=None)


def present_attachments(application: Application) -> list[Attachment]:
    """Return the same where all of many applications may have been read at once: it asks no more then."""
    return [one for one in application.attachments.all() if one.removed_at is None]


def open_corrections_of(application: Application) -> QuerySet[Correction]:
    """Return the corrections that are not closed."""
    return application.corrections.exclude(status="closed")


def reviewers_of(application: Application) -> frozenset[str]:
    """Return the ids of the people who have reviewed the application, whatever the version."""
    ids = {
        *application.corrections.values_list("raised_by_id", flat=True),
        *application.versions.values_list("recommended_by_id", flat=True),
        *chain.from_iterable(application.retests.values_list("ordered_by_id", "recorded_by_id")),
    }
    return frozenset(f"user:{pk}" for pk in ids - {None})


def waiting_for(application: Application, *, on: date) -> int:
    """Return for how many working days the application has stood where it stands."""
    return workdays_between(application.status_since.date(), on)


def of_own_provider(user: User) -> QuerySet[Application]:
    """Return the applications of a person's providers: who may read them before they are handed in."""
    mine = [membership.organisation for membership in memberships_of(user)]
    return visible_to(user).filter(provider__in=mine)


def readable_attachments(user: User, application: Application) -> QuerySet[Attachment]:
    """Return the files a person may fetch: the provider all, everybody else those that were handed in."""
    if of_own_provider(user).filter(pk=application.pk).exists():
        return application.attachments.all()
    return application.attachments.filter(version_number__lte=application.version)
