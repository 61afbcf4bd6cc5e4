"""Pure work done for many things at once, in processes beside this one where there are cores for them."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final, Protocol, TypeVar

from openbeian.core.errors import CouldNotRunError

__all__ = ["Spread", "processes_beside"]

A = TypeVar("A")
B = TypeVar("B")

_MOST: Final = 3
"""Whoever spreads work writes down alone what comes back, and more would wait for that."""


class Spread(Protocol):
    """Calls a function of a module for each thing and gives the answers in that order, as `map` does."""

    def __call__(self, function: Callable[[A], B], things: Iterable[A], /) -> Iterable[B]:
        """Return the answers."""


@contextmanager
def processes_beside(set_up: Callable[[], None]) -> Iterator[Spread]:
    """Yield what spreads work over a process for each core but one, three at most; alone, it is done in this.

    Args:
        set_up: Called first in each process: they start as new ones, and meanwhile the caller can go on.

    Raises:
        CouldNotRunError: Such a process was ended from outside.
    """
    others = min((os.cpu_count() or 1) - 1, _MOST)
    if not others:
        yield map
        return
    with ProcessPoolExecutor(others, get_context("spawn"), _start, (set_up,)) as pool:
        for _ in range(others):
            pool.submit(os.getpid)  # a pool starts its processes when there is something to do
        try:
            yield pool.map
        except BrokenProcessPool as error:
            raise CouldNotRunError(
                "一个协助处理的进程被终止（多半是内存不足），没有写入任何内容；请释放内存后重试。",
                "A helping process was ended, most likely for want of memory, and nothing was written; free "
                "memory and run it again.",
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start(set_up: Callable[[], None]) -> None:
    # What is pure leaves no rings of objects behind, and looking for them takes as long as the work.
    gc.disable()
    set_up()
