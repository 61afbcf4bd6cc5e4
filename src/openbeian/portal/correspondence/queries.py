"""Reading messages; what somebody may not see is not found."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from openbeian.core.message_rights import Side
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import Membership, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to
from openbeian.portal.correspondence.models import Message

__all__ = ["ShownMessage", "conversations_of", "messages_shown_to", "unread_by"]


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message as one person reads it."""

    message: Message
    is_own: bool
    """Whether the reader's side wrote it."""
    person: str
    """Who wrote it; empty where the reader learns only for which organisation."""


def unread_by(user: User) -> int:
    """Return how many messages nobody of a person's side has opened yet."""
    return _unread(memberships_of(user)).count()


def _unread(memberships: Sequence[Membership]) -> QuerySet[Message]:
    wanted = Q(pk__in=())
    for membership in memberships:
        organisation = membership.organisation
        kind = OrganisationKind(organisation.kind)
        if not {Role(role) for role in membership.roles} & ROLES_OF[kind]:
            continue
        if kind is OrganisationKind.PROVIDER:
            wanted |= Q(side=Side.OFFICE.value, application__provider=organisation)
        elif kind is OrganisationKind.PROVINCIAL:
            wanted |= Q(side=Side.PROVIDER.value, application__jurisdiction=organisation.jurisdiction)
    return Message.objects.filter(wanted, read_at=None).order_by()


def conversations_of(user: User) -> QuerySet[Application]:
    """Return the applications with messages that a person may read, the newest message first.

    Each has `message_count`, `unread_count` (for the person's side) and `last_message_at`.
    """
    unread = _unread(memberships_of(user)).values("pk")
    return (
        visible_to(user)
        .filter(messages__isnull=False)
        .annotate(
            message_count=Count("messages"),
            unread_count=Count("messages", filter=Q(messages__in=unread)),
            last_message_at=Max("messages__sent_at"),
        )
        .order_by("-last_message_at", "-id")
    )


def messages_shown_to(user: User, application: Application) -> list[ShownMessage]:
    """Return the messages, oldest first. A provider reads names of its own people only."""
    kinds = {OrganisationKind(one.organisation.kind) for one in memberships_of(user)}
    is_provider = kinds == {OrganisationKind.PROVIDER}
    own = Side.PROVIDER if is_provider else Side.OFFICE
    messages = application.messages.select_related("organisation", "sent_by", "read_by").prefetch_related(
        "files"
    )
    return [
        ShownMessage(
            message=one,
            is_own=one.side == own.value,
            person=one.sent_by.name if not is_provider or one.side == own.value else "",
        )
        for one in messages
    ]
