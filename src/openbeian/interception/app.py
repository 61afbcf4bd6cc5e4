"""The ASGI proxy: judges each request; refuses it in the model's place, or passes it on."""

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from openbeian import clock
from openbeian.core.errors import BadInputError, CouldNotRunError, DomainError
from openbeian.interception.chat import (
    Asked,
    parse_chat,
    parse_completion,
    read_answer,
    refusal_body,
    refusal_events,
)
from openbeian.interception.decisions import Classifier, Decision, Matcher, Policy, Reason, Strategy
from openbeian.interception.upstream import Headers, Reply, Request, Upstream

__all__ = ["InterceptionApp"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

_LOG = logging.getLogger("openbeian.interception")
_JSON: Final[Headers] = [(b"content-type", b"application/json; charset=utf-8")]
_EVENTS: Final[Headers] = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
_OK, _BAD_REQUEST, _TOO_LARGE, _BAD_GATEWAY = 200, 400, 413, 502
_INLINE_CHARACTERS: Final = 4000


class _TooLargeError(BadInputError):
    """The body is longer than the policy allows."""

    code = "request_too_large"


class InterceptionApp:
    """An OpenAI-compatible address with the safety strategy before the model."""

    def __init__(
        self,
        upstream_url: str,
        matcher: Matcher,
        classifier: Classifier,
        threshold: float | None = None,
        policy: Policy | None = None,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """Guard the model at `upstream_url`; `threshold` overrides the policy's and the classifier's.

        Raises:
            BadInputError: The address or the threshold is none.
        """
        policy = policy or Policy()
        if threshold is not None:
            policy = replace(policy, threshold=threshold)
        self.strategy: Final = Strategy(matcher, classifier, policy)
        self.counts: Final[Counter[str]] = Counter()
        self._policy = policy
        self._upstream = Upstream(upstream_url, policy.timeout_s)
        self._now = now
        self._salt = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI servers call it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._handle(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    async def _live(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await self._upstream.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = _Once(send)
        try:
            request = await self._read(scope, receive)
            asked = self._parse(scope, request)
            if asked is None:
                await self._relay(request, receive, begun)
            elif (await self._decide(asked)).intercept:
                await self._refuse(asked, begun)
            else:
                await self._relay(request, receive, begun, asked)
        except DomainError as error:
            # An answer that has begun can't be replaced: the connection ends without its last chunk.
            if begun.sent:
                raise
            await _send_error(begun, error)

    async def _read(self, scope: Scope, receive: Receive) -> Request:
        """Read the whole request, or refuse it at the first byte too many."""
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise CouldNotRunError("客户端已断开。", "The client went away.")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._policy.max_body_bytes:
                limit = self._policy.max_body_bytes
                raise _TooLargeError(
                    f"请求超过 {limit} 字节的上限，请缩短。",
                    f"The request exceeds the limit of {limit} bytes; shorten it.",
                )
        query = scope.get("query_string", b"")
        path = scope.get("raw_path") or scope["path"].encode()
        target = (path + (b"?" + query if query else b"")).decode("latin-1")
        return Request(scope["method"], target, list(scope["headers"]), bytes(body))

    def _parse(self, scope: Scope, request: Request) -> Asked | None:
        """Return what is asked of the model; None for every other address."""
        path = scope["path"].rstrip("/")
        if request.method == "POST" and path.endswith("/chat/completions"):
            return parse_chat(request.body, self._policy)
        if request.method == "POST" and path.endswith("/completions"):
            return parse_completion(request.body)
        return None

    async def _decide(self, asked: Asked) -> Decision:
        if sum(map(len, asked.texts)) > _INLINE_CHARACTERS:
            decision = await asyncio.to_thread(self.strategy.decide_all, asked.texts)
        else:
            decision = self.strategy.decide_all(asked.texts)
        self._record("request", asked.texts[0], decision)
        return decision

    def _record(self, side: str, text: str, decision: Decision) -> None:
        """Count a decision and log it: a salted hash that names the text only within this process."""
        self.counts[f"{side}.{decision.reason}"] += 1
        if decision.reason is Reason.NONE:
            return
        line = {
            "number": self.counts.total(),
            "side": side,
            "text": hmac.new(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest(),
            "reason": decision.reason,
            "risk": decision.risk,
            "score": round(decision.score, 4),
        }
        _LOG.info("intercepted %s", json.dumps(line))

    async def _refuse(self, asked: Asked, send: Send) -> None:
        if asked.stream:
            await _send_all(send, _OK, _EVENTS, refusal_events(asked, self._now()))
        else:
            await _send_all(send, _OK, _JSON, [refusal_body(asked, self._now())])

    async def _relay(
        self, request: Request, receive: Receive, send: Send, asked: Asked | None = None
    ) -> None:
        """Pass the request on; stop when the client goes away."""
        passing = asyncio.ensure_future(self._pass_on(request, send, asked))
        leaving = asyncio.ensure_future(_wait_for_disconnect(receive))
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if passing.done():
                await passing
        finally:
            for task in (passing, leaving):
                task.cancel()
            await asyncio.gather(passing, leaving, return_exceptions=True)

    async def _pass_on(self, request: Request, send: Send, asked: Asked | None) -> None:
        async with self._upstream.ask(request) as reply:
            if asked and not asked.stream and self._policy.check_answers:
                await self._check_answer(reply, send, asked)
                return
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            async for chunk in reply.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _check_answer(self, reply: Reply, send: Send, asked: Asked) -> None:
        """Search a complete answer for keywords before any of it is sent."""
        body = b"".join([chunk async for chunk in reply.chunks])
        text = read_answer(body)
        decision = self.strategy.decide_answer(text)
        self._record("answer", text, decision)
        if decision.intercept:
            await self._refuse(asked, send)
        else:
            await _send_all(send, reply.status, reply.headers, [body])


class _Once:
    """A `send` that remembers whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.sent = False

    async def __call__(self, message: Message) -> None:
        self.sent = True
        await self._send(message)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_error(send: Send, error: DomainError) -> None:
    """Answer with the error in the shape that clients of the API expect, in both languages."""
    status = _BAD_GATEWAY if isinstance(error, CouldNotRunError) else _BAD_REQUEST
    kind = "upstream_error" if status == _BAD_GATEWAY else "invalid_request_error"
    status = _TOO_LARGE if isinstance(error, _TooLargeError) else status
    body = {"message": error.text.en, "message_zh": error.text.zh, "type": kind, "code": error.code}
    await _send_all(send, status, _JSON, [json.dumps({"error": body}, ensure_ascii=False).encode()])


async def _send_all(send: Send, status: int, headers: Headers, chunks: Iterable[bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
