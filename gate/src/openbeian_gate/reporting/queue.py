"""Reports that wait to be sent: the oldest first, not more than so many, kept over restarts in a folder."""

import contextlib
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.report import GateReport, parse_report

__all__ = ["ReportQueue"]

_log: Final = logging.getLogger("openbeian_gate")
_MOST: Final = 500
_MOST_BYTES: Final = 16 << 20


class ReportQueue:
    """The queue."""

    def __init__(self, folder: Path | None, *, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        """Go on from what `folder` holds; without one, from nothing and in memory only.

        Raises:
            OSError: The folder can't be made or read.
        """
        self._folder = folder
        self._most = most
        self._most_bytes = most_bytes
        self._waiting: OrderedDict[str, bytes] = OrderedDict()
        self.dropped = 0
        """How many were given up because too many waited."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._load(folder)

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def put(self, report: GateReport) -> None:
        """Let a report wait; where too many do, the oldest are given up."""
        name, data = f"{report.made_at:%Y%m%dT%H%M%S%f}-{report.id}.json", report.to_bytes()
        self._waiting[name] = data
        if self._folder is not None:
            try:
                draft = self._folder / f".{name}"
                draft.write_bytes(data)
                draft.replace(self._folder / name)
            except OSError as error:  # it is sent all the same, unless this process ends first
                _log.warning("a report is not kept in %s: %s", self._folder, error)
        self._give_up()

    def first(self) -> tuple[str, bytes] | None:
        """Return the report that has waited longest, with the name to remove it by."""
        return next(iter(self._waiting.items()), None)

    def remove(self, name: str) -> None:
        """Let a report wait no longer."""
        self._waiting.pop(name, None)
        if self._folder is not None:
            with contextlib.suppress(OSError):  # the register takes a report once, however often it is sent
                (self._folder / name).unlink()

    def _give_up(self) -> None:
        while len(self._waiting) > self._most or sum(map(len, self._waiting.values())) > self._most_bytes:
            self.remove(next(iter(self._waiting)))
            self.dropped += 1
            _log.warning("a report to the register was given up: too many wait")

    def _load(self, folder: Path) -> None:
        for path in sorted(folder.glob("*.json")):
            data = path.read_bytes()
            try:
                parse_report(data)
            except MalformedError as error:
                _log.warning("%s is no report and is not sent: %s", path, error)
                continue
            self._waiting[path.name] = data
        self._give_up()
