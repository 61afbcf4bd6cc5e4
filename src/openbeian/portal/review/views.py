"""The office's pages: the queue, the reviewing page, and one page for each thing that needs thought."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.explaining import explain
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review import actions
from openbeian.portal.review.desk import build_desk
from openbeian.portal.review.forms import CorrectionItems, OutcomeForm, RetestForm, items_from, items_in
from openbeian.portal.review.queries import open_decision_of, possible_steps, queue_for, reviewable_by
from openbeian.portal.web.languages import current_language

__all__ = [
    "accept",
    "close_correction",
    "decide",
    "order_retest",
    "queue",
    "recommend",
    "record_retest",
    "return_for_correction",
    "review",
]

_ACCEPTED: Final = Text("已受理，进入审查。", "Accepted; the review begins.")
_RETURNED: Final = Text("已退回补正。", "Returned for correction.")
_SETTLED: Final = Text("该项已了结。", "Settled.")
_ORDERED: Final = Text("已安排复测。", "The re-test is ordered.")
_RECORDED: Final = Text("复测结果已记录。", "The result is recorded.")
_RECOMMENDED: Final = Text("已提请决定。", "It is before those who decide.")
_DECIDED: Final = Text("您的结论已记录，等待另一人会签。", "Recorded; another person has to countersign.")
_CLOSED: Final = Text("会签完成。", "Countersigned.")


def _found(request: HttpRequest, reference: str) -> Application:
    return get_object_or_404(reviewable_by(signed_in(request)), reference=reference)


def _done(request: HttpRequest, words: Text, reference: str) -> HttpResponse:
    messages.success(request, words.in_(current_language()))
    return redirect("review:review", reference)


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for one's office, longest waiting first."""
    user, everything = signed_in(request), request.GET.get("all") == "1"
    context = {
        "is_all": everything,
        "items": queue_for(user, on=clock.now().date()),
        "others": reviewable_by(user)[:200] if everything else (),
    }
    return render(request, "review/queue.html", context)


@login_required
@require_GET
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everything about an application side by side, and what can be done now."""
    application = _found(request, reference)
    desk = build_desk(application, reader=signed_in(request), on=clock.now().date())
    return render(request, "review/review.html", {"application": application, "desk": desk})


@login_required
@require_POST
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an application in."""
    applications.accept(_found(request, reference), by=signed_in(request), at=clock.now())
    return _done(request, _ACCEPTED, reference)


@login_required
@require_http_methods(["GET", "POST"])
def return_for_correction(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for corrections item by item, starting from what the checks found."""
    application = _found(request, reference)
    version = current_version(application)
    found = explain(version.findings if version else (), application)
    items = CorrectionItems(request.POST or None, initial=items_from(found))
    if request.method == "POST" and items.is_valid():
        applications.return_for_correction(
            application, items=items_in(items), by=signed_in(request), at=clock.now()
        )
        return _done(request, _RETURNED, reference)
    return render(request, "review/return.html", {"application": application, "items": items})


@login_required
@require_POST
def close_correction(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Settle a correction."""
    correction = get_object_or_404(_found(request, reference).corrections, pk=pk)
    applications.close_correction(correction, by=signed_in(request), at=clock.now())
    return _done(request, _SETTLED, reference)


@login_required
@require_POST
def order_retest(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the testers to test the service themselves."""
    applications.order_retest(_found(request, reference), by=signed_in(request), at=clock.now())
    return _done(request, _ORDERED, reference)


@login_required
@require_http_methods(["GET", "POST"])
def record_retest(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter the result of a re-test."""
    application, form = _found(request, reference), RetestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        applications.record_retest(
            application,
            agrees=form.cleaned_data["agrees"] == "yes",
            summary=form.cleaned_data["summary"],
            by=signed_in(request),
            at=clock.now(),
        )
        return _done(request, _RECORDED, reference)
    return render(request, "review/retest.html", {"application": application, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a reviewed application up for decision."""
    application = _found(request, reference)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        applications.recommend(application, reason=reason, by=signed_in(request), at=clock.now())
        return _done(request, _RECOMMENDED, reference)
    return render(request, "review/recommend.html", {"application": application})


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Give an outcome: the first one, or the second without having seen the first."""
    application, user = _found(request, reference), signed_in(request)
    steps = [step for step in possible_steps(user, application) if step.four_eyes]
    if not steps:
        raise PermissionDenied
    form, first = OutcomeForm(steps, request.POST or None), open_decision_of(application)
    if request.method == "POST" and form.is_valid():
        if first:
            actions.countersign(first, **form.cleaned_data, by=user, at=clock.now())
        else:
            actions.decide(application, **form.cleaned_data, by=user, at=clock.now())
        return _done(request, _CLOSED if first else _DECIDED, reference)
    context = {"application": application, "form": form, "is_second": first is not None}
    return render(request, "review/decide.html", context)
