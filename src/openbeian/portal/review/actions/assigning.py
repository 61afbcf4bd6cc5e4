"""Assigning: an officer takes an application, is given one, or hands it back."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import NotNowError
from openbeian.core.lifecycle import OWNERS, Step, steps_from
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, note
from openbeian.portal.review.models import Assignment
from openbeian.portal.review.officers import check_in_office, check_is_able
from openbeian.portal.review.queries import officers_for
from openbeian.portal.review.steps import LEVELS, facts_of

__all__ = ["assign", "hand_back"]

_NOBODY: Final = frozenset({None, OrganisationKind.PROVIDER})


@transaction.atomic
def assign(application: Application, *, officer: User, by: User, at: datetime) -> Assignment:
    """Give an application to an officer of the office that has it; one may give it to oneself.

    Raises:
        NotAllowedError: `by` has no part in the office that has it.
        NotNowError: No office has it.
        BadInputError: The officer can't do anything with it.
    """
    locked = lock(application)
    level = _level_of(locked)
    step = _check_in_office(locked, by)
    check_is_able(officer, officers_for(locked))
    given, _made = Assignment.objects.update_or_create(
        application=locked,
        level=level,
        defaults={"officer": officer, "assigned_by": by, "assigned_at": at},
    )
    note(locked, "assigned", by=by, at=at, step=step, officer=officer.audit_id, name=officer.name)
    return given


@transaction.atomic
def hand_back(application: Application, *, by: User, at: datetime) -> None:
    """Let an application be nobody's again.

    Raises:
        NotAllowedError: `by` has no part in the office that has it.
        NotNowError: No office has it, or it is nobody's already.
    """
    locked = lock(application)
    level = _level_of(locked)
    step = _check_in_office(locked, by)
    deleted, _by_model = Assignment.objects.filter(application=locked, level=level).delete()
    if not deleted:
        raise NotNowError(
            "此件尚未分派，无须交回。", "Nobody has this application, so nothing is handed back."
        )
    note(locked, "handed_back", by=by, at=at, step=step)


def _level_of(application: Application) -> str:
    owner = OWNERS[application.state]
    if owner in _NOBODY:
        raise NotNowError(
            "此件此刻不由任何机构办理；请等待提交到机构后再分派。",
            "No office has this application now; assign it once it is with one.",
        )
    assert owner is not None
    return LEVELS[owner]


def _check_in_office(application: Application, by: User) -> Step:
    """Return a step of the office, on whose behalf the trail is written; check that `by` could take one."""
    steps = [one for one in steps_from(application.state) if one.office is OWNERS[application.state]]
    check_in_office(actor_of(by), steps, facts_of(application))
    return steps[0]
