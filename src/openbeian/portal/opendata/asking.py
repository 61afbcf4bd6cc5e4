"""Asking the portal for a page from inside, as any browser would that has not signed in."""

import io
import sys
from functools import cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

__all__ = ["Answer", "ask"]

_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en", "": "zh-Hans"}


class Answer(NamedTuple):
    """What the portal answered."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_fine(self) -> bool:
        """Whether it is what was asked for."""
        return self.status == HTTPStatus.OK


def ask(address: str, language: str) -> Answer:
    """Return what the portal answers to a GET of an address without host."""
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        told.update(status=int(status[:3]), type=dict(headers).get("Content-Type", ""))

    response = _handler()(_environment(address, language), start)  # type: ignore[arg-type]  # any callable will do
    try:
        body = b"".join(response)
    finally:
        response.close()
    return Answer(told["status"], told["type"], body)


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def _environment(address: str, language: str) -> dict[str, Any]:
    parts = urlsplit(address)
    # WSGI's way: the path's bytes, each as one character.
    path = unquote_to_bytes(parts.path).decode("latin-1")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": _host(),
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": _host(),
        "HTTP_ACCEPT_LANGUAGE": _LANGUAGES[language],
        "HTTP_X_FORWARDED_PROTO": "https",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }


def _host() -> str:
    """Return a name the portal answers to."""
    named = [host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    return named[0] if named else "localhost"
