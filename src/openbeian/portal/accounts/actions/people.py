"""Closing accounts and opening them again, ending sessions, taking away a lost second factor."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.portal.accounts.actions.rights import check_administers, check_keeps_administrator, lock
from openbeian.portal.accounts.models import ApiKey, SignedInSession, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.audit.actions import Person, record

__all__ = ["close_account", "end_session", "end_sessions", "open_account", "reset_second_factor"]


@transaction.atomic
def close_account(user: User, *, by: Person, at: datetime) -> None:
    """Let a person sign in no more; their sessions and keys end at once, what they did stays.

    Raises:
        NotAllowedError: `by` is no system administrator.
        BadInputError: It is `by`'s own account.
        LastAdministratorError: An organisation would be left without an administrator.
    """
    check_administers(by)
    if by == user:
        raise BadInputError(
            "不能停用自己的账户；请由另一名系统管理员办理。",
            "You can't close your own account; ask another system administrator.",
        )
    for membership in memberships_of(user):
        lock(membership.organisation)
        check_keeps_administrator(membership.organisation, user.pk, frozenset())
    user.is_active = False
    user.save(update_fields=["is_active"])
    ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=at)
    end_sessions(user, by=by, at=at)
    record("person.closed", user, by=by, at=at)


@transaction.atomic
def open_account(user: User, *, by: Person, at: datetime) -> None:
    """Let a person sign in again.

    Raises:
        NotAllowedError: `by` is no system administrator.
    """
    check_administers(by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("person.opened", user, by=by, at=at)


@transaction.atomic
def reset_second_factor(user: User, *, by: Person, at: datetime) -> None:
    """Take away the second factor of somebody who lost it, and end their sessions; they set up another.

    Raises:
        NotAllowedError: `by` is no system administrator.
        BadInputError: It is `by`'s own.
    """
    check_administers(by)
    if by == user:
        raise BadInputError(
            "不能重置自己的两步验证；请用恢复码登录，或由另一名系统管理员办理。",
            "You can't reset your own second factor; use a recovery code, or ask another administrator.",
        )
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user, by=by, at=at)
    record("second_factor.reset", user, by=by, at=at)


@transaction.atomic
def end_session(session: SignedInSession, *, by: Person, at: datetime) -> None:
    """Sign somebody out where they are signed in.

    Raises:
        NotAllowedError: It is somebody else's session, and `by` is no system administrator.
    """
    if by != session.user:
        check_administers(by)
    _end(session, by=by, at=at)


@transaction.atomic
def end_sessions(user: User, *, by: Person, at: datetime, but: str | None = None) -> None:
    """Sign somebody out everywhere, but in the session with this key.

    Raises:
        NotAllowedError: It is somebody else, and `by` is no system administrator.
    """
    if by != user:
        check_administers(by)
    for session in SignedInSession.objects.filter(user=user).exclude(session_key=but or ""):
        _end(session, by=by, at=at)


def _end(session: SignedInSession, *, by: Person, at: datetime) -> None:
    SessionStore().delete(session.session_key)
    record("session.ended", session.user, by=by, at=at, begun_at=session.created_at.isoformat())
    session.delete()
