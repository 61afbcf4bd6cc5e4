"""Reminders: an audit event each, which becomes a notice like every other."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from openbeian.core.duties import DUTY_LABELS, LEAD_DAYS, DutyKind, Reminder, reminder_on
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.actions import record
from openbeian.portal.duties.models import Duty, ReminderGiven
from openbeian.portal.duties.reckoning import filings_with_duties, keep_all

__all__ = ["remind"]

_LONGEST_LEAD: Final = max(LEAD_DAYS.values())


def remind(*, at: datetime) -> int:
    """Keep what is owed, and remind of what is due soon, today, or overdue; return how many reminders."""
    keep_all()
    today = localdate(at)
    due = Duty.objects.filter(
        filing__in=filings_with_duties(), due_on__lte=date.fromordinal(today.toordinal() + _LONGEST_LEAD)
    ).select_related("filing")
    return sum(_remind(duty, today, at=at) for duty in due.iterator(chunk_size=500))


def _remind(duty: Duty, today: date, *, at: datetime) -> bool:
    kind = DutyKind(duty.kind)
    assert duty.due_on is not None, "selected by their day"
    reminder = reminder_on(kind, duty.due_on, today)
    if reminder is None or ReminderGiven.objects.filter(**_named(duty, reminder)).exists():
        return False
    return _give(duty, reminder, days=(duty.due_on - today).days, at=at)


@transaction.atomic
def _give(duty: Duty, reminder: Reminder, *, days: int, at: datetime) -> bool:
    """Give a reminder, unless another process was faster."""
    _, is_new = ReminderGiven.objects.get_or_create(**_named(duty, reminder), defaults={"given_at": at})
    if is_new:
        words = DUTY_LABELS[DutyKind(duty.kind)]
        record(
            f"duty.{reminder.stage}",
            duty.filing,
            by=SYSTEM,
            at=at,
            duty=duty.kind,
            duty_zh=words.zh,
            duty_en=words.en,
            due_on=str(duty.due_on),
            days=days,
        )
    return is_new


def _named(duty: Duty, reminder: Reminder) -> dict[str, object]:
    return {
        "filing": duty.filing,
        "kind": duty.kind,
        "due_on": duty.due_on,
        "stage": reminder.stage,
        "number": reminder.number,
    }
