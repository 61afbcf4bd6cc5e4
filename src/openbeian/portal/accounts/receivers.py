"""What allauth tells of signing in and of second factors, kept in the audit trail."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest

from openbeian import clock
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.network import network_of
from openbeian.portal.accounts.second_factor import HAS_FACTOR

__all__: list[str] = []


@receiver(account_signals.user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401  Django's signature
    actions.note_sign_in(
        user,
        request.session,
        network=network_of(request),
        device=request.headers.get("User-Agent", ""),
        by=user,
        at=clock.now(),
    )


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
@receiver(account_signals.password_reset)
def _password(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401  the same
    actions.note_password(user, session_key=request.session.session_key, by=user, at=clock.now())


@receiver(mfa_signals.authenticator_added)
def _added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:  # noqa: ANN401  the same
    _note("added", request, user, authenticator)


@receiver(mfa_signals.authenticator_removed)
def _removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:  # noqa: ANN401  the same
    request.session.pop(HAS_FACTOR, None)
    _note("removed", request, user, authenticator)


@receiver(mfa_signals.authenticator_reset)
def _reset(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:  # noqa: ANN401  the same
    _note("renewed", request, user, authenticator)


def _note(what: str, request: HttpRequest, user: User, authenticator: Authenticator) -> None:
    actions.note_factor(
        user,
        what=what,
        factor=str(authenticator.type),
        session_key=request.session.session_key,
        by=user,
        at=clock.now(),
    )
