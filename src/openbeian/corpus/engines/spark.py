"""Spark, a job of one task for each unit, several at a time; Spark runs a task of a killed executor again.

One job for all units would gather all answers at its end, in the driver's memory.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from openbeian.corpus.engines import Engine, Pool
from openbeian.corpus.engines.reaching import unreachable
from openbeian.corpus.optional import optional
from openbeian.corpus.work import Part, Settings, Task, scan_with

__all__ = ["on_spark"]

_AHEAD: Final = 2
_RETRIES: Final = 4
_SIGNS: Final = ("ExecutorLostFailure", "Python worker exited unexpectedly")


def on_spark(address: str = "") -> Engine:
    """Return the engine: the master at `address`, or Spark inside this machine for the time of the scan."""
    return partial(_on_spark, address)


@contextmanager
def _on_spark(address: str, settings: Settings, workers: int) -> Iterator[Pool]:
    pyspark = optional("pyspark", "pyspark", extra="spark")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = pyspark.SparkConf().setAppName("beian corpus scan")
    conf.setMaster(address or f"local[{workers},{_RETRIES}]")
    conf.setIfMissing("spark.ui.enabled", "false").setIfMissing("spark.ui.showConsoleProgress", "false")
    conf.setIfMissing("spark.task.maxFailures", str(_RETRIES))
    if address.partition("[")[0] in {"", "local", "local-cluster"}:
        conf.setIfMissing("spark.driver.host", "127.0.0.1")
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1")
    try:
        context = pyspark.SparkContext(conf=conf)
    except Exception as error:
        # A gateway that does not start, a missing Java, an unknown master: each is another class.
        raise unreachable("Spark", address, error) from error
    context.setLogLevel("ERROR")
    most = _AHEAD * max(workers, int(context.defaultParallelism))
    threads = ThreadPoolExecutor(most)
    try:
        yield _Jobs(context, context.broadcast(settings), threads, most)
    finally:
        threads.shutdown(cancel_futures=True)
        context.stop()


class _LostError(Exception):
    """Every executor that had the unit was lost."""


class _Jobs:
    losses: tuple[type[BaseException], ...] = (_LostError,)

    def __init__(self, context: Any, settings: Any, threads: ThreadPoolExecutor, most: int) -> None:  # noqa: ANN401
        self.most = most
        self._context = context
        self._settings = settings
        self._threads = threads

    def submit(self, task: Task) -> Future[Part]:
        return self._threads.submit(self._run, task)

    def _run(self, task: Task) -> Part:
        try:
            found: list[Part] = (
                self._context.parallelize([task], 1).map(partial(_scan, self._settings)).collect()
            )
        except Exception as error:
            # Java's errors are one class in Python; its text says which.
            if any(sign in str(error) for sign in _SIGNS):
                raise _LostError from error
            raise
        return found[0]


def _scan(settings: Any, task: Task) -> Part:  # noqa: ANN401  a broadcast value
    """Scan a unit in an executor."""
    return scan_with(settings.value, task)
