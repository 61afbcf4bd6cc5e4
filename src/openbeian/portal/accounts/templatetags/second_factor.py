"""What the pages of signing in ask: whether a second factor is missing, through whom one can sign in."""

from typing import NamedTuple

from allauth.socialaccount.adapter import get_adapter
from django import template
from django.http import HttpRequest
from django.template import Context

from openbeian.portal.accounts.second_factor import lacks_factor

__all__ = ["register"]

register = template.Library()


class _Provider(NamedTuple):
    name: str
    address: str


@register.simple_tag(takes_context=True)
def second_factor_missing(context: Context) -> bool:
    """Say whether the person may do nothing else before they have a second factor."""
    request = context["request"]
    assert isinstance(request, HttpRequest)
    return lacks_factor(request)


@register.simple_tag(takes_context=True)
def openid_providers(context: Context) -> list[_Provider]:
    """Return the OpenID Connect providers of the settings, with where signing in through them begins."""
    request = context["request"]
    return [
        _Provider(provider.name, provider.get_login_url(request))
        for provider in get_adapter().list_providers(request)
    ]
