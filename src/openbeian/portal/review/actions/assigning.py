"""Assigning: an officer takes an application, is given one, or hands it back."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import OWNERS, Step, steps_from
from openbeian.core.permissions import Actor, may_countersign, may_take
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, note
from openbeian.portal.review.models import Assignment
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
    if officer not in officers_for(locked):
        raise BadInputError(
            f"{officer.name}此刻不能办理此件；请选择本机构中有相应角色且未参与前一环节的人员。",
            f"{officer.name} can't work on this now; choose somebody of the office with a role for it who "
            "had no part before.",
        )
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
    actor, facts = actor_of(by), facts_of(application)
    if not any(_could(actor, one, facts) for one in steps):
        raise NotAllowedError(
            "只有办理此件的机构中有相应角色的人员可以分派。",
            "Only somebody of the office that has this application, with a role for it, may assign it.",
        )
    return steps[0]


def _could(actor: Actor, step: Step, facts: object) -> bool:
    return may_take(actor, step, facts) or (step.four_eyes and may_countersign(actor, step, facts))  # type: ignore[arg-type]
