"""The connections to one address: opened and closed with an asynchronous block."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp

__all__ = ["Connections"]


class Connections:
    """What asks over HTTP inherits this: inside the block `session` is open, with no limit of its own.

    How many connections there are follows from how many requests are in flight.
    """

    def __init__(self, headers: Mapping[str, str], timeout_for: timedelta) -> None:
        """Send `headers` with every request, and wait for `timeout_for` at most."""
        self._headers = headers
        self._timeout_for = timeout_for
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session."""
        assert self._session is not None
        return self._session

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=self._timeout_for.total_seconds()),
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()
