"""Who may ask for, grant, limit, end and see sandbox permits, and who follows up what gates have seen."""

from typing import Final

from openbeian.core.errors import NotAllowedError
from openbeian.core.permissions import (
    Actor,
    Membership,
    MissingRoleError,
    NotIndependentError,
)
from openbeian.core.permits import PermitFacts
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role

__all__ = [
    "check_may_ask_permit",
    "check_may_countersign_permit",
    "check_may_decide_permit",
    "check_may_follow_up",
    "check_may_restrict_permit",
    "may_follow_up",
    "may_restrict_permit",
]

_RESTRICTING: Final = frozenset({Role.DECIDER, Role.COUNTERSIGNER})
_OFFICES: Final = frozenset({OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL})


def check_may_ask_permit(actor: Actor, provider_id: str) -> None:
    """Check that `actor` may ask for a permit, or withdraw what was asked for, on behalf of a provider.

    Raises:
        MissingRoleError: They prepare nothing for that provider.
    """
    for membership in actor.memberships:
        is_own = membership.kind is OrganisationKind.PROVIDER and membership.organisation_id == provider_id
        if is_own and Role.PREPARER in membership.roles:
            return
    raise MissingRoleError(
        "只有该服务提供者的经办人可以申请或撤回沙盒许可。",
        "Only a preparer of the service's provider may ask for a sandbox permit, or withdraw it.",
    )


def check_may_decide_permit(actor: Actor, facts: PermitFacts) -> None:
    """Check that `actor` may decide on a permit first.

    Raises:
        NotAllowedError: They are no decider of the province's office, or have asked for it themselves.
    """
    if not _holds(actor, facts.jurisdiction, frozenset({Role.DECIDER})):
        raise MissingRoleError(
            f"只有属地（{facts.jurisdiction}）省级网信办的决定人可以决定沙盒许可。",
            f"Only a decider of the office of {facts.jurisdiction} may decide on this sandbox permit.",
        )
    _check_independent(actor, facts)


def check_may_countersign_permit(actor: Actor, facts: PermitFacts) -> None:
    """Check that `actor` may countersign the decision on a permit.

    Raises:
        NotAllowedError: They don't countersign at the province's office, or have decided or asked themselves.
    """
    if not _holds(actor, facts.jurisdiction, frozenset({Role.COUNTERSIGNER})):
        raise MissingRoleError(
            f"只有属地（{facts.jurisdiction}）省级网信办的会签人可以会签沙盒许可。",
            f"Only a countersigner of the office of {facts.jurisdiction} may countersign this permit.",
        )
    if actor.id == facts.first_decision_by:
        raise NotIndependentError(
            "决定由您作出，不能由您会签；请由另一名会签人办理。",
            "You have decided, so another countersigner has to sign.",
        )
    _check_independent(actor, facts)


def check_may_restrict_permit(actor: Actor, jurisdiction: str) -> None:
    """Check that `actor` may limit or end a permit; one person can, since it only ever lets less happen.

    Raises:
        MissingRoleError: They neither decide nor countersign at the province's office.
    """
    if not _holds(actor, jurisdiction, _RESTRICTING):
        raise MissingRoleError(
            f"只有属地（{jurisdiction}）省级网信办的决定人、会签人可以限制或提前结束许可。",
            f"Only deciders and countersigners of the office of {jurisdiction} may limit or end this permit.",
        )


def may_restrict_permit(actor: Actor, jurisdiction: str) -> bool:
    """Say whether `actor` may limit or end a permit."""
    return _holds(actor, jurisdiction, _RESTRICTING)


def check_may_follow_up(actor: Actor) -> Membership:
    """Check that `actor` may note what came of a sighting; return as a member of which office.

    Raises:
        NotAllowedError: They hold no role at an office.
    """
    for membership in actor.memberships:
        if membership.kind in _OFFICES and membership.roles & ROLES_OF[membership.kind]:
            return membership
    raise NotAllowedError(
        "只有省级和国家网信办的人员可以跟进未备案线索。",
        "Only members of provincial offices and of the national office may follow a sighting up.",
    )


def may_follow_up(actor: Actor) -> bool:
    """Say whether `actor` may note what came of a sighting."""
    try:
        check_may_follow_up(actor)
    except NotAllowedError:
        return False
    return True


def _holds(actor: Actor, jurisdiction: str, roles: frozenset[Role]) -> bool:
    return any(
        membership.kind is OrganisationKind.PROVINCIAL
        and membership.jurisdiction == jurisdiction
        and membership.roles & roles
        for membership in actor.memberships
    )


def _check_independent(actor: Actor, facts: PermitFacts) -> None:
    if actor.id == facts.asked_by:
        raise NotIndependentError(
            "此许可由您申请，不能由您办理；请由同一机构的其他人员办理。",
            "You have asked for this permit, so somebody else of the office has to deal with it.",
        )
