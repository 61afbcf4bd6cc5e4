"""WSGI middleware: lets through requests for services on file, and answers for the others.

    application = FilingGate(application, client, subject="svc-001")

Flask and Django wrap their application object in it. Bodies are not touched; those that come in pieces
end when the service is no longer let through.
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import TracebackType
from typing import TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from openbeian_gate import clock
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import RefusalError
from openbeian_gate.streams import Watch, WatchedPieces
from openbeian_gate.subjects import NUMBER_HEADER, header_value, resolve_subject

__all__ = ["FilingGate", "from_header"]

_Headers: TypeAlias = list[tuple[str, str]]
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def from_header(name: str) -> Callable[[WSGIEnvironment], str]:
    """Return a function that takes the service from a header; one sent twice names no service."""
    key = "HTTP_" + name.upper().replace("-", "_")

    def subject(environ: WSGIEnvironment) -> str:
        # Servers join a header that is sent twice with a comma, and no service id holds one.
        value = str(environ.get(key, ""))
        return value.encode("latin-1", "replace").decode("utf-8", "surrogateescape")

    return subject


class FilingGate:
    """The middleware."""

    def __init__(
        self,
        application: WSGIApplication,
        client: SnapshotClient,
        *,
        subject: str | Callable[[WSGIEnvironment], str],
    ) -> None:
        """Guard `application` by the snapshots of `client`; `subject` says which service a request is for."""
        self._application = application
        self._client = client
        self._subject = subject

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Admit or refuse one request."""
        try:
            subject = resolve_subject(self._subject, environ)
            admission = self._client.start().admit(subject, clock.now())
        except RefusalError as refusal:
            return _refuse(start_response, refusal)

        def starting(
            status: str, headers: _Headers, exc_info: _ExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            kept = [pair for pair in headers if pair[0].lower() != NUMBER_HEADER.lower()]
            return start_response(status, [*kept, (NUMBER_HEADER, header_value(admission.number))], exc_info)

        watch = Watch(self._client, lambda at: self._client.decide(admission.subject, at))
        pieces = self._application(environ, starting)
        return pieces if isinstance(pieces, list | tuple) else WatchedPieces(pieces, watch)


def _refuse(start_response: StartResponse, refusal: RefusalError) -> Iterable[bytes]:
    body = json.dumps(refusal.problem(), ensure_ascii=False).encode("utf-8", "replace")
    headers = [
        ("Content-Type", "application/problem+json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", headers)
    return [body]
