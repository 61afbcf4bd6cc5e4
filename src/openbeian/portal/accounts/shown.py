"""Keys, sessions and members as pages show them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from openbeian.core.account_rights import SCOPE_LABELS, Scope
from openbeian.core.roles import ROLE_LABELS, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.models import ApiKey, SignedInSession, User

__all__ = ["ShownKey", "ShownSession", "device_of", "role_labels", "shown_keys", "shown_sessions"]

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Linux", "Linux"),
)


class ShownKey(NamedTuple):
    """A key, what it may be used for, and whether it still works."""

    key: ApiKey
    scopes: list[Text]
    state: str
    """`live`, `ended` or `expired`."""


class ShownSession(NamedTuple):
    """A session, with what somebody is signed in there, and whether it is the one that asks."""

    session: SignedInSession
    device: str
    is_this: bool


def shown_keys(keys: Iterable[ApiKey], *, at: datetime) -> list[ShownKey]:
    """Return keys as they are shown."""
    return [
        ShownKey(key, [SCOPE_LABELS[Scope(scope)] for scope in key.scopes], _state_of(key, at))
        for key in keys
    ]


def _state_of(key: ApiKey, at: datetime) -> str:
    if key.revoked_at is not None:
        return "ended"
    return "expired" if key.expires_at <= at else "live"


def shown_sessions(user: User, session_key: str | None) -> list[ShownSession]:
    """Return where a person is signed in, used last first."""
    return [
        ShownSession(session, device_of(session.device), session.session_key == session_key)
        for session in user.signed_in.all()
    ]


def device_of(agent: str) -> str:
    """Return browser and system, such as “Firefox · Windows”, as far as the browser's own words tell."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or agent.partition(" ")[0][:40]


def role_labels(roles: Iterable[str]) -> list[Text]:
    """Return what roles are called, in the order of their table."""
    held = {Role(role) for role in roles}
    return [label for role, label in ROLE_LABELS.items() if role in held]
