"""Ray core tasks, a unit each; Ray gives a task whose worker was killed to another.

Not Ray Data: its reader was measured at an eighth of the speed of plain tasks.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, redirect_stdout
from functools import partial
from typing import Any, Final

from openbeian.corpus.engines import Engine, Pool
from openbeian.corpus.engines.reaching import unreachable
from openbeian.corpus.optional import optional
from openbeian.corpus.work import Part, Settings, Task, scan_with

__all__ = ["on_ray"]

_AHEAD: Final = 2
_RETRIES: Final = 3
_STARTS: Final = 5
"""How often a cluster of this machine is started before it is given up.

Ray's node ends itself where its agent, a Python program, is not up in 15 seconds; nothing sets another time.
"""


def on_ray(address: str = "") -> Engine:
    """Return the engine: the cluster at `address`, or one of this machine for the time of the scan."""
    return partial(_on_ray, address)


@contextmanager
def _on_ray(address: str, settings: Settings, workers: int) -> Iterator[Pool]:
    ray = optional("ray", "ray", extra="ray")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    with redirect_stdout(sys.stderr):  # Ray tells of lost workers there, and a program may expect JSON
        _reach(ray, address, workers)
        try:
            yield _Tasks(ray, settings, _AHEAD * max(workers, int(ray.cluster_resources().get("CPU", 1))))
        finally:
            ray.shutdown()


def _reach(ray: Any, address: str, workers: int) -> None:  # noqa: ANN401  an untyped module
    """Connect to a cluster, or start one here, for which a busy machine gets more time than Ray gives it.

    Raises:
        CouldNotRunError: There is none, or it does not start.
    """
    for tries_left in reversed(range(1 if address else _STARTS)):
        try:
            _start(ray, address, workers)
        except Exception as error:
            # A node that ended itself is a plain Exception; others are of many classes.
            ray.shutdown()
            if not tries_left:
                raise unreachable("Ray", address, error) from error
        else:
            return


def _start(ray: Any, address: str, workers: int) -> None:  # noqa: ANN401  an untyped module
    if address:
        ray.init(address=address, log_to_driver=False)
    else:
        here = {"_node_ip_address": "127.0.0.1", "include_dashboard": False}
        ray.init(num_cpus=workers, log_to_driver=False, **here)


class _Tasks:
    def __init__(self, ray: Any, settings: Settings, most: int) -> None:  # noqa: ANN401  an untyped module
        self.most = most
        self.losses: tuple[type[BaseException], ...] = (
            ray.exceptions.WorkerCrashedError,
            ray.exceptions.NodeDiedError,
            ray.exceptions.OutOfMemoryError,
        )
        self._settings = ray.put(settings)
        self._scan = ray.remote(scan_with).options(num_cpus=1, max_retries=_RETRIES)

    def submit(self, task: Task) -> Future[Part]:
        answer: Future[Part] = self._scan.remote(self._settings, task).future()
        return answer
