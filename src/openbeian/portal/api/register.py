"""The public half of the API: the register."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page
from ninja import Query, Router
from ninja.decorators import decorate_view

from openbeian.core.errors import NotNowError
from openbeian.portal.api.problems import Problem, TextOut
from openbeian.portal.api.schemas import ChangeOut, EntryOut, EntryPage, EntryQuery, TotalsOut
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.register import queries
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.register.stored_rows import sources_of
from openbeian.portal.web.downloads import attachment
from openbeian.trust.certificates import NOTICE
from openbeian_gate.verify.canonical import canonical

__all__ = ["entry_out", "router"]

router = Router(tags=["register"])


_OF_THE_ENTRY: Final = (
    *("key", "number", "route", "status", "status_since", "service_name", "model_name", "provider_name"),
    *("provider_name_en", "jurisdiction", "profile", "industry", "issued_on"),
    *("service_type", "base_number", "base_name"),
)
_OF_THE_FILING: Final = ("service_id", "edition", "status_until", "valid_until")
_READ: Final = (
    *(*_OF_THE_ENTRY, "provider_uscc", "sources", "round__series"),
    *(f"filing__{name}" for name in _OF_THE_FILING),
)


def entry_out(entry: RegisterEntry) -> EntryOut:
    """Return the entry as the API gives it."""
    filing = entry.filing
    values: dict[str, Any] = {name: getattr(entry, name) for name in _OF_THE_ENTRY}
    return EntryOut(
        **values,
        sources=sources_of(entry),
        origin="published_elsewhere" if filing is None else "filed_here",
        service_id=filing.service_id if filing else "",
        edition=filing.edition if filing else "",
        status_until=filing.status_until if filing else None,
        valid_until=filing.valid_until if filing else None,
        round=entry.round.series if entry.round else None,
    )


@router.get(
    "/entries", response={200: EntryPage, 422: Problem}, operation_id="list_entries", summary="Entries"
)
@decorate_view(conditional_page)
def list_entries(request: HttpRequest, wanted: Query[EntryQuery]) -> EntryPage:  # noqa: ARG001  the framework names it
    """Return entries of the register; `cursor` continues where the last page ended.

    What `search` is the very number or name of comes first, then the newest.
    """
    asked = wanted.dict(exclude={"cursor", "limit"})
    rows = RegisterEntry.objects.select_related("round", "filing").only(*_READ)
    page = search(Wanted(**asked), cursor=wanted.cursor, size=wanted.limit, rows=rows)
    return EntryPage(
        items=[entry_out(entry) for entry in page.entries],
        cursor=page.cursor,
        count=page.count,
        is_more=page.is_more,
        notice=TextOut(zh=NOTICE.zh, en=NOTICE.en),
    )


@router.get("/totals", response={200: TotalsOut}, operation_id="totals", summary="Totals")
@decorate_view(conditional_page)
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
@decorate_view(conditional_page)
def get_entry(request: HttpRequest, number: str) -> EntryOut:  # noqa: ARG001  the framework names it
    """Return the entry with this number, however it is capitalised or spaced, or with this service id."""
    filing = queries.find_entry(number)
    entry = queries.find_published(number) if filing is None else filing.register_entry
    if entry is None:
        raise Http404
    return entry_out(entry)


@router.get(
    "/entries/{number}/history",
    response={200: list[ChangeOut], 404: Problem},
    operation_id="get_history",
    summary="History of changes",
)
@decorate_view(conditional_page)
def get_history(request: HttpRequest, number: str) -> list[ChangeOut]:  # noqa: ARG001  the framework names it
    """Return every step of the filing and of the application before it, oldest first, as the log has them."""
    return [
        ChangeOut(at=one.at, kind=one.kind, subject=one.subject, log_index=one.index, leaf_hash=one.leaf_hash)
        for one in queries.course_of(_find(number))
    ]


@router.get(
    "/entries/{number}/certificate",
    response={200: dict[str, Any], 404: Problem},
    operation_id="get_certificate",
    summary="Certificate",
)
@decorate_view(conditional_page)
def get_certificate(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  the framework names it
    """Return the signed certificate file; `beian-gate verify` verifies it offline."""
    filing = _find(number)
    data = canonical(filing.certificate) + b"\n"
    return attachment(data, "application/json", f"{filing.number}.json")


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
    proof = open_log().proof_file(index)
    return attachment(proof, "application/octet-stream", f"{filing.number}.tlog-proof")


def _find(number: str) -> Filing:
    filing = queries.find_entry(number)
    if filing is None:
        raise Http404
    return filing
