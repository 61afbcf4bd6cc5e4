"""What every template knows: the language, its counterpart, and the way round the portal."""

from typing import TypedDict

from django.http import HttpRequest

from openbeian.portal.log.repository_facts import current_fingerprint
from openbeian.portal.web.languages import HTML_LANGUAGES, address_in, current_language
from openbeian.portal.web.navigation import Place, places_for

__all__ = ["Page", "page"]


class Page(TypedDict):
    """The names a template can use on every page."""

    html_language: str
    other_language: str
    other_language_address: str
    places: list[Place]
    root_fingerprint: str
    """Of the root that gates trust, in groups of four; empty where there is no repository."""


def page(request: HttpRequest) -> Page:
    """Return what every template knows."""
    language = current_language()
    other = next(code for code in HTML_LANGUAGES if code != language)
    return {
        "html_language": HTML_LANGUAGES[language],
        "other_language": HTML_LANGUAGES[other],
        "other_language_address": address_in(request, other),
        "places": places_for(request),
        "root_fingerprint": current_fingerprint(),
    }
