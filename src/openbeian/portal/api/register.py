"""The public half of the API: the register."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from openbeian.core.text import Text
from openbeian.portal.api.problems import Problem
from openbeian.portal.api.schemas import EntryOut, EntryPage, TotalsOut
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.register import queries
from openbeian_gate.verify.canonical import canonical
from openbeian.trust.certificates import NOTICE

__all__ = ["entry_out", "router"]

router = Router(tags=["register"])
_MOST = 200


def entry_out(filing: Filing) -> EntryOut:
    """Return the entry as the API gives it."""
    values: dict[str, Any] = {
        name: getattr(filing, name) for name in EntryOut.model_fields if name != "round"
    }
    return EntryOut(**values, round=filing.round.series)


@router.get(
    "/entries", response={200: EntryPage, 422: Problem}, operation_id="list_entries", summary="Entries"
)
def list_entries(
    request: HttpRequest,
    search: str = "",
    jurisdiction: str = "",
    status: str = "",
    cursor: int | None = None,
    limit: int = 50,
) -> EntryPage:
    """Return entries of the register, newest first; `cursor` continues where the last page ended."""
    found = queries.entries(search=search, jurisdiction=jurisdiction, status=status)
    if cursor is not None:
        found = found.filter(pk__lt=cursor)
    size = min(max(limit, 1), _MOST)
    rows = list(found[: size + 1])
    more = len(rows) > size
    return EntryPage(
        items=[entry_out(row) for row in rows[:size]],
        cursor=rows[size - 1].pk if more else None,
        notice=_text(NOTICE),
    )


@router.get("/totals", response={200: TotalsOut}, operation_id="totals", summary="Totals")
def totals(request: HttpRequest) -> TotalsOut:
    """Return how many services are on file."""
    counted = queries.totals()
    return TotalsOut(
        filings=counted.filings,
        registrations=counted.registrations,
        by_status=dict(counted.by_status),
        by_jurisdiction=dict(counted.by_jurisdiction),
    )
