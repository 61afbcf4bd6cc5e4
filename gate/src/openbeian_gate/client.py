"""A snapshot kept up to date: fetched in the background, verified, never rolled back, kept over restarts.

Decisions read one attribute and take no lock. Whatever goes wrong in fetching leaves the snapshot at hand
in place; it then ages, and the policy refuses when it is too old. Nothing here ever lets a service through
because something failed.
"""

import contextlib
import logging
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from openbeian_gate import clock
from openbeian_gate.errors import GateError, NotFiledError, RegistryUnavailableError, RollbackError
from openbeian_gate.policy import Admission, decide, freshness
from openbeian_gate.source import fetch
from openbeian_gate.verify.fields import format_instant
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.snapshot import MAX_SNAPSHOT_BYTES, Snapshot, parse_snapshot, verify_snapshot

__all__ = ["ClientLimits", "SnapshotClient", "check_succession"]

_log: Final = logging.getLogger("openbeian_gate")


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What fetching may take."""

    poll_for: timedelta = timedelta(seconds=30)
    """Between two looks at the source."""
    ask_again_for: timedelta = timedelta(seconds=5)
    """At least this long between two looks made because a service was unknown."""
    timeout_for: timedelta = timedelta(seconds=10)
    """For one fetch, all of it."""
    max_bytes: int = MAX_SNAPSHOT_BYTES
    """The largest snapshot accepted."""


def check_succession(held: Snapshot | None, offered: Snapshot) -> None:
    """Check that `offered` may replace `held`.

    Raises:
        RollbackError: It is older, or another snapshot of the same version.
    """
    if held is None or offered.version > held.version or offered.digest == held.digest:
        return
    raise RollbackError(
        f"收到的快照版本 {offered.version} 不新于已有的 {held.version}，可能遭到回滚，已拒用。",
        f"The snapshot offered, version {offered.version}, does not follow the one held, {held.version}; "
        "it may be a rollback and is not used.",
    )


class SnapshotClient:
    """Answers for services from the latest snapshot."""

    def __init__(
        self,
        source: str | Path,
        keys: PublicKeySet,
        *,
        limits: ClientLimits | None = None,
        keep: Path | None = None,
    ) -> None:
        """Prepare to follow `source`; nothing is fetched yet.

        Args:
            source: The http(s) address or the path of the snapshot.
            keys: The keys trusted for snapshots.
            limits: How often, how long, how much.
            keep: Where to keep the last good snapshot, so that a restart during an outage starts from it.
        """
        self._source = str(source)
        self._keys = keys
        self._limits = limits or ClientLimits()
        self._keep = keep
        self._etag = ""
        self._snapshot: Snapshot | None = None
        self._error: GateError | None = None
        self._refreshed_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._thread: threading.Thread | None
        self._reset_threads()
        # A server that forks after loading leaves its children no polling thread and perhaps a held lock.
        os.register_at_fork(after_in_child=_calling(weakref.WeakMethod(self._reset_threads)))
        self._load_kept()

    @property
    def snapshot(self) -> Snapshot | None:
        """The latest good snapshot."""
        return self._snapshot

    @property
    def error(self) -> GateError | None:
        """What went wrong at the last look at the source; None when it went well."""
        return self._error

    def decide(self, subject: str, at: datetime) -> Admission:
        """Decide at once, from what is at hand, in microseconds.

        Raises:
            RefusalError: The service is not let through.
        """
        return decide(self._snapshot, subject, at)

    def admit(self, subject: str, at: datetime) -> Admission:
        """Decide, and where the answer may be out of date look at the source once more first.

        A service filed a moment ago is unknown to the snapshot at hand. Such looks are rate limited, so that
        asking for unknown services costs the register nothing.

        Raises:
            RefusalError: The service is not let through.
        """
        try:
            return self.decide(subject, at)
        except (NotFiledError, RegistryUnavailableError):
            if not self.ask_again(at):
                raise
        return self.decide(subject, at)

    def may_ask_again(self, at: datetime) -> bool:
        """Say whether the rate limit allows a look at the source now."""
        return self._asked_at is None or at - self._asked_at >= self._limits.ask_again_for

    def ask_again(self, at: datetime) -> bool:
        """Look at the source if the rate limit allows; say whether a new snapshot came."""
        held = self._snapshot
        if not self.may_ask_again(at):
            return False
        self._asked_at = at
        self.refresh(at)
        return self._snapshot is not held

    def refresh(self, at: datetime) -> bool:
        """Look at the source now; say whether that went well. Never raises: what failed is in `error`."""
        with self._lock:
            try:
                self._fetch()
            except GateError as error:
                _log.warning("snapshot not refreshed: %s", error)
                self._error = error
                return False
            self._error, self._refreshed_at = None, at
            return True

    def start(self) -> Self:
        """Begin to follow the source in the background, if not begun already."""
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._stopped.clear()
                    self._thread = threading.Thread(target=self._poll, name="openbeian-gate", daemon=True)
                    self._thread.start()
        return self

    def stop(self) -> None:
        """Cease to follow the source; the snapshot at hand stays and ages."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def status(self, at: datetime) -> dict[str, str | int | float | None]:
        """Return what an operator wants to know, as JSON values."""
        held, error, refreshed_at = self._snapshot, self._error, self._refreshed_at
        status: dict[str, str | int | float | None] = {
            "state": freshness(held, at).value,
            "refreshed_at": None if refreshed_at is None else format_instant(refreshed_at),
        }
        if held is not None:
            status |= {
                "version": held.version,
                "issued_at": format_instant(held.issued_at),
                "fresh_until": format_instant(held.fresh_until),
                "serve_until": format_instant(held.serve_until),
                "age_s": round((at - held.issued_at).total_seconds(), 3),
                "filings": len(held.index),
            }
        if error is not None:
            status |= {"error": error.code, "error_zh": error.text.zh, "error_en": error.text.en}
        return status

    def _poll(self) -> None:
        while True:
            self.refresh(clock.now())
            if self._stopped.wait(self._limits.poll_for.total_seconds()):
                return

    def _fetch(self) -> None:
        limits = self._limits
        fetched = fetch(
            self._source, self._etag, timeout_s=limits.timeout_for.total_seconds(), max_bytes=limits.max_bytes
        )
        if fetched is None:
            return
        snapshot = self._verified(fetched.data)
        check_succession(self._snapshot, snapshot)
        self._snapshot, self._etag = snapshot, fetched.etag
        if self._keep is not None:
            with contextlib.suppress(OSError):  # a full disk must not keep a revocation from taking effect
                _replace(self._keep, fetched.data)

    def _verified(self, data: bytes) -> Snapshot:
        return verify_snapshot(parse_snapshot(data, max_bytes=self._limits.max_bytes), self._keys)

    def _load_kept(self) -> None:
        if self._keep is None or not self._keep.exists():
            return
        try:
            self._snapshot = self._verified(self._keep.read_bytes())
        except (GateError, OSError) as error:
            _log.warning("the kept snapshot is not used: %s", error)

    def _reset_threads(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = None


def _calling(method: "weakref.WeakMethod[Callable[[], None]]") -> Callable[[], None]:
    def call() -> None:
        bound = method()
        if bound is not None:
            bound()

    return call


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
