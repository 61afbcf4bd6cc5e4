"""The register as anybody may read it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.filings.queries import canonical_number, find_entry
from openbeian.portal.filings.search import query_tokens
from openbeian.portal.log.models import Entry

__all__ = ["Totals", "canonical_number", "entries", "find_entry", "history_of", "newest_round", "totals"]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many services are on file. Filings and registrations are two series and never added up."""

    filings: int
    registrations: int
    by_status: Mapping[str, int]
    by_jurisdiction: Mapping[str, int]
    """Filings that are valid or suspended, by jurisdiction."""


def entries(
    *, search: str = "", jurisdiction: str = "", status: str = "", route: str = ""
) -> QuerySet[Filing]:
    """Return the entries that match everything given, newest first."""
    found = Filing.objects.select_related("round")
    wanted = {"jurisdiction": jurisdiction, "status": status, "route": route}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    for token in query_tokens(search):
        found = found.filter(search_tokens__contains=token)
    return found


def totals() -> Totals:
    """Count the register."""
    rows = Filing.objects.order_by().values_list("route", "status", "jurisdiction").annotate(Count("id"))
    routes, statuses, places = Counter[str](), Counter[str](), Counter[str]()
    for route, status, jurisdiction, count in rows:
        routes[route] += count
        if route == "filing":
            statuses[status] += count
            if status in {"valid", "suspended"}:
                places[jurisdiction] += count
    return Totals(routes["filing"], routes["registration"], dict(statuses), dict(places))


def history_of(filing: Filing) -> QuerySet[Entry]:
    """Return the log entries about a filing, oldest first."""
    return Entry.objects.filter(subject=filing.number)


def newest_round() -> Round | None:
    """Return the round published last, with how many filings it has (`size`)."""
    published = Round.objects.filter(published_at__isnull=False)
    return published.annotate(size=Count("filings")).order_by("-published_at").first()
