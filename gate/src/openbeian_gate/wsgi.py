"""WSGI middleware: lets through requests for services on file, and answers for the others.

    application = FilingGate(application, client, subject="svc-001")
    application = FilingGate(application, gate, subject="svc-001", user=signed_in_user, use="trial")

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
from openbeian_gate.gate import Gate
from openbeian_gate.policy import Visitor
from openbeian_gate.refusals import RefusalError
from openbeian_gate.streams import Watch, WatchedPieces
from openbeian_gate.subjects import NUMBER_HEADER, PERMIT_HEADER, admission_header, resolve_subject

__all__ = ["FilingGate", "from_header"]

_OWN_HEADERS = frozenset({NUMBER_HEADER.lower(), PERMIT_HEADER.lower()})
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
        client: SnapshotClient | Gate,
        *,
        subject: str | Callable[[WSGIEnvironment], str],
        user: str | Callable[[WSGIEnvironment], str] = "",
        use: str | Callable[[WSGIEnvironment], str] = "",
    ) -> None:
        """Guard `application`.

        Args:
            application: What is let through to.
            client: The snapshots to go by, or a gate before them.
            subject: Says which service a request is for.
            user: Says who makes it; only sandbox permits ask. Never take it from what a caller may write.
            use: Says what for; the same.
        """
        self._application = application
        self._gate = Gate.of(client)
        self._subject = subject
        self._user = user
        self._use = use

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Admit or refuse one request."""
        try:
            subject = resolve_subject(self._subject, environ)
            visitor = Visitor(resolve_subject(self._user, environ), resolve_subject(self._use, environ))
            self._gate.start()
            admission = self._gate.admit(subject, clock.now(), visitor)
        except RefusalError as refusal:
            return _refuse(start_response, refusal)

        def starting(
            status: str, headers: _Headers, exc_info: _ExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            kept = [pair for pair in headers if pair[0].lower() not in _OWN_HEADERS]
            return start_response(status, [*kept, admission_header(admission)], exc_info)

        watch = Watch(self._gate.client, lambda at: self._gate.ask(admission.subject, at, visitor))
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
