"""`manage.py worker`: carries re-tests on, one after the other; as many as one likes may run."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from openbeian.clock import now
from openbeian.portal.retests.jobs import QUEUE, STOPPING, wake

__all__ = ["Command"]


class Command(BaseCommand):
    """Works until told to stop; what it works on then is given back to others."""

    help = "Carry re-tests on in the background. Example: worker --interval 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--interval`."""
        parser.add_argument("--once", action="store_true", help="do what waits, then end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks (default 1)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Look for work again and again."""
        worker = Worker(
            queue_names=[QUEUE],
            interval=options["interval"],
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        STOPPING.clear()

        def end(_signal: int, _frame: FrameType | None) -> None:
            worker.running = False
            STOPPING.set()

        if threading.current_thread() is threading.main_thread() and not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, end)
        while not STOPPING.is_set():
            close_old_connections()
            try:
                wake(at=now())
                worker.run()
            except OperationalError as error:
                # Somebody else writes for longer than a wait: the next look goes on where this one ended.
                self.stderr.write(f"the worker waits for the database ({error}); it is tried again")
            if options["once"]:
                return
            STOPPING.wait(options["interval"])
