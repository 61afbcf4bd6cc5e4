"""Keeping who signs in where, and counting what fails."""

from datetime import datetime
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from openbeian.core.sign_in import KEPT_FOR, locked_until
from openbeian.portal.accounts.actions.people import end_sessions
from openbeian.portal.accounts.failures import failures_of, hidden
from openbeian.portal.accounts.models import SignedInSession, SignInFailure, User
from openbeian.portal.audit.actions import Person, record

__all__ = ["SEEN", "note_factor", "note_failure", "note_password", "note_seen", "note_sign_in"]

_LONGEST_DEVICE: Final = 200
SEEN: Final = "seen_at"
"""Under this name a session says when it was last used, in seconds since 1970."""


@transaction.atomic
def note_sign_in(
    user: User, session: SessionBase, *, network: str, device: str, by: Person, at: datetime
) -> None:
    """Keep that a person has signed in with this session."""
    session[SEEN] = int(at.timestamp())
    SignedInSession.objects.update_or_create(
        session_key=session.session_key,
        defaults={
            "user": user,
            "created_at": at,
            "seen_at": at,
            "network": network,
            "device": device[:_LONGEST_DEVICE],
        },
    )
    SignInFailure.objects.filter(
        account=hidden("account", user.email), network=hidden("network", network)
    ).delete()
    record("sign_in.succeeded", user, by=by, at=at)


@transaction.atomic
def note_seen(session: SessionBase, *, network: str, by: Person, at: datetime) -> None:  # noqa: ARG001  as every action
    """Keep that a session was used now."""
    session[SEEN] = int(at.timestamp())
    SignedInSession.objects.filter(session_key=session.session_key).update(seen_at=at, network=network)


@transaction.atomic
def note_failure(email: str, *, network: str, by: Person, at: datetime) -> None:
    """Count a failed sign-in; those that no longer matter are forgotten. A lock goes into the trail."""
    SignInFailure.objects.filter(at__lte=at - KEPT_FOR).delete()
    SignInFailure.objects.create(account=hidden("account", email), network=hidden("network", network), at=at)
    until = locked_until(failures_of(email, network=network), at=at)
    user = User.objects.filter(email=email.strip().lower()).first()
    if until is not None and user is not None:
        record("sign_in.locked", user, by=by, at=at, until=until.isoformat())


@transaction.atomic
def note_factor(
    user: User, *, what: str, factor: str, session_key: str | None, by: Person, at: datetime
) -> None:
    """Keep that a second factor was `added`, `removed` or `reset`.

    With a new one the person is signed out everywhere but in this session: whoever came in by a password
    alone must not stay in.
    """
    if what == "added":
        end_sessions(user, but=session_key, by=by, at=at)
    record(f"second_factor.{what}", user, by=by, at=at, factor=factor)


@transaction.atomic
def note_password(user: User, *, session_key: str | None, by: Person, at: datetime) -> None:
    """Keep that a password was changed, and sign the person out everywhere but in this session."""
    end_sessions(user, but=session_key, by=by, at=at)
    record("password.changed", user, by=by, at=at)
