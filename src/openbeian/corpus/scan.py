"""Scanning a corpus on this machine: units to processes, results to a checkpoint, and on after a crash.

`scan_unit` is all that a worker does, wherever it runs; what it gives back is small and adds up in any
order, so that the result is the same to the bit for any number of workers.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Final

import orjson

from openbeian.core.errors import CouldNotRunError
from openbeian.corpus.checkpoint import Checkpoint, digest_of_plan
from openbeian.corpus.documents import DEFAULT_FIELDS, Fields, Problem, problem_error
from openbeian.corpus.duplicates import Duplicates, count_duplicates, write_hashes
from openbeian.corpus.kernel import Hashes, Kernel
from openbeian.corpus.reading import read_unit
from openbeian.corpus.tally import DEFAULT_LIMITS, Limits, Tally
from openbeian.corpus.units import Plan, Unit

__all__ = ["Progress", "Scanned", "Settings", "scan_corpus", "scan_unit"]

_CHECKPOINT_SECONDS: Final = 10.0
_IN_FLIGHT: Final = 2
"""Units handed out ahead, for each worker."""
_CHANCES: Final = 2
"""How many crashed workers may have been at the same unit before it is given up."""

Progress = Callable[[int], None]
"""Told of the bytes of each unit that is done."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is looked for and how."""

    keywords: tuple[tuple[str, str], ...]
    seed: bytes
    fields: Fields = DEFAULT_FIELDS
    limits: Limits = DEFAULT_LIMITS
    strict: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of everything the result depends on beside the corpus."""
        told = [self.keywords, self.seed.hex(), tuple(self.fields), tuple(self.limits)]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()


@dataclass(frozen=True, slots=True)
class Scanned:
    """The result of a scan."""

    tally: Tally
    duplicates: Duplicates


class _StrictStopError(Exception):
    """A strict scan met something it can't read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def scan_corpus(
    plan: Plan, settings: Settings, folder: Path, *, workers: int = 1, progress: Progress = lambda _: None
) -> Scanned:
    """Scan all units, or those that an interrupted scan in `folder` has left, and return the result.

    Raises:
        BadInputError: With `strict`, something can't be read; it says where.
        CouldNotRunError: The disk is full, a unit crashes its worker again and again, or the corpus
            has changed since the scan was begun. What is done is kept.
    """
    if settings.strict and plan.problems:
        raise problem_error(plan.problems[0])
    checkpoint = Checkpoint.open(folder, plan, f"{digest_of_plan(plan)} {settings.digest}", settings.limits)
    try:
        _scan_left(checkpoint, settings, workers, progress)
        checkpoint.save()
    except _StrictStopError as stop:
        raise problem_error(stop.problem) from stop
    except OSError as error:
        raise _unwritable(error, folder) from error
    tally = checkpoint.tally
    for problem in plan.problems:
        tally.note(problem)
    documents = tally.total().counts["documents"]
    hashes = [checkpoint.hashes_of(unit) for unit in plan.units]
    return Scanned(tally, count_duplicates(hashes, documents, sorted(tally.sources)))


def scan_unit(unit: Unit, kernel: Kernel, settings: Settings, hashes_at: Path) -> Tally:
    """Scan one unit: return what was counted, and leave its hashes in a file."""
    tally = kernel.tally()
    hashes = Hashes([], [])

    def note(problem: Problem) -> None:
        if settings.strict:
            raise _StrictStopError(problem)
        tally.note(problem)

    for batch in read_unit(unit, settings.fields, note):
        kernel.add(batch, tally, hashes)
    write_hashes(hashes_at, hashes.texts, hashes.sources)
    return tally


def _scan_left(checkpoint: Checkpoint, settings: Settings, workers: int, progress: Progress) -> None:
    saved_at = monotonic()
    done = _alone if workers <= 1 else _pooled
    progress(checkpoint.size_done())
    for unit, tally in done(checkpoint, settings, workers):
        checkpoint.add(unit, tally)
        progress(unit.size)
        if monotonic() - saved_at > _CHECKPOINT_SECONDS:
            checkpoint.save()
            saved_at = monotonic()


def _alone(checkpoint: Checkpoint, settings: Settings, _workers: int) -> Iterator[tuple[Unit, Tally]]:
    left = checkpoint.left()
    kernel = Kernel(settings.keywords, seed=settings.seed, limits=settings.limits) if left else None
    for unit in left:
        assert kernel is not None
        yield unit, scan_unit(unit, kernel, settings, checkpoint.hashes_of(unit))


_kernel: Kernel
_settings: Settings


def _start_worker(settings: Settings) -> None:
    """Compile the keywords once in each process."""
    global _kernel, _settings  # noqa: PLW0603  a process of its own, with one kernel
    _settings = settings
    _kernel = Kernel(settings.keywords, seed=settings.seed, limits=settings.limits)


def _scan_in_worker(unit: Unit, hashes_at: Path) -> Tally:
    return scan_unit(unit, _kernel, _settings, hashes_at)


def _pooled(checkpoint: Checkpoint, settings: Settings, workers: int) -> Iterator[tuple[Unit, Tally]]:
    """Yield units as processes finish them; where one is killed, start over with those not finished."""
    crashes: dict[Unit, int] = {}
    while left := checkpoint.left():
        pool = ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (settings,))
        flying: dict[Future[Tally], Unit] = {}
        try:
            yield from _fly(pool, checkpoint, left, flying, _IN_FLIGHT * workers)
        except BrokenProcessPool as error:
            for unit in flying.values():
                crashes[unit] = crashes.get(unit, 0) + 1
            if all(crashes[unit] >= _CHANCES for unit in flying.values()):
                raise _crashing(left[0]) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _fly(
    pool: ProcessPoolExecutor,
    checkpoint: Checkpoint,
    left: list[Unit],
    flying: dict[Future[Tally], Unit],
    most: int,
) -> Iterator[tuple[Unit, Tally]]:
    waiting = iter(left)
    while True:
        while len(flying) < most and (unit := next(waiting, None)):
            flying[pool.submit(_scan_in_worker, unit, checkpoint.hashes_of(unit))] = unit
        if not flying:
            return
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            tally = future.result()
            yield flying.pop(future), tally


def _crashing(unit: Unit) -> CouldNotRunError:
    return CouldNotRunError(
        f"读取 {unit.path} 时进程反复崩溃（可能内存不足）；请减少 --workers 后重新运行，已完成的部分会保留。",
        f"Workers crash again and again around {unit.path}, perhaps for lack of memory; run again with fewer "
        "--workers, what is done is kept.",
    )


def _unwritable(error: OSError, folder: Path) -> CouldNotRunError:
    if error.errno == errno.ENOSPC:
        return CouldNotRunError(
            f"磁盘已满，无法写入 {folder}；请腾出空间后重新运行同一命令，将从中断处继续。",
            f"The disk is full and {folder} can't be written; make room and run the same command again.",
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return CouldNotRunError(
        f"无法写入 {folder}（{reason}）；请检查后重新运行，将从中断处继续。",
        f"{folder} can't be written ({reason}); mend that and run the same command again.",
    )
