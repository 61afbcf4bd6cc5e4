"""Petitions over the API: the provider's side, the same actions as the pages'."""

from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Body, File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import BaseModel

from openbeian.clock import now
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PetitionKind
from openbeian.portal.api.asking import within_reach
from openbeian.portal.api.keys import AUTH, check_may_write, providers_of, user_of
from openbeian.portal.api.problems import Problem
from openbeian.portal.api.schemas import AttachmentOut, FactsIn, FindingOut
from openbeian.portal.applications.models import Application
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.checking import files_of
from openbeian.portal.petitions.models import Petition, PetitionFile
from openbeian.portal.petitions.queries import petitions_seen_by

__all__ = ["GroundsIn", "PetitionIn", "PetitionOut", "router"]

router = Router(tags=["petitions"], auth=AUTH)
_REFUSALS: Final[dict[int, Any]] = dict.fromkeys((401, 403, 404, 409, 422, 503), Problem)


class PetitionIn(Schema):
    """What to ask, about which application, or the filing it led to."""

    application: str
    kind: PetitionKind
    grounds: str = ""


class GroundsIn(Schema):
    """Why it is asked; the day is that of the change, or of the end of the service."""

    grounds: str
    happened_on: date | None = None


class PetitionOut(BaseModel):
    """Where a petition stands. `due_on` is the last day for the office to decide; null while it is yours."""

    reference: str
    kind: str
    application: str
    number: str | None
    status: str
    status_since: datetime
    waiting_for: str | None
    levels: list[str]
    grounds: str
    happened_on: date | None
    ask_by: date | None
    due_on: date | None
    changes: dict[str, Any]
    before: dict[str, Any]
    files: list[AttachmentOut]
    findings: list[FindingOut]
    return_code: str
    return_reason: str


def _mine(request: HttpRequest) -> QuerySet[Petition]:
    """Return the petitions the request may touch; all others are not found."""
    return within_reach(request, petitions_seen_by(user_of(request)))


def _find(request: HttpRequest, reference: str, *, to_write: bool = False) -> Petition:
    found = get_object_or_404(_mine(request), reference=reference)
    if to_write:
        check_may_write(request)
    return found


@router.post(
    "",
    response={201: PetitionOut, **_REFUSALS},
    operation_id="draw_up_petition",
    summary="Begin a petition",
)
def draw_up_petition(request: HttpRequest, payload: PetitionIn) -> Status[PetitionOut]:
    """Ask about a refused application of yours, or about the filing an application led to."""
    own = Application.objects.filter(provider__in=providers_of(request))
    application = get_object_or_404(own, reference=payload.application)
    check_may_write(request)
    made = actions.draw_up(
        application, kind=payload.kind, grounds=payload.grounds, by=user_of(request), at=now()
    )
    return Status(201, _out(made))


@router.get(
    "",
    response={200: list[PetitionOut], 401: Problem, 403: Problem},
    operation_id="list_petitions",
    summary="Your petitions",
)
def list_petitions(request: HttpRequest) -> list[PetitionOut]:
    """Return the petitions of your organisation, newest first."""
    return [_out(one) for one in _mine(request)]


@router.get(
    "/{reference}",
    response={200: PetitionOut, **_REFUSALS},
    operation_id="get_petition",
    summary="Where a petition stands",
)
def get_petition(request: HttpRequest, reference: str) -> PetitionOut:
    """Return the petition: status, who has it, by when it is to be decided."""
    return _out(_find(request, reference))


@router.put(
    "/{reference}/grounds",
    response={200: PetitionOut, **_REFUSALS},
    operation_id="put_grounds",
    summary="Say why",
)
def put_grounds(request: HttpRequest, reference: str, payload: GroundsIn) -> PetitionOut:
    """Keep the grounds and, for a change or an end, the day it happened."""
    found = _find(request, reference, to_write=True)
    return _out(actions.save_grounds(found, **payload.dict(), by=user_of(request), at=now()))


@router.put(
    "/{reference}/changes",
    response={200: PetitionOut, **_REFUSALS},
    operation_id="put_changes",
    summary="Name what changes",
)
def put_changes(request: HttpRequest, reference: str, payload: Body[FactsIn]) -> PetitionOut:
    """Name entries of the form and what they become; what is the same as on file is taken out again."""
    found = _find(request, reference, to_write=True)
    return _out(actions.change_entries(found, payload, by=user_of(request), at=now()))


@router.post(
    "/{reference}/files",
    response={201: AttachmentOut, **_REFUSALS},
    operation_id="add_petition_file",
    summary="Add a file to a petition",
)
def add_petition_file(
    request: HttpRequest, reference: str, kind: Form[str], file: File[UploadedFile]
) -> Status[AttachmentOut]:
    """Add a file (multipart); a present one of the same name gives way to it."""
    found = _find(request, reference, to_write=True)
    added = actions.attach(
        found, kind=kind, name=file.name or "", chunks=file.chunks(), by=user_of(request), at=now()
    )
    return Status(201, _file_out(added))


@router.post(
    "/{reference}/hand-in",
    response={200: PetitionOut, **_REFUSALS},
    operation_id="hand_in_petition",
    summary="Hand a petition in",
)
def hand_in_petition(request: HttpRequest, reference: str) -> PetitionOut:
    """Hand the petition in; when it was returned, hand it in again."""
    found = _find(request, reference, to_write=True)
    return _out(actions.hand_in(found, by=user_of(request), at=now()))


@router.post(
    "/{reference}/drop",
    response={200: PetitionOut, **_REFUSALS},
    operation_id="drop_petition",
    summary="Drop a petition",
)
def drop_petition(request: HttpRequest, reference: str) -> PetitionOut:
    """Take the petition back for good."""
    found = _find(request, reference, to_write=True)
    return _out(actions.drop(found, by=user_of(request), at=now()))


def _out(petition: Petition) -> PetitionOut:
    owner = PETITION_OWNERS[petition.state]
    return PetitionOut(
        reference=petition.reference,
        kind=petition.kind,
        application=petition.application.reference,
        number=None if petition.filing is None else petition.filing.number,
        status=petition.status,
        status_since=petition.status_since,
        waiting_for=None if owner is None else owner.value,
        levels=petition.levels,
        grounds=petition.grounds,
        happened_on=petition.happened_on,
        ask_by=petition.ask_by,
        due_on=petition.due_on,
        changes=petition.changes,
        before=petition.before,
        files=[_file_out(one) for one in files_of(petition)],
        findings=[FindingOut(**one) for one in petition.findings],
        return_code=petition.return_code,
        return_reason=petition.return_reason,
    )


def _file_out(file: PetitionFile) -> AttachmentOut:
    return AttachmentOut(id=file.pk, kind=file.kind, name=file.name, sha256=file.sha256, size=file.size)
