"""The pages of duties: what is owed, one filing's, reports of it, its calendar."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from openbeian import clock
from openbeian.core.duties import DutyKind
from openbeian.core.duty_rights import may_report_duty
from openbeian.core.errors import BadInputError
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.duties import actions
from openbeian.portal.duties.calendar_files import calendar_of
from openbeian.portal.duties.forms import DutyFilter, ReportForm, UpdateForm
from openbeian.portal.duties.models import CalendarKey
from openbeian.portal.duties.queries import (
    calendar_token,
    duties_shown_to,
    filing_of_calendar,
    filings_shown_to,
    shown,
)
from openbeian.portal.filings.models import Filing
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.words import now

__all__ = ["calendar", "duties", "filing", "renew_calendar", "report", "update"]

_K = OrganisationKind
_READERS: Final = frozenset({_K.PROVIDER, _K.PROVINCIAL, _K.NATIONAL, _K.AUDITOR})
_ON_A_PAGE: Final = 30
_REPORTED: Final = Text("已报告。", "Reported.")
_RENEWED: Final = Text("日历地址已更换，旧地址失效。", "The calendar has a new address; the old one is gone.")


def _found(request: HttpRequest, number: str) -> Filing:
    return get_object_or_404(filings_shown_to(signed_in(request)), number=number)


@login_required
@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """Show a provider all it owes, an office what is overdue."""
    check_belongs(request, _READERS)
    user, today = signed_in(request), localdate(clock.now())
    kinds = {membership.kind for membership in actor_of(user).memberships}
    is_office = _K.PROVIDER not in kinds
    form = DutyFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    only_overdue = is_office and wanted.get("show") != "all"
    found = duties_shown_to(
        user,
        on=today,
        kind=wanted.get("kind", ""),
        jurisdiction=wanted.get("jurisdiction", ""),
        only_overdue=only_overdue,
    )
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "duties": [shown(one, today) for one in page.object_list],
        "is_office": is_office,
        "only_overdue": only_overdue,
        "form": form,
        "query": query.urlencode(),
        "number": page.paginator.count,
    }
    return render(request, "duties/duties.html", context)


@login_required
@require_GET
def filing(request: HttpRequest, number: str) -> HttpResponse:
    """Show what one filing's provider owes and has reported."""
    return _shown(request, _found(request, number))


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Report that a duty was done."""
    found = _found(request, number)
    start = {"kind": request.GET.get("kind", ""), "done_on": localdate(clock.now())}
    form = ReportForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"kind": DutyKind(form.cleaned_data["kind"])}
        try:
            actions.report_duty(found, **given, by=signed_in(request), at=clock.now())
        except BadInputError as error:
            form.add_error(None, now(error.text))
        else:
            messages.success(request, now(_REPORTED))
            return redirect("duties:filing", number)
    return render(request, "duties/report.html", {"filing": found, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def update(request: HttpRequest, number: str) -> HttpResponse:
    """Report a new version of the model."""
    found = _found(request, number)
    form = UpdateForm(request.POST or None, initial={"updated_on": localdate(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_update(found, **form.cleaned_data, by=signed_in(request), at=clock.now())
        except BadInputError as error:
            form.add_error(None, now(error.text))
        else:
            messages.success(request, now(_REPORTED))
            return redirect("duties:filing", number)
    context = {"filing": found, "form": form, "workdays": settings.BEIAN_REASSESS_WORKDAYS}
    return render(request, "duties/update.html", context)


@login_required
@require_POST
def renew_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """Make another secret address of the calendar."""
    actions.renew_calendar(_found(request, number), by=signed_in(request), at=clock.now())
    messages.success(request, now(_RENEWED))
    return redirect("duties:filing", number)


@require_safe
def calendar(request: HttpRequest, number: str, token: str) -> HttpResponse:  # noqa: ARG001  Django's signature
    """Hand the calendar to whoever knows its address."""
    found = filing_of_calendar(number, token)
    if found is None:
        raise Http404
    body = calendar_of(found, found.duties.all(), current_language(), at=clock.now())
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _shown(request: HttpRequest, found: Filing) -> HttpResponse:
    user, today = signed_in(request), localdate(clock.now())
    may_report = may_report_duty(actor_of(user), str(found.provider_id))
    key = CalendarKey.objects.filter(filing=found).first() if may_report else None
    address = ""
    if key is not None:
        path = reverse("duties:calendar", args=[found.number, calendar_token(key)])
        address = f"{settings.BEIAN_ORIGIN}{path}"
    context = {
        "filing": found,
        "duties": [shown(one, today) for one in found.duties.all()],
        "reports": found.duty_reports.select_related("reported_by")[:_ON_A_PAGE],
        "updates": found.model_updates.all()[:_ON_A_PAGE],
        "may_report": may_report and found.status == "valid",
        "owns": may_report,
        "calendar": address,
    }
    return render(request, "duties/filing.html", context)
