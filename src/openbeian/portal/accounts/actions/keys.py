"""Giving and ending keys of the API."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from openbeian.core.account_rights import SCOPES_OF
from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.core.roles import ORGANISATION_LABELS, OrganisationKind
from openbeian.portal.accounts.actions.rights import check_manages, check_one_line
from openbeian.portal.accounts.models import ApiKey, Organisation, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.audit.actions import record

__all__ = ["issue_api_key", "revoke_api_key"]

_KEY_PREFIX: Final = "beian_"
_SHOWN: Final = 12
_LONGEST_KEY_FOR: Final = timedelta(days=366)
_LONGEST_NAME: Final = 60


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
        BadInputError: The organisation's keys have no such scope, or the key would live for more than a year.
    """
    if all(m.organisation_id != organisation.pk for m in memberships_of(by)):
        raise NotAllowedError(
            "只能为自己所在的单位创建密钥；请由该单位的成员创建。",
            "You can make keys only for an organisation you belong to; ask one of its members.",
        )
    name = check_one_line(name, longest=_LONGEST_NAME)
    wanted = sorted(set(scopes))
    _check_key(OrganisationKind(organisation.kind), wanted, valid_for)
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
        NotAllowedError: The key is not `by`'s own, and `by` manages neither its organisation nor the system.
    """
    if key.user_id != by.pk:
        check_manages(by, key.organisation)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        record("api_key.revoked", key, by=by, at=at, organisation_id=str(key.organisation_id))


def _check_key(kind: OrganisationKind, scopes: list[str], valid_for: timedelta) -> None:
    possible = [scope.value for scope in SCOPES_OF[kind]]
    if not possible:
        raise BadInputError(
            f"{ORGANISATION_LABELS[kind].zh}不使用接口密钥；请用所属业务单位的账户创建。",
            f"The {ORGANISATION_LABELS[kind].en.lower()} uses no keys; make one as a member of another "
            "organisation.",
        )
    if not scopes or set(scopes) - set(possible):
        raise BadInputError(
            f"该单位密钥的权限只能是：{'、'.join(possible)}，至少一项；请改选。",
            f"The scopes of this organisation's keys are: {', '.join(possible)}; give at least one.",
        )
    if not timedelta(0) < valid_for <= _LONGEST_KEY_FOR:
        raise BadInputError(
            "密钥的有效期须大于零且不超过 366 天；请改期限。",
            "A key has to live for more than nothing and at most 366 days; change its term.",
        )
