"""The check server: answers nginx's `auth_request`, Envoy's `ext_authz`, and people, over plain HTTP.

    GET /check?service=svc-001     204 with the filing number, or 403 / 503 with the reason
    GET /check                     the same, the service named in X-Openbeian-Service
    GET /check?service=…&user=…&use=…   for a service with a sandbox permit: who uses it, and for what; or in
                                   X-Openbeian-User and X-Openbeian-Use. 204 with the permit's number
    GET /explain?service=svc-001   the reason alone, for a front that has already refused: never 2xx
    ANY /envoy/svc-001/...         200 in place of 204, as Envoy wants it; what follows is not looked at
    GET /healthz                   200 while decisions can be made, else 503
    GET /status                    the snapshot's version, age and freshness, as JSON
    GET /metrics                   the same and the decisions counted, for Prometheus

A service in the address wins over one in the header: an operator writes the address, anybody sends a header.
Envoy appends the caller's own path and query to its address, so there neither the query nor the header that
names a service is looked at. User and use come in their headers there, which Envoy passes on only where its
`allowed_headers` list them. Whatever fronts this server has to set these headers itself, or take them out of
what callers send: who may name himself may name a tester.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp, Receive, Scope, Send, admit, from_header, send_problem
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.metrics import ADMITTED, ADMITTED_BY_PERMIT, CONTENT_TYPE, DecisionCounts, metrics_text
from openbeian_gate.policy import Freshness, Visitor, freshness
from openbeian_gate.refusals import RefusalError
from openbeian_gate.subjects import SERVICE_HEADER, USE_HEADER, USER_HEADER, admission_header

__all__ = ["check_server", "serve_lifespan"]

_SERVING: Final = (Freshness.FRESH, Freshness.STALE)
_ENVOY: Final = "/envoy/"
_NOT_FOUND: Final[Mapping[str, str | int]] = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "Ask /check, /explain, /envoy/SERVICE, /healthz, /status or /metrics.",
    "detail_zh": "可用的路径为 /check、/explain、/envoy/服务标识、/healthz、/status 与 /metrics。",
}
_TRY_AGAIN: Final[Mapping[str, str | int]] = {
    "type": "urn:openbeian:refusal:try_again",
    "title": "Try again",
    "status": 503,
    "detail": "The decision has changed in this moment; send the request again.",
    "code": "try_again",
    "title_zh": "请重试",
    "detail_zh": "核验结果刚刚发生变化；请重新发送请求。",
}
_service_header, _user_header, _use_header = map(from_header, (SERVICE_HEADER, USER_HEADER, USE_HEADER))


def check_server(client: SnapshotClient | Gate) -> ASGIApp:
    """Return the server as an ASGI application."""
    gate = Gate.of(client)
    server = _CheckServer(gate)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, gate)
        elif scope["type"] == "http":
            await server.answer(scope, send)

    return app


async def serve_lifespan(receive: Receive, send: Send, gate: Gate) -> None:
    """Follow the source for as long as the server runs."""
    await receive()
    gate.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(gate.stop)
    await send({"type": "lifespan.shutdown.complete"})


class _CheckServer:
    """The answers to the addresses."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._counts = DecisionCounts()
        self._pages: Mapping[str, Callable[[Scope, Send], Awaitable[None]]] = {
            "/check": self._check,
            "/explain": self._explain,
            "/healthz": self._healthz,
            "/status": self._status,
            "/metrics": self._metrics,
        }

    async def answer(self, scope: Scope, send: Send) -> None:
        """Answer one request."""
        path: str = scope["path"]
        if path.startswith(_ENVOY):
            visitor = Visitor(_user_header(scope), _use_header(scope))
            await self._decide(path.removeprefix(_ENVOY).partition("/")[0], visitor, HTTPStatus.OK, send)
            return
        page = self._pages.get(path)
        if page is None:
            await send_problem(send, HTTPStatus.NOT_FOUND, dict(_NOT_FOUND))
            return
        await page(scope, send)

    async def _check(self, scope: Scope, send: Send) -> None:
        await self._decide(_subject(scope), _visitor(scope), HTTPStatus.NO_CONTENT, send)

    async def _decide(self, subject: str, visitor: Visitor, status: HTTPStatus, send: Send) -> None:
        try:
            admission = await admit(self._gate, subject, visitor)
        except RefusalError as refusal:
            self._counts.count(refusal.code)
            await send_problem(send, refusal.status, refusal.problem())
            return
        self._counts.count(ADMITTED_BY_PERMIT if admission.permit else ADMITTED)
        name, value = admission_header(admission)
        headers = [(name.lower().encode(), value.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _explain(self, scope: Scope, send: Send) -> None:
        try:
            self._gate.ask(_subject(scope), clock.now(), _visitor(scope))
        except RefusalError as refusal:
            await send_problem(send, refusal.status, refusal.problem())
            return
        # Admitted by now, so the front refused for another reason, or a moment too early.
        await send_problem(send, HTTPStatus.SERVICE_UNAVAILABLE, dict(_TRY_AGAIN))

    async def _healthz(self, _: Scope, send: Send) -> None:
        state = freshness(self._gate.client.snapshot, clock.now())
        status = HTTPStatus.OK if state in _SERVING else HTTPStatus.SERVICE_UNAVAILABLE
        await _send_json(send, status, {"state": state.value})

    async def _status(self, _: Scope, send: Send) -> None:
        await _send_json(send, HTTPStatus.OK, self._gate.client.status(clock.now()))

    async def _metrics(self, _: Scope, send: Send) -> None:
        text = metrics_text(self._gate, self._counts, clock.now())
        await _send(send, HTTPStatus.OK, CONTENT_TYPE, text.encode())


def _subject(scope: Scope) -> str:
    return _named(scope, "service", _service_header)


def _visitor(scope: Scope) -> Visitor:
    return Visitor(_named(scope, "user", _user_header), _named(scope, "use", _use_header))


def _named(scope: Scope, name: str, in_header: Callable[[Scope], str]) -> str:
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get(name)
    if asked is None:
        return in_header(scope)
    return asked[0] if len(asked) == 1 else ""


async def _send_json(send: Send, status: int, value: Mapping[str, object]) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    await _send(send, status, "application/json; charset=utf-8", body)


async def _send(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
