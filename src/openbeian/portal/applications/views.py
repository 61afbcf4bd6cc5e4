"""The provider's pages: begin, fill in step by step, check, hand in, follow, correct, withdraw."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.text import Text
from openbeian.dossier.form import FORM
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications import actions
from openbeian.portal.applications.confirmations import content_of, posts_shown_to
from openbeian.portal.applications.course import course_of
from openbeian.portal.applications.errors import FindingsError
from openbeian.portal.applications.explaining import explain
from openbeian.portal.applications.forms import SectionForm, StartForm, section_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.progress import form_steps, step_after
from openbeian.portal.applications.queries import (
    attachments_of,
    of_own_provider,
)
from openbeian.portal.applications.standing import build_standing, steps_open_to
from openbeian.portal.web.languages import current_language

__all__ = [
    "applications",
    "check",
    "confirm",
    "detail",
    "reply",
    "section",
    "start",
    "submit",
    "withdraw",
]

_SAVED: Final = Text("已保存。", "Saved.")
_HANDED_IN: Final = Text("已提交。下面是它现在的位置。", "Handed in. This is where it is now.")
_CONFIRMED: Final = Text("已确认现在的内容。", "Confirmed as it stands.")
_ANSWERED: Final = Text("答复已保存。", "The answer is saved.")
_WITHDRAWN: Final = Text("已撤回。", "Withdrawn.")
_MOST_LISTED: Final = 200


def _found(request: HttpRequest, reference: str) -> Application:
    return get_object_or_404(of_own_provider(signed_in(request)), reference=reference)


def _tell(request: HttpRequest, words: Text) -> None:
    messages.success(request, words.in_(current_language()))


@login_required
@require_GET
def applications(request: HttpRequest) -> HttpResponse:
    """Show the applications of one's providers."""
    mine = of_own_provider(signed_in(request))
    return render(request, "applications/applications.html", {"applications": mine[:_MOST_LISTED]})


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin an application."""
    user = signed_in(request)
    form = StartForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        application = actions.create(**form.choice(), by=user, at=clock.now())
        return redirect("applications:section", application.reference, FORM[0].id)
    return render(request, "applications/start.html", {"form": form})


@login_required
@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where an application is, who has it, since when, and what is next."""
    application, user = _found(request, reference), signed_in(request)
    context = {
        "application": application,
        "standing": build_standing(application, on=clock.now().date()),
        "open_steps": [step.name for step in steps_open_to(user, application)],
        "corrections": application.corrections.select_related("origin"),
        "course": course_of(application, reader=user),
        "files": attachments_of(application),
        "filing": getattr(application, "filing", None),
    }
    return render(request, "applications/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, reference: str, section_id: str) -> HttpResponse:
    """Fill in one step of the guided form; what is typed is saved, right or wrong."""
    application = _found(request, reference)
    of_form = section_of(section_id, application.facts)
    if of_form is None:
        raise Http404
    form = SectionForm(of_form, facts=application.facts, data=request.POST or None)
    if request.method == "POST":
        application = actions.save_facts(application, form.entries(), by=signed_in(request), at=clock.now())
        _tell(request, _SAVED)
        if form.is_valid():
            return redirect(step_after(application, section_id))
    steps, following = form_steps(application, here=section_id), step_after(application, section_id)
    context = {
        "application": application,
        "section": of_form,
        "form": form,
        "steps": steps,
        "next": following,
    }
    return render(request, "applications/section.html", context)


@login_required
@require_GET
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the office's own checks find now, rule by rule, with what to do."""
    application, user = _found(request, reference), signed_in(request)
    findings = explain((one.as_json() for one in actions.validate(application)), application)
    context = {
        "application": application,
        "findings": findings,
        "errors": sum(one.severity == "error" for one in findings),
        "posts": (posts := posts_shown_to(user, application)),
        "unconfirmed": any(post.confirmation is None for post in posts),
        "content": content_of(application),
        "may_submit": any(s.name.endswith("submit") for s in steps_open_to(user, application)),
        "unanswered": application.corrections.filter(status="open").count(),
        "steps": form_steps(application, here="check"),
    }
    return render(request, "applications/check.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm in one's post what the page showed."""
    application = _found(request, reference)
    post = next((one for one in SIGNATORIES if one.value == request.POST.get("post")), None)
    if post is None:
        raise Http404
    content = request.POST.get("content") or "unread"
    actions.confirm(application, post=post, content=content, by=signed_in(request), at=clock.now())
    _tell(request, _CONFIRMED)
    return redirect("applications:check", reference)


@login_required
@require_POST
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand the application in, for the first time or corrected."""
    application = _found(request, reference)
    is_again = application.state is ApplicationStatus.CORRECTION
    hand_in = actions.resubmit if is_again else actions.submit
    try:
        hand_in(application, by=signed_in(request), at=clock.now())
    except FindingsError as error:
        messages.error(request, error.text.in_(current_language()))
        return redirect("applications:check", reference)
    _tell(request, _HANDED_IN)
    return redirect("applications:detail", reference)


@login_required
@require_POST
def reply(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Answer a correction."""
    correction = get_object_or_404(_found(request, reference).corrections, pk=pk)
    actions.reply(correction, text=request.POST.get("text", ""), by=signed_in(request), at=clock.now())
    _tell(request, _ANSWERED)
    return redirect("applications:detail", reference)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once more, then withdraw."""
    application = _found(request, reference)
    if request.method == "POST":
        actions.withdraw(application, by=signed_in(request), at=clock.now())
        _tell(request, _WITHDRAWN)
        return redirect("applications:detail", reference)
    return render(request, "applications/withdraw.html", {"application": application})
