"""Inviting people to an organisation, taking an invitation back, accepting one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from openbeian.core.account_rights import check_may_give
from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions.members import give_place
from openbeian.portal.accounts.actions.rights import (
    actor_behind,
    check_manages,
    check_one_line,
    check_roles,
    check_stands_alone,
)
from openbeian.portal.accounts.models import Invitation, Membership, Organisation, User
from openbeian.portal.audit.actions import Person, record

__all__ = ["accept_invitation", "enter_invited", "invite", "revoke_invitation"]

_OPEN_FOR: Final = timedelta(days=7)
_LONGEST_NAME: Final = 60


@transaction.atomic
def invite(
    organisation: Organisation, *, email: str, roles: Iterable[Role], by: User, at: datetime
) -> Invitation:
    """Offer a place with these roles to whoever has this address, for a week; a former offer gives way.

    Raises:
        NotAllowedError: `by` doesn't manage the members, or it would be a new role of their own.
        BadInputError: No address, a role the organisation doesn't have, or the person is a member already.
    """
    check_manages(by, organisation)
    address = _address(email)
    kind = OrganisationKind(organisation.kind)
    wanted = check_roles(kind, roles)
    actor = actor_behind(by)
    assert actor is not None, "a person invites"
    known = User.objects.filter(email=address).first()
    if known is not None:
        check_may_give(actor, kind, to=known.audit_id, present=frozenset(), wanted=wanted)
        _check_new_here(known, organisation)
    Invitation.objects.filter(
        organisation=organisation, email=address, accepted_at=None, revoked_at=None
    ).update(revoked_at=at)
    made = Invitation.objects.create(
        organisation=organisation,
        email=address,
        roles=sorted(wanted),
        invited_by=by,
        created_at=at,
        expires_at=at + _OPEN_FOR,
    )
    _record("invitation.made", made, by=by, at=at, roles=sorted(wanted))
    return made


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Take an invitation back; its link leads nowhere any more.

    Raises:
        NotAllowedError: `by` doesn't manage the members.
        NotNowError: It was accepted or taken back before.
    """
    check_manages(by, invitation.organisation)
    _check_unanswered(invitation)
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=at)
    _record("invitation.revoked", invitation, by=by, at=at)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Take the place that is offered.

    Raises:
        NotAllowedError: It was offered to another address.
        NotNowError: It is no longer open.
        BadInputError: The person's other memberships don't go together with it.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _check_open(invitation, at=at)
    if by.email != invitation.email:
        raise NotAllowedError(
            "此邀请发给另一个邮箱；请用该邮箱的账户登录后再接受。",
            "This invitation went to another address; sign in with the account of that address.",
        )
    roles = check_roles(OrganisationKind(invitation.organisation.kind), map(Role, invitation.roles))
    give_place(invitation.organisation, by, roles, by=by, at=at)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at, accepted_by=by)
    _record("invitation.accepted", invitation, by=by, at=at)


@transaction.atomic
def enter_invited(invitation: Invitation, *, name: str, password: str, by: Person, at: datetime) -> User:
    """Enter the person who was invited, with the name and password they chose, and take the place.

    Raises:
        NotNowError: The invitation is no longer open, or the address has an account.
        BadInputError: The name is not one line.
    """
    _check_open(invitation, at=at)
    if User.objects.filter(email=invitation.email).exists():
        raise NotNowError(
            "此邮箱已有账户；请登录后再接受邀请。", "This address has an account; sign in, then accept."
        )
    user = User.objects.create_user(invitation.email, check_one_line(name, longest=_LONGEST_NAME), password)
    record("person.entered", user, by=by, at=at, organisation_id=str(invitation.organisation_id))
    accept_invitation(invitation, by=user, at=at)
    return user


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInputError(
            "电子邮箱的格式不对；请写成 name@example.com 的样子。",
            "That is no e-mail address; write it like name@example.com.",
        ) from error
    return address


def _check_new_here(user: User, organisation: Organisation) -> None:
    if Membership.objects.filter(user=user, organisation=organisation, ended_at=None).exists():
        raise BadInputError(
            f"{user.name}已是本单位成员；请直接修改其角色。",
            f"{user.name} is a member already; change their roles instead.",
        )
    check_stands_alone(user, organisation)


def _check_unanswered(invitation: Invitation) -> None:
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise NotNowError(
            "此邀请已被接受或撤回；请另发邀请。",
            "This invitation was accepted or taken back; send another.",
        )


def _check_open(invitation: Invitation, *, at: datetime) -> None:
    _check_unanswered(invitation)
    if invitation.expires_at <= at:
        raise NotNowError(
            "此邀请已过期；请让邀请人重新发出。", "This invitation has expired; ask for a new one."
        )


def _record(kind: str, invitation: Invitation, *, by: Person, at: datetime, **detail: object) -> None:
    record(
        kind,
        invitation.organisation,
        by=by,
        at=at,
        organisation_id=str(invitation.organisation_id),
        email=invitation.email,
        **detail,
    )
