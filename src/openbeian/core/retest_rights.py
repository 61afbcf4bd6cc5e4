"""Who keeps hidden banks, who re-tests a service, and who judges answers for whom."""

from typing import Final

from openbeian.core.errors import NotAllowedError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.permissions import Actor, Membership
from openbeian.core.roles import OrganisationKind, Role

__all__ = [
    "NoTesterError",
    "NotAJudgeError",
    "check_judges_for",
    "check_keeps_banks",
    "check_may_retest",
    "judges_for",
    "keeps_banks",
    "may_retest",
    "tester_of",
]

_OFFICES: Final = frozenset({OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL})
_OFFICE_JUDGES: Final = frozenset({Role.TESTER, Role.REVIEWER})


class NoTesterError(NotAllowedError):
    """Only an office's testers see what providers must not."""

    code = "no_tester"


class NotAJudgeError(NotAllowedError):
    """The person judges nothing for this organisation."""

    code = "not_a_judge"


def tester_of(actor: Actor) -> frozenset[str]:
    """Return the ids of the offices whose tester a person is."""
    return frozenset(one.organisation_id for one in actor.memberships if _is_tester(one))


def keeps_banks(actor: Actor, office_id: str) -> bool:
    """Say whether a person brings in, reads and retires the hidden banks of an office."""
    return office_id in tester_of(actor)


def check_keeps_banks(actor: Actor, office_id: str) -> None:
    """Check that a person brings in, reads and retires the hidden banks of an office.

    Raises:
        NoTesterError: They are no tester there.
    """
    if not keeps_banks(actor, office_id):
        raise _no_tester()


def may_retest(actor: Actor, facts: ApplicationFacts) -> bool:
    """Say whether a person asks the service of an application themselves, and reads what it said.

    That is the tester of the province in charge, or the nation's; never who prepared the application.
    """
    return actor.id != facts.prepared_by and any(
        _is_tester(one) and (one.kind is OrganisationKind.NATIONAL or one.jurisdiction == facts.jurisdiction)
        for one in actor.memberships
    )


def check_may_retest(actor: Actor, facts: ApplicationFacts) -> None:
    """Check that a person asks the service of an application themselves.

    Raises:
        NoTesterError: They don't.
    """
    if not may_retest(actor, facts):
        raise _no_tester()


def judges_for(actor: Actor, organisation_id: str) -> bool:
    """Say whether a person judges samples of an organisation.

    In offices testers and reviewers do, in a provider everybody who has a part in the filing.
    """
    return any(one.organisation_id == organisation_id and _judges(one) for one in actor.memberships)


def check_judges_for(actor: Actor, organisation_id: str) -> None:
    """Check that a person judges samples of an organisation.

    Raises:
        NotAJudgeError: They don't.
    """
    if not judges_for(actor, organisation_id):
        raise NotAJudgeError(
            "只有本单位的技术复测员、审查员，或提供者自己的人员可以研判；请联系本单位管理员。",
            "Only testers and reviewers of the office, or people of the provider itself, judge here; ask "
            "whoever manages your organisation's members.",
        )


def _is_tester(membership: Membership) -> bool:
    return membership.kind in _OFFICES and Role.TESTER in membership.roles


def _judges(membership: Membership) -> bool:
    if membership.kind is OrganisationKind.PROVIDER:
        return bool(membership.roles)
    return membership.kind in _OFFICES and bool(membership.roles & _OFFICE_JUDGES)


def _no_tester() -> NoTesterError:
    return NoTesterError(
        "隐藏题库与复测仅供本单位的技术复测员使用；请由技术复测员办理。",
        "Hidden banks and re-tests are for testers of the office in charge; ask one of them.",
    )
