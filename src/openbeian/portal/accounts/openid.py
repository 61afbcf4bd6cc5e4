"""Signing in through an OpenID Connect provider: only people who were entered here, by verified address."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

__all__ = ["KnownPeopleAdapter"]


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """Lets the provider say who somebody is, never who belongs here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002  allauth's signature
        """Say no: an organisation enters its own people."""
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:  # noqa: ANN401  the same
        """Return the providers of the settings; none are kept in the database."""
        apps = super().list_apps(request, provider=provider, client_id=client_id)
        return [app for app in apps if app.pk is None]
