"""Rounds: planned beforehand, then certified all at once or not at all."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import check_step_now
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock, move
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.actions.seats import add_seats, check_publishes, open_round
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
    check_publishes(by)
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
    round_: Round,
    *,
    applications: Sequence[Application] | None = None,
    signer: Signer,
    by: User,
    at: datetime,
) -> list[Filing]:
    """Give every seat of a round its number and certificate, in their order, and publish it: all or none.

    Args:
        round_: The round.
        applications: What whoever certifies has before them. If the round has seats, it must be these and no
            others; if it has none, these become its seats. None: the seats as they are.
        signer: The register's key.
        by: A publisher of the national office.
        at: The moment.

    Raises:
        NotAllowedError: `by` may not certify.
        NotNowError: The round is published already, its seats are others, or an application is not confirmed.
        BadInputError: There is nothing to certify, or a number can't be made.
    """
    check_publishes(by)
    locked_round = open_round(round_)
    if applications is not None:
        _seat_exactly(locked_round, list({one.pk: one for one in applications}.values()), by=by, at=at)
    seated = [seat.application for seat in locked_round.seats.select_related("application")]
    if not seated:
        raise BadInputError("请至少选择一件已确认的申请。", "Choose at least one confirmed application.")
    # Locked in one order everywhere, so that nobody else's steps and these can wait for each other.
    locked = {pk: lock(one) for pk, one in sorted((one.pk, one) for one in seated)}
    filings = [_certify(locked[one.pk], locked_round, signer=signer, by=by, at=at) for one in seated]
    locked_round.published_at = at
    locked_round.save(update_fields=["published_at"])
    record("round.published", locked_round, by=by, at=at, numbers=[filing.number for filing in filings])
    return filings


def _seat_exactly(round_: Round, applications: Sequence[Application], *, by: User, at: datetime) -> None:
    seated = set(round_.seats.values_list("application_id", flat=True))
    if not seated and applications:
        add_seats(round_, applications=applications, by=by, at=at)
    elif seated != {one.pk for one in applications}:
        raise NotNowError(
            f"「{round_.name}」的席位与您所见的不同；请重新打开该批次，核对后再发证。",
            f"The seats of “{round_.name}” are not those you saw; open the round again and look before "
            "you certify.",
        )


def _certify(application: Application, round_: Round, *, signer: Signer, by: User, at: datetime) -> Filing:
    facts = facts_of(application)
    check_may_take(actor_of(by), _CERTIFY, facts)
    check_step_now(facts, _CERTIFY)
    filing = issue(application, round_, on=timezone.localdate(at), signer=signer, at=at)
    move(application, _CERTIFY, by=by, at=at, number=filing.number)
    record("filing.certified", filing, by=by, at=at, number=filing.number, round=round_.series)
    return filing
