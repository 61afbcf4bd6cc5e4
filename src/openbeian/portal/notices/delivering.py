"""Taking notices out of the outbox and delivering them; any number of processes may do so at once.

Each takes a few rows under a lock that others skip (on SQLite, transactions that write take turns anyway),
marks them as its own for a while, and sends them outside the transaction. If it dies meanwhile, the mark runs
out and another sends them again, under the same id: receivers see a notice at least once and know a repeat.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from openbeian.core.retrying import next_wait
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.actions import record
from openbeian.portal.notices.models import Attempt, Delivery, Endpoint, Notice
from openbeian.portal.notices.recipients import recipients_of
from openbeian.portal.notices.sending import GONE, Outcome, send
from openbeian.portal.notices.telling import story_of

__all__ = ["claim", "deliver_waiting", "expand", "settle"]

_EXPANDED_AT_ONCE: Final = 100
_SENT_AT_ONCE: Final = 20
_CLAIMED_FOR: Final = timedelta(minutes=2)


def deliver_waiting(*, at: datetime) -> int:
    """Deliver what is due; return how many tries were made.

    Raises:
        DatabaseError: The database refuses; nothing is lost, the next call goes on.
    """
    expand(at=at)
    tries = 0
    while taken := claim(at=at):
        for delivery, outcome in zip(taken, send(taken, at=at), strict=True):
            settle(delivery, outcome, at=at)
        tries += len(taken)
    return tries


@transaction.atomic
def expand(*, at: datetime) -> int:
    """Make the deliveries of notices that wait in the outbox; return of how many notices."""
    waiting = Notice.objects.select_for_update(skip_locked=True).filter(expanded_at=None).order_by("id")
    notices = list(waiting.select_related("event")[:_EXPANDED_AT_ONCE])
    for notice in notices:
        told = recipients_of(story_of(notice.event))
        made = [Delivery(notice=notice, user=one, made_at=at, next_at=at) for one in told.people]
        made += [Delivery(notice=notice, endpoint=one, made_at=at, next_at=at) for one in told.endpoints]
        Delivery.objects.bulk_create(made)
    Notice.objects.filter(pk__in=[one.pk for one in notices]).update(expanded_at=at)
    return len(notices)


@transaction.atomic
def claim(*, at: datetime) -> list[Delivery]:
    """Take a few deliveries that are due, so that no other process takes them for a while."""
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    is_on = Q(endpoint=None) | Q(endpoint__off_at=None, endpoint__removed_at=None)
    due = Delivery.objects.filter(is_free, is_on, state="waiting", next_at__lte=at).order_by("next_at", "id")
    taken = due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    keys = list(taken[:_SENT_AT_ONCE])
    Delivery.objects.filter(pk__in=keys).update(claimed_until=at + _CLAIMED_FOR)
    return list(
        Delivery.objects.filter(pk__in=keys)
        .select_related("notice__event", "endpoint", "user__notice_preference")
        .order_by("next_at", "id")
    )


@transaction.atomic
def settle(delivery: Delivery, outcome: Outcome, *, at: datetime) -> None:
    """Write down what came of a try: delivered, to be tried again later, or given up."""
    Attempt.objects.create(
        delivery=delivery,
        at=at,
        succeeded=outcome.succeeded,
        status=outcome.status,
        detail=outcome.detail,
        took_ms=outcome.took_ms,
    )
    if outcome.succeeded:
        _close(delivery, "delivered", at=at)
        if delivery.endpoint is not None:
            Endpoint.objects.filter(pk=delivery.endpoint.pk).update(succeeded_at=at)
        return
    wait = None if outcome.status == GONE else next_wait(delivery.failures + 1)
    Delivery.objects.filter(pk=delivery.pk).update(failures=F("failures") + 1, claimed_until=None)
    if wait is not None:
        Delivery.objects.filter(pk=delivery.pk).update(next_at=at + wait)
        return
    _close(delivery, "given_up", at=at)
    if delivery.endpoint is not None:
        _switch_off(delivery.endpoint, delivery, is_gone=outcome.status == GONE, at=at)


def _close(delivery: Delivery, state: str, *, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=state, closed_at=at, claimed_until=None)


def _switch_off(unlocked: Endpoint, delivery: Delivery, *, is_gone: bool, at: datetime) -> None:
    """Switch an address off that says it is gone, or took nothing for as long as a delivery was tried."""
    for endpoint in Endpoint.objects.select_for_update().filter(pk=unlocked.pk, off_at=None, removed_at=None):
        if is_gone or endpoint.succeeded_at is None or endpoint.succeeded_at < delivery.made_at:
            endpoint.off_at = at
            endpoint.save(update_fields=["off_at"])
            organisation_id = str(endpoint.organisation_id)
            record("webhook.switched_off", endpoint, by=SYSTEM, at=at, organisation_id=organisation_id)
