"""Watches a gate's decisions, and tells of them every so often: to a file, to the register, or to both.

Nothing here holds a decision up or changes one. What can't be told is kept, and tried again ever more seldom;
what can't be kept is counted and said in the log. The register stores a report once, however often it comes.
"""

import json
import logging
import os
import secrets
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from openbeian_gate import clock
from openbeian_gate.errors import GateError
from openbeian_gate.gate import Decided
from openbeian_gate.measures import Measure
from openbeian_gate.reporting.queue import ReportQueue
from openbeian_gate.reporting.sending import Outcome, send_report
from openbeian_gate.reporting.tally import Tally
from openbeian_gate.verify.report import DecisionRecord, GateReport

__all__ = ["Reporter", "Reporting"]

_log: Final = logging.getLogger("openbeian_gate")
_LONGEST_WAIT_FOR: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 12
_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is told, and where."""

    to: str = ""
    """The register's address for reports, http(s); empty to send none."""
    key: str = ""
    """The platform's key, with the scope `sightings`."""
    gate: str = ""
    """What the gate is called; empty for a name made once and kept in the folder."""
    folder: Path | None = None
    """Where reports wait over restarts; None for in memory only."""
    log: Path | None = None
    """A file to which decisions are appended, one JSON object a line; None for none."""
    every_for: timedelta = timedelta(minutes=1)
    """Between two reports."""
    sample_every: int = 100
    """One admission in so many is listed beside the refusals; 0 for none."""
    with_decisions: bool = False
    """Whether the register gets the list of decisions too, and not the counts alone."""


class Reporter:
    """The watcher."""

    def __init__(
        self, reporting: Reporting, *, trial_users: Callable[[], Mapping[str, int]] | None = None
    ) -> None:
        """Prepare to tell; nothing is told yet.

        Args:
            reporting: What and where.
            trial_users: Returns how many trial users have a place, by permit.

        Raises:
            OSError: The folder can't be written to.
            ValueError: The address is not http(s).
        """
        if reporting.to and not reporting.to.startswith(("https://", "http://")):
            raise ValueError(f"{reporting.to} is not an http(s) address")
        self._told = reporting
        self._trial_users = trial_users
        self._queue = ReportQueue(None if reporting.folder is None else reporting.folder / "reports")
        self._gate = reporting.gate or _own_name(reporting.folder)
        self._outcomes = Counter(dict.fromkeys(Outcome, 0))
        self._unlogged = 0
        self._others = 0
        self._failures = 0
        self._not_before: datetime | None = None
        self._thread: threading.Thread | None
        self._reset()
        # A child goes on from nothing: what its parent has counted, the parent tells.
        os.register_at_fork(after_in_child=partial(_reset, weakref.ref(self)))

    def saw(self, decided: Decided) -> None:
        """Count one decision."""
        self._tally.count(decided)

    def start(self) -> None:
        """Begin to tell in the background, if not begun already."""
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._stopped.clear()
                    self._thread = threading.Thread(target=self._run, name="openbeian-report", daemon=True)
                    self._thread.start()

    def stop(self) -> None:
        """Tell what there is to tell, and end."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def flush(self, at: datetime) -> None:
        """Tell what there is to tell now. Never raises."""
        with self._flushing:
            self._gather(at)
            self._send(at)

    def measures(self) -> Iterable[Measure]:
        """Return what is measured of the telling."""
        sent = {f'{{outcome="{outcome.value}"}}': count for outcome, count in self._outcomes.items()}
        return (
            Measure("reports_total", "counter", "Reports sent to the register, by outcome.", sent),
            Measure("reports_waiting", "gauge", "Reports that wait to be sent.", {"": len(self._queue)}),
            Measure("reports_given_up_total", "counter", "Reports given up.", {"": self._queue.dropped}),
            Measure("sightings_other_total", "counter", "Sightings not told apart.", {"": self._others}),
            Measure("decisions_unlogged_total", "counter", "Decisions not logged.", {"": self._unlogged}),
        )

    def _run(self) -> None:
        while not self._stopped.wait(self._told.every_for.total_seconds()):
            self.flush(clock.now())
        self.flush(clock.now())

    def _gather(self, at: datetime) -> None:
        tallied = self._tally.take()
        self._others += sum(day.others for day in tallied.days)
        self._unlogged += tallied.left_out
        if self._told.log is not None:
            self._write(self._told.log, tallied.decisions)
        if self._told.to and tallied.days:
            self._queue.put(
                GateReport(
                    id=secrets.token_hex(16),
                    gate=self._gate,
                    made_at=at,
                    days=tallied.days,
                    permits=self._places(),
                    decisions=tallied.decisions if self._told.with_decisions else (),
                    left_out=tallied.left_out if self._told.with_decisions else 0,
                    sampled=self._told.sample_every,
                )
            )

    def _write(self, path: Path, decisions: Iterable[DecisionRecord]) -> None:
        lines = [json.dumps(one.to_json(), separators=(",", ":")) + "\n" for one in decisions]
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write("".join(lines))
        except OSError as error:
            self._unlogged += len(lines)
            _log.warning("decisions are not logged in %s: %s", path, error)

    def _send(self, at: datetime) -> None:
        if self._not_before is not None and at < self._not_before:
            return
        while (first := self._queue.first()) is not None:
            name, data = first
            outcome, why = send_report(self._told.to, self._told.key, data, timeout_s=_TIMEOUT_S)
            self._outcomes[outcome] += 1
            if outcome is Outcome.LATER:
                self._put_off(at, why)
                return
            if outcome is Outcome.REFUSED:
                _log.warning("a report is not taken and not sent again: %s", why)
            self._queue.remove(name)
            self._failures, self._not_before = 0, None

    def _put_off(self, at: datetime, why: str) -> None:
        wait_for = min(self._told.every_for * 2 ** min(self._failures, _MOST_DOUBLINGS), _LONGEST_WAIT_FOR)
        self._failures += 1
        self._not_before = at + wait_for
        _log.warning("reports wait, and are sent again in %s: %s", wait_for, why)

    def _places(self) -> Mapping[str, int]:
        try:
            return {} if self._trial_users is None else self._trial_users()
        except GateError:
            return {}

    def _reset(self) -> None:
        self._tally = Tally(sample_every=self._told.sample_every)
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._stopped = threading.Event()
        self._thread = None


def _reset(reporter: "weakref.ref[Reporter]") -> None:
    held = reporter()
    if held is not None:
        held._reset()  # noqa: SLF001  its own class


def _own_name(folder: Path | None) -> str:
    """Return the name kept in `folder`, made at the first start."""
    made = f"gate-{secrets.token_hex(6)}"
    if folder is None:
        return made
    path = folder / "gate-name"
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    path.write_text(made + "\n", encoding="utf-8")
    return made
