"""Reporting a problem with an entry, following what comes of it, and the offices' side of both."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register import report_actions
from openbeian.portal.register.models import ProblemReport
from openbeian.portal.register.queries import find_entry, find_published
from openbeian.portal.register.report_forms import AnswerForm, ReportForm
from openbeian.portal.register.reports import PROBLEM_LABELS, ProblemKind, may_answer, reports_for
from openbeian.portal.register.throttle import check_not_too_often
from openbeian.portal.web.words import now

__all__ = ["close", "handle", "report", "reported", "reports"]

_READERS: Final = frozenset(
    {OrganisationKind.NATIONAL.value, OrganisationKind.PROVINCIAL.value, OrganisationKind.AUDITOR.value}
)
_ON_A_PAGE: Final = 25
_ANSWERED: Final = Text("答复已公布在反馈页上。", "The answer stands on the report's page.")
_CLOSED: Final = Text("已办结，联系方式已删除。", "Closed; the contact is erased.")
_THANKS: Final = Text("已收到，谢谢。", "Received. Thank you.")


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Let anybody say what is wrong with an entry."""
    entry = _entry(number)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_of_a_robot:
        # It is told what a person would be told, and nothing is kept.
        messages.success(request, now(_THANKS))
        return redirect("register:entry", entry.key)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        check_not_too_often(request, at=at)
        made = report_actions.report_problem(
            entry,
            kind=ProblemKind(form.cleaned_data["kind"]),
            text=form.cleaned_data["text"],
            contact=form.cleaned_data["contact"],
            by=report_actions.ANONYMOUS,
            at=at,
        )
        messages.success(request, now(_THANKS))
        return redirect("register:reported", made.reference)
    return render(request, "register/report.html", {"entry": entry, "form": form})


@require_GET
def reported(request: HttpRequest, reference: str) -> HttpResponse:
    """Show whoever made a report what has come of it."""
    found = get_object_or_404(ProblemReport.objects.select_related("entry"), reference=reference)
    return render(request, "register/reported.html", {"report": found, "label": _label(found)})


@login_required
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Show the reports of one's office, the open ones first and oldest first."""
    _check_reads(request)
    found = reports_for(signed_in(request)).order_by(F("closed_at").asc(nulls_first=True), "id")
    if not request.GET.get("all"):
        found = found.filter(closed_at=None)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "reports": [(one, _label(one)) for one in page],
        "all": bool(request.GET.get("all")),
        "query": "all=1" if request.GET.get("all") else "",
    }
    return render(request, "register/reports.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: HttpRequest, reference: str) -> HttpResponse:
    """Read a report, and answer it."""
    user = signed_in(request)
    found = get_object_or_404(reports_for(user), reference=reference)
    form = AnswerForm(request.POST or None, initial={"answer": found.answer})
    if request.method == "POST" and form.is_valid():
        report_actions.answer_report(found, text=form.cleaned_data["answer"], by=user, at=clock.now())
        messages.success(request, now(_ANSWERED))
        return redirect("register:handle_report", reference)
    context = {"report": found, "label": _label(found), "form": form}
    context["may_answer"] = found.closed_at is None and may_answer(user, found)
    return render(request, "register/handle_report.html", context)


@login_required
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close a report."""
    user = signed_in(request)
    found = get_object_or_404(reports_for(user), reference=reference)
    report_actions.close_report(found, by=user, at=clock.now())
    messages.success(request, now(_CLOSED))
    return redirect("register:reports")


def _entry(number: str) -> RegisterEntry:
    filing = find_entry(number)
    entry = find_published(number) if filing is None else filing.register_entry
    if entry is None:
        raise Http404
    return entry


def _label(found: ProblemReport) -> Text:
    return PROBLEM_LABELS[ProblemKind(found.kind)]


def _check_reads(request: HttpRequest) -> None:
    kinds = {membership.organisation.kind for membership in memberships_of(signed_in(request))}
    if not kinds & _READERS:
        raise PermissionDenied
