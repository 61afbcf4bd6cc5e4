"""The office's pages: the queue, the reviewing page, and one page for each thing that needs thought."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import current_version
from openbeian.portal.review import actions
from openbeian.portal.review.desk import build_desk
from openbeian.portal.review.forms import (
    AssignForm,
    CorrectionItems,
    OutcomeForm,
    RetestForm,
    items_from,
    items_in,
)
from openbeian.portal.review.queries import officers_for, open_decision_of, possible_steps, reviewable_by
from openbeian.portal.review.queue import PAGE_SIZE, Filters, queue_for, queue_page, statuses_shown
from openbeian.portal.review.requirements import look_through
from openbeian.portal.web.languages import current_language

__all__ = [
    "accept",
    "assign",
    "close_correction",
    "decide",
    "hand_back",
    "order_retest",
    "queue",
    "recommend",
    "record_retest",
    "return_for_correction",
    "review",
    "take",
]

_LISTED: Final = (
    *("reference", "service_name", "profile", "status", "status_since"),
    *("provider__name", "provider__name_en"),
)
"""What the list of all applications shows of one; its form and findings are long."""
_ACCEPTED: Final = Text("已受理，进入审查。", "Accepted; the review begins.")
_TAKEN: Final = Text("此件由您办理。", "It is yours to work on.")
_ASSIGNED: Final = Text("已分派。", "Assigned.")
_HANDED_BACK: Final = Text("已交回，无人办理。", "Handed back; nobody has it.")
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
    """Show what waits for one's office, overdue first."""
    user, number = signed_in(request), request.GET.get("page")
    if request.GET.get("all") == "1":
        every = reviewable_by(user).select_related("provider").only(*_LISTED)
        context: dict[str, object] = {"is_all": True, "others": Paginator(every, PAGE_SIZE).get_page(number)}
        return render(request, "review/queue.html", context)
    filters, on = Filters.of(request.GET), localdate(clock.now())
    found = queue_page(user, filters=filters, number=number, on=on)
    context = {
        "filters": filters,
        "page": found.page,
        "items": found.items,
        "query": filters.query,
        "overdue": queue_for(user, filters=Filters(overdue=True), on=on).count(),
        "statuses": statuses_shown(user),
    }
    return render(request, "review/queue.html", context)


@login_required
@require_GET
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everything about an application side by side, and what can be done now."""
    application = _found(request, reference)
    desk = build_desk(application, reader=signed_in(request), on=localdate(clock.now()))
    context = {"application": application, "desk": desk, "assign_form": AssignForm(desk.officers)}
    return render(request, "review/review.html", context)


@login_required
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an application oneself."""
    user = signed_in(request)
    actions.assign(_found(request, reference), officer=user, by=user, at=clock.now())
    return _done(request, _TAKEN, reference)


@login_required
@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give an application to somebody of the office."""
    application = _found(request, reference)
    form = AssignForm(officers_for(application), request.POST)
    if not form.is_valid():
        raise PermissionDenied
    actions.assign(application, officer=form.chosen(), by=signed_in(request), at=clock.now())
    return _done(request, _ASSIGNED, reference)


@login_required
@require_POST
def hand_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Let an application be nobody's again."""
    actions.hand_back(_found(request, reference), by=signed_in(request), at=clock.now())
    return _done(request, _HANDED_BACK, reference)


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
    items = CorrectionItems(request.POST or None, initial=items_from(version.findings if version else ()))
    if request.method == "POST" and items.is_valid():
        given = items_in(items)
        applications.return_for_correction(application, items=given, by=signed_in(request), at=clock.now())
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
        actions.recommend(application, reason=reason, by=signed_in(request), at=clock.now())
        return _done(request, _RECOMMENDED, reference)
    context = {"application": application, "reviewed": look_through(application)}
    return render(request, "review/recommend.html", context)


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
