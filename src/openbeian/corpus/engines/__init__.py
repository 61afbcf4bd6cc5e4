"""Where units are scanned: on this machine, or on a cluster that runs already.

An engine is a function that maps one function over units; it knows nothing of what is scanned.
"""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol

from openbeian.corpus.work import Part, Settings, Task

__all__ = ["Engine", "Pool"]


class Pool(Protocol):
    """Workers that scan units."""

    @property
    def most(self) -> int:
        """How many units are handed out before one is back: this bounds the memory that answers take."""

    @property
    def losses(self) -> tuple[type[BaseException], ...]:
        """What `submit` and its answers raise where workers are lost for good."""

    def submit(self, task: Task) -> Future[Part]:
        """Hand out a unit."""


Engine = Callable[[Settings, int], AbstractContextManager[Pool]]
"""Given what is looked for and the number of workers, where the engine may choose it."""
