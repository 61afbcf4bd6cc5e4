"""Where snapshots come from: an address or a file, read with limits and only when changed."""

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final, NamedTuple

from openbeian_gate.errors import UnreachableError

__all__ = ["Fetched", "fetch"]

_CHUNK: Final = 1 << 20
_NOT_MODIFIED: Final = 304


class Fetched(NamedTuple):
    """The bytes, and the mark by which the source tells whether they have changed."""

    data: bytes
    etag: str


def fetch(source: str, etag: str, *, timeout_s: float, max_bytes: int) -> Fetched | None:
    """Read `source`, an http(s) address or a path; None when it is still what `etag` marks.

    Raises:
        UnreachableError: It could not be read within the limits.
    """
    try:
        if source.startswith(("http://", "https://")):
            return _fetch_address(source, etag, timeout_s, max_bytes)
        return _fetch_file(Path(source), etag, max_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(
            f"无法读取快照 {source}；请检查地址与网络。",
            f"The snapshot {source} cannot be read ({error}); check the address and the network.",
        ) from error


def _fetch_file(path: Path, etag: str, max_bytes: int) -> Fetched | None:
    with path.open("rb") as file:
        state = path.stat()
        mark = f"{state.st_ino}-{state.st_mtime_ns}-{state.st_size}"
        if mark == etag:
            return None
        data = file.read(max_bytes + 1)
    return Fetched(_checked(data, max_bytes), mark)


def _fetch_address(address: str, etag: str, timeout_s: float, max_bytes: int) -> Fetched | None:
    headers = {"If-None-Match": etag} if etag else {}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310  the caller allows http(s) only
    deadline = time.monotonic() + timeout_s
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310  # nosec B310
            data = bytearray()
            while len(data) <= max_bytes and (chunk := response.read1(_CHUNK)):
                data += chunk
                # The timeout is for one read; without this a trickling server could hold us for ever.
                if time.monotonic() > deadline:
                    raise TimeoutError("the answer took too long")
            return Fetched(_checked(bytes(data), max_bytes), response.headers.get("ETag") or "")
    except urllib.error.HTTPError as error:
        with error:
            if error.code == _NOT_MODIFIED:
                return None
        raise


def _checked(data: bytes, max_bytes: int) -> bytes:
    if len(data) > max_bytes:
        raise ValueError(f"more than {max_bytes} bytes")
    return data
