"""The provider's pages of petitions, and the one page everybody concerned reads."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.petitions import PetitionKind
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications.forms import SectionForm
from openbeian.portal.applications.queries import of_own_provider
from openbeian.portal.applications.screening import check_released
from openbeian.portal.applications.storage import path_of
from openbeian.portal.filings.models import Filing
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.forms import (
    BeginForm,
    EntryChoice,
    GiveBackForm,
    GroundsForm,
    PetitionFileForm,
    section_for,
)
from openbeian.portal.petitions.models import Petition
from openbeian.portal.petitions.queries import kinds_open_to, petitions_seen_by, petitions_waiting_for
from openbeian.portal.petitions.queue import KINDS, STATUSES, PetitionFilters, petition_queue, queue
from openbeian.portal.petitions.showing import page_of
from openbeian.portal.review.forms import AssignForm, OutcomeForm
from openbeian.portal.web.languages import current_language

__all__ = [
    "add_file",
    "begin",
    "download",
    "drop",
    "entry",
    "find_petition",
    "grounds",
    "hand_in",
    "keep",
    "petition",
    "petitions",
    "remove_file",
    "say_done",
]

_ON_A_PAGE: Final = 30
_MOST_OTHERS: Final = 100
_SAVED: Final = Text("已保存。", "Saved.")
_HANDED_IN: Final = Text("事项已提交。", "Handed in.")
_DROPPED: Final = Text("事项已撤回。", "Dropped.")


def find_petition(request: HttpRequest, reference: str) -> Petition:
    """Return the petition if this person may see it; everybody else finds none."""
    return get_object_or_404(petitions_seen_by(signed_in(request)), reference=reference)


def say_done(request: HttpRequest, words: Text, reference: str) -> HttpResponse:
    """Say what was done, and show the petition."""
    messages.success(request, words.in_(current_language()))
    return redirect("petitions:petition", reference)


def _is_office(request: HttpRequest) -> bool:
    kinds = {one.kind for one in actor_of(signed_in(request)).memberships}
    return bool(kinds - {OrganisationKind.PROVIDER, OrganisationKind.PLATFORM})


@login_required
@require_GET
def petitions(request: HttpRequest) -> HttpResponse:
    """Show what waits for one's organisations, then everything one may see."""
    user, on = signed_in(request), localdate(clock.now())
    filters, waiting = PetitionFilters.of(request.GET), petitions_waiting_for(user)
    others = petitions_seen_by(user).exclude(pk__in=waiting.values("pk"))
    queued = petition_queue(user, filters=filters, number=request.GET.get("page"), on=on)
    context = {
        "page": queued.page,
        "items": queued.items,
        "filters": filters,
        "query": filters.query,
        "kinds": KINDS,
        "statuses": STATUSES,
        "overdue": queue(user, filters=PetitionFilters(overdue=True), on=on).count(),
        "is_office": _is_office(request),
        "others": others[:_MOST_OTHERS],
        "today": on,
        "own": of_own_provider(user).filter(status__in=["certified", "refused"])[:_ON_A_PAGE],
    }
    return render(request, "petitions/petitions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose what to ask about a refused application, or about the filing an application led to."""
    application = get_object_or_404(of_own_provider(signed_in(request)), reference=reference)
    filing = Filing.objects.filter(application=application).first()
    form = BeginForm(kinds_open_to(application, filing), request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = PetitionKind(form.cleaned_data["kind"])
        made = actions.draw_up(application, kind=kind, by=signed_in(request), at=clock.now())
        return redirect("petitions:petition", made.reference)
    context = {"application": application, "filing": filing, "form": form}
    return render(request, "petitions/begin.html", context)


@login_required
@require_GET
def petition(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a petition: what is asked, beside what is on file, and what can be done now."""
    found, is_office = find_petition(request, reference), _is_office(request)
    on = localdate(clock.now())
    page = page_of(found, reader=signed_in(request), is_office=is_office, on=on)
    context = {"petition": found, "page": page, "is_office": is_office}
    if {"hand_in", "hand_in_again"} & set(page.steps):
        context |= {
            "grounds_form": GroundsForm(found),
            "entry_choice": EntryChoice(found),
            "file_form": PetitionFileForm(),
        }
    if "give_back" in page.steps:
        context["give_back_form"] = GiveBackForm()
    if page.officers:
        context["assign_form"] = AssignForm(page.officers)
    if page.outcomes:
        context["outcome_form"] = OutcomeForm(page.outcomes)
    return render(request, "petitions/petition.html", context)


@login_required
@require_POST
def grounds(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep why it is asked."""
    found = find_petition(request, reference)
    form = GroundsForm(found, request.POST)
    if form.is_valid():
        actions.save_grounds(found, **form.cleaned_data, by=signed_in(request), at=clock.now())
    return say_done(request, _SAVED, reference)


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, reference: str) -> HttpResponse:
    """Change one entry of the form, with what is on file beside it."""
    found = find_petition(request, reference)
    section = section_for(request.GET.get("field", ""))
    if section is None or not found.rule.changes_facts:
        raise Http404
    on_file = found.application.facts
    form = SectionForm(section, facts={**on_file, **found.changes}, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_entries(found, form.entries(), by=signed_in(request), at=clock.now())
        return say_done(request, _SAVED, reference)
    context = {"petition": found, "form": form, "section": section, "field": section.fields[0]}
    context["on_file"] = on_file.get(section.fields[0].id, "")
    return render(request, "petitions/entry.html", context)


@login_required
@require_POST
def keep(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave an entry as it is on file after all."""
    found = find_petition(request, reference)
    actions.keep_entry(found, request.POST.get("field", ""), by=signed_in(request), at=clock.now())
    return say_done(request, _SAVED, reference)


@login_required
@require_POST
def add_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a file."""
    found = find_petition(request, reference)
    form = PetitionFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "petitions/file.html", {"petition": found, "form": form})
    file = form.cleaned_data["file"]
    actions.attach(
        found,
        kind=form.cleaned_data["kind"],
        name=file.name,
        chunks=file.chunks(),
        by=signed_in(request),
        at=clock.now(),
    )
    return say_done(request, _SAVED, reference)


@login_required
@require_GET
def download(request: HttpRequest, reference: str, pk: int) -> HttpResponse | FileResponse:
    """Hand out a file of a petition, never to be shown in the page."""
    file = get_object_or_404(find_petition(request, reference).files, pk=pk)
    check_released(file.name, file.sha256, at=clock.now())
    return FileResponse(
        path_of(file.sha256).open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )


@login_required
@require_POST
def remove_file(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take a file out again."""
    file = get_object_or_404(find_petition(request, reference).files, pk=pk)
    actions.detach(file, by=signed_in(request), at=clock.now())
    return say_done(request, _SAVED, reference)


@login_required
@require_POST
def hand_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand a petition in, the first time or completed."""
    actions.hand_in(find_petition(request, reference), by=signed_in(request), at=clock.now())
    return say_done(request, _HANDED_IN, reference)


@login_required
@require_POST
def drop(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a petition back for good."""
    actions.drop(find_petition(request, reference), by=signed_in(request), at=clock.now())
    return say_done(request, _DROPPED, reference)
