"""The pages of classes: what the rules were not sure about, with their best guesses, for an office to set."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.csv_text import csv_text
from openbeian.core.permissions import may_set_classes
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.class_actions import set_classes
from openbeian.portal.register.class_forms import ClassForm
from openbeian.portal.register.classes import (
    agreement,
    correction_rows,
    in_charge_of,
    named,
    proposals,
    to_be_classified,
)
from openbeian.portal.web.downloads import CSV, attachment
from openbeian.portal.web.languages import current_language

__all__ = ["classes", "corrections", "entry_classes"]

_READERS: Final = frozenset(
    {OrganisationKind.NATIONAL, OrganisationKind.PROVINCIAL, OrganisationKind.AUDITOR}
)
_ON_A_PAGE: Final = 20
_LONGEST: Final = 100
_SET: Final = Text("已确定「{name}」的分类。", "The classes of “{name}” are set.")


def _may_set(request: HttpRequest, entry: RegisterEntry) -> bool:
    return may_set_classes(actor_of(signed_in(request)), entry.jurisdiction)


@login_required
@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """Show the entries to be classified, newest first; or, looked for by name, any that can be corrected."""
    check_belongs(request, _READERS)
    user, asked = signed_in(request), request.GET.get("q", "").strip()[:_LONGEST]
    found = named(asked, in_charge_of(user)) if asked else to_be_classified(user)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "proposals": proposals(list(page)),
        "may_set": any(_may_set(request, entry) for entry in page),
        "asked": asked,
        "query": query.urlencode(),
        "agreement": agreement(),
    }
    return render(request, "register/classes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def entry_classes(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the classes of one entry."""
    check_belongs(request, _READERS)
    entry = get_object_or_404(in_charge_of(signed_in(request)), pk=pk)
    (proposal,) = proposals([entry])
    form = ClassForm(proposal, request.POST if request.method == "POST" else None)
    if form.is_valid():
        set_classes(entry, **form.cleaned_data, by=signed_in(request), at=clock.now())
        messages.success(request, _SET.fill(name=entry.service_name).in_(current_language()))
        return redirect("office:classes")
    context = {"entry": entry, "proposal": proposal, "form": form, "may_set": _may_set(request, entry)}
    return render(request, "register/entry_classes.html", context)


@login_required
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """Hand out the decisions of the offices as CSV, to measure the rules on and improve them."""
    check_belongs(request, _READERS)
    return attachment(csv_text(correction_rows(signed_in(request))), CSV, "classes.csv")
