"""What the provincial office does before a decision."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.models import Application, Retest
from openbeian.portal.applications.steps import begin, current_version, move

__all__ = ["accept", "order_retest", "recommend", "record_retest"]

_ACCEPT: Final = APPLICATION_STEPS["accept"]
_ORDER_RETEST: Final = APPLICATION_STEPS["order_retest"]
_RECORD_RETEST: Final = APPLICATION_STEPS["record_retest"]
_RECOMMEND: Final = APPLICATION_STEPS["recommend"]


@transaction.atomic
def accept(application: Application, *, by: User, at: datetime) -> Application:
    """Take the application in: it is complete enough to be reviewed.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status.
    """
    locked = begin(application, _ACCEPT, by=by)
    move(locked, _ACCEPT, by=by, at=at)
    return locked


@transaction.atomic
def order_retest(application: Application, *, reason: str = "", by: User, at: datetime) -> Retest:
    """Ask the testers to test the service themselves.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status.
    """
    locked = begin(application, _ORDER_RETEST, by=by, reason=reason)
    retest = Retest.objects.create(
        application=locked, version_number=locked.version, reason=reason, ordered_by=by, ordered_at=at
    )
    move(locked, _ORDER_RETEST, by=by, at=at, reason=reason)
    return retest


@transaction.atomic
def record_retest(
    application: Application, *, agrees: bool, summary: str, by: User, at: datetime
) -> Application:
    """Enter the result of the re-test: whether it agrees with the provider's figures, and in what words.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: No re-test is going on.
        BadInputError: The summary is empty.
    """
    locked = begin(application, _RECORD_RETEST, by=by)
    if not summary.strip():
        raise BadInputError(
            "请写明复测结果：测了多少题、与提供者的数字是否一致。",
            "Say what the re-test showed: how many questions, and whether the figures agree.",
        )
    retest = locked.retests.select_for_update().get(recorded_at=None)
    retest.agrees, retest.summary = agrees, summary.strip()
    retest.recorded_by, retest.recorded_at = by, at
    retest.save(update_fields=["agrees", "summary", "recorded_by", "recorded_at"])
    move(locked, _RECORD_RETEST, by=by, at=at, agrees=agrees)
    return locked


@transaction.atomic
def recommend(application: Application, *, reason: str = "", by: User, at: datetime) -> Application:
    """Put the reviewed application before those who decide.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status, or corrections are open.
    """
    locked = begin(application, _RECOMMEND, by=by, reason=reason)
    version = current_version(locked)
    assert version is not None, "what is in review has been handed in"
    version.recommendation, version.recommended_by, version.recommended_at = reason, by, at
    version.save(update_fields=["recommendation", "recommended_by", "recommended_at"])
    move(locked, _RECOMMEND, by=by, at=at)
    return locked
