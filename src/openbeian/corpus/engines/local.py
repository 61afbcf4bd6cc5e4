"""Processes of this machine."""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from openbeian.corpus.engines import Pool
from openbeian.corpus.work import Part, Settings, Task, scan_with

__all__ = ["local"]

_AHEAD: Final = 2
"""Units handed out for each worker."""


@contextmanager
def local(settings: Settings, workers: int) -> Iterator[Pool]:
    """Scan in this process, or in that many others."""
    if workers <= 1:
        yield _Here(settings)
        return
    executor = ProcessPoolExecutor(workers, get_context("spawn"), _start, (settings,))
    try:
        yield _Processes(executor, _AHEAD * workers)
    finally:
        executor.shutdown(cancel_futures=True)


class _Here:
    most = 1
    losses: tuple[type[BaseException], ...] = ()

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def submit(self, task: Task) -> Future[Part]:
        answer: Future[Part] = Future()
        answer.set_result(scan_with(self._settings, task))
        return answer


class _Processes:
    losses: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, executor: ProcessPoolExecutor, most: int) -> None:
        self.most = most
        self._executor = executor

    def submit(self, task: Task) -> Future[Part]:
        return self._executor.submit(_scan, task)


_settings: Settings


def _start(settings: Settings) -> None:
    """Tell each process once what is looked for."""
    global _settings  # noqa: PLW0603  a process of its own
    _settings = settings


def _scan(task: Task) -> Part:
    return scan_with(_settings, task)
