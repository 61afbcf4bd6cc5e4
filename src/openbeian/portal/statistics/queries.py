"""Reading what is counted: the entries of the register, and the course of the applications behind them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min

from openbeian.core.register_counts import RegisterRow
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.filings.models import Filing, RegisterEntry

__all__ = ["Course", "course", "has_demo", "register_rows"]

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Course:
    """How applications fared at the offices."""

    days: Mapping[str, list[int]]
    """Calendar days from the first handing in to the certificate, by jurisdiction, of what is certified."""
    corrections: Mapping[str, int]
    """How often each item of the form or threshold was asked to be corrected."""
    versions: Mapping[int, int]
    """How many certified applications were handed in so many times."""
    statuses: Mapping[str, int]
    """How many applications have each status; drafts are nobody's business and left out."""


def register_rows() -> list[RegisterRow]:
    """Return every entry, as it is counted."""
    rows = RegisterEntry.objects.order_by().values_list(
        *("route", "jurisdiction", "status", "issued_on", "round__series", "industry"),
        *("provider_uscc", "provider_name"),
    )
    return [
        RegisterRow(route, place, status, on, number, industry, uscc or name)
        for route, place, status, on, number, industry, uscc, name in rows.iterator(chunk_size=_AT_ONCE)
    ]


def has_demo() -> bool:
    """Say whether something counted was assessed with a reduced sample."""
    return RegisterEntry.objects.exclude(profile="").exists()


def course() -> Course:
    """Return how applications fared."""
    certified = (
        Filing.objects.annotate(first=Min("application__versions__submitted_at"))
        .order_by()
        .values_list("jurisdiction", "first", "issued_on", "application__version")
    )
    days: dict[str, list[int]] = {}
    versions = Counter[int]()
    for jurisdiction, first, issued_on, version in certified.iterator():
        days.setdefault(jurisdiction, []).append((issued_on - first.date()).days)
        versions[version] += 1
    corrections = Correction.objects.order_by().values_list("item").annotate(Count("id"))
    statuses = Application.objects.exclude(version=0).order_by().values_list("status").annotate(Count("id"))
    return Course(days, dict(corrections), dict(sorted(versions.items())), dict(statuses))
