"""Answers that go on for long: watched to their end, and ended when the service is no longer let through.

A snapshot that revokes a service may come while its answer is still being sent. Nothing is sent after that,
so a stream ends within the polling interval, at its next piece.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from openbeian_gate import clock
from openbeian_gate.client import SnapshotClient
from openbeian_gate.refusals import RefusalError

__all__ = ["EndedMidStreamError", "Watch", "WatchedPieces"]

_AGAIN_FOR: Final = timedelta(seconds=1)
"""While the snapshot stays the same, time alone can change a decision: it is made again this often."""
_log: Final = logging.getLogger("openbeian_gate")


class EndedMidStreamError(Exception):
    """The service lost its admission while it was answering: the rest of the answer must not be sent."""

    def __init__(self, refusal: RefusalError) -> None:
        """End an answer for the reason given."""
        super().__init__(f"the answer was ended: {refusal.text.en}")
        self.refusal = refusal


class Watch:
    """Watches one admission for as long as its answer lasts."""

    def __init__(self, client: SnapshotClient, decide: Callable[[datetime], object]) -> None:
        """Watch an admission by the snapshot of `client`; `decide` decides again, and raises the refusal."""
        self._client = client
        self._decide = decide
        self._decided(client, clock.now())

    def check(self) -> None:
        """Check that the service is still let through.

        Raises:
            EndedMidStreamError: It is not.
        """
        at = clock.now()
        if self._client.snapshot is self._snapshot and self._decided_at <= at < self._again_at:
            return
        self._decided(self._client, at)
        try:
            self._decide(at)
        except RefusalError as refusal:
            ended = EndedMidStreamError(refusal)
            _log.warning("%s", ended)
            raise ended from refusal

    def _decided(self, client: SnapshotClient, at: datetime) -> None:
        self._snapshot = client.snapshot
        self._decided_at, self._again_at = at, at + _AGAIN_FOR


class WatchedPieces:
    """The pieces of a WSGI answer, each let through only while the service is."""

    def __init__(self, pieces: Iterable[bytes], watch: Watch) -> None:
        """Watch `pieces`."""
        self._pieces = pieces
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        """Yield them; an error ends the answer, so that no part of it passes for the whole."""
        for piece in self._pieces:
            self._watch.check()
            yield piece

    def close(self) -> None:
        """Close what they came from."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
