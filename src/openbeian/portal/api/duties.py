"""The providers' half of duties: what a build server reports by itself."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from ninja import Router, Schema, Status
from pydantic import BaseModel, Field

from openbeian.clock import now
from openbeian.core.duties import DutyKind
from openbeian.portal.api.asking import within_reach
from openbeian.portal.api.keys import AUTH, check_may_write, user_of
from openbeian.portal.api.problems import Problem
from openbeian.portal.duties import actions
from openbeian.portal.duties.models import DutyReport
from openbeian.portal.duties.queries import filings_shown_to, shown
from openbeian.portal.filings.models import Filing

__all__ = ["router"]

router = Router(tags=["duties"], auth=AUTH)
_REFUSALS: Final[dict[int, Any]] = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}
_Kind = Literal["keywords", "bank_generated", "bank_refuse", "bank_answer", "reassessment"]


class DutyOut(BaseModel):
    """A duty: when it falls due (null: nothing is owed), and how it stands today."""

    kind: _Kind
    due_on: date | None
    done_on: date | None
    standing: Literal["ahead", "soon", "today", "overdue"] | None


class ReportIn(Schema):
    """That a duty was done: the SHA-256 of the manifest, and how many items that holds."""

    kind: _Kind
    done_on: date | None = None
    """Today, if left out."""
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    items: Annotated[int, Field(ge=1, le=100_000_000)]
    note: Annotated[str, Field(max_length=500)] = ""


class ReportOut(BaseModel):
    """A report as it was taken."""

    kind: _Kind
    done_on: date
    due_on: date | None
    days_late: int
    digest: str
    items: int
    is_unchanged: bool
    is_short: bool


class UpdateIn(Schema):
    """A new version of the model."""

    version: Annotated[str, Field(min_length=1, max_length=80)]
    is_important: bool
    summary: Annotated[str, Field(max_length=1000)]
    updated_on: date | None = None
    """Today, if left out."""


def _find(request: HttpRequest, number: str, *, to_write: bool = False) -> Filing:
    mine = within_reach(request, filings_shown_to(user_of(request)))
    filing = get_object_or_404(mine, number=number)
    if to_write:
        check_may_write(request)
    return filing


@router.get(
    "/{number}",
    response={200: list[DutyOut], **_REFUSALS},
    operation_id="list_duties",
    summary="What is owed for a filing",
)
def list_duties(request: HttpRequest, number: str) -> list[DutyOut]:
    """Return what your organisation owes for one of its filings, soonest first."""
    today = localdate(now())
    return [
        DutyOut(
            kind=one.duty.kind,  # type: ignore[arg-type]  # the database allows these only
            due_on=one.duty.due_on,
            done_on=one.duty.done_on,
            standing=None if one.standing is None else one.standing.value,
        )
        for one in (shown(duty, today) for duty in _find(request, number).duties.all())
    ]


@router.post(
    "/{number}/reports",
    response={201: ReportOut, **_REFUSALS},
    operation_id="report_duty",
    summary="Report a duty as done",
)
def report_duty(request: HttpRequest, number: str, payload: ReportIn) -> Status[ReportOut]:
    """Report that the library or a bank was updated, or the service assessed again."""
    filing, at = _find(request, number, to_write=True), now()
    report = actions.report_duty(
        filing,
        kind=DutyKind(payload.kind),
        done_on=payload.done_on or localdate(at),
        digest=payload.digest,
        items=payload.items,
        note=payload.note,
        by=user_of(request),
        at=at,
    )
    return Status(201, _out(report))


@router.post(
    "/{number}/model-updates",
    response={201: list[DutyOut], **_REFUSALS},
    operation_id="report_model_update",
    summary="Report a new version of the model",
)
def report_model_update(request: HttpRequest, number: str, payload: UpdateIn) -> Status[list[DutyOut]]:
    """Report a new version of the model; returns what is owed since."""
    filing, at = _find(request, number, to_write=True), now()
    actions.report_update(
        filing,
        version=payload.version,
        is_important=payload.is_important,
        summary=payload.summary,
        updated_on=payload.updated_on or localdate(at),
        by=user_of(request),
        at=at,
    )
    return Status(201, list_duties(request, number))


def _out(report: DutyReport) -> ReportOut:
    return ReportOut(
        kind=report.kind,  # type: ignore[arg-type]  # the database allows these only
        done_on=report.done_on,
        due_on=report.due_on,
        days_late=report.days_late,
        digest=report.digest,
        items=report.items,
        is_unchanged=report.is_unchanged,
        is_short=report.is_short,
    )
