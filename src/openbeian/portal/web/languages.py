"""Which language a page is in, and how a person changes it: `?lang=` on any page, kept in a cookie."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_from_request

__all__ = ["HTML_LANGUAGES", "PARAMETER", "address_in", "asked_language", "current_language", "page_language"]

PARAMETER: Final = "lang"
HTML_LANGUAGES: Final = {"zh-hans": "zh-Hans", "en": "en"}
"""The languages of the pages, by Django's codes, as HTML writes them."""

_SHORT: Final = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}


def asked_language(request: HttpRequest) -> str | None:
    """Return the language asked for in the address; None where none or an unknown one is."""
    return _SHORT.get(request.GET.get(PARAMETER, "").lower())


def page_language(request: HttpRequest) -> str:
    """Return the language to answer `request` in: asked for, else remembered, else the browser's."""
    return asked_language(request) or get_language_from_request(request)


def current_language() -> str:
    """Return the language of the page being made."""
    return get_language() or settings.LANGUAGE_CODE


def address_in(request: HttpRequest, language: str) -> str:
    """Return the address of this very page in another language."""
    query = request.GET.copy()
    query[PARAMETER] = language.split("-", maxsplit=1)[0]
    return f"{request.path}?{query.urlencode()}"
