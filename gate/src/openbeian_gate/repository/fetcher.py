"""How files of a repository are fetched: by the standard library, with limits, and the timestamp by its mark.

One fetcher serves one look at the repository; all of it must be over by the deadline.
"""

import contextlib
import http.client
import time
import urllib.error
from collections.abc import Generator, Iterator, MutableMapping
from pathlib import Path
from typing import Final

from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface

from openbeian_gate.source import Fetched, is_address, open_address

__all__ = ["LimitedFetcher"]

_CHUNK: Final = 1 << 20
_NOT_FOUND: Final = 404
_MARKED: Final = "/timestamp.json"
"""What is asked for at every look, and so by its mark."""


class LimitedFetcher(FetcherInterface):
    """Reads addresses and paths for one look."""

    def __init__(self, marked: MutableMapping[str, Fetched], *, timeout_s: float) -> None:
        """Begin a look.

        Args:
            marked: What was fetched before and may be unchanged, by address; kept up by this fetcher.
            timeout_s: How long the look may take.
        """
        self._marked = marked
        self._deadline = time.monotonic() + timeout_s
        self._open = contextlib.ExitStack()

    def close(self) -> None:
        """Let go of answers that were not read to their end."""
        self._open.close()

    def _fetch(self, url: str) -> Iterator[bytes]:
        if not is_address(url):
            return self._from_file(Path(url))
        held = self._marked.get(url)
        with _as_download_errors(url):
            arriving = open_address(url, held.etag if held else "", deadline=self._deadline)
        if arriving is None:
            assert held is not None, "only what is at hand is asked for by its mark"
            return iter((held.data,))
        self._open.enter_context(contextlib.closing(arriving.chunks))
        return self._arriving(url, arriving.chunks, arriving.etag)

    def _arriving(self, url: str, chunks: Generator[bytes], etag: str) -> Iterator[bytes]:
        gathered = bytearray()
        with _as_download_errors(url):
            for chunk in chunks:
                if url.endswith(_MARKED):
                    gathered += chunk
                yield chunk
        if etag and url.endswith(_MARKED):
            self._marked[url] = Fetched(bytes(gathered), etag)

    @staticmethod
    def _from_file(path: Path) -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except FileNotFoundError as error:
            raise DownloadHTTPError(f"{path} is not there", _NOT_FOUND) from error
        except OSError as error:
            raise DownloadError(f"{path} cannot be read ({error})") from error


@contextlib.contextmanager
def _as_download_errors(url: str) -> Iterator[None]:
    try:
        yield
    except urllib.error.HTTPError as error:
        raise DownloadHTTPError(f"{url}: {error.code} {error.reason}", error.code) from error
    except TimeoutError as error:
        raise SlowRetrievalError(f"{url}: {error}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadError(f"{url}: {error}") from error
