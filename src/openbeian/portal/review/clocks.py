"""The office's clock on an application: set by every step, stopped while the provider corrects."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from openbeian.core.lifecycle import OWNERS, ApplicationStatus, Step
from openbeian.core.roles import OrganisationKind
from openbeian.core.terms import due_on
from openbeian.core.workdays import Pause
from openbeian.portal.applications.models import Application
from openbeian.portal.review.models import Clock
from openbeian.standards import load_terms

__all__ = ["follow_step", "going", "pauses_in", "pauses_of", "stopped"]

_INTAKE: Final = "intake"
_DECIDE: Final = "decide_application"


def follow_step(
    sender: object,  # noqa: ARG001  as Django's signals are received
    *,
    application: Application,
    step: Step,  # noqa: ARG001
    at: datetime,
    **_more: Any,  # noqa: ANN401
) -> None:
    """Set the clock after a step; inside the transaction of the step."""
    if application.version == 0:
        return
    on = timezone.localdate(at)
    clock = Clock.objects.filter(application=application).first()
    if clock is None:
        first = application.versions.order_by("number").first()
        began = at if first is None else first.submitted_at
        clock = Clock(application=application, started_on=timezone.localdate(began))
    _set(clock, application.state, on)
    clock.save()


def _set(clock: Clock, status: ApplicationStatus, on: date) -> None:
    owner = OWNERS[status]
    clock.pauses = (
        stopped(clock.pauses, on) if owner is OrganisationKind.PROVIDER else going(clock.pauses, on)
    )
    clock.term, clock.due_on = "", None
    if owner not in {None, OrganisationKind.PROVIDER}:
        clock.term = _INTAKE if status is ApplicationStatus.SUBMITTED else _DECIDE
        clock.due_on = due_on(load_terms()[clock.term], clock.started_on, pauses_of(clock)).on


def stopped(pauses: Sequence[list[str | None]], on: date) -> list[list[str | None]]:
    """Return the pauses of a clock that stops on a day."""
    return [*pauses, [on.isoformat(), None]]


def going(pauses: Sequence[list[str | None]], on: date) -> list[list[str | None]]:
    """Return the pauses of a clock that goes on from a day."""
    return [[begun, ended or on.isoformat()] for begun, ended in pauses]


def pauses_in(written: Sequence[list[str | None]]) -> list[Pause]:
    """Return the pauses a row keeps as texts, as the calendar takes them."""
    return [
        Pause(date.fromisoformat(begun), None if ended is None else date.fromisoformat(ended))
        for begun, ended in written
        if begun is not None
    ]


def pauses_of(clock: Clock) -> list[Pause]:
    """Return when the clock stood still."""
    return pauses_in(clock.pauses)
