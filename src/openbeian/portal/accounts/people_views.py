"""The pages of people: whoever administers the system closes accounts and resets lost factors there."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from openbeian import clock
from openbeian.core.account_rights import Reach, may_administer
from openbeian.core.text import Text
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, memberships_of, people_for
from openbeian.portal.accounts.second_factor import has_factor
from openbeian.portal.accounts.shown import role_labels, shown_keys, shown_sessions
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.accounts.trail import reach_for
from openbeian.portal.web.words import now

__all__ = ["close_account", "end_sessions", "open_account", "people", "person", "reset_second_factor"]

_ON_A_PAGE: Final = 50
_CLOSED: Final = Text("账户已停用，其会话和密钥同时结束。", "Closed; sessions and keys are ended.")
_OPENED: Final = Text("账户已恢复。", "The account is open again.")
_RESET: Final = Text(
    "两步验证已重置；对方下次登录时重新设置。", "Reset; they set up another when they sign in next."
)
_ENDED: Final = Text("其全部会话已结束。", "They are signed out everywhere.")


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody who was entered; with `q` those whose name or address has these words."""
    user, words = signed_in(request), request.GET.get("q", "").strip()
    if reach_for(user) not in {Reach.EVERYTHING, Reach.ACCOUNTS}:
        raise PermissionDenied
    found = people_for(user).prefetch_related("memberships__organisation")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, [m.organisation for m in one.memberships.all() if m.ended_at is None]) for one in page]
    return render(request, "accounts/people.html", {"page": page, "rows": rows, "words": words})


@login_required
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody: where they belong, how they sign in, their keys."""
    user, found = signed_in(request), _found(request, pk)
    context = {
        "person": found,
        "memberships": [(m.organisation, role_labels(m.roles)) for m in memberships_of(found)],
        "has_factor": has_factor(found),
        "sessions": shown_sessions(found, request.session.session_key),
        "keys": shown_keys(found.api_keys.select_related("organisation", "user"), at=clock.now()),
        "administers": may_administer(actor_of(user)) and found != user,
    }
    return render(request, "accounts/person.html", context)


@login_required
@require_POST
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody sign in no more."""
    return _act(request, pk, actions.close_account, _CLOSED)


@login_required
@require_POST
def open_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody sign in again."""
    return _act(request, pk, actions.open_account, _OPENED)


@login_required
@require_POST
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a second factor that was lost."""
    return _act(request, pk, actions.reset_second_factor, _RESET)


@login_required
@require_POST
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    return _act(request, pk, actions.end_sessions, _ENDED)


def _found(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(people_for(signed_in(request)), pk=pk)


def _act(request: HttpRequest, pk: int, action: Callable[..., None], words: Text) -> HttpResponse:
    found = _found(request, pk)
    action(found, by=signed_in(request), at=clock.now())
    messages.success(request, now(words))
    return redirect("organisations:person", found.pk)
