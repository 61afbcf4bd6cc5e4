"""The public half of the API: the register."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from openbeian.core.errors import NotNowError
from openbeian.portal.api.problems import Problem, TextOut
from openbeian.portal.api.schemas import EntryOut, EntryPage, EntryQuery, TotalsOut
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.register import queries
from openbeian.trust.certificates import NOTICE
from openbeian_gate.verify.canonical import canonical

__all__ = ["entry_out", "router"]

router = Router(tags=["register"])


def entry_out(filing: Filing) -> EntryOut:
    """Return the entry as the API gives it."""
    values: dict[str, Any] = {
        name: getattr(filing, name) for name in EntryOut.model_fields if name != "round"
    }
    return EntryOut(**values, round=filing.round.series)


@router.get(
    "/entries", response={200: EntryPage, 422: Problem}, operation_id="list_entries", summary="Entries"
)
def list_entries(request: HttpRequest, wanted: Query[EntryQuery]) -> EntryPage:  # noqa: ARG001  the framework names it
    """Return entries of the register, newest first; `cursor` continues where the last page ended."""
    found = queries.entries(search=wanted.search, jurisdiction=wanted.jurisdiction, status=wanted.status)
    if wanted.cursor is not None:
        found = found.filter(pk__lt=wanted.cursor)
    rows = list(found[: wanted.limit + 1])
    more = len(rows) > wanted.limit
    return EntryPage(
        items=[entry_out(row) for row in rows[: wanted.limit]],
        cursor=rows[wanted.limit - 1].pk if more else None,
        notice=TextOut(zh=NOTICE.zh, en=NOTICE.en),
    )


@router.get("/totals", response={200: TotalsOut}, operation_id="totals", summary="Totals")
def totals(request: HttpRequest) -> TotalsOut:  # noqa: ARG001  the framework names it
    """Return how many services are on file."""
    counted = queries.totals()
    return TotalsOut(
        filings=counted.filings,
        registrations=counted.registrations,
        by_status=dict(counted.by_status),
        by_jurisdiction=dict(counted.by_jurisdiction),
    )


@router.get(
    "/entries/{number}",
    response={200: EntryOut, 404: Problem},
    operation_id="get_entry",
    summary="Entry",
)
def get_entry(request: HttpRequest, number: str) -> EntryOut:  # noqa: ARG001  the framework names it
    """Return the entry with this number, however it is capitalised or spaced, or with this service id."""
    return entry_out(_find(number))


@router.get(
    "/entries/{number}/certificate",
    response={200: dict[str, Any], 404: Problem},
    operation_id="get_certificate",
    summary="Certificate",
)
def get_certificate(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return the signed certificate file; `beian-gate check` verifies it offline."""
    filing = _find(number)
    response = HttpResponse(canonical(filing.certificate) + b"\n", content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{filing.number}.json"'
    return response


@router.get(
    "/entries/{number}/proof",
    response={200: bytes, 404: Problem, 409: Problem, 503: Problem},
    operation_id="get_proof",
    summary="Proof of inclusion in the log",
)
def get_proof(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return the `.tlog-proof` file that shows the certificate's issue to be in the public log."""
    filing = _find(number)
    index = filing.log_entry.index
    if index is None:
        raise NotNowError(
            "日志条目尚未发布；请几秒后再试。",
            "The log entry is not published yet; try again in a few seconds.",
        )
    response = HttpResponse(open_log().proof_file(index), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{filing.number}.tlog-proof"'
    return response


def _find(number: str) -> Filing:
    filing = queries.find_entry(number)
    if filing is None:
        raise Http404
    return filing
