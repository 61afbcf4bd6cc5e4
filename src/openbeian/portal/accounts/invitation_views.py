"""The page an invitation's link leads to: who invites, to what; accept, or enter and accept."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openbeian import clock
from openbeian.core.text import Text
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.forms import EnterForm, tried
from openbeian.portal.accounts.links import find_invitation
from openbeian.portal.accounts.models import Invitation, User
from openbeian.portal.accounts.shown import role_labels
from openbeian.portal.web.words import now

__all__ = ["invitation"]

_WELCOME: Final = Text("账户已建立；请用您的邮箱和密码登录。", "Your account is made; sign in with it.")
_JOINED: Final = Text("您已加入该单位。", "You have joined the organisation.")


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered; take it."""
    found = find_invitation(token)
    if found is None:
        raise Http404
    is_open = found.accepted_at is None and found.revoked_at is None and found.expires_at > clock.now()
    context = {"invitation": found, "roles": role_labels(found.roles), "is_open": is_open}
    if not is_open:
        return render(request, "accounts/invitation.html", context, status=410)
    if isinstance(request.user, User):
        return _as_known(request, request.user, found, context)
    if User.objects.filter(email=found.email).exists():
        return render(request, "accounts/invitation.html", {**context, "is_known": True})
    return _as_new(request, found, context)


def _as_known(
    request: HttpRequest, user: User, invitation: Invitation, context: dict[str, object]
) -> HttpResponse:
    if request.method == "POST":
        actions.accept_invitation(invitation, by=user, at=clock.now())
        messages.success(request, now(_JOINED))
        return redirect("accounts:account")
    context["is_for_this_person"] = user.email == invitation.email
    return render(request, "accounts/invitation.html", context)


def _as_new(request: HttpRequest, invitation: Invitation, context: dict[str, object]) -> HttpResponse:
    form = EnterForm(invitation.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "password")}
        made = tried(form, lambda: actions.enter_invited(invitation, **values, by=SYSTEM, at=clock.now()))
        if made is not None:
            messages.success(request, now(_WELCOME))
            return redirect("account_login")
    return render(request, "accounts/invitation.html", {**context, "form": form})
