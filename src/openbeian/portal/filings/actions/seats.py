"""Seats: which confirmed applications a planned round will certify, and in which order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.permissions import MissingRoleError
from openbeian.core.policy import check_step_now
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import holds
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import lock
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.models import Round, Seat
from openbeian.portal.review.steps import facts_of

__all__ = ["add_seats", "arrange_seats", "check_publishes", "open_round", "remove_seat"]

_CERTIFY: Final = APPLICATION_STEPS["certify"]


@transaction.atomic
def add_seats(round_: Round, *, applications: Sequence[Application], by: User, at: datetime) -> list[Seat]:
    """Seat confirmed applications in a planned round, after those that sit there already.

    Raises:
        NotAllowedError: `by` is no publisher of the national office.
        NotNowError: The round is published, or an application is not confirmed or sits in another round.
        BadInputError: Nothing was chosen.
    """
    check_publishes(by)
    locked_round = open_round(round_)
    if not applications:
        raise BadInputError("请至少选择一件已确认的申请。", "Choose at least one confirmed application.")
    locked = {one.pk: lock(one) for one in sorted(applications, key=lambda one: one.pk)}
    for one in locked.values():
        _check_can_sit(one)
    last = max(locked_round.seats.values_list("place", flat=True), default=0)
    seats = [
        Seat.objects.create(
            round=locked_round, application=locked[one.pk], place=place, added_by=by, added_at=at
        )
        for place, one in enumerate(applications, last + 1)
    ]
    record("round.seats_added", locked_round, by=by, at=at, applications=[str(one) for one in applications])
    return seats


@transaction.atomic
def remove_seat(seat: Seat, *, by: User, at: datetime) -> None:
    """Take an application out of a planned round; those behind it move up.

    Raises:
        NotAllowedError: `by` is no publisher of the national office.
        NotNowError: The round is published.
    """
    check_publishes(by)
    locked_round = open_round(seat.round)
    reference = seat.application.reference
    Seat.objects.filter(pk=seat.pk).delete()
    _number(list(locked_round.seats.all()))
    record("round.seat_removed", locked_round, by=by, at=at, application=reference)


@transaction.atomic
def arrange_seats(round_: Round, *, seats: Sequence[Seat], by: User, at: datetime) -> None:
    """Put the seats of a planned round in another order: all of them, each once.

    Raises:
        NotAllowedError: `by` is no publisher of the national office.
        NotNowError: The round is published, or its seats have changed meanwhile.
    """
    check_publishes(by)
    locked_round = open_round(round_)
    before = list(locked_round.seats.select_related("application"))
    if sorted(seat.pk for seat in seats) != sorted(seat.pk for seat in before):
        raise NotNowError(
            f"「{locked_round.name}」的席位已有变动；请重新打开后再排序。",
            f"The seats of “{locked_round.name}” have changed; open them again and put them in order.",
        )
    present = {seat.pk: seat for seat in before}
    ordered = [present[seat.pk] for seat in seats]
    _number(ordered)
    order = [str(seat.application) for seat in ordered]
    record("round.seats_arranged", locked_round, by=by, at=at, applications=order)


def open_round(round_: Round) -> Round:
    """Return the round as it is now, held until the transaction ends.

    Raises:
        NotNowError: It is published.
    """
    # All rounds are held, so that no two are published at a time and each takes its numbers in one go.
    rounds = {one.pk: one for one in Round.objects.select_for_update().order_by("pk")}
    locked = rounds[round_.pk]
    if locked.published_at is not None:
        raise NotNowError(
            f"「{locked.name}」已发布，不能再更改；请另设批次。",
            f"“{locked.name}” is published and can't change any more; plan another round.",
        )
    return locked


def check_publishes(by: User) -> None:
    """Check that `by` may plan and publish rounds.

    Raises:
        MissingRoleError: They may not.
    """
    if not holds(by, OrganisationKind.NATIONAL, Role.PUBLISHER):
        raise MissingRoleError(
            "只有国家网信办的发布员可以设立和发布批次。",
            "Only a publisher of the national office may plan and publish rounds.",
        )


def _check_can_sit(application: Application) -> None:
    check_step_now(facts_of(application), _CERTIFY)
    taken = Seat.objects.filter(application=application).select_related("round").first()
    if taken is not None:
        raise NotNowError(
            f"{application.reference} 已列入「{taken.round.name}」；请先从那里移出。",
            f"{application.reference} has a seat in “{taken.round.name}”; remove it there first.",
        )


def _number(seats: Sequence[Seat]) -> None:
    for place, seat in enumerate(seats, 1):
        if seat.place != place:
            seat.place = place
            seat.save(update_fields=["place"])
