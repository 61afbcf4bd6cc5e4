"""Who somebody is in the eyes of the rules."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from openbeian.core import permissions
from openbeian.core.account_rights import Reach, may_administer, reach_of
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.models import ApiKey, Membership, Organisation, User

__all__ = [
    "acting_organisation",
    "actor_by",
    "actor_of",
    "find_api_key",
    "holds",
    "managed_by",
    "memberships_kept",
    "memberships_of",
    "people_for",
    "readable_by",
]


_KEPT: Final[ContextVar[dict[int, list[Membership]] | None]] = ContextVar("memberships", default=None)
"""The memberships that were read for a page, by person; None where nothing is kept."""


@contextmanager
def memberships_kept() -> Iterator[None]:
    """Read everybody's memberships once meanwhile: for the time of a request that changes nothing."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def memberships_of(user: User) -> list[Membership]:
    """Return the present memberships of a person; none where they may no longer log in."""
    if not user.is_active:
        return []
    kept = _KEPT.get()
    if kept is None:
        return _memberships_of(user)
    if user.pk not in kept:
        kept[user.pk] = _memberships_of(user)
    return list(kept[user.pk])


def _memberships_of(user: User) -> list[Membership]:
    return list(user.memberships.select_related("organisation").filter(ended_at=None).order_by("id"))


def actor_of(user: User) -> permissions.Actor:
    """Return the person as the rules see them."""
    return permissions.Actor(user.audit_id, tuple(_as_rules_see(m) for m in memberships_of(user)))


def actor_by(membership: Membership) -> permissions.Actor:
    """Return a person as the rules see them by one membership alone, which has its user and organisation."""
    return permissions.Actor(membership.user.audit_id, (_as_rules_see(membership),))


def _as_rules_see(membership: Membership) -> permissions.Membership:
    return permissions.Membership(
        organisation_id=str(membership.organisation_id),
        kind=OrganisationKind(membership.organisation.kind),
        jurisdiction=membership.organisation.jurisdiction or None,
        roles=frozenset(Role(role) for role in membership.roles),
    )


def holds(user: User, kind: OrganisationKind, role: Role) -> bool:
    """Say whether a person holds `role` in an organisation of this kind."""
    return any(m.kind is kind and role in m.roles for m in actor_of(user).memberships)


def acting_organisation(user: User, kind: OrganisationKind, *, provider_id: str, jurisdiction: str) -> str:
    """Return the id of the organisation of `kind` on whose behalf a person acts in this case, or ``""``."""
    for membership in actor_of(user).memberships:
        if membership.kind is not kind:
            continue
        if kind is OrganisationKind.PROVIDER and membership.organisation_id != provider_id:
            continue
        if kind is OrganisationKind.PROVINCIAL and membership.jurisdiction != jurisdiction:
            continue
        return membership.organisation_id
    return ""


def find_api_key(secret: str, *, at: datetime) -> ApiKey | None:
    """Return the key with this secret; None where it is unknown, expired, revoked, or its owner has left."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    key = (
        ApiKey.objects.select_related("user", "organisation")
        .filter(secret_sha256=digest, revoked_at=None, expires_at__gt=at, user__is_active=True)
        .first()
    )
    if key is None or all(m.organisation_id != key.organisation_id for m in memberships_of(key.user)):
        return None
    return key


def managed_by(user: User) -> QuerySet[Organisation]:
    """Return the organisations whose members a person may manage."""
    actor = actor_of(user)
    if may_administer(actor):
        return Organisation.objects.all()
    own = [m.organisation_id for m in actor.memberships if Role.MEMBER_ADMINISTRATOR in m.roles]
    return Organisation.objects.filter(pk__in=own)


def readable_by(user: User) -> QuerySet[Organisation]:
    """Return the organisations whose members a person may see: their own, or all to administer or audit."""
    actor = actor_of(user)
    if may_administer(actor) or reach_of(actor) is Reach.EVERYTHING:
        return Organisation.objects.all()
    return Organisation.objects.filter(pk__in=[m.organisation_id for m in actor.memberships])


def people_for(user: User) -> QuerySet[User]:
    """Return the people a person may see as such: everybody for who administers or audits, else nobody."""
    actor = actor_of(user)
    if may_administer(actor) or reach_of(actor) is Reach.EVERYTHING:
        return User.objects.order_by("name", "id")
    return User.objects.none()
