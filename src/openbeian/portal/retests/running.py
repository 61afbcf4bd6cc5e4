"""Carrying a re-test out: asked in a thread of its own, sealed piece by piece, and stopped when told so.

The evidence lies in the clear only in the worker's private folder (in memory where there is one) and only
while it works; at rest there is the journal. To go on means to read the journal.
"""

import asyncio
import hashlib
import shutil
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from openbeian.assessment import Plan, Progress, Report, assess, resume
from openbeian.assessment.asking import Patience
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.run_state import RunState
from openbeian.evidence import ChainReader
from openbeian.portal.outbound import guarded_connector
from openbeian.portal.retests.banks import private_root
from openbeian.portal.retests.journal import Journal

__all__ = ["Finished", "carry_out", "workplace"]

_BEAT_S = 0.5


class Finished(NamedTuple):
    """The report of a re-test, and the hash of its evidence; no report where it was stopped."""

    report: Report | None
    evidence_sha256: str


def workplace(run_pk: int) -> Path:
    """Return the folder in which a run is worked on, apart from those of other portals on this machine."""
    home = hashlib.sha256(str(settings.BEIAN_HOME).encode()).hexdigest()[:12]
    return private_root() / f"run-{home}-{run_pk}"


def carry_out(
    run_pk: int,
    plan: Plan,
    *,
    environ: Mapping[str, str],
    retries_errors: bool,
    at_clock: Callable[[], datetime],
    beat: Callable[[Progress | None], bool],
    patience: Patience | None = None,
) -> Finished:
    """Ask what is left to ask; `beat` is called twice a second and says whether to go on.

    Raises:
        DomainError: The channel can't be asked, or the evidence is broken; no words of it are secret.
    """
    work, journal = RunDirectory(workplace(run_pk)), Journal(run_pk)
    sealer = _Sealer(journal, work.evidence)
    ask: Callable[..., Coroutine[Any, Any, Report]] = (
        partial(resume, work.path, retry_errors=retries_errors)
        if _lay_out(work, journal.read(), plan)
        else partial(assess, plan, out=work.path)
    )
    asking = _Asking(
        partial(ask, at_clock=at_clock, environ=environ, patience=patience, connect=guarded_connector)
    )
    asking.start()
    try:
        while asking.is_alive():
            asking.join(_BEAT_S)
            sealer.seal_new()
            if not beat(asking.progress):
                asking.stop()
        sealer.seal_new()
        report = asking.result()
        return Finished(report, sealer.digest())
    finally:
        asking.stop()
        asking.join()
        shutil.rmtree(work.path, ignore_errors=True)


class _Asking(threading.Thread):
    """Runs an assessment in an event loop of its own."""

    def __init__(self, ask: Callable[..., Coroutine[Any, Any, Report]]) -> None:
        super().__init__(name="re-test", daemon=True)
        self._ask = ask
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._report: Report | None = None
        self._error: BaseException | None = None
        self._is_stopped = False
        self.progress: Progress | None = None

    def run(self) -> None:
        """Ask until done, stopped or failed."""
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001  handed on to the thread that waits
            self._error = error

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._report = await self._ask(on_progress=self._show)

    def _show(self, progress: Progress) -> None:
        self.progress = progress

    def stop(self) -> None:
        """Stop asking; what was answered is written down."""
        self._is_stopped = True
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._task.cancel)

    def result(self) -> Report | None:
        """Return the report; None where it was stopped before there was one."""
        if self._error is None or (self._is_stopped and isinstance(self._error, asyncio.CancelledError)):
            return self._report
        raise self._error


class _Sealer:
    """Takes whole lines over from the evidence into the journal."""

    def __init__(self, journal: Journal, evidence: Path) -> None:
        self._journal = journal
        self._evidence = evidence
        self._digest = hashlib.sha256()
        kept = journal.read()
        self._taken = len(kept)
        self._digest.update(kept)

    def seal_new(self) -> None:
        """Seal the lines that were written since."""
        try:
            with self._evidence.open("rb") as file:
                file.seek(self._taken)
                data = file.read()
        except FileNotFoundError:
            return
        lines = data[: data.rfind(b"\n") + 1]
        self._journal.append(lines)
        self._digest.update(lines)
        self._taken += len(lines)

    def digest(self) -> str:
        """Return the hash of everything that was sealed."""
        return self._digest.hexdigest()


def _lay_out(work: RunDirectory, kept: bytes, plan: Plan) -> bool:
    """Put the evidence and what it was committed to where they are worked on; say whether there is any.

    What a worker that was killed had written and not yet sealed is kept, if it is still there.
    """
    with suppress(OSError):
        left = work.evidence.read_bytes()
        if left.startswith(kept):
            kept = left[: left.rfind(b"\n") + 1]
    shutil.rmtree(work.path, ignore_errors=True)
    if not kept:
        return False
    work.path.mkdir(parents=True, mode=0o700)
    work.evidence.write_bytes(kept)
    for seal, data in plan.copies():
        work.put(work.copy_of(seal), data)
    return bool(RunState.read(ChainReader(work.evidence)).draws)
