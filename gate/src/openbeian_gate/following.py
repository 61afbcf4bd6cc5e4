"""What a snapshot client follows: something to look at again and again; one signed file is the simplest."""

import contextlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from openbeian_gate.source import fetch
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.snapshot import Snapshot, parse_snapshot, verify_snapshot

__all__ = ["FetchLimits", "Followed", "Seen", "SignedFile", "replace_file"]

_POLL_FOR: Final = timedelta(seconds=30)


class FetchLimits(NamedTuple):
    """What one look may take."""

    timeout_s: float
    max_bytes: int


class Seen(NamedTuple):
    """A verified snapshot, and the keys it goes back to."""

    snapshot: Snapshot
    epoch: str = ""
    """Names the register's online keys: versions are compared only under the same ones."""


class Followed(Protocol):
    """A source of verified snapshots."""

    @property
    def poll_for(self) -> timedelta:
        """Between two looks, where the operator has not said."""

    def kept(self, limits: FetchLimits) -> Seen | None:
        """Return what an earlier process kept, verified again.

        Raises:
            GateError: It does not hold.
            OSError: It can't be read.
        """

    def look(self, limits: FetchLimits) -> Seen | None:
        """Return what is there now; None where nothing has changed.

        Raises:
            GateError: It can't be had, or does not hold.
        """

    def keep(self) -> None:
        """Keep what was seen last, as the client has taken it.

        Raises:
            OSError: The disk refuses.
        """

    def facts(self) -> dict[str, str | int | float | None]:
        """Return what an operator wants to know of the source, as JSON values."""


class SignedFile:
    """One signed snapshot at an address or a path, and the keys to trust for it."""

    def __init__(self, source: str | Path, keys: PublicKeySet, *, keep: Path | None = None) -> None:
        """Follow `source`; nothing is fetched yet."""
        self._source = str(source)
        self._keys = keys
        self._keep = keep
        self._etag = ""
        self._new: tuple[bytes, str] | None = None

    @property
    def poll_for(self) -> timedelta:
        """Half a minute, as nobody has said."""
        return _POLL_FOR

    def kept(self, limits: FetchLimits) -> Seen | None:
        """Return the snapshot kept beside."""
        if self._keep is None or not self._keep.exists():
            return None
        return self._verified(self._keep.read_bytes(), limits)

    def look(self, limits: FetchLimits) -> Seen | None:
        """Fetch the file if it has changed."""
        self._new = None
        fetched = fetch(self._source, self._etag, timeout_s=limits.timeout_s, max_bytes=limits.max_bytes)
        if fetched is None:
            return None
        seen = self._verified(fetched.data, limits)
        self._new = (fetched.data, fetched.etag)
        return seen

    def keep(self) -> None:
        """Remember the mark, so that the same is not fetched again, and keep the file."""
        assert self._new is not None, "kept only after a look that found something"
        data, self._etag = self._new
        self._new = None
        if self._keep is not None:
            replace_file(self._keep, data)

    def facts(self) -> dict[str, str | int | float | None]:
        """Return nothing: all there is to know is in the snapshot."""
        return {}

    def _verified(self, data: bytes, limits: FetchLimits) -> Seen:
        return Seen(verify_snapshot(parse_snapshot(data, max_bytes=limits.max_bytes), self._keys))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
