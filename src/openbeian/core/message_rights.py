"""Who may write and answer messages about an application; whoever may read its dossier may read them."""

from enum import StrEnum
from typing import Final

from openbeian.core.errors import NotAllowedError, NotNowError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permissions import Actor, Membership, check_may_see
from openbeian.core.roles import ROLES_OF, OrganisationKind

__all__ = [
    "NoConversationError",
    "NotPartOfItError",
    "Side",
    "check_may_write_message",
    "may_write_message",
    "reading_side",
    "writing_membership",
]


class Side(StrEnum):
    """The two ends of a conversation."""

    PROVIDER = "provider"
    OFFICE = "office"


class NoConversationError(NotNowError):
    """Nobody but the provider knows of a draft, so there is nobody to talk to."""

    code = "no_conversation"


class NotPartOfItError(NotAllowedError):
    """They may read along at most."""

    code = "not_part_of_it"


_SIDES: Final = {
    OrganisationKind.PROVIDER: Side.PROVIDER,
    OrganisationKind.PROVINCIAL: Side.OFFICE,
    OrganisationKind.NATIONAL: Side.OFFICE,
}


def check_may_write_message(actor: Actor, facts: ApplicationFacts) -> Membership:
    """Check that `actor` may write about this application now; return as a member of which organisation.

    The provider's people with a role there write, and the officers of the province in charge and of the
    nation. System administrators and platforms see none of it, auditors read only.

    Raises:
        NotAllowedError: They may not.
        NoConversationError: It was never handed in.
    """
    check_may_see(actor, facts)
    membership = writing_membership(actor, facts)
    if membership is None:
        raise NotPartOfItError(
            "审计人员只能查阅往来消息；请由提供者或主管网信办的人员书写。",
            "Auditors read messages only; somebody of the provider or of an office in charge has to write.",
        )
    if facts.status is ApplicationStatus.DRAFT:
        raise NoConversationError(
            "申请尚未提交，网信办还看不到；请提交后再发消息。",
            "The office can't see a draft; hand the application in first, then write.",
        )
    return membership


def may_write_message(actor: Actor, facts: ApplicationFacts) -> bool:
    """Say whether `actor` may write about this application now."""
    try:
        check_may_write_message(actor, facts)
    except (NotAllowedError, NotNowError):
        return False
    return True


def writing_membership(actor: Actor, facts: ApplicationFacts) -> Membership | None:
    """Return the membership by which `actor` takes part in the conversation; the provider's own first."""
    for membership in sorted(actor.memberships, key=lambda one: list(OrganisationKind).index(one.kind)):
        if _takes_part(membership, facts):
            return membership
    return None


def reading_side(actor: Actor, facts: ApplicationFacts) -> Side | None:
    """Return for which side messages count as read when `actor` opens them; None for who reads along.

    The nation reads along: a message stays unread until somebody of the province in charge has seen it.
    """
    membership = writing_membership(actor, facts)
    if membership is None or membership.kind is OrganisationKind.NATIONAL:
        return None
    return _SIDES[membership.kind]


def _takes_part(membership: Membership, facts: ApplicationFacts) -> bool:
    if not membership.roles & ROLES_OF[membership.kind]:
        return False
    match membership.kind:
        case OrganisationKind.PROVIDER:
            return membership.organisation_id == facts.provider_id
        case OrganisationKind.PROVINCIAL:
            return membership.jurisdiction == facts.jurisdiction
        case _:
            return membership.kind is OrganisationKind.NATIONAL
