"""What every step of a petition has in common: lock, who may, whether now, move, and write it down."""

from datetime import date, datetime
from typing import Final

from django.utils import timezone

from openbeian.core.facts import PetitionFacts
from openbeian.core.lifecycle import PETITION_STEPS, Step, next_status
from openbeian.core.permissions import check_may_take
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PetitionKind
from openbeian.core.policy import check_step_now
from openbeian.core.roles import OrganisationKind
from openbeian.core.terms import due_on
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import acting_organisation, actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.petitions.models import Petition
from openbeian.portal.review.clocks import going, pauses_in, stopped
from openbeian.standards import load_terms

__all__ = ["begin", "facts_of", "find_outcome", "lock", "look_again_at", "move", "note"]

_AGAINST: Final = frozenset({PetitionKind.RECONSIDERATION, PetitionKind.APPEAL})
_LOOK_AGAIN: Final = {"provincial": "look_again", "national": "look_again_nationally"}


def lock(petition: Petition) -> Petition:
    """Return the petition as it is now, held until the transaction ends."""
    return Petition.objects.select_for_update().get(pk=petition.pk)


def facts_of(petition: Petition) -> PetitionFacts:
    """Return the petition as the rules see it.

    Whoever examined it, or had a part in the decision it is directed against, does not decide it.
    """
    decisions = list(petition.decisions.all())
    pending = [one.decided_by_id for one in decisions if one.countersigned_at is None]
    province = [one for one in decisions if one.level == "provincial"]
    examined = {petition.examined_by_id}
    return petition.rule_facts(
        reviewed_by=_ids(examined | _decided_before(petition)),
        first_decision_by=f"user:{pending[0]}" if pending else None,
        provincial_deciders=_ids(
            {pk for one in province for pk in (one.decided_by_id, one.countersigned_by_id)}
        ),
    )


def _decided_before(petition: Petition) -> set[int | None]:
    if petition.asked not in _AGAINST:
        return set()
    names = ("decided_by_id", "countersigned_by_id")
    if petition.filing is None:
        return {pk for pair in petition.application.decisions.values_list(*names) for pk in pair}
    return {pk for pair in petition.filing.measures.values_list(*names) for pk in pair}


def _ids(keys: set[int | None]) -> frozenset[str]:
    return frozenset(f"user:{pk}" for pk in keys if pk is not None)


def find_outcome(name: str) -> Step | None:
    """Return the decision of this name; None where it is none."""
    step = PETITION_STEPS.get(name)
    return step if step is not None and step.four_eyes else None


def look_again_at(level: str) -> Step:
    """Return the step that follows where two people disagree."""
    return PETITION_STEPS[_LOOK_AGAIN[level]]


def begin(petition: Petition, step: Step, *, by: User, reason: str = "") -> Petition:
    """Lock the petition and check that `by` may take `step` and that it is possible now.

    Raises:
        NotAllowedError: They may not.
        NotNowError: It isn't.
        BadInputError: A reason is missing.
    """
    locked = lock(petition)
    facts = facts_of(locked)
    check_may_take(actor_of(by), step, facts)
    check_step_now(facts, step, reason=reason)
    return locked


def move(petition: Petition, step: Step, *, by: User, at: datetime, **detail: object) -> None:
    """Take `step` on a locked petition: new status, the office's clock, audit event."""
    was = petition.status
    petition.status = next_status(petition.state, step).value
    petition.status_since = at
    _set_clock(petition, timezone.localdate(at))
    petition.save()
    note(petition, step.name, by=by, at=at, step=step, was=was, now=petition.status, **detail)


def _set_clock(petition: Petition, on: date) -> None:
    owner = PETITION_OWNERS[petition.state]
    petition.due_on = None
    if owner is OrganisationKind.PROVIDER:
        petition.pauses = stopped(petition.pauses, on)
    elif owner is not None:
        petition.handed_in_on = petition.handed_in_on or on
        petition.pauses = going(petition.pauses, on)
        term = load_terms()[petition.rule.decide_within]
        petition.due_on = due_on(term, petition.handed_in_on, pauses_in(petition.pauses)).on


def note(petition: Petition, kind: str, *, by: User, at: datetime, step: Step, **detail: object) -> None:
    """Write an audit event about the petition, on behalf of the organisation that takes `step`."""
    organisation_id = acting_organisation(
        by, step.office, provider_id=str(petition.provider_id), jurisdiction=petition.jurisdiction
    )
    record(f"petition.{kind}", petition, by=by, at=at, organisation_id=organisation_id, **detail)
