"""Addresses and files, read with limits on bytes and time, and only when changed."""

import contextlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from email.message import Message
from pathlib import Path
from typing import IO, Final, NamedTuple
from urllib.parse import urlsplit

from openbeian_gate.errors import TooBigError, UnreachableError

__all__ = ["Arriving", "Fetched", "fetch", "is_address", "open_address"]

_CHUNK: Final = 1 << 20
_NOT_MODIFIED: Final = 304


class Fetched(NamedTuple):
    """The bytes, and the mark by which the source tells whether they have changed."""

    data: bytes
    etag: str


class Arriving(NamedTuple):
    """An answer whose bytes are still to come; and its mark. Whoever does not read on closes it."""

    chunks: Generator[bytes]
    etag: str


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another scheme, so that https stays https."""

    def redirect_request(  # noqa: PLR0917  as urllib has it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != req.type:
            raise urllib.error.HTTPError(newurl, code, "redirected to another scheme", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener: Final = urllib.request.build_opener(_SameScheme)


def is_address(source: str) -> bool:
    """Say whether `source` is an http(s) address; anything else is a path."""
    return source.startswith(("http://", "https://"))


def fetch(source: str, etag: str, *, timeout_s: float, max_bytes: int) -> Fetched | None:
    """Read `source`, an http(s) address or a path; None when it is still what `etag` marks.

    Raises:
        UnreachableError: It could not be read within the limits.
    """
    try:
        if not is_address(source):
            return _fetch_file(Path(source), etag, max_bytes)
        arriving = open_address(source, etag, deadline=time.monotonic() + timeout_s)
        return None if arriving is None else Fetched(_gathered(arriving.chunks, max_bytes), arriving.etag)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(
            f"无法读取快照 {source}；请检查地址与网络。",
            f"The snapshot {source} cannot be read ({error}); check the address and the network.",
        ) from error


def open_address(address: str, etag: str, *, deadline: float) -> Arriving | None:
    """Ask for an http(s) address; None when it is still what `etag` marks.

    Args:
        address: What to read.
        etag: The mark of what is at hand; empty for nothing.
        deadline: On the monotonic clock, when the last byte must have come.

    Raises:
        HTTPError: The answer was an error, or a redirect to another scheme.
        OSError: It can't be reached in time; the iterator over the bytes may raise it too.
        HTTPException: The answer is not HTTP; likewise.
        ValueError: It is no address.
    """
    headers = {"If-None-Match": etag} if etag else {}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  the caller allows http(s) only
    try:
        response = _opener.open(request, timeout=max(deadline - time.monotonic(), 0.001))
    except urllib.error.HTTPError as error:
        with error:
            if error.code == _NOT_MODIFIED:
                return None
        raise
    return Arriving(_chunks(response, deadline), _etag(response.headers))


def _etag(headers: Message) -> str:
    return headers.get("ETag") or ""


def _chunks(response: http.client.HTTPResponse, deadline: float) -> Generator[bytes]:
    with response:
        while chunk := response.read1(_CHUNK):
            yield chunk
            # The timeout is for one read; without this a trickling server could hold us for ever.
            if time.monotonic() > deadline:
                raise TimeoutError("the answer took too long")


def _gathered(chunks: Generator[bytes], max_bytes: int) -> bytes:
    data = bytearray()
    with contextlib.closing(chunks):
        for chunk in chunks:
            data += chunk
            _check_size(data, max_bytes)
    return bytes(data)


def _fetch_file(path: Path, etag: str, max_bytes: int) -> Fetched | None:
    with path.open("rb") as file:
        state = path.stat()
        mark = f"{state.st_ino}-{state.st_mtime_ns}-{state.st_size}"
        if mark == etag:
            return None
        data = file.read(max_bytes + 1)
    _check_size(data, max_bytes)
    return Fetched(data, mark)


def _check_size(data: bytes | bytearray, max_bytes: int) -> None:
    if len(data) > max_bytes:
        raise TooBigError(
            f"快照超过 {max_bytes} 字节，已拒收；请核对地址。",
            f"The snapshot has more than {max_bytes} bytes and is not taken; check the address.",
        )
