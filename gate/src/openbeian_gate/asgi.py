"""ASGI middleware: lets through requests for services on file, and answers for the others.

    app = FilingGate(app, client, subject="svc-001")
    app = FilingGate(app, client, subject=from_header("X-Openbeian-Service"))
    app = FilingGate(app, gate, subject="svc-001", user=signed_in_user, use="trial")

Bodies are not touched, so streams stay streams; they end when the service is no longer let through.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any, TypeAlias

from openbeian_gate import clock
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.policy import NOBODY, Admission, Visitor
from openbeian_gate.refusals import NotFiledError, RefusalError, RegistryUnavailableError
from openbeian_gate.streams import EndedMidStreamError, Watch
from openbeian_gate.subjects import NUMBER_HEADER, PERMIT_HEADER, admission_header, resolve_subject

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

_OWN_HEADERS = frozenset({NUMBER_HEADER.lower().encode(), PERMIT_HEADER.lower().encode()})
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
        self,
        app: ASGIApp,
        client: SnapshotClient | Gate,
        *,
        subject: str | Callable[[Scope], str],
        user: str | Callable[[Scope], str] = "",
        use: str | Callable[[Scope], str] = "",
    ) -> None:
        """Guard `app`.

        Args:
            app: What is let through to.
            client: The snapshots to go by, or a gate before them.
            subject: Says which service a request is for.
            user: Says who makes it; only sandbox permits ask. Never take it from what a caller may write.
            use: Says what for; the same.
        """
        self._app = app
        self._gate = Gate.of(client)
        self._subject = subject
        self._user = user
        self._use = use

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            visitor = Visitor(resolve_subject(self._user, scope), resolve_subject(self._use, scope))
            admission = await admit(self._gate, resolve_subject(self._subject, scope), visitor)
        except RefusalError as refusal:
            await _refuse(scope, send, refusal)
            return
        watch = Watch(self._gate.client, lambda at: self._gate.ask(admission.subject, at, visitor))
        await _watched(self._app, scope, receive, _with_number(send, admission), watch)


async def admit(gate: Gate, subject: str, visitor: Visitor = NOBODY) -> Admission:
    """Decide without holding up the event loop: a look at the source happens in a thread.

    Raises:
        RefusalError: The service is not let through.
    """
    at = clock.now()
    gate.start()
    try:
        admission = await _decide(gate, subject, visitor, at)
    except RefusalError as refusal:
        gate.refused(refusal, at)
        raise
    gate.admitted(admission, at)
    return admission


async def _decide(gate: Gate, subject: str, visitor: Visitor, at: datetime) -> Admission:
    try:
        return gate.decide(subject, at, visitor)
    except (NotFiledError, RegistryUnavailableError):
        if not gate.client.may_ask_again(at):
            raise
    return await asyncio.to_thread(gate.decide_again, subject, at, visitor)


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
    name, value = admission_header(admission)
    own = (name.lower().encode(), value.encode())

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in _OWN_HEADERS]
            message = {**message, "headers": [*kept, own]}
        await send(message)

    return sending
