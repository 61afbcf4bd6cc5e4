"""Rounds: planned beforehand, then certified all at once or not at all."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.permissions import MissingRoleError, check_may_take
from openbeian.core.policy import check_step_now
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, holds
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, move
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.issuing import issue
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.review.steps import facts_of
from openbeian.trust.keys import Signer

__all__ = ["certify_round", "plan_round"]

_CERTIFY: Final = APPLICATION_STEPS["certify"]


@transaction.atomic
def plan_round(
    *,
    series: int,
    name: str,
    held_on: date,
    name_en: str = "",
    place: str = "",
    by: User,
    at: datetime,
) -> Round:
    """Announce a round.

    Raises:
        NotAllowedError: `by` is no publisher of the national office.
        BadInputError: There is such a round already, or it has no name.
    """
    _check_publishes(by)
    if not name.strip() or series < 1:
        raise BadInputError("批次须有名称和正整数序号。", "A round needs a name and a number from 1 on.")
    if Round.objects.filter(series=series).exists():
        raise BadInputError(
            f"第 {series} 批已存在；请使用下一个序号。",
            f"Round {series} exists already; use the next number.",
        )
    planned = Round.objects.create(
        series=series,
        name=name.strip(),
        name_en=name_en,
        place=place,
        held_on=held_on,
        planned_by=by,
        planned_at=at,
    )
    record("round.planned", planned, by=by, at=at, series=series)
    return planned


@transaction.atomic
def certify_round(
    round_: Round, *, applications: Sequence[Application], signer: Signer, by: User, at: datetime
) -> list[Filing]:
    """Give every application its number and certificate, and publish the round: all of them or none.

    Raises:
        NotAllowedError: `by` may not certify.
        NotNowError: The round is published already, or an application is not confirmed.
        BadInputError: There is nothing to certify, or a number can't be made.
    """
    locked_round = Round.objects.select_for_update().get(pk=round_.pk)
    _check_publishes(by)
    if locked_round.published_at is not None:
        raise NotNowError(
            f"「{locked_round.name}」已发布，不能再增加；请另设批次。",
            f"“{locked_round.name}” is published and can't grow; plan another round.",
        )
    unique = {application.pk: application for application in applications}
    if not unique:
        raise BadInputError("请至少选择一件已确认的申请。", "Choose at least one confirmed application.")
    # In one order everywhere, so that two rounds at the same moment can't wait for each other.
    filings = [_certify(lock(unique[pk]), locked_round, signer=signer, by=by, at=at) for pk in sorted(unique)]
    locked_round.published_at = at
    locked_round.save(update_fields=["published_at"])
    record("round.published", locked_round, by=by, at=at, numbers=[filing.number for filing in filings])
    return filings


def _certify(application: Application, round_: Round, *, signer: Signer, by: User, at: datetime) -> Filing:
    facts = facts_of(application)
    check_may_take(actor_of(by), _CERTIFY, facts)
    check_step_now(facts, _CERTIFY)
    filing = issue(application, round_, on=timezone.localdate(at), signer=signer, at=at)
    move(application, _CERTIFY, by=by, at=at, number=filing.number)
    record("filing.certified", filing, by=by, at=at, number=filing.number, round=round_.series)
    return filing


def _check_publishes(by: User) -> None:
    if not holds(by, OrganisationKind.NATIONAL, Role.PUBLISHER):
        raise MissingRoleError(
            "只有国家网信办的发布员可以设立和发布批次。",
            "Only a publisher of the national office may plan and publish rounds.",
        )
