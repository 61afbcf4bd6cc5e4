"""The office's side of petitions: return, put up, decide and countersign."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from openbeian import clock
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.petitions import actions
from openbeian.portal.petitions.forms import GiveBackForm
from openbeian.portal.petitions.officers import officers_for
from openbeian.portal.petitions.queries import open_decision_of, possible_steps
from openbeian.portal.petitions.views import find_petition, say_done
from openbeian.portal.review.forms import AssignForm, OutcomeForm
from openbeian.portal.signing import load_signer

__all__ = ["assign", "decide", "give_back", "hand_back", "put_up", "take"]

_TAKEN: Final = Text("此件由您办理。", "It is yours to work on.")
_ASSIGNED: Final = Text("已分派。", "Assigned.")
_HANDED_BACK: Final = Text("已交回，无人办理。", "Handed back; nobody has it.")
_RETURNED: Final = Text("已退回补充。", "Returned to be completed.")
_PUT_UP: Final = Text("已报请决定。", "It is before those who decide.")
_DECIDED: Final = Text("您的结论已记录，等待另一人会签。", "Recorded; another person has to countersign.")
_CLOSED: Final = Text("会签完成。", "Countersigned.")


@login_required
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a petition oneself."""
    user = signed_in(request)
    actions.assign(find_petition(request, reference), officer=user, by=user, at=clock.now())
    return say_done(request, _TAKEN, reference)


@login_required
@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """Give a petition to somebody of the office."""
    found = find_petition(request, reference)
    form = AssignForm(officers_for(found), request.POST)
    if not form.is_valid():
        raise PermissionDenied
    actions.assign(found, officer=form.chosen(), by=signed_in(request), at=clock.now())
    return say_done(request, _ASSIGNED, reference)


@login_required
@require_POST
def hand_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a petition be nobody's again."""
    actions.hand_back(find_petition(request, reference), by=signed_in(request), at=clock.now())
    return say_done(request, _HANDED_BACK, reference)


@login_required
@require_POST
def give_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Return a petition to be completed."""
    found, form = find_petition(request, reference), GiveBackForm(request.POST)
    if not form.is_valid():
        return render(request, "petitions/give_back.html", {"petition": found, "form": form})
    actions.give_back(found, **form.cleaned_data, by=signed_in(request), at=clock.now())
    return say_done(request, _RETURNED, reference)


@login_required
@require_POST
def put_up(request: HttpRequest, reference: str) -> HttpResponse:
    """Put an examined petition before those who decide."""
    words = request.POST.get("examination", "")[:4000]
    found = find_petition(request, reference)
    actions.put_up(found, examination=words, by=signed_in(request), at=clock.now())
    return say_done(request, _PUT_UP, reference)


@login_required
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Give an outcome: the first one, or the second without having seen the first."""
    found, user = find_petition(request, reference), signed_in(request)
    outcomes = [step for step in possible_steps(user, found) if step.four_eyes]
    if not outcomes:
        raise PermissionDenied
    form, first = OutcomeForm(outcomes, request.POST), open_decision_of(found)
    if not form.is_valid():
        context = {"petition": found, "form": form, "is_second": first is not None}
        return render(request, "petitions/decide.html", context)
    given = form.cleaned_data
    if first is None:
        actions.decide(found, **given, by=user, at=clock.now())
        return say_done(request, _DECIDED, reference)
    actions.countersign(first, **given, signer=load_signer(), by=user, at=clock.now())
    return say_done(request, _CLOSED, reference)
