"""The check server: answers nginx's `auth_request`, and people, over plain HTTP.

    GET /check?service=svc-001     204 with the filing number, or 403 / 503 with the reason
    GET /check                     the same, the service named in X-Openbeian-Service
    GET /healthz                   200 while decisions can be made, else 503
    GET /status                    the snapshot's version, age and freshness, as JSON

A service in the address wins over one in the header: an operator writes the address, anybody sends a header.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp, Receive, Scope, Send, admit, from_header, send_problem
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import RefusalError
from openbeian_gate.policy import Freshness, freshness
from openbeian_gate.subjects import NUMBER_HEADER, SERVICE_HEADER, header_value

__all__ = ["check_server", "serve_lifespan"]

_SERVING: Final = (Freshness.FRESH, Freshness.STALE)
_service_header = from_header(SERVICE_HEADER)


def check_server(client: SnapshotClient) -> ASGIApp:
    """Return the server as an ASGI application."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, client)
        elif scope["type"] == "http":
            await _answer(client, scope, send)

    return app


async def serve_lifespan(receive: Receive, send: Send, client: SnapshotClient) -> None:
    """Follow the source for as long as the server runs."""
    await receive()
    client.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(client.stop)
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(client: SnapshotClient, scope: Scope, send: Send) -> None:
    if scope["path"] == "/check":
        await _check(client, scope, send)
    elif scope["path"] == "/healthz":
        state = freshness(client.snapshot, clock.now())
        status = HTTPStatus.OK if state in _SERVING else HTTPStatus.SERVICE_UNAVAILABLE
        await _send_json(send, status, {"state": state.value})
    elif scope["path"] == "/status":
        await _send_json(send, HTTPStatus.OK, client.status(clock.now()))
    else:
        await send_problem(
            send,
            HTTPStatus.NOT_FOUND,
            {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "Ask /check, /healthz or /status.",
                "detail_zh": "可用的路径为 /check、/healthz 与 /status。",
            },
        )


async def _check(client: SnapshotClient, scope: Scope, send: Send) -> None:
    try:
        admission = await admit(client, _subject(scope))
    except RefusalError as refusal:
        await send_problem(send, refusal.status, refusal.problem())
        return
    headers = [(NUMBER_HEADER.lower().encode(), header_value(admission.number).encode())]
    await send({"type": "http.response.start", "status": HTTPStatus.NO_CONTENT, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _subject(scope: Scope) -> str:
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("service")
    if asked is None:
        return _service_header(scope)
    return asked[0] if len(asked) == 1 else ""


async def _send_json(send: Send, status: int, value: Mapping[str, object]) -> None:
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
