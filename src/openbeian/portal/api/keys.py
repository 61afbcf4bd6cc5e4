"""Who asks: a session of the portal, or a key in the Authorization header."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from openbeian.clock import now
from openbeian.core.errors import NotAllowedError
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import ApiKey, Organisation, User
from openbeian.portal.accounts.queries import find_api_key, memberships_of

__all__ = ["AUTH", "KEY_ONLY", "check_may_write", "platform_of", "providers_of", "user_of"]


class _Key(HttpBearer):
    """`Authorization: Bearer beian_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the person the key acts for."""
        key = find_api_key(token, at=now())
        if key is None:
            return None
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now())
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
KEY_ONLY: Final = [_Key()]


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


def check_may_write(request: HttpRequest) -> None:
    """Check that the key, if a key is used, may change something.

    Raises:
        NotAllowedError: It may only read.
    """
    key = _key_of(request)
    if key is not None and "write" not in key.scopes:
        raise NotAllowedError(
            "此密钥只能读取；请使用有写权限的密钥。", "This key may only read; use one with the scope write."
        )


def platform_of(request: HttpRequest) -> Organisation:
    """Return the platform for which the key reports.

    Raises:
        NotAllowedError: It is another organisation's key, or not one for reporting.
    """
    key = _key_of(request)
    assert key is not None, "the endpoint demands a key"
    if key.organisation.kind != OrganisationKind.PLATFORM.value or "sightings" not in key.scopes:
        raise NotAllowedError(
            "此密钥不能报告；请使用平台单位的、有 sightings 权限的密钥。",
            "This key may not report; use a platform's, with the scope sightings.",
        )
    return key.organisation


def _key_of(request: HttpRequest) -> ApiKey | None:
    return getattr(request, "beian_key", None)
