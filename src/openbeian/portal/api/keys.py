"""Who asks: a session of the portal, or a key in the Authorization header."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from openbeian.clock import now
from openbeian.core.account_rights import SCOPE_LABELS, Scope, is_only_auditor, may_use_key
from openbeian.core.errors import NotAllowedError
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import ApiKey, Organisation, User
from openbeian.portal.accounts.queries import actor_of, find_api_key, memberships_of

__all__ = [
    "AUTH",
    "KEY_ONLY",
    "check_may_write",
    "platform_of",
    "providers_of",
    "reads_everything",
    "user_of",
]


_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


class _Key(HttpBearer):
    """`Authorization: Bearer beian_…`, with the scope that the method asks for, or the one named here."""

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the person the key acts for."""
        at = now()
        key = find_api_key(token, at=at)
        if key is None:
            return None
        wanted = self._scope or (Scope.READ if request.method in _SAFE else Scope.WRITE)
        if not may_use_key(OrganisationKind(key.organisation.kind), key.scopes, wanted):
            raise _lacks(wanted)
        if key.last_used_at is None or at - key.last_used_at > _USE_NOTED_EVERY:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
        request.beian_key = key  # type: ignore[attr-defined]  # read below only
        return key.user


class _Session(APIKeyCookie):
    """The portal's own session; writing needs the CSRF token as in any form."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        # Checked below, after it is known whether anybody is logged in: a stranger is told to log in.
        super().__init__(csrf=False)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:  # noqa: ARG002  as declared
        """Return the person who is logged in."""
        if not isinstance(request.user, User):
            return None
        if check_csrf(request) is not None:
            raise NotAllowedError(
                "请求缺少表单令牌；请在 X-CSRFToken 头中给出，或改用密钥。",
                "The form token is missing; give it in the X-CSRFToken header, or use a key.",
            )
        return request.user


AUTH: Final = [_Key(), _Session()]
KEY_ONLY: Final = [_Key(Scope.SIGHTINGS)]


def _lacks(scope: Scope) -> NotAllowedError:
    label = SCOPE_LABELS[scope]
    return NotAllowedError(
        f"此密钥没有「{label.zh}」（{scope.value}）权限；请使用有此权限的密钥。",
        f"This key lacks the scope {scope.value} ({label.en.lower()}); use one that has it.",
    )


def user_of(request: HttpRequest) -> User:
    """Return who asks; the endpoint demands that somebody does."""
    user = request.auth  # type: ignore[attr-defined]  # set by the API framework
    assert isinstance(user, User)
    return user


def providers_of(request: HttpRequest) -> list[Organisation]:
    """Return the providers on whose behalf the request may act: the key's, or all of the person's."""
    key = _key_of(request)
    own = [m.organisation for m in memberships_of(user_of(request))]
    return [
        organisation
        for organisation in own
        if organisation.kind == OrganisationKind.PROVIDER.value
        and (key is None or key.organisation_id == organisation.pk)
    ]


def reads_everything(request: HttpRequest) -> bool:
    """Say whether an auditor asks, by a key of the auditing organisation or a session."""
    key = _key_of(request)
    if key is not None:
        return key.organisation.kind == OrganisationKind.AUDITOR.value
    return is_only_auditor(actor_of(user_of(request)))


def check_may_write(request: HttpRequest) -> None:
    """Check that the key, if a key is used, may change something.

    Raises:
        NotAllowedError: It may only read.
    """
    key = _key_of(request)
    if key is not None and Scope.WRITE.value not in key.scopes:
        raise _lacks(Scope.WRITE)


def platform_of(request: HttpRequest) -> Organisation:
    """Return the platform for which the key reports; other organisations' keys can't have that scope."""
    key = _key_of(request)
    assert key is not None, "the endpoint demands a key"
    return key.organisation


def _key_of(request: HttpRequest) -> ApiKey | None:
    return getattr(request, "beian_key", None)
