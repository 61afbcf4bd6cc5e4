"""Assigning: an officer takes a petition, is given one, or hands it back."""

from datetime import datetime

from django.db import transaction

from openbeian.core.errors import NotNowError
from openbeian.core.lifecycle import Step
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.petitions.models import Petition, PetitionAssignment
from openbeian.portal.petitions.officers import officers_for, steps_of_office
from openbeian.portal.petitions.steps import facts_of, lock, note
from openbeian.portal.review.officers import check_in_office, check_is_able
from openbeian.portal.review.steps import LEVELS

__all__ = ["assign", "hand_back"]


@transaction.atomic
def assign(petition: Petition, *, officer: User, by: User, at: datetime) -> PetitionAssignment:
    """Give a petition to an officer of the office that has it; one may give it to oneself.

    Raises:
        NotAllowedError: `by` has no part in the office that has it.
        NotNowError: No office has it.
        BadInputError: The officer can't do anything with it.
    """
    locked = lock(petition)
    step = _check(locked, by)
    check_is_able(officer, officers_for(locked))
    given, _made = PetitionAssignment.objects.update_or_create(
        petition=locked,
        level=LEVELS[step.office],
        defaults={"officer": officer, "assigned_by": by, "assigned_at": at},
    )
    note(locked, "assigned", by=by, at=at, step=step, officer=officer.audit_id, name=officer.name)
    return given


@transaction.atomic
def hand_back(petition: Petition, *, by: User, at: datetime) -> None:
    """Let a petition be nobody's again.

    Raises:
        NotAllowedError: `by` has no part in the office that has it.
        NotNowError: No office has it, or it is nobody's already.
    """
    locked = lock(petition)
    step = _check(locked, by)
    given = PetitionAssignment.objects.filter(petition=locked, level=LEVELS[step.office])
    if not given.delete()[0]:
        raise NotNowError("此件尚未分派，无须交回。", "Nobody has this petition, so nothing is handed back.")
    note(locked, "handed_back", by=by, at=at, step=step)


def _check(petition: Petition, by: User) -> Step:
    """Return a step of the office, on whose behalf the trail is written; check that `by` could take one."""
    steps = steps_of_office(petition)
    if not steps:
        raise NotNowError(
            "此件此刻不由任何机构办理；请等待提交到机构后再分派。",
            "No office has this petition now; assign it once it is with one.",
        )
    check_in_office(actor_of(by), steps, facts_of(petition))
    return steps[0]
