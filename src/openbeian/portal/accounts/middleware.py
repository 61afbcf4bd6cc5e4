"""What holds for every request: how often one may ask, with what factor, and that auditors only read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from openbeian import clock
from openbeian.core.account_rights import is_only_auditor
from openbeian.core.permissions import MissingRoleError
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.actions.signing_in import SEEN
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.network import network_of
from openbeian.portal.accounts.queries import actor_of, memberships_kept
from openbeian.portal.accounts.rates import MINUTE_S, TooOftenError, check_rate
from openbeian.portal.accounts.second_factor import lacks_factor
from openbeian.portal.web.refusing import is_for_programs, refusal

__all__ = [
    "AuditorMiddleware",
    "RateMiddleware",
    "ReadingMiddleware",
    "SecondFactorMiddleware",
    "SessionMiddleware",
]

_Next = Callable[[HttpRequest], HttpResponse]
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PUBLIC_FILES: Final = "public"
_SETTING_UP: Final = frozenset(
    {"account_logout", "account_reauthenticate", "account_change_password", "account_set_password"}
)
_OWN_ACCOUNT: Final = ("account_", "mfa_", "socialaccount_", "openid_connect_")
_OWN_PAGES: Final = frozenset({"end_session", "end_other_sessions", "new_key", "revoke_key"})
_NOTED_EVERY: Final = timedelta(minutes=5)


class _Rule:
    """A layer that looks at a request once it is known which view will answer."""

    def __init__(self, get_response: _Next) -> None:
        """Keep the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)


class RateMiddleware(_Rule):
    """Answers 429 to whoever asks too often; the log's public files, which gates poll, are open to all."""

    def process_view(
        self, request: HttpRequest, _view: object, _args: Sequence[object], _more: Mapping[str, object]
    ) -> HttpResponse | None:
        """Count the request."""
        if request.resolver_match is not None and _PUBLIC_FILES in request.resolver_match.namespaces:
            return None
        try:
            check_rate(request, at=clock.now())
        except TooOftenError as error:
            answer = refusal(request, error)
            answer.headers["Retry-After"] = str(MINUTE_S)
            return answer
        return None


class SecondFactorMiddleware(_Rule):
    """Leads whoever must have a second factor and has none to setting it up, before anything else."""

    def process_view(
        self, request: HttpRequest, _view: object, _args: Sequence[object], _more: Mapping[str, object]
    ) -> HttpResponse | None:
        """Let only the pages pass on which it is set up."""
        name = _name_of(request)
        if name.startswith("mfa_") or name in _SETTING_UP or not lacks_factor(request):
            return None
        if not is_for_programs(request):
            return redirect("mfa_index")
        error = MissingRoleError(
            "您的角色必须使用两步验证；请先在账户页面设置。",
            "Your roles demand a second factor; set one up on your account's page first.",
        )
        return refusal(request, error)


class AuditorMiddleware(_Rule):
    """Lets auditors change nothing but their own account, whatever page or address it is."""

    def process_view(
        self, request: HttpRequest, _view: object, _args: Sequence[object], _more: Mapping[str, object]
    ) -> HttpResponse | None:
        """Refuse what would change something."""
        if request.method in _SAFE or not isinstance(request.user, User) or _is_own_account(request):
            return None
        if not is_only_auditor(actor_of(request.user)):
            return None
        error = MissingRoleError(
            "审计员只能查阅，不能办理；请由有相应角色的人员办理。",
            "Auditors read and change nothing; ask somebody who has the role for it.",
        )
        return refusal(request, error)


class ReadingMiddleware(_Rule):
    """Reads once for a page who its reader is, however often the page asks."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep memberships where nothing can change them."""
        if request.method not in _SAFE:
            return self._get_response(request)
        with memberships_kept():
            return self._get_response(request)


class SessionMiddleware(_Rule):
    """Notes now and then that a session is still in use."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it, and pass the request on."""
        seen, at = request.session.get(SEEN), clock.now()
        if seen is not None and at.timestamp() - seen > _NOTED_EVERY.total_seconds():
            user = request.user
            if isinstance(user, User):
                actions.note_seen(request.session, network=network_of(request), by=user, at=at)
        return self._get_response(request)


def _name_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name or "") if match else ""


def _is_own_account(request: HttpRequest) -> bool:
    name = _name_of(request)
    in_accounts = request.resolver_match is not None and "accounts" in request.resolver_match.app_names
    return name.startswith(_OWN_ACCOUNT) or (in_accounts and name in _OWN_PAGES)
