# ruff: noqa: INP001  a file of settings, in no package
"""How gunicorn serves the portal in production; `beian serve` says the same for one machine."""

import os

bind = os.environ.get("BEIAN_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("BEIAN_WEB_PROCESSES", "3"))
threads = 8
timeout = 120
graceful_timeout = 30
max_requests = 10_000
max_requests_jitter = 1_000
accesslog = None
"""The portal writes its own lines, by route."""
loglevel = "warning"


def child_exit(_server, worker) -> None:  # noqa: ANN001  gunicorn's own hook
    """Take a web process that ended out of what is measured now."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  loaded where wanted

        mark_process_dead(worker.pid)
