"""Two middlewares: one chooses the language of the page, one turns a domain error into a page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from openbeian.core.errors import DomainError
from openbeian.portal.web.languages import asked_language, page_language
from openbeian.portal.web.refusing import refusal

__all__ = ["DomainErrorMiddleware", "LanguageMiddleware"]

_Next = Callable[[HttpRequest], HttpResponse]
_REMEMBERED_FOR: Final = timedelta(days=365)


class LanguageMiddleware:
    """Answers in the language asked for with `?lang=`, and remembers it."""

    def __init__(self, get_response: _Next) -> None:
        """Keep the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the page's language."""
        language = page_language(request)
        asked = asked_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        # Only pages remember it: a badge or feed shown elsewhere must leave nothing behind there.
        if asked and response.headers.get("Content-Type", "").startswith("text/html"):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=_REMEMBERED_FOR,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class DomainErrorMiddleware:
    """Shows a `DomainError` as a page: what is wrong, how to mend it, where to go on."""

    def __init__(self, get_response: _Next) -> None:
        """Keep the next layer."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; errors come to `process_exception`."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a domain error; leave every other exception alone."""
        if not isinstance(exception, DomainError):
            return None
        return refusal(request, exception)
