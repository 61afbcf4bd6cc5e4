"""Scanning a corpus: units to an engine, results to a checkpoint, and on after a crash.

What an engine gives back for a unit is small and adds up in any order, so that the result is the same to
the bit for any engine and any number of workers.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from openbeian.core.errors import CouldNotRunError
from openbeian.corpus.checkpoint import Checkpoint, digest_of_plan
from openbeian.corpus.documents import problem_error
from openbeian.corpus.duplicates import Duplicates, count_duplicates
from openbeian.corpus.engines import Engine, Pool
from openbeian.corpus.engines.local import local
from openbeian.corpus.folder import held
from openbeian.corpus.near import NearDuplicates, find_near_duplicates
from openbeian.corpus.tally import Tally
from openbeian.corpus.units import Plan, Unit
from openbeian.corpus.work import Part, Settings, Task

__all__ = ["Progress", "Scanned", "hand_out", "scan_corpus"]

_CHECKPOINT_SECONDS: Final = 10.0
_CHANCES: Final = 2
"""How many lost workers may have been at the same unit before it is given up."""

Progress = Callable[[int], None]
"""Told of the bytes of each unit that is done."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scanned:
    """The result of a scan."""

    tally: Tally
    duplicates: Duplicates
    near: NearDuplicates | None = None
    """Where they were asked for."""


class _WorkersLostError(Exception):
    """Workers were killed, and the engine does not go on by itself."""


def scan_corpus(
    plan: Plan,
    settings: Settings,
    folder: Path,
    *,
    engine: Engine = local,
    workers: int = 1,
    progress: Progress = lambda _: None,
) -> Scanned:
    """Scan all units, or those that an interrupted scan in `folder` has left, and return the result.

    Raises:
        BadInputError: With `strict`, something can't be read; it says where.
        CouldNotRunError: The disk is full, a unit crashes its worker again and again, a library is
            missing, or the corpus has changed since the scan was begun. What is done is kept.
    """
    if settings.strict and plan.problems:
        raise problem_error(plan.problems[0])
    with held(folder):
        work = f"{digest_of_plan(plan)} {settings.digest}"
        checkpoint = Checkpoint.open(folder, plan, work, settings.limits)
        _scan_left(checkpoint, settings, engine, workers, progress)
        checkpoint.save()
        return _sum_up(checkpoint, plan, settings)


def _sum_up(checkpoint: Checkpoint, plan: Plan, settings: Settings) -> Scanned:
    tally = checkpoint.tally
    for problem in plan.problems:
        tally.note(problem)
    documents = {name: source.counts["documents"] for name, source in tally.sources.items()}
    duplicates = count_duplicates(checkpoint.hashes, documents)
    if not settings.near_duplicates:
        return Scanned(tally, duplicates)
    near = find_near_duplicates(checkpoint.hashes, checkpoint.bands, tally.sources, checkpoint.scratch)
    return Scanned(tally, duplicates, near)


def _scan_left(
    checkpoint: Checkpoint, settings: Settings, engine: Engine, workers: int, progress: Progress
) -> None:
    saved_at = monotonic()
    progress(checkpoint.size_done())
    for unit, part in _parts(checkpoint, settings, engine, workers):
        if part.failure:
            checkpoint.save()
            raise part.failure.error()
        checkpoint.add(unit, part)
        progress(unit.size)
        if monotonic() - saved_at > _CHECKPOINT_SECONDS:
            checkpoint.save()
            saved_at = monotonic()


def _parts(
    checkpoint: Checkpoint, settings: Settings, engine: Engine, workers: int
) -> Iterator[tuple[Unit, Part]]:
    """Yield units as they are finished; where workers are lost, start over with those not finished."""
    lost: dict[Unit, int] = {}
    while left := checkpoint.left():
        flying: dict[Future[Part], Unit] = {}
        try:
            with engine(settings, workers) as pool:
                yield from hand_out(pool, left, checkpoint.tally, flying)
        except _WorkersLostError as error:
            at_work = list(flying.values()) or left[:1]
            for unit in at_work:
                lost[unit] = lost.get(unit, 0) + 1
            if all(lost[unit] >= _CHANCES for unit in at_work):
                raise _crashing(at_work[0]) from error


def hand_out(
    pool: Pool, left: list[Unit], done: Tally, flying: dict[Future[Part], Unit]
) -> Iterator[tuple[Unit, Part]]:
    """Yield units as they are finished; whoever takes them adds them to `done`, whose bars the next get."""
    waiting = iter(left)
    while True:
        while len(flying) < pool.most and (unit := next(waiting, None)):
            flying[_kept(pool, pool.submit, Task(unit, done.bars()))] = unit
        if not flying:
            return
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            part = _kept(pool, future.result)
            yield flying.pop(future), part


def _kept(pool: Pool, call: Callable[..., T], *given: Task) -> T:
    try:
        return call(*given)
    except pool.losses as error:
        raise _WorkersLostError from error


def _crashing(unit: Unit) -> CouldNotRunError:
    return CouldNotRunError(
        f"读取 {unit.path} 时进程反复崩溃（可能内存不足）；请减少 --workers 后重新运行，已完成的部分会保留。",
        f"Workers crash again and again around {unit.path}, perhaps for lack of memory; run again with fewer "
        "--workers, what is done is kept.",
    )
