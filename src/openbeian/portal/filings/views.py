"""The pages of certificates, rounds and measures."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import holds, memberships_of
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.filings import actions
from openbeian.portal.filings.forms import CertifyForm, CountersignForm, MeasureForm, RoundForm
from openbeian.portal.filings.models import Round
from openbeian.portal.filings.queries import (
    confirmed_applications,
    find_entry,
    measures_possible,
    open_measure_of,
    open_measures,
    readable_by,
)
from openbeian.portal.signing import load_signer
from openbeian.portal.web.languages import current_language

__all__ = ["certificate", "certify", "filing", "measures", "plan", "round_", "rounds"]

_ROUND_READERS: Final = frozenset({"national", "auditor"})
_PLANNED: Final = Text("批次已设立。", "The round is planned.")
_CERTIFIED: Final = Text("已发证并公布。", "The certificates are issued and public.")
_PROPOSED: Final = Text("已提出，等待另一人会签。", "Proposed; another person has to countersign.")
_CLOSED: Final = Text("会签完成。", "Countersigned.")
_MOST_LISTED: Final = 200


def _tell(request: HttpRequest, words: Text) -> None:
    messages.success(request, words.in_(current_language()))


def _check_reads_rounds(request: HttpRequest) -> None:
    kinds = {membership.organisation.kind for membership in memberships_of(signed_in(request))}
    if not kinds & _ROUND_READERS:
        raise PermissionDenied


def _publishes(request: HttpRequest) -> bool:
    return holds(signed_in(request), OrganisationKind.NATIONAL, Role.PUBLISHER)


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


@login_required
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Show the rounds, and the measures that wait for a second person."""
    _check_reads_rounds(request)
    context = {
        "rounds": Round.objects.all(),
        "waiting": confirmed_applications().count(),
        "open_measures": open_measures(),
        "may_publish": _publishes(request),
    }
    return render(request, "filings/rounds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Announce a round."""
    _check_reads_rounds(request)
    last = Round.objects.first()
    form = RoundForm(request.POST or None, initial={"series": last.series + 1 if last else 1})
    if request.method == "POST" and form.is_valid():
        made = actions.plan_round(**form.cleaned_data, by=signed_in(request), at=clock.now())
        _tell(request, _PLANNED)
        return redirect("filings:round", made.series)
    return render(request, "filings/plan.html", {"form": form})


@login_required
@require_GET
def round_(request: HttpRequest, series: int) -> HttpResponse:
    """Show a round: what it certified, or what it can certify."""
    _check_reads_rounds(request)
    context = {
        "round": get_object_or_404(Round, series=series),
        "form": CertifyForm(),
        "waiting": confirmed_applications(),
        "may_publish": _publishes(request),
    }
    return render(request, "filings/round.html", context)


@login_required
@require_http_methods(["POST"])
def certify(request: HttpRequest, series: int) -> HttpResponse:
    """Certify what was picked: all of it or nothing."""
    chosen, form = get_object_or_404(Round, series=series), CertifyForm(request.POST)
    if not form.is_valid():
        context = {"round": chosen, "form": form, "waiting": confirmed_applications(), "may_publish": True}
        return render(request, "filings/round.html", context)
    actions.certify_round(
        chosen,
        applications=list(form.cleaned_data["applications"]),
        signer=load_signer(),
        by=signed_in(request),
        at=clock.now(),
    )
    _tell(request, _CERTIFIED)
    return redirect("filings:round", series)


@login_required
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """Show the filings one's office is in charge of."""
    found = readable_by(signed_in(request))
    return render(request, "filings/measures.html", {"filings": found[:_MOST_LISTED]})


@login_required
@require_http_methods(["GET", "POST"])
def filing(request: HttpRequest, number: str) -> HttpResponse:
    """Show a filing's measures; propose one, or answer the one that waits."""
    user = signed_in(request)
    found = get_object_or_404(readable_by(user), number=number)
    steps, waiting = measures_possible(user, found), open_measure_of(found)
    form = CountersignForm(request.POST or None) if waiting else MeasureForm(steps, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if waiting:
            answer = {"agree": form.cleaned_data["agree"] == "yes", "reason": form.cleaned_data["reason"]}
            actions.countersign_measure(waiting, **answer, by=user, at=clock.now())
        else:
            actions.propose_measure(found, **form.cleaned_data, by=user, at=clock.now())
        _tell(request, _CLOSED if waiting else _PROPOSED)
        return redirect("filings:filing", number)
    context = {"filing": found, "steps": steps, "waiting": waiting, "form": form}
    context["measures"] = found.measures.exclude(countersigned_at=None)
    return render(request, "filings/filing.html", context)
