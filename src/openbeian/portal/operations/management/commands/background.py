"""`manage.py background`: delivers notices and does what else happens by itself; several may run."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from openbeian.clock import now
from openbeian.portal.operations.background import Rota

__all__ = ["Command"]


class Command(BaseCommand):
    """Looks once or for ever."""

    help = "Deliver notices, remind of duties. Safe to run several times. Example: background --interval 2"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--interval`."""
        parser.add_argument("--once", action="store_true", help="do what is due, then end")
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between looks (default 2)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Run until told to stop."""
        rota = Rota()
        if options["once"]:
            self._look(rota)
            return
        stop = threading.Event()

        def end(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        while not stop.is_set():
            close_old_connections()
            self._look(rota)
            stop.wait(options["interval"])

    def _look(self, rota: Rota) -> None:
        for name, count in rota.look(at=now()).items():
            if count:
                self.stdout.write(f"{name}: {count}")
