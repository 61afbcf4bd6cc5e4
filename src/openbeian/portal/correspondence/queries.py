"""Reading messages; what somebody may not see is not found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from openbeian.core.message_rights import Side
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import Membership, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to
from openbeian.portal.correspondence.models import Message

__all__ = [
    "Conversation",
    "ShownMessage",
    "conversations_of",
    "messages_shown_to",
    "unread_by",
    "with_counts",
]


class Conversation(NamedTuple):
    """An application as the list of conversations shows it."""

    application: Application
    messages: int
    unread: int
    """By the reader's side."""
    last_at: datetime


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

    Each has what lists show of it, and `newest`, the key of that message; `with_counts` says the rest.
    """
    messages = Message.objects.filter(application=OuterRef("pk")).order_by("-id")
    return (
        visible_to(user)
        .filter(Exists(messages))
        .annotate(newest=Subquery(messages.values("id")[:1]))
        .only("reference", "service_name", "status", "provider__name", "provider__name_en")
        .order_by("-newest")
    )


def with_counts(shown: Iterable[Application], user: User) -> list[Conversation]:
    """Return conversations with the number of their messages, of those unread, and when the newest came."""
    rows = list(shown)
    unread = _unread(memberships_of(user)).filter(application__in=rows)
    unread_of = Counter(unread.values_list("application_id", flat=True))
    counted = Message.objects.filter(application__in=rows).order_by().values_list("application_id")
    said = {pk: (count, at) for pk, count, at in counted.annotate(Count("pk"), Max("sent_at"))}
    return [Conversation(one, said[one.pk][0], unread_of[one.pk], said[one.pk][1]) for one in rows]


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
