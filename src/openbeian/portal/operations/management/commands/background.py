"""`manage.py background`: delivers notices and does what else happens by itself; several may run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from openbeian.clock import now
from openbeian.portal.operations.background import Rota
from openbeian.portal.repeating import repeat

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
        repeat(lambda _stop: self._look(rota), interval=options["interval"])

    def _look(self, rota: Rota) -> None:
        for name, count in rota.look(at=now()).items():
            if count:
                self.stdout.write(f"{name}: {count}")
