"""The pages of certificates and measures."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import conditional_page, require_GET, require_http_methods

from openbeian import clock
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.filings import actions
from openbeian.portal.filings.bases import hanging_on, without_base
from openbeian.portal.filings.credentials import issuer_metadata, sd_jwt_of
from openbeian.portal.filings.forms import CountersignForm, MeasureForm
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.queries import (
    find_entry,
    matching,
    measures_possible,
    open_measure_of,
    open_measures,
    readable_by,
    sees_open_measures,
    taker_of,
)
from openbeian.portal.web.downloads import attachment
from openbeian.portal.web.languages import current_language
from openbeian_gate.verify.sd_jwt import MEDIA_TYPE

__all__ = [
    "certificate",
    "certificate_pdf",
    "certificate_sd_jwt",
    "filing",
    "issuer",
    "measures",
]

_PROPOSED: Final = Text("已提出，等待另一人会签。", "Proposed; another person has to countersign.")
_CLOSED: Final = Text("会签完成。", "Countersigned.")
_MOST_LISTED: Final = 200
_ON_A_PAGE: Final = 30
_LONGEST_WORDS: Final = 100


def _tell(request: HttpRequest, words: Text) -> None:
    messages.success(request, words.in_(current_language()))


@require_GET
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Show a certificate, fit for printing."""
    entry = find_entry(number)
    if entry is None:
        raise Http404
    at = reverse("register:entry", args=[entry.number])
    context = {
        "filing": entry,
        "certificate": entry.certificate["certificate"],
        "signatures": entry.certificate["signatures"],
        "address": f"{settings.BEIAN_ORIGIN}{at}",
    }
    return render(request, "filings/certificate.html", context)


@require_GET
@conditional_page
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out a certificate as one typeset page, with the signed certificate attached."""
    # Setting and signing pages takes much to load, which only who asks for one should wait for.
    from openbeian.portal.filings.certificate_files import pdf_of  # noqa: PLC0415

    entry = find_entry(number)
    if entry is None:
        raise Http404
    if entry.number != number:
        return redirect("filings:certificate_pdf", entry.number)
    response = HttpResponse(pdf_of(entry), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{entry.number}.pdf"'
    return response


@require_GET
@conditional_page
def certificate_sd_jwt(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand out a certificate as SD-JWT VC, for wallets."""
    entry = find_entry(number)
    if entry is None:
        raise Http404
    return attachment(sd_jwt_of(entry), f"application/{MEDIA_TYPE}", f"{entry.number}.sd-jwt")


@require_GET
@conditional_page
def issuer(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Say by which key credentials of this register are signed."""
    return JsonResponse(issuer_metadata())


def _hanging(request: HttpRequest, found: Filing) -> int:
    """Return how much rests on a filing; its provider isn't told who calls it before that is public."""
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(signed_in(request))}
    if OrganisationKind.PROVIDER in kinds:
        return 0
    return sum(some.count() for some in hanging_on(found))


@login_required
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """Show the measures that wait for one's office, then what is on file in its charge, found by words."""
    user, words = signed_in(request), request.GET.get("q", "").strip()[:_LONGEST_WORDS]
    mine = readable_by(user)
    lost = without_base(RegisterEntry.objects.filter(filing__in=mine))
    context = {
        "page": Paginator(matching(mine, words), _ON_A_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "query": urlencode({"q": words}) if words else "",
        "lost": lost[:_MOST_LISTED],
        "open_measures": open_measures(user)[:_MOST_LISTED],
    }
    return render(request, "filings/measures.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def filing(request: HttpRequest, number: str) -> HttpResponse:
    """Show a filing's measures; propose one, or answer the one that waits."""
    user = signed_in(request)
    found = get_object_or_404(readable_by(user), number=number)
    steps, waiting = measures_possible(user, found), open_measure_of(found)
    is_office = sees_open_measures(user, found)
    form = CountersignForm(request.POST or None) if waiting else MeasureForm(steps, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if waiting:
            answer = {"agree": form.cleaned_data["agree"] == "yes", "reason": form.cleaned_data["reason"]}
            actions.countersign_measure(waiting, **answer, by=user, at=clock.now())
        else:
            actions.propose_measure(found, **form.cleaned_data, by=user, at=clock.now())
        _tell(request, _CLOSED if waiting else _PROPOSED)
        return redirect("filings:filing", number)
    context = {"filing": found, "steps": steps, "form": form, "taker": taker_of(found)}
    # What two people have not agreed on yet is not told to the provider.
    context["waiting"] = waiting if is_office else None
    context["hanging"] = _hanging(request, found)
    context["today"] = localdate(clock.now())
    context["measures"] = found.measures.exclude(countersigned_at=None)
    return render(request, "filings/filing.html", context)
