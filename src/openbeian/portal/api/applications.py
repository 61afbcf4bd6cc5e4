"""The providers' half of the API: the same actions as the form's."""

from collections.abc import Iterable
from typing import Final

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from ninja import Body, File, Form, Router, Status
from ninja.files import UploadedFile

from openbeian.clock import now
from openbeian.core.lifecycle import OWNERS
from openbeian.portal.api.asking import applications_of, find_application, provider_of
from openbeian.portal.api.keys import AUTH, check_may_write, user_of
from openbeian.portal.api.outputs import attachment_out, finding_out
from openbeian.portal.api.problems import REFUSALS, TextOut
from openbeian.portal.api.schemas import (
    ApplicationIn,
    ApplicationOut,
    AttachmentOut,
    CorrectionOut,
    FactsIn,
    FindingOut,
    ReplyIn,
    ValidationOut,
)
from openbeian.portal.applications import actions
from openbeian.portal.applications.confirmations import unconfirmed_posts
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.applications.queries import attachments_of, present_attachments
from openbeian.portal.applications.standing import build_standing

__all__ = ["router"]

router = Router(tags=["applications"], auth=AUTH)
_MOST_LISTED: Final = 30
_SHOWN: Final = ("provider", "clock", "filing", "attachments", "corrections__origin", "confirmations")
"""What is read of all that are shown, at once."""


@router.post(
    "",
    response={201: ApplicationOut, **REFUSALS},
    operation_id="create_application",
    summary="Begin an application",
)
def create_application(request: HttpRequest, payload: ApplicationIn) -> Status[ApplicationOut]:
    """Begin an application of your organisation."""
    check_may_write(request)
    made = actions.create(
        provider_of(request),
        edition=payload.edition,
        profile=payload.profile,
        facts=payload.facts,
        by=user_of(request),
        at=now(),
    )
    return Status(201, _out(made))


@router.get(
    "",
    response={200: list[ApplicationOut], 401: REFUSALS[401], 404: REFUSALS[404]},
    operation_id="list_applications",
    summary="Your applications",
)
def list_applications(request: HttpRequest, before: str = "") -> list[ApplicationOut]:
    """Return the applications of your organisation, newest first, 30 at most; an auditor gets everybody's.

    The next ones are those `before` the last reference.
    """
    listed = applications_of(request)
    if before:
        listed = listed.filter(pk__lt=get_object_or_404(listed, reference=before).pk)
    return _all_out(listed[:_MOST_LISTED])


@router.get(
    "/{reference}",
    response={200: ApplicationOut, **REFUSALS},
    operation_id="get_application",
    summary="Where it stands",
)
def get_application(request: HttpRequest, reference: str) -> ApplicationOut:
    """Return the application: status, who has it, what is to be corrected."""
    return _out(find_application(request, reference))


@router.put(
    "/{reference}/facts",
    response={200: ApplicationOut, **REFUSALS},
    operation_id="put_facts",
    summary="Fill in the form",
)
def put_facts(request: HttpRequest, reference: str, payload: Body[FactsIn]) -> ApplicationOut:
    """Keep these entries of the form; entries not named stay as they are, empty ones are taken out."""
    application = find_application(request, reference, to_write=True)
    return _out(actions.save_facts(application, payload, by=user_of(request), at=now()))


@router.post(
    "/{reference}/attachments",
    response={201: AttachmentOut, **REFUSALS},
    operation_id="add_attachment",
    summary="Add a file",
)
def add_attachment(
    request: HttpRequest, reference: str, file: File[UploadedFile], kind: Form[str] = ""
) -> Status[AttachmentOut]:
    """Add a file (multipart); a present one of the same name gives way to it. No kind: its name tells."""
    application = find_application(request, reference, to_write=True)
    attachment = actions.attach(
        application,
        kind=kind,
        name=file.name or "",
        chunks=file.chunks(),
        by=user_of(request),
        at=now(),
    )
    return Status(201, attachment_out(attachment))


@router.delete(
    "/{reference}/attachments/{attachment_id}",
    response={204: None, **REFUSALS},
    operation_id="remove_attachment",
    summary="Take a file out",
)
def remove_attachment(request: HttpRequest, reference: str, attachment_id: int) -> Status[None]:
    """Take a file out of the next version."""
    application = find_application(request, reference, to_write=True)
    attachment = get_object_or_404(attachments_of(application), pk=attachment_id)
    actions.detach(attachment, by=user_of(request), at=now())
    return Status(204, None)


@router.get(
    "/{reference}/validation",
    response={200: ValidationOut, **REFUSALS},
    operation_id="validate_application",
    summary="Dry run",
)
def validate_application(request: HttpRequest, reference: str) -> ValidationOut:
    """Return what the office's own checks find now; leaves no trace."""
    findings = actions.validate(find_application(request, reference))
    return ValidationOut(
        may_be_submitted=all(finding.severity != "error" for finding in findings),
        findings=[finding_out(finding) for finding in findings],
    )


@router.post(
    "/{reference}/submit",
    response={200: ApplicationOut, **REFUSALS},
    operation_id="submit_application",
    summary="Hand it in",
)
def submit_application(request: HttpRequest, reference: str) -> ApplicationOut:
    """Hand the application in; while it is back for correction, hand it in again."""
    application = find_application(request, reference, to_write=True)
    act = actions.resubmit if application.version else actions.submit
    return _out(act(application, by=user_of(request), at=now()))


@router.post(
    "/{reference}/withdraw",
    response={200: ApplicationOut, **REFUSALS},
    operation_id="withdraw_application",
    summary="Withdraw it",
)
def withdraw_application(request: HttpRequest, reference: str) -> ApplicationOut:
    """Take the application back for good."""
    application = find_application(request, reference, to_write=True)
    return _out(actions.withdraw(application, by=user_of(request), at=now()))


@router.put(
    "/{reference}/corrections/{correction_id}/reply",
    response={200: CorrectionOut, **REFUSALS},
    operation_id="reply_to_correction",
    summary="Answer a correction",
)
def reply_to_correction(
    request: HttpRequest, reference: str, correction_id: int, payload: ReplyIn
) -> CorrectionOut:
    """Say how an item was corrected; may be changed until the application is handed in again."""
    application = find_application(request, reference, to_write=True)
    correction = get_object_or_404(application.corrections, pk=correction_id)
    return _correction_out(actions.reply(correction, text=payload.text, by=user_of(request), at=now()))


def _out(application: Application) -> ApplicationOut:
    return _all_out([application])[0]


def _all_out(applications: Iterable[Application]) -> list[ApplicationOut]:
    rows = list(applications)
    prefetch_related_objects(rows, *_SHOWN)
    return [_row_out(one) for one in rows]


def _row_out(application: Application) -> ApplicationOut:
    owner = OWNERS[application.state]
    standing = build_standing(application, on=localdate(now()))
    filing = getattr(application, "filing", None)
    return ApplicationOut(
        reference=application.reference,
        status=application.status,
        status_since=application.status_since,
        waiting_for=None if owner is None else owner.value,
        next_step=TextOut(**standing.next_step._asdict()),
        due_on=standing.due.on if standing.due else None,
        jurisdiction=application.jurisdiction,
        route=application.route,
        edition=application.edition,
        profile=application.profile,
        service_id=application.service_id,
        version=application.version,
        facts=application.facts,
        attachments=[attachment_out(one) for one in present_attachments(application)],
        corrections=[_correction_out(one) for one in application.corrections.all()],
        findings=[FindingOut(**finding) for finding in application.findings],
        to_be_confirmed=unconfirmed_posts(application),
        number=None if filing is None else filing.number,
    )


def _correction_out(correction: Correction) -> CorrectionOut:
    return CorrectionOut(
        id=correction.pk,
        item=correction.item,
        text=correction.text,
        reason_code=correction.origin.reason_code if hasattr(correction, "origin") else "other",
        status=correction.status,  # type: ignore[arg-type]  # the database allows these three only
        reply=correction.reply,
        raised_at=correction.raised_at,
    )
