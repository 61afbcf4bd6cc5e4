"""What platforms' gates report: how they have answered, and which services they saw that are not on file."""

from typing import Final

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel

from openbeian.clock import now
from openbeian.core.errors import BadInputError
from openbeian.portal.api.keys import KEY_ONLY, platform_of, user_of
from openbeian.portal.api.problems import Problem
from openbeian.portal.sightings.actions import receive_report
from openbeian_gate.verify.report import MAX_REPORT_BYTES, REPORT_SCHEMA

__all__ = ["router"]

router = Router(tags=["sightings"])

_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": f"A document of the schema {REPORT_SCHEMA} (schemas/gate-report.json), "
        "as `beian-gate` sends it with --report-to.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class TooLargeError(BadInputError):
    """The body is larger than a report may be."""

    code = "too_large"
    http_status = 413


class ReceivedOut(BaseModel):
    """What became of a report."""

    id: str
    is_new: bool
    """False where the same report had come before; it is counted once."""


@router.post(
    "",
    auth=KEY_ONLY,
    response={
        200: ReceivedOut,
        201: ReceivedOut,
        401: Problem,
        403: Problem,
        409: Problem,
        413: Problem,
        422: Problem,
        429: Problem,
    },
    operation_id="report_sightings",
    summary="Take in a gate's report",
    openapi_extra=_BODY,
)
def report_sightings(request: HttpRequest) -> Status[ReceivedOut]:
    """Take in a report: 201 where it is new, 200 where it had come before."""
    platform = platform_of(request)
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MAX_REPORT_BYTES:
        raise TooLargeError(
            f"报告须写明长度，且不超过 {MAX_REPORT_BYTES} 字节。",
            f"A report has to give its length, at most {MAX_REPORT_BYTES} bytes.",
        )
    report, is_new = receive_report(request.body, organisation=platform, by=user_of(request), at=now())
    return Status(201 if is_new else 200, ReceivedOut(id=report.report_id, is_new=is_new))
