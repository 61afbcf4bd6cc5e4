"""Who reports that a duty was done, and who orders a draw of filings to be inspected again."""

from typing import Final

from openbeian.core.permissions import Actor, Membership, MissingRoleError
from openbeian.core.roles import OrganisationKind, Role

__all__ = [
    "check_may_order_reinspection",
    "check_may_report_duty",
    "may_order_reinspection",
    "may_report_duty",
]

_REPORTERS: Final = frozenset({Role.PREPARER, Role.ASSESSMENT_HEAD})
_ORDERERS: Final = frozenset({Role.REVIEWER, Role.DECIDER})


def may_report_duty(actor: Actor, provider_id: str) -> bool:
    """Say whether `actor` may report for this provider."""
    return any(
        one.kind is OrganisationKind.PROVIDER
        and one.organisation_id == provider_id
        and one.roles & _REPORTERS
        for one in actor.memberships
    )


def check_may_report_duty(actor: Actor, provider_id: str) -> None:
    """Check that `actor` may report for this provider.

    Raises:
        MissingRoleError: They may not.
    """
    if not may_report_duty(actor, provider_id):
        raise MissingRoleError(
            "只有该提供者的经办人或安全评估负责人可以报告义务履行情况。",
            "Only a preparer or the head of the assessment of this provider may report that a duty was done.",
        )


def may_order_reinspection(actor: Actor, jurisdiction: str) -> bool:
    """Say whether `actor` may order a draw among the filings of a province; of all, for an empty code."""
    return _ordering(actor, jurisdiction) is not None


def check_may_order_reinspection(actor: Actor, jurisdiction: str) -> Membership:
    """Check that `actor` may order a draw; return as a member of which office.

    Raises:
        MissingRoleError: They may not.
    """
    membership = _ordering(actor, jurisdiction)
    if membership is None:
        raise MissingRoleError(
            "只有属地省级网信办或国家网信办的审查员、决定人可以抽取复查对象。",
            "Only reviewers and deciders of the office of that province or of the nation may order a draw.",
        )
    return membership


def _ordering(actor: Actor, jurisdiction: str) -> Membership | None:
    for one in actor.memberships:
        is_own = one.kind is OrganisationKind.PROVINCIAL and one.jurisdiction == jurisdiction != ""
        if (is_own or one.kind is OrganisationKind.NATIONAL) and one.roles & _ORDERERS:
            return one
    return None
