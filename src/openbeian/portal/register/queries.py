"""The register as anybody may read it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from openbeian.core.register_counts import ON_FILE
from openbeian.portal.filings.models import Filing, RegisterEntry, Round
from openbeian.portal.filings.queries import canonical_number, find_entry
from openbeian.portal.filings.search import digest
from openbeian.portal.log.models import Entry
from openbeian.portal.tallies.queries import cells

__all__ = [
    "Totals",
    "canonical_number",
    "course_of",
    "entries",
    "find_entry",
    "find_published",
    "history_of",
    "newest_round",
    "totals",
]


@dataclass(frozen=True, slots=True)
class Totals:
    """How many services are on file. Filings and registrations are two series and never added up."""

    filings: int
    registrations: int
    by_status: Mapping[str, int]
    by_jurisdiction: Mapping[str, int]
    """Filings that are valid or suspended, by jurisdiction."""
    published_elsewhere: int
    """Filings counted above that were taken from published lists."""


def entries() -> QuerySet[RegisterEntry]:
    """Return every entry, newest first."""
    return RegisterEntry.objects.select_related("round")


def totals() -> Totals:
    """Return how many services are on file, from the tallies."""
    routes, statuses, places = Counter[str](), Counter[str](), Counter[str]()
    elsewhere = 0
    for (route, status, origin, _), count in cells("origin"):
        routes[route] += count
        if route == "filing":
            statuses[status] += count
            elsewhere += count if origin == "published_elsewhere" else 0
    for (_, jurisdiction, status, _), count in cells("place", ["filing"]):
        places[jurisdiction] += count if status in ON_FILE else 0
    on_file = {code: count for code, count in places.items() if count}
    return Totals(routes["filing"], routes["registration"], dict(statuses), on_file, elsewhere)


def find_published(key: str) -> RegisterEntry | None:
    """Return the entry that somebody else published, by its address or number; None where there is none."""
    return RegisterEntry.objects.filter(
        Q(key=key) | Q(number_digest=digest("number", key)), filing=None
    ).first()


def history_of(filing: Filing) -> QuerySet[Entry]:
    """Return the log entries about a filing, oldest first."""
    return Entry.objects.filter(subject=filing.number)


def course_of(filing: Filing) -> QuerySet[Entry]:
    """Return the log entries about a filing and the application it came of, oldest first.

    The certificate is told of once: of the two entries it makes, the one that carries its hash.
    """
    of_both = Entry.objects.filter(subject__in=(filing.number, filing.application.reference))
    return of_both.exclude(kind="application.certify")


def newest_round() -> Round | None:
    """Return the round published last, with how many filings it has (`size`)."""
    published = Round.objects.filter(published_at__isnull=False).order_by("-published_at")
    # Found first and counted then: to count every round's would read all filings.
    return Round.objects.filter(pk__in=published.values("pk")[:1]).annotate(size=Count("filings")).first()
