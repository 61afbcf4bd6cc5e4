"""Dask futures, a unit each; the scheduler gives a task whose worker was killed to another."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Final

from openbeian.corpus.engines import Engine, Pool
from openbeian.corpus.engines.reaching import unreachable
from openbeian.corpus.optional import optional
from openbeian.corpus.work import Part, Settings, Task, scan_with

__all__ = ["on_dask"]

_AHEAD: Final = 2


def on_dask(address: str = "") -> Engine:
    """Return the engine: the scheduler at `address`, or one of this machine for the time of the scan."""
    return partial(_on_dask, address)


@contextmanager
def _on_dask(address: str, settings: Settings, workers: int) -> Iterator[Pool]:
    distributed = optional("distributed", "dask[distributed]", extra="dask")
    with ExitStack() as stack:
        try:
            cluster = address or stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
                )
            )
            client = stack.enter_context(distributed.Client(cluster))
        except (OSError, RuntimeError, ValueError) as error:
            raise unreachable("Dask", address, error) from error
        most = _AHEAD * max(workers, sum(client.nthreads().values()))
        yield _Tasks(distributed, client, settings, most)


class _Tasks:
    def __init__(self, distributed: Any, client: Any, settings: Settings, most: int) -> None:  # noqa: ANN401
        self.most = most
        self.losses: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        self._client = client
        self._settings = client.scatter(settings, broadcast=True)
        self._running: set[Any] = set()

    def submit(self, task: Task) -> Future[Part]:
        answer: Future[Part] = Future()
        running = self._client.submit(scan_with, self._settings, task, pure=False)
        # The scheduler forgets a task that nobody holds.
        self._running.add(running)
        running.add_done_callback(partial(self._answer, answer))
        return answer

    def _answer(self, answer: Future[Part], running: Any) -> None:  # noqa: ANN401  an untyped module
        error = running.exception()
        if error is None:
            answer.set_result(running.result())
        else:
            answer.set_exception(error)
        self._running.discard(running)
