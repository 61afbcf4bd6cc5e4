"""How far a run is, for people as bars and for programs as lines of JSON."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

from openbeian.assessment import Progress
from openbeian.terminal.console import error_console, progress_bars
from openbeian.terminal.runs import RunBars

__all__ = ["ProgressLines", "run_progress"]

_EVERY_S: Final = 1.0


class ProgressLines:
    """Writes where a run stands as a line of JSON, at most once a second, and at the end in any case."""

    def __init__(self, stream: TextIO, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._monotonic_s = monotonic_s
        self._wrote_s = float("-inf")
        self._waiting: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Take where the run stands."""
        self._waiting = progress
        if self._monotonic_s() - self._wrote_s >= _EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write the last that was taken, unless it was written."""
        if self._waiting is None:
            return
        self._stream.write(json.dumps(_as_json(self._waiting), ensure_ascii=False) + "\n")
        self._stream.flush()
        self._wrote_s = self._monotonic_s()
        self._waiting = None


def _as_json(progress: Progress) -> dict[str, Any]:
    left_for = progress.left_for
    return {
        "banks": {name: bank._asdict() for name, bank in progress.banks.items()},
        "done": progress.done,
        "total": progress.total,
        "answers_per_s": round(progress.answers_per_s, 2),
        "in_flight": progress.in_flight,
        "concurrency": progress.concurrency,
        "errors": progress.errors,
        "left_s": None if left_for is None else round(left_for.total_seconds()),
        "notes": [note._asdict() for note in progress.notes],
    }


@contextmanager
def run_progress(*, quiet: bool, as_lines: bool) -> Iterator[Callable[[Progress], None]]:
    """Yield what shows progress on standard error: bars, unless `quiet`, or lines of JSON."""
    if as_lines:
        lines = ProgressLines(error_console.file)  # type: ignore[arg-type]
        try:
            yield lines
        finally:
            lines.flush()
    else:
        with progress_bars(quiet=quiet) as bars:
            yield RunBars(bars)
