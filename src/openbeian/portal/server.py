"""Runs the portal: the web server, the sequencer and the worker, each in a process of its own."""

import os
import tempfile
from collections.abc import Mapping
from typing import Any, Final

import django
from django.core.management import call_command
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types

from openbeian.clock import now

__all__ = [
    "prepare",
    "prepare_to_serve",
    "run_background",
    "run_open_data",
    "run_sequencer",
    "run_web",
    "run_worker",
    "set_up",
]

_SETTINGS: Final = "openbeian.portal.settings"
_WORKERS: Final = 2
_THREADS: Final = 8


def prepare() -> None:
    """Bring the database up to date and make the register's key; every command expects that."""
    set_up()
    from openbeian.portal.signing import publish_keys  # noqa: PLC0415  the settings must be read first

    call_command("migrate", interactive=False, verbosity=0)
    publish_keys()


def prepare_to_serve() -> None:
    """Prepare, and see that there is a repository for gates to follow; both servers expect that."""
    prepare()
    from openbeian.portal.signing import prepare_repository  # noqa: PLC0415  the same

    prepare_repository(at=now())


def run_web(host: str, port: int, *, workers: int = _WORKERS, threads: int = _THREADS) -> None:
    """Serve the portal until told to stop."""
    _share_metrics()
    set_up()
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "worker_class": "gthread",
        "workers": workers,
        "threads": threads,
        "accesslog": None,
        "loglevel": "warning",
        "graceful_timeout": 10,
        "limit_request_line": 8190,  # parameters in Chinese are long
        "child_exit": _forget_metrics_of,
    }
    _Server(options).run()


def run_sequencer(interval: float = 1.0) -> None:
    """Publish the log and the snapshots until told to stop."""
    set_up()
    call_command("sequencer", interval=interval)


def run_open_data(interval: float = 60.0) -> None:
    """Make editions of the open data, as they fall due, until told to stop."""
    set_up()
    call_command("opendata", interval=interval)


def run_worker(interval: float = 1.0, *, once: bool = False) -> None:
    """Carry re-tests on in the background until told to stop, or only what waits `once`."""
    set_up()
    call_command("worker", interval=interval, once=once)


def run_background(interval: float = 2.0) -> None:
    """Deliver notices and do what else happens by itself, until told to stop."""
    set_up()
    call_command("background", interval=interval)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn, set up from here instead of a command line."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401  gunicorn's own signature
        """Return the application; called in each worker."""
        from openbeian.portal.wsgi import application  # noqa: PLC0415  loaded in the worker, not in the master

        return application


def _share_metrics() -> None:
    """Give the web processes a folder to count in together; told before anything that counts is loaded."""
    if os.environ.get("BEIAN_METRICS", "0") in {"", "0"} or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="beian-metrics-")


def _forget_metrics_of(_server: object, worker: Any) -> None:  # noqa: ANN401  gunicorn's own
    """Take a web process that ended out of what is measured now; what it counted stays counted."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  loaded where wanted

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def set_up() -> None:
    """Read the settings and load Django; nothing is written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    django.setup()
