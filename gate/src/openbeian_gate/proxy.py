"""A small reverse proxy that stands before one service and lets nothing through that is not on file.

Request and answer are passed on as they come, chunk by chunk, so token streams arrive as they are made; when
the caller hangs up, the request to the service is dropped too. WebSockets are refused.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Final

import aiohttp
from yarl import URL

from openbeian_gate.asgi import (
    ASGIApp,
    FilingGate,
    Message,
    Receive,
    Scope,
    Send,
    from_header,
    send_problem,
)
from openbeian_gate.client import SnapshotClient
from openbeian_gate.gate import Gate
from openbeian_gate.server import serve_lifespan

__all__ = ["UpstreamProxy", "guarded_proxy"]

_CONNECT_S: Final = 10.0
_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_OF_THIS_HOP: Final = frozenset({b"host", b"expect"})
"""Of a request besides: whom it was for, and "100-continue", which was answered here."""
_BAD_REQUEST: Final = 400
_BAD_GATEWAY: Final = 502


def guarded_proxy(
    upstream: str, client: SnapshotClient | Gate, *, service: str, user_header: str = "", use: str = ""
) -> ASGIApp:
    """Return the proxy before the service `service` at `upstream`, with the gate before it.

    Under a sandbox permit the header `user_header` names the user, which whatever stands before the proxy has
    to set itself; `use` is what the service is used for here.
    """
    proxy = UpstreamProxy(upstream)
    gate = Gate.of(client)
    user = from_header(user_header) if user_header else ""
    guarded = FilingGate(proxy, gate, subject=service, user=user, use=use)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await serve_lifespan(receive, send, gate)
            await proxy.close()
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1003})
        else:
            await guarded(scope, receive, send)

    return app


class UpstreamProxy:
    """Passes requests on to one address."""

    def __init__(self, upstream: str) -> None:
        """Pass on to `upstream`, an http(s) address to which the request's path is appended."""
        self._upstream = upstream.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request and its answer."""
        if not _path(scope).startswith(b"/"):
            # "*", "http://elsewhere/" or "@elsewhere/": after the service's address another host.
            await send_problem(send, _BAD_REQUEST, dict(_NO_PATH))
            return
        first = await receive()
        incoming = _Incoming(receive)
        reading = asyncio.ensure_future(incoming.read(first))
        exchange = asyncio.ensure_future(self._exchange(scope, incoming.body(first), send))
        # Reading ends only when the caller has gone: then nobody waits for the answer any more.
        await asyncio.wait((reading, exchange), return_when=asyncio.FIRST_COMPLETED)
        reading.cancel()
        exchange.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await exchange

    async def close(self) -> None:
        """Close the connections to the service."""
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, scope: Scope, body: AsyncIterator[bytes] | None, send: Send) -> None:
        try:
            answer = await self._request(scope, body)
        except (aiohttp.ClientError, TimeoutError):
            await send_problem(send, _BAD_GATEWAY, dict(_UNREACHABLE))
            return
        async with answer:
            headers = _passed_on(answer.raw_headers)
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            # A service that breaks off ends the exchange with an error, so that the server breaks off too.
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _request(self, scope: Scope, body: AsyncIterator[bytes] | None) -> aiohttp.ClientResponse:
        if self._session is None:
            # Compressed answers are passed on compressed; a stream may be silent for as long as it likes.
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
                connector=aiohttp.TCPConnector(limit=0),
            )
        query: bytes = scope["query_string"]
        target = (
            self._upstream + _path(scope).decode("latin-1") + ("?" + query.decode("latin-1") if query else "")
        )
        asked = [pair for pair in _passed_on(scope["headers"]) if pair[0] not in _OF_THIS_HOP]
        return await self._session.request(
            scope["method"],
            URL(target, encoded=True),
            headers=[(name.decode("latin-1"), _text(value)) for name, value in asked],
            data=body,
            allow_redirects=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )


class _Incoming:
    """The caller's side of one request: its body, and whether they are still there."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=2)

    async def read(self, message: Message) -> None:
        """Read from `message` on, through the body, until the caller hangs up."""
        while message["type"] == "http.request":
            await self._chunks.put(message.get("body", b""))
            if not message.get("more_body", False):
                await self._chunks.put(None)
            message = await self._receive()

    def body(self, first: Message) -> AsyncIterator[bytes] | None:
        """Return the chunks of the body that begins with `first`; None where there is none."""
        return self._body() if first.get("body") or first.get("more_body") else None

    async def _body(self) -> AsyncIterator[bytes]:
        while (chunk := await self._chunks.get()) is not None:
            yield chunk


def _path(scope: Scope) -> bytes:
    """Return the path as it was sent, escapes and all."""
    raw: bytes | None = scope.get("raw_path")
    return raw or str(scope["path"]).encode()


def _text(value: bytes) -> str:
    """Return a header's value so that the client writes the same bytes again: it writes UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _passed_on(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers that are meant for the other end, not for this hop (RFC 9110 §7.6.1)."""
    kept = [(name.lower(), value) for name, value in headers]
    named = {
        option.strip().lower()
        for name, value in kept
        if name == b"connection"
        for option in value.split(b",")
    }
    # Beside a transfer coding a length means nothing, and two readers could part the body in two ways.
    lengths = {b"content-length"} if any(name == b"transfer-encoding" for name, _ in kept) else set()
    return [pair for pair in kept if pair[0] not in _HOP_BY_HOP | named | lengths]


_NO_PATH: Final[dict[str, str | int]] = {
    "type": "urn:openbeian:gate:no_path",
    "title": "Not a path",
    "status": _BAD_REQUEST,
    "detail": "The request's target is not a path; send one that begins with a slash.",
    "code": "no_path",
    "title_zh": "不是路径",
    "detail_zh": "请求的目标不是路径；请以斜杠开头。",
}
_UNREACHABLE: Final[dict[str, str | int]] = {
    "type": "urn:openbeian:gate:upstream_unavailable",
    "title": "Service unavailable",
    "status": _BAD_GATEWAY,
    "detail": "The service behind the gate cannot be reached; check its address and whether it runs.",
    "code": "upstream_unavailable",
    "title_zh": "服务不可达",
    "detail_zh": "网关之后的服务无法连接，请检查其地址与运行状态。",
}
