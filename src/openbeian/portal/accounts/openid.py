"""Signing in through an OpenID Connect provider: only people who were entered here, by verified address."""

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

__all__ = ["KnownPeopleAdapter"]


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """Lets the provider say who somebody is, never who belongs here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002  allauth's signature
        """Say no: an organisation enters its own people."""
        return False
