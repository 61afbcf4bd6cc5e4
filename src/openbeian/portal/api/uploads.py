"""Large files in pieces: announced, sent from where they stopped, and taken in once their hash is right.

`POST …/uploads` announces, `HEAD` says how much has arrived, `PATCH` sends the next piece, and
`POST …/completion` takes the file in. To go on after a break, announce the same file again.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Header, Router, Status

from openbeian.clock import now
from openbeian.portal.api.asking import find_application
from openbeian.portal.api.keys import AUTH, user_of
from openbeian.portal.api.outputs import attachment_out, taken_out
from openbeian.portal.api.problems import REFUSALS
from openbeian.portal.api.schemas import ReceivedOut, UploadIn, UploadOut
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Upload

__all__ = ["router"]

router = Router(tags=["applications"], auth=AUTH)
_BLOCK: Final = 1 << 20
_PIECE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The next bytes of the file, 16 MiB at most.",
        "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _find(request: HttpRequest, reference: str, upload_id: str) -> Upload:
    application = find_application(request, reference, to_write=True)
    return get_object_or_404(application.uploads.select_related("application"), key=upload_id)


@router.post(
    "/{reference}/uploads",
    response={201: UploadOut, **REFUSALS},
    operation_id="start_upload",
    summary="Announce a file",
)
def start_upload(request: HttpRequest, reference: str, payload: UploadIn) -> Status[UploadOut]:
    """Announce a file by size and SHA-256; the same one announced again goes on where it stopped."""
    application = find_application(request, reference, to_write=True)
    upload = actions.start_upload(application, **payload.dict(), by=user_of(request), at=now())
    return Status(201, _out(upload))


@router.api_operation(
    ["HEAD"],
    "/{reference}/uploads/{upload_id}",
    response={200: None, **REFUSALS},
    operation_id="head_upload",
    summary="How much has arrived",
)
def head_upload(request: HttpRequest, reference: str, upload_id: str, response: HttpResponse) -> Status[None]:
    """Say in `Upload-Offset` how many bytes have arrived, in `Upload-Length` how many were announced."""
    _tell(response, _find(request, reference, upload_id))
    return Status(200, None)


@router.patch(
    "/{reference}/uploads/{upload_id}",
    response={200: UploadOut, **REFUSALS},
    operation_id="send_piece",
    summary="Send the next piece",
    openapi_extra=_PIECE,
)
def send_piece(
    request: HttpRequest,
    reference: str,
    upload_id: str,
    response: HttpResponse,
    upload_offset: Header[int],
) -> UploadOut:
    """Keep the bytes of the body, which begin at `Upload-Offset`; 409 where that is not the next byte."""
    upload = _find(request, reference, upload_id)
    changed = actions.receive_piece(
        upload, _body(request), offset=upload_offset, by=user_of(request), at=now()
    )
    _tell(response, changed)
    return _out(changed)


@router.post(
    "/{reference}/uploads/{upload_id}/completion",
    response={201: ReceivedOut, **REFUSALS},
    operation_id="finish_upload",
    summary="Take the file in",
)
def finish_upload(request: HttpRequest, reference: str, upload_id: str) -> Status[ReceivedOut]:
    """Check hash, type and, where a scanner is configured, malware; then attach it or unpack the dossier."""
    upload = _find(request, reference, upload_id)
    received = actions.finish_upload(upload, by=user_of(request), at=now())
    return Status(
        201,
        ReceivedOut(
            attachment=attachment_out(received.attachment) if received.attachment else None,
            dossier=taken_out(received.taken) if received.taken else None,
        ),
    )


@router.delete(
    "/{reference}/uploads/{upload_id}",
    response={204: None, **REFUSALS},
    operation_id="cancel_upload",
    summary="Forget an upload",
)
def cancel_upload(request: HttpRequest, reference: str, upload_id: str) -> Status[None]:
    """Forget an unfinished upload and what arrived of it."""
    actions.cancel_upload(_find(request, reference, upload_id), by=user_of(request), at=now())
    return Status(204, None)


def _body(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(_BLOCK):
        yield block


def _tell(response: HttpResponse, upload: Upload) -> None:
    response["Upload-Offset"] = str(upload.received)
    response["Upload-Length"] = str(upload.size)
    response["Cache-Control"] = "no-store"


def _out(upload: Upload) -> UploadOut:
    return UploadOut(
        id=upload.key,
        kind=upload.kind,
        name=upload.name,
        size=upload.size,
        sha256=upload.sha256,
        offset=upload.received,
    )
