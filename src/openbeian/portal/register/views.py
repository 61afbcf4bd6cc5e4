"""The public register: how many, where, what is new; every entry; is this on file?"""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openbeian.core.lifecycle import FilingStatus
from openbeian.core.text import Text
from openbeian.portal.applications.figures import figures_in, report_of
from openbeian.portal.applications.steps import current_version
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.log.queries import published_size
from openbeian.portal.petitions.queries import versions_of
from openbeian.portal.petitions.showing import public_rows
from openbeian.portal.register import queries
from openbeian.portal.register.addresses import check_address
from openbeian.portal.register.base_models import base_models, base_of, callers_of
from openbeian.portal.register.classes import said_of
from openbeian.portal.register.forms import SearchForm
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.register.stored_rows import row_of
from openbeian.portal.register.tiles import build_tiles, leading, off_grid
from openbeian.portal.web.labels import FACT_LABELS
from openbeian.portal.web.words import now
from openbeian.published import FIELDS, load_fact_sources
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate

__all__ = ["entries", "entry", "front", "jurisdictions", "jurisdictions_csv", "lookup", "models"]

_NEWEST: Final = 8
_ON_A_PAGE: Final = 50
_SUGGESTED: Final = 5
_CALLERS: Final = 10
_MODELS: Final = 200
_ENDED: Final = (FilingStatus.REVOKED, FilingStatus.CANCELLED, FilingStatus.EXPIRED)


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Answer at a glance: how many, where, what is new."""
    totals, newest = queries.totals(), queries.newest_round()
    tiles, latest = build_tiles(totals.by_jurisdiction), list(queries.entries()[:_NEWEST])
    context = {
        "totals": totals,
        "valid": totals.by_status.get(FilingStatus.VALID, 0),
        "suspended": totals.by_status.get(FilingStatus.SUSPENDED, 0),
        "ended": sum(totals.by_status.get(status, 0) for status in _ENDED),
        "newest": newest,
        "tiles": tiles,
        "leading": leading(tiles),
        "off_grid": off_grid(totals.by_jurisdiction),
        "latest": latest,
        "has_demo": any(one.profile for one in latest),
        "log_size": published_size(),
    }
    return render(request, "register/front.html", context)


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Search the register."""
    form, cursor = SearchForm(request.GET), request.GET.get("after")
    wanted = form.wanted()
    page = search(wanted, cursor=cursor, size=_ON_A_PAGE)
    query = request.GET.copy()
    query.pop("after", None)
    context = {"form": form, "page": page, "query": query.urlencode(), "is_later": bool(cursor)}
    context["is_filtered"] = not wanted.is_everything
    context["has_demo"] = any(one.profile for one in page.entries)
    return render(request, "register/entries.html", context)


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """Show the models that others call, and how many call each."""
    return render(request, "register/models.html", {"models": base_models(_MODELS)})


@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """Show an entry: its facts, its status and history, the proof that it is in the log."""
    found = queries.find_entry(number)
    if found is None:
        return _published(request, number)
    if found.number != number:
        return redirect("register:entry", found.number)
    report = report_of(current_version(found.application))
    context = {
        "filing": found,
        "history": queries.course_of(found).order_by("-id"),
        "versions": [(one, public_rows(one)) for one in versions_of(found)],
        "classes": said_of(found.register_entry),
        "fingerprint": parse_certificate(canonical(found.certificate)).digest,
        "report": report,
        "figures": figures_in(report),
        **_tree(found.register_entry),
        **_badge(found.number),
    }
    return render(request, "register/entry.html", context)


def _published(request: HttpRequest, key: str) -> HttpResponse:
    entry = queries.find_published(key)
    if entry is None:
        raise Http404
    if entry.key != key:
        return redirect("register:entry", entry.key)
    context = {
        "entry": entry,
        "classes": said_of(entry),
        "not_published": now(Text("未公布", "not published")),
        "sources": _sources(entry),
        **_tree(entry),
        **_badge(entry.key),
    }
    return render(request, "register/published.html", context)


def _tree(entry: RegisterEntry) -> dict[str, object]:
    """Return the model that an entry calls, and the newest of those that call its own."""
    asked_for = entry.number or entry.model_name or entry.service_name
    return {"base": base_of(entry), "callers": callers_of(entry, size=_CALLERS), "asked_for": asked_for}


def _badge(number: str) -> dict[str, str]:
    """Return what the part about the badge says."""
    badge = reverse("opendata:badge", args=[number])
    return {
        "number": number,
        "check_address": check_address(number),
        "badge_address": f"{settings.BEIAN_ORIGIN}{badge}",
    }


def _sources(entry: RegisterEntry) -> list[tuple[Text, str, str]]:
    """Return what each fact is called, the list it was read in, and the place there."""
    row = row_of(entry)
    read = [(FACT_LABELS[field], row.source_of(field)) for field in FIELDS if row.value(field)]
    shipped = load_fact_sources()
    names = {known.id: now(known.text) for known in shipped.values()}
    return [(label, names.get(source.name, source.name), now(source.place.said)) for label, source in read]


@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Answer: is this on file?"""
    asked = request.GET.get("q", "").strip()[:100]
    found = queries.find_entry(asked) if asked else None
    published = queries.find_published(asked) if asked and found is None else None
    similar = search(Wanted(search=asked), size=_SUGGESTED).entries if asked and found is None else ()
    context = {"asked": asked, "filing": found, "published": published, "similar": similar}
    return render(request, "register/lookup.html", context)


_RANKING: Final = "filings-by-jurisdiction"


@require_safe
def jurisdictions(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Send whoever remembers the old table to the ranking, which has the same figures."""
    return redirect(f"{reverse('statistics:all')}#{_RANKING}", permanent=True)


@require_safe
def jurisdictions_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Send whoever remembers the old file to the ranking's."""
    return redirect("statistics:csv", _RANKING, permanent=True)
