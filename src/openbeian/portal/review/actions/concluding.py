"""Concluding: requirement by requirement, each with its reason, saved as one goes; then recommending."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import APPLICATION_STEPS, STATUS_LABELS, ApplicationStatus
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import ReasonMissingError, check_concluded
from openbeian.core.standard import CONCLUSION_LABELS, Conclusion
from openbeian.dossier.checks.requirements import load_requirements
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.actions.office import recommend as put_up
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, note
from openbeian.portal.review.models import RequirementConclusion
from openbeian.portal.review.requirements import open_requirements
from openbeian.portal.review.steps import facts_of

__all__ = ["Concluded", "conclude", "recommend"]

_RECOMMEND: Final = APPLICATION_STEPS["recommend"]
_WHILE: Final = frozenset({ApplicationStatus.IN_REVIEW, ApplicationStatus.RETEST})
_LONGEST: Final = 4000


class Concluded(NamedTuple):
    """A conclusion on one requirement, and why."""

    conclusion: Conclusion
    reason: str = ""


@transaction.atomic
def conclude(
    application: Application, conclusions: Mapping[str, Concluded], *, by: User, at: datetime
) -> list[RequirementConclusion]:
    """Keep conclusions on requirements of the version handed in last, by the requirements' ids.

    Given again, a conclusion takes the place of the earlier one on the same version; the trail keeps both.

    Raises:
        NotAllowedError: `by` does not review for the office in charge.
        NotNowError: The application is not in review.
        BadInputError: There is no such requirement, or what is not a plain “conforms” has no reason.
    """
    locked = lock(application)
    check_may_take(actor_of(by), _RECOMMEND, facts_of(locked))
    if locked.state not in _WHILE:
        now = STATUS_LABELS[locked.state]
        raise NotNowError(
            f"现处「{now.zh}」；只有审查中可以逐项作结论，请等待进入审查。",
            f"The status is “{now.en}”; requirements are concluded while in review, so wait until it is.",
        )
    for requirement, one in conclusions.items():
        _check(requirement, one)
    kept = [
        RequirementConclusion(
            application=locked,
            version_number=locked.version,
            requirement=requirement,
            conclusion=one.conclusion.value,
            reason=one.reason.strip(),
            concluded_by=by,
            concluded_at=at,
        )
        for requirement, one in conclusions.items()
    ]
    RequirementConclusion.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["application", "version_number", "requirement"],
        update_fields=["conclusion", "reason", "concluded_by", "concluded_at"],
    )
    said = {requirement: one.conclusion.value for requirement, one in conclusions.items()}
    note(locked, "requirements_concluded", by=by, at=at, step=_RECOMMEND, version=locked.version, said=said)
    return kept


def _check(requirement: str, one: Concluded) -> None:
    known = [requirement.id for requirement in load_requirements()]
    if requirement not in known:
        raise BadInputError(
            f"没有要求「{requirement}」；请使用 {known[0]} 至 {known[-1]}。",
            f"There is no requirement “{requirement}”; use {known[0]} to {known[-1]}.",
        )
    label = CONCLUSION_LABELS[one.conclusion]
    if one.conclusion is not Conclusion.CONFORMS and not one.reason.strip():
        raise ReasonMissingError(
            f"{requirement} 的结论「{label.zh}」须写明理由。",
            f"The conclusion “{label.en}” on {requirement} needs a reason; write it down.",
        )
    if len(one.reason) > _LONGEST:
        raise BadInputError(
            f"{requirement} 的理由超过 {_LONGEST} 字；请缩短。",
            f"The reason for {requirement} is longer than {_LONGEST} characters; shorten it.",
        )


@transaction.atomic
def recommend(application: Application, *, reason: str = "", by: User, at: datetime) -> Application:
    """Put an application of which every requirement is concluded before those who decide.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status, corrections are open, or a requirement has no conclusion.
    """
    moved = put_up(application, reason=reason, by=by, at=at)
    check_concluded(open_requirements(moved))
    return moved
