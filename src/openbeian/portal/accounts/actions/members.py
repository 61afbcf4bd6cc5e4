"""Entering people as members of organisations, changing their roles, ending their membership."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from openbeian.core.account_rights import check_may_give
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions.rights import (
    actor_behind,
    check_administers,
    check_keeps_administrator,
    check_manages,
    check_one_line,
    check_roles,
    check_stands_alone,
    lock,
)
from openbeian.portal.accounts.models import ApiKey, Invitation, Membership, Organisation, User
from openbeian.portal.audit.actions import Person, record

__all__ = ["add_member", "change_roles", "end_membership", "give_place"]

_LONGEST_NAME: Final = 60


def add_member(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    roles: Iterable[Role],
    by: Person,
    at: datetime,
    password: str | None = None,
) -> User:
    """Give a person these roles in an organisation without asking them; the person is entered if new.

    Raises:
        NotAllowedError: `by` is no system administrator, or it would be a role of their own.
        BadInputError: A role does not exist in this kind of organisation, or the person belongs elsewhere.
    """
    check_administers(by)
    wanted = check_roles(OrganisationKind(organisation.kind), roles)
    # Takes long on purpose: nobody else who writes shall wait for it.
    hashed, address = make_password(password), email.strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        if user is None:
            name = check_one_line(name, longest=_LONGEST_NAME)
            user = User.objects.create(email=address, name=name, password=hashed)
        _check_given(organisation, user, wanted, by=by)
        give_place(organisation, user, wanted, by=by, at=at)
    return user


def give_place(
    organisation: Organisation, user: User, roles: frozenset[Role], *, by: Person, at: datetime
) -> None:
    """Make a person a member with these roles, or give a member these; whether `by` may is checked before.

    Raises:
        BadInputError: The person's other memberships don't go together with it.
        LastAdministratorError: The organisation would be left without an administrator.
    """
    lock(organisation)
    check_stands_alone(user, organisation)
    check_keeps_administrator(organisation, user.pk, roles)
    Membership.objects.update_or_create(
        user=user,
        organisation=organisation,
        defaults={"roles": sorted(roles), "ended_at": None},
        create_defaults={"roles": sorted(roles), "created_at": at},
    )
    _record("member.added", organisation, user, by=by, at=at, roles=sorted(roles))


@transaction.atomic
def change_roles(membership: Membership, *, roles: Iterable[Role], by: Person, at: datetime) -> Membership:
    """Give a member these roles instead of those they have.

    Raises:
        NotAllowedError: `by` doesn't manage the members, or it would be a new role of their own.
        BadInputError: A role does not exist in this kind of organisation.
        LastAdministratorError: The organisation would be left without an administrator.
    """
    organisation = membership.organisation
    check_manages(by, organisation)
    wanted = check_roles(OrganisationKind(organisation.kind), roles)
    lock(organisation)
    _check_given(organisation, membership.user, wanted, by=by)
    check_keeps_administrator(organisation, membership.user_id, wanted)
    before = sorted(membership.roles)
    membership.roles = sorted(wanted)
    membership.save(update_fields=["roles"])
    _record(
        "member.roles_changed",
        organisation,
        membership.user,
        by=by,
        at=at,
        roles=sorted(wanted),
        before=before,
    )
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, by: Person, at: datetime) -> None:
    """End a person's place in an organisation; their keys and open invitations for it end at once.

    Raises:
        NotAllowedError: `by` doesn't manage the members.
        LastAdministratorError: The organisation would be left without an administrator.
    """
    organisation = membership.organisation
    check_manages(by, organisation)
    lock(organisation)
    check_keeps_administrator(organisation, membership.user_id, frozenset())
    Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=at)
    ApiKey.objects.filter(organisation=organisation, user=membership.user, revoked_at=None).update(
        revoked_at=at
    )
    Invitation.objects.filter(
        organisation=organisation, invited_by=membership.user, accepted_at=None, revoked_at=None
    ).update(revoked_at=at)
    _record("member.ended", organisation, membership.user, by=by, at=at)


def _check_given(organisation: Organisation, user: User, wanted: frozenset[Role], *, by: Person) -> None:
    actor = actor_behind(by)
    if actor is None:
        return
    held = Membership.objects.filter(organisation=organisation, user=user, ended_at=None).first()
    present = frozenset(Role(role) for role in held.roles) if held else frozenset[Role]()
    kind = OrganisationKind(organisation.kind)
    check_may_give(actor, kind, to=user.audit_id, present=present, wanted=wanted)


def _record(
    kind: str, organisation: Organisation, user: User, *, by: Person, at: datetime, **detail: object
) -> None:
    record(
        kind,
        organisation,
        by=by,
        at=at,
        organisation_id=str(organisation.pk),
        user=user.audit_id,
        name=user.name,
        **detail,
    )
