"""Who may see and who may do what; whether it can be done now is `policy`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from openbeian.core.errors import NotAllowedError
from openbeian.core.facts import ApplicationFacts, Facts, FilingFacts
from openbeian.core.lifecycle import Step
from openbeian.core.roles import ORGANISATION_LABELS, ROLE_LABELS, ROLES_OF, OrganisationKind, Role
from openbeian.core.statuses import UNSENT
from openbeian.core.text import Text

__all__ = [
    "Actor",
    "ApplicationFacts",
    "FilingFacts",
    "Membership",
    "MissingRoleError",
    "NotIndependentError",
    "NotVisibleError",
    "NothingToCountersignError",
    "WrongOfficeError",
    "WrongProviderError",
    "WrongProvinceError",
    "check_may_countersign",
    "check_may_issue_bulletin",
    "check_may_see",
    "check_may_set_classes",
    "check_may_take",
    "may_countersign",
    "may_have_a_part",
    "may_issue_bulletin",
    "may_see",
    "may_set_classes",
    "may_take",
]


class WrongOfficeError(NotAllowedError):
    """The step belongs to another kind of organisation."""

    code = "wrong_office"


class WrongProvinceError(NotAllowedError):
    """The step belongs to the office of another province."""

    code = "wrong_province"


class WrongProviderError(NotAllowedError):
    """The step belongs to the provider that applied."""

    code = "wrong_provider"


class MissingRoleError(NotAllowedError):
    """The right organisation, but not the right role in it."""

    code = "missing_role"


class NotIndependentError(NotAllowedError):
    """The same person has already had another part in this case."""

    code = "not_independent"


class NothingToCountersignError(NotAllowedError):
    """The step is taken by one person; nobody countersigns it."""

    code = "no_countersignature"


class NotVisibleError(NotAllowedError):
    """The case is not open to this person."""

    code = "not_visible"


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is in one organisation; `jurisdiction` is None outside provincial offices."""

    organisation_id: str
    kind: OrganisationKind
    jurisdiction: str | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person and all they are a member of."""

    id: str
    memberships: tuple[Membership, ...]


def check_may_take(actor: Actor, step: Step, facts: Facts) -> None:
    """Check that `actor` may take `step`; where it takes two people, that they may decide first.

    Raises:
        NotAllowedError: Wrong organisation, province or role, or not independent of the case.
    """
    roles = frozenset({Role.DECIDER}) if step.four_eyes else step.roles
    _check_holds(actor, step, facts, roles)
    _check_independent(actor, step, facts)


def may_take(actor: Actor, step: Step, facts: Facts) -> bool:
    """Say whether `actor` may take `step`, deciding first where it takes two people."""
    try:
        check_may_take(actor, step, facts)
    except NotAllowedError:
        return False
    return True


def check_may_countersign(actor: Actor, step: Step, facts: Facts) -> None:
    """Check that `actor` may countersign the decision `step`.

    Raises:
        NotAllowedError: As for the first decision, or it was their own, or the step takes only one.
    """
    if not step.four_eyes:
        raise NothingToCountersignError(
            f"「{step.label.zh}」由一人办理，无须会签。",
            f"“{step.label.en}” is taken by one person and needs no countersignature.",
        )
    _check_holds(actor, step, facts, frozenset({Role.COUNTERSIGNER}))
    if actor.id == facts.first_decision_by:
        raise NotIndependentError(
            f"「{step.label.zh}」由您作出决定，不能由您会签；请由另一名会签人办理。",
            f"“{step.label.en}” was decided by you, so another countersigner has to sign it.",
        )
    _check_independent(actor, step, facts)


def may_countersign(actor: Actor, step: Step, facts: Facts) -> bool:
    """Say whether `actor` may countersign the decision `step`."""
    try:
        check_may_countersign(actor, step, facts)
    except NotAllowedError:
        return False
    return True


def may_have_a_part(actor: Actor, step: Step, facts: Facts) -> bool:
    """Say whether `actor` may take `step`, or countersign it where it takes two people."""
    return may_take(actor, step, facts) or (step.four_eyes and may_countersign(actor, step, facts))


def may_set_classes(actor: Actor, jurisdiction: str) -> bool:
    """Say whether `actor` may say which industry an entry belongs to."""
    try:
        check_may_set_classes(actor, jurisdiction)
    except NotAllowedError:
        return False
    return True


def check_may_set_classes(actor: Actor, jurisdiction: str) -> Membership:
    """Check that `actor` may say which industry an entry belongs to; return as a member of which office.

    A province's reviewers and publishers decide on what is filed there, the nation's on every entry.

    Raises:
        MissingRoleError: They may not.
    """
    for membership in actor.memberships:
        is_own = membership.kind is OrganisationKind.PROVINCIAL and membership.jurisdiction == jurisdiction
        if (is_own or membership.kind is OrganisationKind.NATIONAL) and membership.roles & _CLASSIFIERS:
            return membership
    raise MissingRoleError(
        f"只有属地（{jurisdiction}）省级网信办或国家网信办的审查员、发布员可以确定分类。",
        f"Only reviewers and publishers of the office of {jurisdiction} or of the national office may set "
        "the classes of this entry.",
    )


_CLASSIFIERS: Final = frozenset({Role.REVIEWER, Role.PUBLISHER})


def may_see(actor: Actor, facts: Facts) -> bool:
    """Say whether `actor` may read the dossier and the course of this case.

    Offices don't see drafts: what has not been handed in is the provider's own. System
    administrators and platforms see no dossier at all, auditors every one.
    """
    return any(_sees(membership, facts) for membership in actor.memberships)


def check_may_see(actor: Actor, facts: Facts) -> None:
    """Check that `actor` may read the dossier and the course of this case.

    Raises:
        NotVisibleError: They may not.
    """
    if not may_see(actor, facts):
        raise NotVisibleError(
            "此件仅提供者本单位、属地省级网信办、国家网信办和审计机构的人员可查阅；请向其索取。",
            "Only its provider, the offices in charge and auditors may read this; ask one of them.",
        )


def _sees(membership: Membership, facts: Facts) -> bool:
    if not membership.roles & ROLES_OF[membership.kind]:
        return False
    if membership.kind is OrganisationKind.AUDITOR:
        return True
    if facts.status in UNSENT and membership.kind is not OrganisationKind.PROVIDER:
        return False
    return _is_in_charge(membership, facts)


def _is_in_charge(membership: Membership, facts: Facts) -> bool:
    match membership.kind:
        case OrganisationKind.PROVIDER:
            return membership.organisation_id == facts.provider_id
        case OrganisationKind.PROVINCIAL:
            return membership.jurisdiction == facts.jurisdiction
        case _:
            return membership.kind is OrganisationKind.NATIONAL


def _check_holds(actor: Actor, step: Step, facts: Facts, roles: frozenset[Role]) -> None:
    of_kind = [membership for membership in actor.memberships if membership.kind is step.office]
    here = [membership for membership in of_kind if _is_in_charge(membership, facts)]
    if any(membership.roles & roles for membership in here):
        return
    who = _who(step, facts, roles)
    zh = f"「{step.label.zh}」只能由{who.zh}办理。"
    en = f"Only {who.en} may take the step “{step.label.en}”."
    if here:
        raise MissingRoleError(zh, en)
    if not of_kind:
        raise WrongOfficeError(zh, en)
    if step.office is OrganisationKind.PROVIDER:
        raise WrongProviderError(zh, en)
    raise WrongProvinceError(zh, en)


def _who(step: Step, facts: Facts, roles: Iterable[Role]) -> Text:
    office = ORGANISATION_LABELS[step.office]
    labels = [label for role, label in ROLE_LABELS.items() if role in frozenset(roles)]
    role = Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels).lower())
    match step.office:
        case OrganisationKind.PROVIDER:
            return Text(f"该服务提供者的{role.zh}", f"the {role.en} of the provider that applied")
        case OrganisationKind.PROVINCIAL:
            return Text(
                f"{office.zh}（{facts.jurisdiction}）的{role.zh}",
                f"the {role.en} of the {office.en.lower()} of {facts.jurisdiction}",
            )
        case _:
            return Text(f"{office.zh}的{role.zh}", f"the {role.en} of the {office.en.lower()}")


def _check_independent(actor: Actor, step: Step, facts: Facts) -> None:
    if isinstance(facts, FilingFacts) or step.office is OrganisationKind.PROVIDER:
        return
    if actor.id == facts.prepared_by:
        part = Text("编制了此件", "prepared this application")
    elif step.four_eyes and actor.id in facts.reviewed_by:
        part = Text("审查过此件", "reviewed this application")
    elif step.office is OrganisationKind.NATIONAL and actor.id in facts.provincial_deciders:
        part = Text("参与了省级决定", "took part in the provincial decision")
    else:
        return
    raise NotIndependentError(
        f"您{part.zh}，不能再办理「{step.label.zh}」；请由同一机构的其他人员办理。",
        f"You {part.en}, so somebody else of the same office has to take the step “{step.label.en}”.",
    )


def may_issue_bulletin(actor: Actor, jurisdiction: str) -> bool:
    """Say whether `actor` may draft and publish bulletins of a jurisdiction; an empty one means all of them.

    A publisher of the national office may for any, one of a provincial office for its own jurisdiction.
    """
    return any(
        Role.PUBLISHER in membership.roles
        and (
            membership.kind is OrganisationKind.NATIONAL
            or (
                membership.kind is OrganisationKind.PROVINCIAL
                and jurisdiction != ""
                and membership.jurisdiction == jurisdiction
            )
        )
        for membership in actor.memberships
    )


def check_may_issue_bulletin(actor: Actor, jurisdiction: str) -> None:
    """Check that `actor` may draft and publish bulletins of a jurisdiction.

    Raises:
        MissingRoleError: They may not.
    """
    if not may_issue_bulletin(actor, jurisdiction):
        raise MissingRoleError(
            "只有国家网信办的发布员，或属地省级网信办的发布员（仅限本属地），可以起草和发布公报。",
            "Only a publisher of the national office, or one of the provincial office for its own "
            "jurisdiction, may draft and publish this bulletin.",
        )
