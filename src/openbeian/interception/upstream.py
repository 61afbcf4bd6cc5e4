"""The model behind the strategy: requests are passed on as they are, answers as they come."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from openbeian.core.errors import BadInputError, CouldNotRunError

__all__ = ["Reply", "Request", "Upstream"]

Headers = list[tuple[bytes, bytes]]

_HOP_BY_HOP: Final = {
    *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te"),
    *(b"trailer", b"transfer-encoding", b"upgrade", b"content-length", b"host", b"accept-encoding"),
}
_CONNECT_S: Final = 5.0


class Request(NamedTuple):
    """A request as it came in; `target` is path and query, still escaped."""

    method: str
    target: str
    headers: Headers
    body: bytes


class Reply(NamedTuple):
    """The beginning of an answer; its body is read from `chunks`."""

    status: int
    headers: Headers
    chunks: AsyncIterator[bytes]


class Upstream:
    """A model server at a fixed address, with one pool of connections."""

    def __init__(self, url: str, timeout_s: float) -> None:
        """Pass requests on to `url`, the address without `/v1`; wait `timeout_s` for each piece of an answer.

        Raises:
            BadInputError: The address is none.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadInputError(
                f"模型地址「{url}」不是网址；请写成 http(s)://主机:端口。",
                f"The model's address “{url}” is no address; write http(s)://host:port.",
            )
        self._base = url.rstrip("/").removesuffix("/v1")
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def ask(self, request: Request) -> AsyncIterator[Reply]:
        """Pass a request on and yield the answer.

        Raises:
            CouldNotRunError: The model can't be reached, or broke off.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, auto_decompress=False)
        try:
            async with self._session.request(
                request.method,
                URL(self._base + request.target, encoded=True),
                data=request.body or None,
                headers=_text_headers(request.headers),
                allow_redirects=False,
            ) as answer:
                headers = list(_kept(answer.raw_headers))
                yield Reply(answer.status, headers, answer.content.iter_any())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CouldNotRunError(
                "模型没有应答：无法连接或连接中断，请稍后再试。",
                "The model does not answer: it can't be reached or broke off; try again later.",
            ) from error


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    return ((name.lower(), value) for name, value in headers if name.lower() not in _HOP_BY_HOP)


def _text_headers(headers: Headers) -> list[tuple[str, str]]:
    """Return the headers to pass on; the body is wanted plain, so that an answer can be read."""
    kept = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in _kept(headers)]
    return [*kept, ("accept-encoding", "identity")]
