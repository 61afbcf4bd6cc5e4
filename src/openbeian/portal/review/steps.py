"""What deciding adds to the facts of an application."""

from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import APPLICATION_STEPS, ApplicationStatus, Step
from openbeian.core.roles import OrganisationKind
from openbeian.portal.applications.base_models import base_status_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import open_corrections_of, reviewers_of
from openbeian.portal.review.models import Decision, RequirementConclusion

__all__ = ["LEVELS", "facts_of", "find_decision_step", "level_of", "outcomes_at", "send_back_at"]

LEVELS: Final = {OrganisationKind.PROVINCIAL: "provincial", OrganisationKind.NATIONAL: "national"}
_SEND_BACK: Final = {"provincial": "send_back", "national": "send_back_nationally"}


def find_decision_step(outcome: str) -> Step:
    """Return the step that `outcome` names.

    Raises:
        BadInputError: It is no outcome of a decision.
    """
    step = APPLICATION_STEPS.get(outcome)
    if step is None or not step.four_eyes:
        known = [one.name for one in APPLICATION_STEPS.values() if one.four_eyes]
        raise BadInputError(
            f"「{outcome}」不是决定的结果；可选：{'、'.join(known)}。",
            f"“{outcome}” is no outcome of a decision; choose from: {', '.join(known)}.",
        )
    return step


def level_of(step: Step) -> str:
    """Return the level on which a decision step is taken."""
    return LEVELS[step.office]


def send_back_at(level: str) -> Step:
    """Return the step that follows where two people disagree."""
    return APPLICATION_STEPS[_SEND_BACK[level]]


def outcomes_at(status: ApplicationStatus) -> tuple[Step, ...]:
    """Return the decisions possible in `status`."""
    return tuple(s for s in APPLICATION_STEPS.values() if s.four_eyes and status in s.sources)


def facts_of(application: Application) -> ApplicationFacts:
    """Return everything the rules want to know of an application."""
    decisions = list(Decision.objects.filter(application=application))
    deciders = {
        f"user:{pk}"
        for decision in decisions
        if decision.level == "provincial"
        for pk in (decision.decided_by_id, decision.countersigned_by_id)
        if pk is not None
    }
    pending = [decision.decided_by_id for decision in decisions if decision.closed_at is None]
    return application.rule_facts(
        open_corrections=open_corrections_of(application).count(),
        reviewed_by=reviewers_of(application) | _concluded_by(application),
        first_decision_by=f"user:{pending[0]}" if pending else None,
        provincial_deciders=frozenset(deciders),
        base_status=base_status_of(application),
    )


def _concluded_by(application: Application) -> frozenset[str]:
    given = RequirementConclusion.objects.filter(application=application)
    return frozenset(f"user:{pk}" for pk in given.values_list("concluded_by_id", flat=True).distinct())
