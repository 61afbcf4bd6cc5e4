"""The pages of a review in detail: all requirements, one beside its evidence, what changed since."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review import actions
from openbeian.portal.review.forms import ConclusionForm
from openbeian.portal.review.queries import may_conclude, reviewable_by
from openbeian.portal.review.reading import read_requirement
from openbeian.portal.review.requirements import Reviewed, look_through
from openbeian.portal.review.suggesting import suggestions
from openbeian.portal.review.versions import changes_between, earlier_version
from openbeian.portal.web.languages import current_language

__all__ = ["by_checks", "changes", "requirement", "requirements"]

_TAKEN: Final = Text(
    "已采用 {n} 项由证据算出的结论。", "{n} conclusions computed from the evidence were taken over."
)
_NONE: Final = Text("没有可以采用的结论。", "There was nothing to take over.")
_ALL_DONE: Final = Text("每项要求都有了结论。", "Every requirement has a conclusion.")


def _found(request: HttpRequest, reference: str) -> tuple[Application, Version]:
    application = get_object_or_404(reviewable_by(signed_in(request)), reference=reference)
    version = current_version(application)
    if version is None:
        raise Http404
    return application, version


@login_required
@require_GET
def requirements(request: HttpRequest, reference: str) -> HttpResponse:
    """Show every requirement with what the checks found and what was concluded."""
    application, version = _found(request, reference)
    reviewed = look_through(application)
    context = {
        "application": application,
        "version": version,
        "reviewed": reviewed,
        "may_conclude": may_conclude(signed_in(request), application),
        "suggested": suggestions(reviewed, version, language=current_language()),
    }
    return render(request, "review/requirements.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def requirement(request: HttpRequest, reference: str, requirement_id: str) -> HttpResponse:
    """Show one requirement beside its evidence; keep the conclusion on it and go on to the next."""
    application, version = _found(request, reference)
    reviewed, may = look_through(application), may_conclude(signed_in(request), application)
    place = reviewed.at(requirement_id)
    if place is None:
        raise Http404
    state = reviewed.states[place]
    form = ConclusionForm(request.POST or None, concluded=state.concluded)
    if request.method == "POST" and form.is_valid():
        actions.conclude(
            application, {requirement_id: form.concluded()}, by=signed_in(request), at=clock.now()
        )
        return _on(request, application, place)
    context = {
        "application": application,
        "version": version,
        "reviewed": reviewed,
        "state": state,
        "number": place + 1,
        "before": _id_at(reviewed, place - 1),
        "after": _id_at(reviewed, place + 1),
        "reading": read_requirement(application, version, state),
        "may_conclude": may,
        "form": form,
    }
    return render(request, "review/requirement.html", context)


def _id_at(reviewed: Reviewed, place: int) -> str:
    return reviewed.states[place].requirement.id if 0 <= place < len(reviewed.states) else ""


def _on(request: HttpRequest, application: Application, place: int) -> HttpResponse:
    """Go to the next requirement without a conclusion: those behind first, then those before."""
    states = look_through(application).states
    ahead = [one.requirement.id for one in (*states[place + 1 :], *states[:place]) if one.is_open]
    if not ahead:
        messages.success(request, _ALL_DONE.in_(current_language()))
        return redirect("review:requirements", application.reference)
    return redirect("review:requirement", application.reference, ahead[0])


@login_required
@require_POST
def by_checks(request: HttpRequest, reference: str) -> HttpResponse:
    """Take over what follows from the evidence alone."""
    application, version = _found(request, reference)
    taken = suggestions(look_through(application), version, language=current_language())
    if taken:
        actions.conclude(application, taken, by=signed_in(request), at=clock.now())
    words = _TAKEN.fill(n=len(taken)) if taken else _NONE
    messages.success(request, words.in_(current_language()))
    return redirect("review:requirements", reference)


@login_required
@require_GET
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """Show only what is other than in the version before."""
    application, version = _found(request, reference)
    before = earlier_version(application, version)
    if before is None:
        raise Http404
    context = {
        "application": application,
        "version": version,
        "before": before,
        "parts": changes_between(before, version),
        "corrections": application.corrections.filter(version_number=before.number),
    }
    return render(request, "review/changes.html", context)
