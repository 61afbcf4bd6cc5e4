"""What waits for whom, and what may be shown of decisions that are not closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db.models import QuerySet

from openbeian.core.errors import DomainError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import APPLICATION_STEPS, OWNERS, ApplicationStatus, Step, steps_from
from openbeian.core.permissions import Actor, may_countersign, may_take
from openbeian.core.policy import check_countersign_now, check_step_now
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to
from openbeian.portal.review.models import Decision
from openbeian.portal.review.officers import people_for_steps
from openbeian.portal.review.steps import facts_of

__all__ = [
    "HIDDEN",
    "ShownDecision",
    "decisions_shown_to",
    "may_conclude",
    "officers_for",
    "open_decision_of",
    "possible_steps",
    "reviewable_by",
]

_READING_KINDS = frozenset({OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL, OrganisationKind.AUDITOR})
HIDDEN = Text(
    "第二人作出结论前不显示。", "Not shown until the second person has given an outcome of their own."
)


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision as one person may see it."""

    decision: Decision
    is_hidden: bool
    """Whether outcome and reason must not be shown to this person yet."""


def possible_steps(
    user: User, application: Application, facts: ApplicationFacts | None = None
) -> tuple[Step, ...]:
    """Return the steps this person may take on the application now; buttons are shown for these.

    `facts` are those of the application, where they are known already.
    """
    facts, actor = facts or facts_of(application), actor_of(user)
    steps = steps_from(application.state, route=application.route)
    return tuple(step for step in steps if _may(actor, step, facts))


def _may(actor: Actor, step: Step, facts: ApplicationFacts) -> bool:
    if step.four_eyes and facts.first_decision_by is not None:
        return may_countersign(actor, step, facts) and _is_right(check_countersign_now, facts, step)
    return may_take(actor, step, facts) and _is_possible(step, facts)


def _is_possible(step: Step, facts: ApplicationFacts) -> bool:
    """Say whether the step could be taken now, given a reason and, for a return, an item."""
    if step.name == "return_for_correction":
        facts = replace(facts, open_corrections=facts.open_corrections + 1)
    return _is_right(partial(check_step_now, reason="given"), facts, step)


def _is_right(check: Callable[[ApplicationFacts, Step], None], facts: ApplicationFacts, step: Step) -> bool:
    try:
        check(facts, step)
    except DomainError:
        return False
    return True


def open_decision_of(application: Application) -> Decision | None:
    """Return the decision that waits for its countersignature."""
    return application.decisions.filter(closed_at=None).first()


def decisions_shown_to(user: User, application: Application) -> Sequence[ShownDecision]:
    """Return the decisions, marked as hidden where open: only its author sees an open one."""
    decisions: QuerySet[Decision] = application.decisions.select_related("decided_by", "countersigned_by")
    return [
        ShownDecision(one, is_hidden=one.closed_at is None and one.decided_by_id != user.pk)
        for one in decisions
    ]


def reviewable_by(user: User) -> QuerySet[Application]:
    """Return what a person may read from the office's side: never an application of their own provider."""
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(user)}
    if not kinds & _READING_KINDS:
        return Application.objects.none()
    draft = ApplicationStatus.DRAFT.value
    return visible_to(user).exclude(status=draft).exclude(provider__memberships__user=user)


def officers_for(application: Application, facts: ApplicationFacts | None = None) -> list[User]:
    """Return the people of the office that has an application who could take a step on it, by name.

    `facts` are those of the application, where they are known already.
    """
    owner = OWNERS[application.state]
    if owner in {None, OrganisationKind.PROVIDER}:
        return []
    steps = [step for step in steps_from(application.state) if step.office is owner]
    return people_for_steps(steps, facts or facts_of(application))


def may_conclude(user: User, application: Application) -> bool:
    """Say whether a person may give conclusions on requirements now."""
    is_read = application.state in {ApplicationStatus.IN_REVIEW, ApplicationStatus.RETEST}
    return is_read and may_take(actor_of(user), APPLICATION_STEPS["recommend"], facts_of(application))
