"""A person's own page: who they are, their organisations and roles, where they are signed in, their keys."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.account_rights import SCOPES_OF
from openbeian.core.roles import ORGANISATION_LABELS, ROLE_LABELS, OrganisationKind, Role
from openbeian.core.text import Text
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.forms import KeyForm, tried
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.accounts.second_factor import has_factor, must_have_factor
from openbeian.portal.accounts.shown import shown_keys, shown_sessions
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.web.words import now

__all__ = ["account", "end_other_sessions", "end_session", "new_key", "not_offered", "revoke_key"]

_ENDED: Final = Text("密钥已停用。", "The key is ended.")
_SIGNED_OUT: Final = Text("该会话已结束。", "The session is ended.")
_SIGNED_OUT_ELSEWHERE: Final = Text("其他会话均已结束。", "You are signed out everywhere else.")


def not_offered(_request: HttpRequest) -> HttpResponse:
    """Answer for a page of the library's that this portal does not have."""
    raise Http404


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who somebody is here."""
    user = signed_in(request)
    memberships = [
        (
            membership.organisation,
            ORGANISATION_LABELS[OrganisationKind(membership.organisation.kind)],
            [ROLE_LABELS[Role(role)] for role in membership.roles],
        )
        for membership in memberships_of(user)
    ]
    context = {
        "memberships": memberships,
        "keys": shown_keys(user.api_keys.select_related("organisation", "user"), at=clock.now()),
        "may_make_keys": bool(_with_keys(user)),
        "sessions": shown_sessions(user, request.session.session_key),
        "has_factor": has_factor(user),
        "must_have_factor": must_have_factor(user),
    }
    return render(request, "accounts/account.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key, and show it this once."""
    user = signed_in(request)
    form = KeyForm(_with_keys(user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.issue_api_key(**form.values(), by=user, at=clock.now()))
        if made is not None:
            key, secret = made
            return render(request, "accounts/key_made.html", {"key": key, "secret": secret})
    return render(request, "accounts/key_new.html", {"form": form})


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key."""
    user = signed_in(request)
    actions.revoke_api_key(get_object_or_404(user.api_keys, pk=pk), by=user, at=clock.now())
    messages.success(request, now(_ENDED))
    return redirect("accounts:account")


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign oneself out somewhere else."""
    user = signed_in(request)
    actions.end_session(get_object_or_404(user.signed_in, pk=pk), by=user, at=clock.now())
    messages.success(request, now(_SIGNED_OUT))
    return redirect("accounts:account")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign oneself out everywhere else."""
    user = signed_in(request)
    actions.end_sessions(user, but=request.session.session_key, by=user, at=clock.now())
    messages.success(request, now(_SIGNED_OUT_ELSEWHERE))
    return redirect("accounts:account")


def _with_keys(user: User) -> list[Organisation]:
    own = [membership.organisation for membership in memberships_of(user)]
    return [one for one in own if SCOPES_OF[OrganisationKind(one.kind)]]
