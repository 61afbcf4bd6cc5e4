"""The pages of permits: the public list, those that concern one, asking, and what can be done to one."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.errors import BadInputError
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.sandbox import actions
from openbeian.portal.sandbox.forms import (
    AskForm,
    CountersignPermitForm,
    DecidePermitForm,
    EndForm,
    LimitForm,
)
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.queries import granted_permits, open_to_permit, permits_concerning
from openbeian.portal.sandbox.standing import can_do, standing_of
from openbeian.portal.web.words import now

__all__ = ["ask", "countersign", "decide", "desk", "end", "limit", "permit", "permits", "withdraw"]

_READERS: Final = frozenset(
    {
        OrganisationKind.PROVIDER,
        OrganisationKind.PROVINCIAL,
        OrganisationKind.NATIONAL,
        OrganisationKind.AUDITOR,
    }
)
_ON_A_PAGE: Final = 50
_ASKED: Final = Text("已提交属地网信办。", "Sent to the province's office.")
_DECIDED: Final = Text("决定已保存，等待会签。", "The decision is kept and waits for its countersignature.")
_SIGNED: Final = Text("已会签。", "Countersigned.")
_LIMITED: Final = Text("已限制；各闸口随下一份快照执行。", "Limited; gates follow with the next snapshot.")
_ENDED: Final = Text("已提前结束；各闸口随下一份快照执行。", "Ended; gates follow with the next snapshot.")
_WITHDRAWN: Final = Text("已撤回。", "Withdrawn.")


@require_GET
def permits(request: HttpRequest) -> HttpResponse:
    """Show everybody which services may be used though they are not on file, by whom and until when."""
    at = clock.now()
    page = Paginator(granted_permits(), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "standings": [standing_of(one, at=at) for one in page]}
    return render(request, "sandbox/permits.html", context)


@login_required
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the permits of one's provider or office, those that wait first."""
    check_belongs(request, _READERS)
    user, at = signed_in(request), clock.now()
    page = Paginator(permits_concerning(user), _ON_A_PAGE).get_page(request.GET.get("page"))
    standings = [standing_of(one, at=at) for one in page]
    context = {
        "page": page,
        "waiting": [one for one in standings if one.is_waiting],
        "standings": [one for one in standings if not one.is_waiting],
        "may_ask": open_to_permit(user).exists(),
    }
    return render(request, "sandbox/desk.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a permit."""
    check_belongs(request, frozenset({OrganisationKind.PROVIDER}))
    user, at = signed_in(request), clock.now()
    form = AskForm(user, request.POST or None, today=localdate(at))
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, actions.ask_permit(**form.cleaned_data, by=user, at=at), _ASKED)
        except BadInputError as error:
            form.add_error(None, now(error.text))
    return render(request, "sandbox/ask.html", {"form": form})


@login_required
@require_GET
def permit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one permit whole, with what the reader may do."""
    return _shown(request, _found(request, pk))


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the first decision."""
    found, form = _found(request, pk), DecidePermitForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, decide_form=form)
    actions.decide_permit(
        found,
        grants=form.cleaned_data["outcome"] == "grant",
        reason=form.cleaned_data["reason"],
        office_testers=form.cleaned_data["office_testers"],
        by=signed_in(request),
        at=clock.now(),
    )
    return _done(request, found, _DECIDED)


@login_required
@require_POST
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a decision, or not."""
    found, form = _found(request, pk), CountersignPermitForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, countersign_form=form)
    actions.countersign_permit(
        found,
        agree=form.cleaned_data["agree"] == "yes",
        reason=form.cleaned_data["reason"],
        by=signed_in(request),
        at=clock.now(),
    )
    return _done(request, found, _SIGNED)


@login_required
@require_POST
def limit(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a permit narrower."""
    found = _found(request, pk)
    form = LimitForm(found, request.POST)
    if not form.is_valid():
        return _shown(request, found, limit_form=form)
    try:
        actions.limit_permit(found, **form.cleaned_data, by=signed_in(request), at=clock.now())
    except BadInputError as error:
        form.add_error(None, now(error.text))
        return _shown(request, found, limit_form=form)
    return _done(request, found, _LIMITED)


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a permit."""
    found, form = _found(request, pk), EndForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, end_form=form)
    actions.end_permit(found, **form.cleaned_data, by=signed_in(request), at=clock.now())
    return _done(request, found, _ENDED)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw what was asked for."""
    found = _found(request, pk)
    actions.withdraw_permit(found, by=signed_in(request), at=clock.now())
    return _done(request, found, _WITHDRAWN)


def _found(request: HttpRequest, pk: int) -> Permit:
    return get_object_or_404(permits_concerning(signed_in(request)), pk=pk)


def _done(request: HttpRequest, found: Permit, words: Text) -> HttpResponse:
    messages.success(request, now(words))
    return redirect("sandbox:permit", found.pk)


def _shown(request: HttpRequest, found: Permit, **filled: object) -> HttpResponse:
    taken = list(found.places.select_related("organisation"))  # what gates have reported
    context = {
        "standing": standing_of(found, at=clock.now()),
        "permit": found,
        "taken": taken,
        "taken_total": sum(one.trial_users for one in taken),
        "decisions": found.decisions.select_related("decided_by", "countersigned_by"),
        "may": can_do(signed_in(request), found, at=clock.now()),
        "decide_form": DecidePermitForm(),
        "countersign_form": CountersignPermitForm(),
        "limit_form": LimitForm(found),
        "end_form": EndForm(),
    }
    return render(request, "sandbox/permit.html", context | filled)
