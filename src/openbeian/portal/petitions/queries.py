"""Reading petitions; what somebody may not see is not found."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db.models import F, Q, QuerySet

from openbeian.core.errors import DomainError
from openbeian.core.lifecycle import PetitionStatus, Step, steps_from
from openbeian.core.permissions import may_countersign, may_take
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PETITION_RULES, PetitionKind
from openbeian.core.policy import check_countersign_now, check_step_now
from openbeian.core.roles import ROLES_OF, OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.queries import taker_of
from openbeian.portal.petitions.models import FilingVersion, Petition, PetitionDecision
from openbeian.portal.petitions.steps import facts_of
from openbeian.portal.review.steps import LEVELS

__all__ = [
    "Against",
    "ShownPetitionDecision",
    "decided_against",
    "decisions_shown_to",
    "is_late",
    "kinds_open_to",
    "open_decision_of",
    "petitions_seen_by",
    "petitions_waiting_for",
    "possible_steps",
    "refusal_of",
    "versions_of",
]

_UNSENT: Final = Q(status=PetitionStatus.DRAWN_UP.value)


class Against(NamedTuple):
    """The decision a petition is directed against: on which level it was taken, and when."""

    level: str
    at: datetime


class ShownPetitionDecision(NamedTuple):
    """A decision as one person may see it."""

    decision: PetitionDecision
    is_hidden: bool


def decided_against(application: Application, filing: Filing | None) -> Against | None:
    """Return the last decision against a provider: a refusal, or a measure on its filing."""
    if filing is not None:
        measure = filing.measures.filter(agreed=True, kind__in=["suspend", "revoke"]).last()
        level = LEVELS[taker_of(filing)]
        return None if measure is None else Against(level, measure.countersigned_at or measure.decided_at)
    refused = application.decisions.filter(step_taken__in=["refuse", "refuse_nationally"]).last()
    return None if refused is None else Against(refused.level, refused.closed_at or refused.decided_at)


def kinds_open_to(application: Application, filing: Filing | None) -> list[PetitionKind]:
    """Return what may be asked about an application or its filing now."""
    status = application.state if filing is None else filing.state
    against = decided_against(application, filing)
    return [
        kind
        for kind, rule in PETITION_RULES.items()
        if status in rule.about
        and not (kind is PetitionKind.APPEAL and against is not None and against.level == "national")
    ]


def petitions_seen_by(user: User) -> QuerySet[Petition]:
    """Return the petitions a person may see: the query form of `core.permissions.may_see`."""
    wanted = Q(pk__in=())
    for membership in memberships_of(user):
        organisation = membership.organisation
        kind = OrganisationKind(organisation.kind)
        if not {Role(role) for role in membership.roles} & ROLES_OF[kind]:
            continue
        match kind:
            case OrganisationKind.PROVIDER:
                wanted |= Q(provider=organisation)
            case OrganisationKind.PROVINCIAL:
                wanted |= Q(jurisdiction=organisation.jurisdiction) & ~_UNSENT
            case OrganisationKind.NATIONAL:
                wanted |= ~_UNSENT
            case OrganisationKind.AUDITOR:
                wanted |= ~Q(pk__in=())
            case _:
                pass
    return Petition.objects.filter(wanted).select_related("provider", "application", "filing")


def petitions_waiting_for(user: User) -> QuerySet[Petition]:
    """Return what waits for the organisations a person belongs to, by the day it is due."""
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(user)}
    statuses = [one.value for one in PetitionStatus if PETITION_OWNERS[one] in kinds]
    waiting = petitions_seen_by(user).filter(status__in=statuses)
    return waiting.order_by(F("due_on").asc(nulls_last=True), "status_since", "id")


def possible_steps(user: User, petition: Petition) -> tuple[Step, ...]:
    """Return the steps this person may take on the petition now."""
    facts, actor = facts_of(petition), actor_of(user)
    found = []
    for step in steps_from(petition.state):
        is_second = step.four_eyes and facts.first_decision_by is not None
        allowed = may_countersign(actor, step, facts) if is_second else may_take(actor, step, facts)
        try:
            if is_second:
                check_countersign_now(facts, step)
            else:
                check_step_now(facts, step, reason="given")
        except DomainError:
            continue
        if allowed:
            found.append(step)
    return tuple(found)


def open_decision_of(petition: Petition) -> PetitionDecision | None:
    """Return the decision that waits for its countersignature."""
    return petition.decisions.filter(countersigned_at=None).first()


def decisions_shown_to(user: User, petition: Petition) -> Sequence[ShownPetitionDecision]:
    """Return the decisions, marked as hidden where open: only its author sees an open one."""
    decisions = petition.decisions.select_related("decided_by", "countersigned_by")
    return [
        ShownPetitionDecision(one, one.countersigned_at is None and one.decided_by_id != user.pk)
        for one in decisions
    ]


def refusal_of(petition: Petition) -> PetitionDecision | None:
    """Return the decision by which a petition was rejected; None where it was not."""
    return petition.decisions.filter(step_taken__in=["reject", "reject_nationally"]).last()


def versions_of(filing: Filing) -> QuerySet[FilingVersion]:
    """Return what became other on file since it was certified, newest first."""
    return filing.versions.select_related("log_entry", "petition").order_by("-number")


def is_late(petition: Petition, on: date) -> bool:
    """Say whether a petition was, or would be, handed in after its term."""
    handed_in = petition.handed_in_on or on
    return petition.ask_by is not None and handed_in > petition.ask_by
