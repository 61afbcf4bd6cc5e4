"""Filed models as bases: looked up by number, and what hangs on each."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse

from openbeian.core.lifecycle import ApplicationStatus, FilingStatus, is_final
from openbeian.portal.applications.base_models import BaseModel
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.search import digest
from openbeian.published.names import number_key

__all__ = ["Hanging", "find_base", "hanging_on", "tell_hanging", "without_base"]


class Hanging(NamedTuple):
    """What rests on one filed model: entries of the register, and applications under way."""

    entries: QuerySet[RegisterEntry]
    applications: QuerySet[Application]


def find_base(number: str) -> BaseModel | None:
    """Return the filed model with this number, however it is written; a registration is no base."""
    rows = RegisterEntry.objects.filter(number_digest=digest("number", number), route="filing")
    entry = rows.only("number", "service_name", "model_name", "provider_name", "status", "key").first()
    if entry is None:
        return None
    name = entry.model_name or entry.service_name
    address = reverse("register:entry", args=[entry.key])
    return BaseModel(entry.number, name, entry.provider_name, entry.status, address)


def hanging_on(filing: Filing) -> Hanging:
    """Return what calls the model of `filing` or was made from it, the oldest first."""
    entries = RegisterEntry.objects.filter(base_digest=digest("number", filing.number))
    under_way = [status.value for status in ApplicationStatus if not is_final(status)]
    applications = Application.objects.filter(
        base_key=number_key(filing.number), status__in=under_way
    ).exclude(status=ApplicationStatus.DRAFT.value)
    return Hanging(
        entries.defer("sources", "search_tokens").order_by("id"),
        applications.select_related("provider").defer("facts", "findings").order_by("id"),
    )


def tell_hanging(filing: Filing, *, by: Person, at: datetime) -> None:
    """Write into the trail of all that rests on a filed model how its filing stands now; notices follow it.

    Call it inside the transaction that changed the status. A draft is not told: it is looked up as it is
    handed in.
    """
    if filing.route != "filing":
        return
    found = hanging_on(filing)
    base = {"base": filing.number, "base_status": filing.status}
    filings = Filing.objects.filter(register_entry__in=found.entries.values("pk"))
    for one in [*filings.order_by("pk"), *found.applications]:
        record(f"{one._meta.model_name}.base_changed", one, by=by, at=at, **base)  # noqa: SLF001  documented


def without_base(entries: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    """Return those of `entries` that are valid registrations of a model whose filing is not."""
    not_valid = RegisterEntry.objects.filter(route="filing").exclude(status=FilingStatus.VALID.value)
    lost = not_valid.exclude(number_digest="").values("number_digest")
    return entries.filter(route="registration", status=FilingStatus.VALID.value, base_digest__in=lost).defer(
        "sources", "search_tokens"
    )
