"""Reading somebody's public log: a directory, or an address over HTTP, through one narrow door."""

import http.client
import urllib.parse
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian_gate.verify.log import Directory, LogFiles

__all__ = ["HTTPLog", "PublishedLog", "open_published_log"]

_TRIES: Final = 3
_TIMEOUT_S: Final = 20.0
_MAX_ADDRESS: Final = 2000


class PublishedLog(LogFiles, Protocol):
    """A log's files, and what lies beside them, until closed."""

    def beside(self, name: str, max_bytes: int) -> bytes:
        """Return the file `name` of the folder that the log is in.

        Raises:
            FileNotFoundError: There is none.
        """

    def __enter__(self) -> Self:
        """Open."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


def open_published_log(location: str) -> PublishedLog:
    """Return the log at an http(s) address or in a directory.

    Raises:
        BadInputError: It is neither.
    """
    if location.startswith(("http://", "https://")):
        return HTTPLog(location)
    directory = Path(location)
    if not directory.is_dir():
        raise BadInputError(
            f"{location} 既不是目录，也不是 http(s) 网址；请给出含有 checkpoint 的日志目录或其网址。",
            f"{location} is neither a directory nor an http(s) address; give the log's folder, the one with "
            "`checkpoint` in it, or its address.",
        )
    return _LocalLog(directory)


class _LocalLog(Directory):
    """A log in a directory of this machine."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._beside = Directory(directory.absolute().parent)

    def beside(self, name: str, max_bytes: int) -> bytes:
        """Return a file beside the log."""
        return self._beside.read(name, max_bytes)

    def __enter__(self) -> Self:
        """Return the log; nothing is held open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""


class HTTPLog:
    """A log on a web server, read over one connection that is kept open. Redirects are not followed."""

    def __init__(self, address: str, *, timeout_s: float = _TIMEOUT_S) -> None:
        """Read from `address`, which `checkpoint` and `tile/` lie below.

        Raises:
            BadInputError: It is no http(s) address.
        """
        parts = urllib.parse.urlsplit(address)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if not parts.hostname or port == -1 or len(address) > _MAX_ADDRESS:
            raise BadInputError(
                f"{address} 不是可用的网址；请核对。", f"{address} is no usable address; check it."
            )
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, port, timeout=timeout_s)
        self._base = parts.path.rstrip("/")
        self._address = address

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return a file of the log; see `LogFiles`.

        Raises:
            CouldNotRunError: The server cannot be reached, or does not give the file.
        """
        return self._get(f"{self._base}/{path}", max_bytes)

    def beside(self, name: str, max_bytes: int) -> bytes:
        """Return a file beside the log."""
        return self._get(f"{self._base.rpartition('/')[0]}/{name}", max_bytes)

    def __enter__(self) -> Self:
        """Return the log; it connects when something is read."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._connection.close()

    def _get(self, path: str, max_bytes: int) -> bytes:
        reason: Exception | None = None
        for _ in range(_TRIES):
            try:
                return self._once(path, max_bytes)
            except FileNotFoundError:
                raise
            except (OSError, http.client.HTTPException) as error:
                # A server may close a connection that was kept open; the next try opens another.
                self._connection.close()
                reason = error
        raise CouldNotRunError(
            f"无法从 {self._address} 读取 {path}（{reason}）；请检查网址与网络，然后重试。",
            f"{path} cannot be read from {self._address} ({reason}); check address and network, "
            "then try again.",
        ) from reason

    def _once(self, path: str, max_bytes: int) -> bytes:
        self._connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        with self._connection.getresponse() as answer:
            content = answer.read(max_bytes + 1)
            if len(content) > max_bytes:
                self._connection.close()  # the rest is not waited for
        if answer.status == http.client.NOT_FOUND:
            raise FileNotFoundError(path)
        if answer.status != http.client.OK:
            raise OSError(f"status {answer.status}")
        return content
