"""Who manages organisations, people and keys, who needs a second factor, who reads the audit trail."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.permissions import Actor, MissingRoleError, NotIndependentError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.text import Text

__all__ = [
    "NEEDS_SECOND_FACTOR",
    "SCOPES_OF",
    "SCOPE_LABELS",
    "LastAdministratorError",
    "Reach",
    "Scope",
    "check_goes_together",
    "check_leaves_administrator",
    "check_may_administer",
    "check_may_give",
    "check_may_manage_members",
    "is_only_auditor",
    "may_administer",
    "may_manage_members",
    "may_use_key",
    "needs_second_factor",
    "reach_of",
]

_K = OrganisationKind
_ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR, Role.MEMBER_ADMINISTRATOR})
_OFFICES: Final = frozenset({_K.PROVINCIAL, _K.NATIONAL})
_ALONE: Final = frozenset({_K.AUDITOR, _K.OPERATOR})

NEEDS_SECOND_FACTOR: Final = frozenset({_K.PROVINCIAL, _K.NATIONAL, _K.OPERATOR, _K.AUDITOR})
"""Whose members sign in with a second factor: whoever decides, administers or reads everything."""


class LastAdministratorError(NotNowError):
    """The organisation would be left with nobody to administer it."""

    code = "last_administrator"


class Scope(StrEnum):
    """What a key of the API may be used for."""

    READ = "read"
    WRITE = "write"
    SIGHTINGS = "sightings"


SCOPE_LABELS: Final[dict[Scope, Text]] = {
    Scope.READ: Text("读取", "Read"),
    Scope.WRITE: Text("提交和修改", "Hand in and change"),
    Scope.SIGHTINGS: Text("闸口报告", "Report what gates have seen"),
}

SCOPES_OF: Final[dict[OrganisationKind, tuple[Scope, ...]]] = {
    _K.PROVIDER: (Scope.READ, Scope.WRITE),
    _K.PROVINCIAL: (Scope.READ, Scope.WRITE),
    _K.NATIONAL: (Scope.READ, Scope.WRITE),
    _K.PLATFORM: (Scope.READ, Scope.SIGHTINGS),
    _K.AUDITOR: (Scope.READ,),
    _K.OPERATOR: (),
}
"""What the keys of an organisation can be for; the operator of the system has none."""


class Reach(StrEnum):
    """How much of the audit trail somebody may read."""

    EVERYTHING = "everything"
    ACCOUNTS = "accounts"
    OWN_MEMBERS = "own_members"
    NOTHING = "nothing"


def may_administer(actor: Actor) -> bool:
    """Say whether `actor` administers the system: its organisations, people and keys."""
    return any(m.kind is _K.OPERATOR and Role.ADMINISTRATOR in m.roles for m in actor.memberships)


def check_may_administer(actor: Actor) -> None:
    """Check that `actor` administers the system.

    Raises:
        MissingRoleError: They do not.
    """
    if not may_administer(actor):
        raise MissingRoleError(
            "只有系统管理员可以管理单位与人员。",
            "Only a system administrator may manage organisations and people.",
        )


def may_manage_members(actor: Actor, organisation_id: str) -> bool:
    """Say whether `actor` may invite people to an organisation, change their roles and end their keys."""
    return may_administer(actor) or any(
        m.organisation_id == organisation_id and Role.MEMBER_ADMINISTRATOR in m.roles
        for m in actor.memberships
    )


def check_may_manage_members(actor: Actor, organisation_id: str) -> None:
    """Check that `actor` may manage the members of an organisation.

    Raises:
        MissingRoleError: They administer neither it nor the system.
    """
    if not may_manage_members(actor, organisation_id):
        raise MissingRoleError(
            "只有该单位的单位管理员或系统管理员可以管理其人员与密钥。",
            "Only an administrator of that organisation's members, or of the system, may manage its people "
            "and keys.",
        )


def check_may_give(
    actor: Actor,
    kind: OrganisationKind,
    *,
    to: str,
    present: AbstractSet[Role],
    wanted: AbstractSet[Role],
) -> None:
    """Check that `actor` may give the person `to` these roles in an organisation of this kind.

    In an office, with the auditor and the operator nobody gives themselves a role: it takes a second person.

    Raises:
        NotIndependentError: It would be their own new role.
    """
    if kind in NEEDS_SECOND_FACTOR and actor.id == to and wanted - present:
        raise NotIndependentError(
            "不能给自己增加角色；请由另一名管理员办理。",
            "You can't give yourself a role; ask another administrator.",
        )


def check_leaves_administrator(
    kind: OrganisationKind, present: Iterable[AbstractSet[Role]], *, then: Iterable[AbstractSet[Role]]
) -> None:
    """Check that an organisation that has an administrator keeps one; each set is a member's roles.

    Raises:
        LastAdministratorError: The last one would be gone.
    """
    if not any(roles & _ADMINISTRATORS for roles in present):
        return
    if any(roles & _ADMINISTRATORS for roles in then):
        return
    whose = Text("系统", "the system") if kind is _K.OPERATOR else Text("该单位", "the organisation")
    raise LastAdministratorError(
        f"这是{whose.zh}最后一名管理员，不能撤下；请先指定另一名管理员。",
        f"This is the last administrator of {whose.en}; appoint another one first.",
    )


def check_goes_together(kinds: Iterable[OrganisationKind], joining: OrganisationKind) -> None:
    """Check that a person with memberships of these kinds may join an organisation of another.

    An auditor and a system administrator belong to nothing else, so that the one changes nothing and the
    other sees no dossier; and nobody belongs to a provider and to an office.

    Raises:
        BadInputError: The two don't go together.
    """
    for kind in kinds:
        both = {kind, joining}
        is_on_both_sides = _K.PROVIDER in both and both & _OFFICES
        if kind is not joining and (both & _ALONE or is_on_both_sides):
            raise BadInputError(
                "审计员和系统管理员不得加入其他单位，提供者的人员不得加入网信办；请换一个人，或先结束其原有成员身份。",
                "Auditors and system administrators belong to nothing else, and nobody to a provider and an "
                "office; choose another person, or end the other membership first.",
            )


def needs_second_factor(actor: Actor) -> bool:
    """Say whether `actor` has to sign in with a second factor."""
    return any(m.kind in NEEDS_SECOND_FACTOR for m in actor.memberships)


def is_only_auditor(actor: Actor) -> bool:
    """Say whether `actor` reads everything and changes nothing."""
    return bool(actor.memberships) and all(m.kind is _K.AUDITOR for m in actor.memberships)


def may_use_key(kind: OrganisationKind, scopes: Iterable[str], wanted: Scope) -> bool:
    """Say whether a key of an organisation of this kind, with these scopes, may be used for `wanted`."""
    return wanted in SCOPES_OF[kind] and wanted.value in frozenset(scopes)


def reach_of(actor: Actor) -> Reach:
    """Return how much of the audit trail `actor` may read.

    Auditors read everything; system administrators what concerns organisations, people and keys;
    administrators of members that of their own organisation.
    """
    if any(m.kind is _K.AUDITOR and Role.AUDITOR in m.roles for m in actor.memberships):
        return Reach.EVERYTHING
    if may_administer(actor):
        return Reach.ACCOUNTS
    if any(Role.MEMBER_ADMINISTRATOR in m.roles for m in actor.memberships):
        return Reach.OWN_MEMBERS
    return Reach.NOTHING
