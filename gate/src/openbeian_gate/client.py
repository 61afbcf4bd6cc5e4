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
from openbeian_gate.errors import GateError, RollbackError
from openbeian_gate.following import FetchLimits, Followed, Seen, SignedFile
from openbeian_gate.policy import Admission, decide, freshness
from openbeian_gate.refusals import NotFiledError, RegistryUnavailableError
from openbeian_gate.skew import SKEW_WARNED_OF, clock_skew
from openbeian_gate.verify.fields import format_instant
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.snapshot import MAX_SNAPSHOT_BYTES, Snapshot

__all__ = ["ClientLimits", "SnapshotClient", "check_succession"]

_log: Final = logging.getLogger("openbeian_gate")


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What fetching may take."""

    poll_for: timedelta | None = None
    """Between two looks at the source; None for what the source says, half a minute where it says nothing."""
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
        source: str | Path | Followed,
        keys: PublicKeySet | None = None,
        *,
        limits: ClientLimits | None = None,
        keep: Path | None = None,
    ) -> None:
        """Prepare to follow `source`; nothing is fetched yet.

        Args:
            source: The http(s) address or the path of one signed snapshot; or something else to follow, such
                as a `RepositorySource`, which knows its own keys and where to keep things.
            keys: The keys trusted for the signed snapshot; none otherwise.
            limits: How often, how long, how much.
            keep: Where to keep the last good snapshot, so that a restart during an outage starts from it.
        """
        self._source: Followed
        if isinstance(source, str | Path):
            self._source = SignedFile(source, keys or PublicKeySet(()), keep=keep)
        else:
            self._source = source
        self._limits = limits or ClientLimits()
        self._held: Seen | None = None
        self._skew = timedelta(0)
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

    @property
    def clock_skew(self) -> timedelta:
        """How far ahead this machine's clock is at least, by signed times; negative where it is behind."""
        return self._skew

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
                self._look(at)
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
        status |= self._source.facts() | {"clock_skew_s": round(self._skew.total_seconds(), 3)}
        if error is not None:
            status |= {"error": error.code, "error_zh": error.text.zh, "error_en": error.text.en}
        return status

    def _poll(self) -> None:
        while True:
            self.refresh(clock.now())
            poll_for = self._limits.poll_for or self._source.poll_for
            if self._stopped.wait(poll_for.total_seconds()):
                return

    def _look(self, at: datetime) -> None:
        seen = self._source.look(self._fetch_limits)
        if seen is None:
            return
        held = self._held
        if held is not None and held.epoch == seen.epoch:
            check_succession(held.snapshot, seen.snapshot)
        self._judge_clock(seen.snapshot, at)
        self._held, self._snapshot = seen, seen.snapshot
        with contextlib.suppress(OSError):  # a full disk must not keep a revocation from taking effect
            self._source.keep()

    def _judge_clock(self, offered: Snapshot, at: datetime) -> None:
        held = self._snapshot
        if held is not None and held.issued_at >= offered.issued_at:
            return
        self._skew = clock_skew(offered.issued_at, looked_before=self._refreshed_at, looked_at=at)
        if abs(self._skew) > SKEW_WARNED_OF:
            _log.warning("this machine's clock is off by %.0f s, by signed times", self._skew.total_seconds())

    @property
    def _fetch_limits(self) -> FetchLimits:
        return FetchLimits(self._limits.timeout_for.total_seconds(), self._limits.max_bytes)

    def _load_kept(self) -> None:
        try:
            self._held = self._source.kept(self._fetch_limits)
        except (GateError, OSError) as error:
            _log.warning("the kept snapshot is not used: %s", error)
        self._snapshot = None if self._held is None else self._held.snapshot

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
