"""The witness over HTTP: `POST /add-checkpoint`, and `GET /healthz`. Plain ASGI."""

import asyncio
import logging
from http import HTTPStatus
from typing import Final

from openbeian_gate import clock
from openbeian_gate.asgi import ASGIApp, Receive, Scope, Send
from openbeian_gate.errors import GateError
from openbeian_gate.witness.record import Answer, Witness
from openbeian_gate.witness.requests import MAX_REQUEST_BYTES

__all__ = ["witness_server"]

_log: Final = logging.getLogger("openbeian_gate.witness")


def witness_server(witness: Witness) -> ASGIApp:
    """Return the witness as an ASGI application."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{event}.complete"})
        elif scope["type"] == "http":
            await _send(send, await _answer(witness, scope, receive))

    return app


async def _answer(witness: Witness, scope: Scope, receive: Receive) -> Answer:
    if scope["path"] == "/healthz":
        return Answer(HTTPStatus.OK, "ok\n")
    if scope["path"] != "/add-checkpoint":
        return Answer(HTTPStatus.NOT_FOUND, "ask /add-checkpoint\n")
    if scope["method"] != "POST":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, "ask by POST\n")
    body = await _body(receive)
    if body is None:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MAX_REQUEST_BYTES} bytes\n")
    try:
        return await asyncio.to_thread(witness.add_checkpoint, body, clock.now())
    except (OSError, GateError):
        # A witness that can't remember must not sign.
        _log.exception("the record cannot be used")
        return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "the witness's record cannot be used\n")


async def _body(receive: Receive) -> bytes | None:
    """Return the request's body; None where it is too long."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return bytes(body)


async def _send(send: Send, answer: Answer) -> None:
    headers = [(b"content-type", answer.content_type.encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body.encode("utf-8", "replace")})
