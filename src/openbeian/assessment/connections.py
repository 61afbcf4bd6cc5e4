"""The connections to one address: opened and closed with an asynchronous block."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp

__all__ = ["Connections"]


class Connections:
    """What asks over HTTP inherits this: inside the block `session` is open, with no limit of its own.

    How many connections there are follows from how many requests are in flight.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        timeout_for: timedelta,
        connect: Callable[[], aiohttp.BaseConnector] | None = None,
    ) -> None:
        """Send `headers` with every request, and wait for `timeout_for` at most.

        `connect` makes what connects, where not everything may be connected to.
        """
        self._headers = headers
        self._timeout_for = timeout_for
        self._connect = connect or _anywhere
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session."""
        assert self._session is not None
        return self._session

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=self._connect(),
            timeout=aiohttp.ClientTimeout(total=self._timeout_for.total_seconds()),
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()


def _anywhere() -> aiohttp.BaseConnector:
    return aiohttp.TCPConnector(limit=0)
