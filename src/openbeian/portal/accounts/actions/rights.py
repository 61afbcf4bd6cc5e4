"""Who acts, as the actions of this app ask it: the portal itself, or a person with rights."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from openbeian.core.account_rights import (
    check_goes_together,
    check_leaves_administrator,
    check_may_administer,
    check_may_manage_members,
)
from openbeian.core.errors import BadInputError, NotAllowedError
from openbeian.core.permissions import Actor
from openbeian.core.roles import GIVEN_ROLES, ORGANISATION_LABELS, ROLE_LABELS, OrganisationKind, Role
from openbeian.portal.accounts.models import Membership, Organisation, User
from openbeian.portal.accounts.queries import actor_of, memberships_of
from openbeian.portal.audit.actions import Person

__all__ = [
    "SYSTEM",
    "actor_behind",
    "check_administers",
    "check_keeps_administrator",
    "check_manages",
    "check_one_line",
    "check_roles",
    "check_stands_alone",
    "lock",
]


class _System:
    """The portal itself, for what no person does: the first accounts, the sequencer."""

    audit_id = "system"
    audit_name = "OpenBeian"


SYSTEM: Final[Person] = _System()


def actor_behind(by: Person) -> Actor | None:
    """Return whose rights decide; None for the portal itself, which may everything.

    Raises:
        NotAllowedError: `by` is neither the portal nor a person.
    """
    if by is SYSTEM:
        return None
    if not isinstance(by, User):
        raise NotAllowedError(
            "此事只能由登录的人员办理；请先登录。",
            "Only somebody who has signed in may do this; sign in first.",
        )
    return actor_of(by)


def check_administers(by: Person) -> None:
    """Check that `by` administers the system.

    Raises:
        NotAllowedError: They do not.
    """
    actor = actor_behind(by)
    if actor is not None:
        check_may_administer(actor)


def check_manages(by: Person, organisation: Organisation) -> None:
    """Check that `by` manages the members of an organisation.

    Raises:
        NotAllowedError: They do not.
    """
    actor = actor_behind(by)
    if actor is not None:
        check_may_manage_members(actor, str(organisation.pk))


def lock(organisation: Organisation) -> None:
    """Let nobody else change the members of an organisation until the transaction ends."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


def check_keeps_administrator(organisation: Organisation, user_id: int, then: frozenset[Role]) -> None:
    """Check that an organisation keeps an administrator when this member has other roles, or none.

    Raises:
        LastAdministratorError: The last one would be gone.
    """
    members = Membership.objects.filter(organisation=organisation, ended_at=None, user__is_active=True)
    present = {m.user_id: frozenset(Role(role) for role in m.roles) for m in members}
    changed = {**present, user_id: then}
    check_leaves_administrator(OrganisationKind(organisation.kind), present.values(), then=changed.values())


def check_stands_alone(user: User, organisation: Organisation) -> None:
    """Check that a person's other memberships go together with this organisation.

    Raises:
        BadInputError: They don't.
    """
    others = [m for m in memberships_of(user) if m.organisation_id != organisation.pk]
    kinds = [OrganisationKind(m.organisation.kind) for m in others]
    check_goes_together(kinds, OrganisationKind(organisation.kind))


def check_roles(kind: OrganisationKind, wanted: Iterable[Role]) -> frozenset[Role]:
    """Return the roles wanted, where this kind of organisation has all of them.

    Raises:
        BadInputError: It has not.
    """
    roles = frozenset(wanted)
    for role in sorted(roles - GIVEN_ROLES[kind]):
        raise BadInputError(
            f"{ORGANISATION_LABELS[kind].zh}没有「{ROLE_LABELS[role].zh}」这一角色；请改选。",
            f"The {ORGANISATION_LABELS[kind].en.lower()} has no {ROLE_LABELS[role].en.lower()}; "
            "choose other roles.",
        )
    return roles


def check_one_line(text: str, *, longest: int) -> str:
    """Return a name without spaces around it, where it is one line of at most so many characters.

    Raises:
        BadInputError: It is empty, too long, or has line breaks or other control characters.
    """
    name = text.strip()
    if not 0 < len(name) <= longest or any(unicodedata.category(one) in {"Cc", "Zl", "Zp"} for one in name):
        raise BadInputError(
            f"名称须为 1 至 {longest} 个字符的一行文字，不含换行；请改写。",
            f"A name is one line of 1 to {longest} characters, without line breaks; write it so.",
        )
    return name
