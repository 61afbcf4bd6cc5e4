"""ASGI middleware: lets through requests for services on file, and answers for the others.

    app = FilingGate(app, client, subject="svc-001")
    app = FilingGate(app, client, subject=from_header("X-Openbeian-Service"))

Bodies are not touched, so streams stay streams; they end when the service is no longer let through.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from openbeian_gate import clock
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import NotFiledError, RefusalError, RegistryUnavailableError
from openbeian_gate.policy import Admission
from openbeian_gate.streams import EndedMidStreamError, Watch
from openbeian_gate.subjects import NUMBER_HEADER, header_value, resolve_subject

__all__ = [
    "ASGIApp",
    "FilingGate",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "admit",
    "from_header",
    "send_problem",
]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_NUMBER_HEADER = NUMBER_HEADER.lower().encode()
_POLICY_VIOLATION = 1008


def from_header(name: str) -> Callable[[Scope], str]:
    """Return a function that takes the service from a header; one sent twice names no service."""
    wanted = name.lower().encode()

    def subject(scope: Scope) -> str:
        values = [value for key, value in scope["headers"] if key == wanted]
        return values[0].decode("utf-8", "surrogateescape") if len(values) == 1 else ""

    return subject


class FilingGate:
    """The middleware."""

    def __init__(
        self, app: ASGIApp, client: SnapshotClient, *, subject: str | Callable[[Scope], str]
    ) -> None:
        """Guard `app` by the snapshots of `client`; `subject` says which service a request is for."""
        self._app = app
        self._client = client
        self._subject = subject

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            admission = await admit(self._client, resolve_subject(self._subject, scope))
        except RefusalError as refusal:
            await _refuse(scope, send, refusal)
            return
        watch = Watch(self._client, lambda at: self._client.decide(admission.subject, at))
        await _watched(self._app, scope, receive, _with_number(send, admission), watch)


async def admit(client: SnapshotClient, subject: str) -> Admission:
    """Decide without holding up the event loop: a look at the source happens in a thread."""
    at = clock.now()
    client.start()
    try:
        return client.decide(subject, at)
    except (NotFiledError, RegistryUnavailableError):
        if not client.may_ask_again(at):
            raise
    return await asyncio.to_thread(client.admit, subject, at)


async def send_problem(send: Send, status: int, problem: MutableMapping[str, str | int]) -> None:
    """Answer with an RFC 9457 problem document."""
    body = json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace")
    headers = [
        (b"content-type", b"application/problem+json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _watched(app: ASGIApp, scope: Scope, receive: Receive, send: Send, watch: Watch) -> None:
    """Run `app`, and end its answer when the service is no longer let through."""
    has_begun = False

    async def sending(message: Message) -> None:
        nonlocal has_begun
        watch.check()
        has_begun = True
        await send(message)

    try:
        await app(scope, receive, sending)
    except EndedMidStreamError as ended:
        if has_begun and scope["type"] == "http":
            raise  # the server breaks the connection off, so that no part of an answer passes for the whole
        await _refuse(scope, send, ended.refusal)


async def _refuse(scope: Scope, send: Send, refusal: RefusalError) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refusal.code})
        return
    await send_problem(send, refusal.status, refusal.problem())


def _with_number(send: Send, admission: Admission) -> Send:
    number = header_value(admission.number).encode()

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() != _NUMBER_HEADER]
            message = {**message, "headers": [*kept, (_NUMBER_HEADER, number)]}
        await send(message)

    return sending
