"""Whether somebody who has signed in still has to set up their second factor."""

from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from openbeian.core.account_rights import needs_second_factor
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of

__all__ = ["HAS_FACTOR", "has_factor", "lacks_factor", "must_have_factor"]

HAS_FACTOR: Final = "has_second_factor"
"""Under this name a session remembers that its person has a second factor."""
_STRONG: Final = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_factor(user: User) -> bool:
    """Say whether somebody has a second factor; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, _STRONG))


def must_have_factor(user: User) -> bool:
    """Say whether somebody has to sign in with a second factor: their roles demand it, or the admin pages."""
    return bool(settings.BEIAN_SECOND_FACTOR) and (user.is_staff or needs_second_factor(actor_of(user)))


def lacks_factor(request: HttpRequest) -> bool:
    """Say whether whoever asks may do nothing before they have set up a second factor."""
    user = request.user
    if not isinstance(user, User) or request.session.get(HAS_FACTOR) or not must_have_factor(user):
        return False
    if has_factor(user):
        request.session[HAS_FACTOR] = True
        return False
    return True
