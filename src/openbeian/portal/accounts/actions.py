"""Entering organisations and people, giving and ending keys."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.core.numbering import check_uscc
from openbeian.core.roles import ORGANISATION_LABELS, ROLE_LABELS, ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import ApiKey, Membership, Organisation, User
from openbeian.portal.accounts.queries import holds, memberships_of
from openbeian.portal.audit.actions import Person, record
from openbeian.standards import load_jurisdictions

__all__ = [
    "SCOPES",
    "SYSTEM",
    "add_member",
    "create_organisation",
    "end_membership",
    "issue_api_key",
    "revoke_api_key",
]

SCOPES: Final = ("read", "write", "sightings")
"""What keys may be for; `sightings` lets a platform's gates report, and nothing else."""
_KEY_PREFIX: Final = "beian_"
_SHOWN: Final = 12
_LONGEST_KEY_FOR: Final = timedelta(days=366)


class _System:
    """The portal itself, for what no person does: the first accounts, the sequencer."""

    audit_id = "system"
    audit_name = "OpenBeian"


SYSTEM: Final[Person] = _System()


@transaction.atomic
def create_organisation(
    *,
    kind: OrganisationKind,
    name: str,
    by: Person,
    at: datetime,
    name_en: str = "",
    uscc: str = "",
    jurisdiction: str = "",
) -> Organisation:
    """Enter an organisation.

    Raises:
        NotAllowedError: `by` is no administrator.
        BadInputError: The credit code or the jurisdiction is wrong, or there is such an organisation.
    """
    _check_administers(by)
    _check_organisation(kind, name, uscc, jurisdiction)
    organisation = Organisation.objects.create(
        kind=kind.value, name=name, name_en=name_en, uscc=uscc, jurisdiction=jurisdiction, created_at=at
    )
    record("organisation.created", organisation, by=by, at=at, organisation_kind=kind.value)
    return organisation


@transaction.atomic
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
    """Give a person these roles in an organisation; the person is entered if new.

    Raises:
        NotAllowedError: `by` is no administrator.
        BadInputError: A role does not exist in this kind of organisation.
    """
    _check_administers(by)
    wanted = frozenset(roles)
    _check_roles(OrganisationKind(organisation.kind), wanted)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email, name, password)
    Membership.objects.update_or_create(
        user=user,
        organisation=organisation,
        defaults={"roles": sorted(wanted), "ended_at": None},
        create_defaults={"roles": sorted(wanted), "created_at": at},
    )
    record("member.added", organisation, by=by, at=at, user=user.audit_id, roles=sorted(wanted))
    return user


@transaction.atomic
def end_membership(membership: Membership, *, by: Person, at: datetime) -> None:
    """End a person's place in an organisation; their keys for it stop working at once.

    Raises:
        NotAllowedError: `by` is no administrator.
    """
    _check_administers(by)
    Membership.objects.filter(pk=membership.pk).update(ended_at=at)
    record("member.ended", membership.organisation, by=by, at=at, user=membership.user.audit_id)


@transaction.atomic
def issue_api_key(
    organisation: Organisation,
    *,
    name: str,
    scopes: Iterable[str],
    valid_for: timedelta,
    by: User,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key that acts as `by` for `organisation`; return it and its secret, which is not kept.

    Raises:
        NotAllowedError: `by` is no member of the organisation.
        BadInputError: A scope is unknown, or the key would live for more than a year.
    """
    if all(m.organisation_id != organisation.pk for m in memberships_of(by)):
        raise NotAllowedError(
            "只能为自己所在的单位创建密钥。", "You can make keys only for an organisation you belong to."
        )
    wanted = sorted(set(scopes))
    _check_key(wanted, valid_for)
    secret = _KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organisation=organisation,
        user=by,
        name=name,
        prefix=secret[:_SHOWN],
        secret_sha256=hashlib.sha256(secret.encode()).hexdigest(),
        scopes=wanted,
        created_at=at,
        expires_at=at + valid_for,
    )
    record("api_key.issued", key, by=by, at=at, organisation_id=str(organisation.pk), scopes=wanted)
    return key, secret


@transaction.atomic
def revoke_api_key(key: ApiKey, *, by: User, at: datetime) -> None:
    """End a key at once.

    Raises:
        NotAllowedError: The key is not `by`'s own, and `by` is no administrator.
    """
    if key.user_id != by.pk:
        _check_administers(by)
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    record("api_key.revoked", key, by=by, at=at, organisation_id=str(key.organisation_id))


def _check_administers(by: Person) -> None:
    if by is SYSTEM:
        return
    if isinstance(by, User) and holds(by, OrganisationKind.OPERATOR, Role.ADMINISTRATOR):
        return
    raise NotAllowedError(
        "只有系统管理员可以管理单位与人员。",
        "Only a system administrator may manage organisations and people.",
    )


def _check_organisation(kind: OrganisationKind, name: str, uscc: str, jurisdiction: str) -> None:
    if kind is OrganisationKind.PROVIDER or uscc:
        check_uscc(uscc)
    needs_place = kind in {OrganisationKind.PROVIDER, OrganisationKind.PROVINCIAL}
    if (needs_place or jurisdiction) and jurisdiction not in load_jurisdictions():
        raise BadInputError(
            f"没有代码为「{jurisdiction}」的属地；请用两位代码，如 GD。",
            f"There is no jurisdiction “{jurisdiction}”; use a two-letter code such as GD.",
        )
    present = Organisation.objects.filter(name=name)
    if uscc:
        present = present | Organisation.objects.filter(uscc=uscc)
    if kind is OrganisationKind.PROVINCIAL:
        present = present | Organisation.objects.filter(kind=kind.value, jurisdiction=jurisdiction)
    found = present.first()
    if found is not None:
        raise BadInputError(
            f"已有同名、同信用代码或同属地的单位「{found.name}」；请使用该单位。",
            f"“{found.name}” has this name, credit code or province already; use that organisation.",
        )


def _check_roles(kind: OrganisationKind, wanted: frozenset[Role]) -> None:
    for role in sorted(wanted - ROLES_OF[kind]):
        raise BadInputError(
            f"{ORGANISATION_LABELS[kind].zh}没有「{ROLE_LABELS[role].zh}」这一角色；请改选。",
            f"The {ORGANISATION_LABELS[kind].en.lower()} has no {ROLE_LABELS[role].en.lower()}.",
        )


def _check_key(scopes: list[str], valid_for: timedelta) -> None:
    if not scopes or set(scopes) - set(SCOPES):
        raise BadInputError(
            f"密钥的权限只能是：{'、'.join(SCOPES)}，至少一项。",
            f"The scopes of a key are: {', '.join(SCOPES)}; give at least one.",
        )
    if not timedelta(0) < valid_for <= _LONGEST_KEY_FOR:
        raise BadInputError(
            "密钥的有效期须大于零且不超过 366 天。",
            "A key has to live for more than nothing and at most 366 days.",
        )
