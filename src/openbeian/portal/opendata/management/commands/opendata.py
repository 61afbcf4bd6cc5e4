"""`manage.py opendata`: makes the editions of the open data as they fall due; runs beside the portal."""

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from openbeian.clock import now
from openbeian.core.errors import CouldNotRunError, NotNowError
from openbeian.portal.opendata.formats import available_formats
from openbeian.portal.opendata.published_data import is_due, publish_data
from openbeian.portal.repeating import repeat

__all__ = ["Command"]


class _StoppedError(Exception):
    """The process is to end, in the middle of an edition: its draft goes, what is given out stays."""


class Command(BaseCommand):
    """Makes an edition when the register has changed, at most one an hour."""

    help = "Publish the register's downloads when they are due. Example: opendata --interval 60"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--interval`."""
        parser.add_argument("--once", action="store_true", help="make one if it is due, then end")
        parser.add_argument("--interval", type=float, default=60.0, help="seconds between looks (default 60)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Run until told to stop."""
        if options["once"]:
            self._look(threading.Event())
            return
        repeat(self._look, interval=options["interval"])

    def _look(self, stop: threading.Event) -> None:
        def told(_rows: int) -> None:
            if stop.is_set():
                raise _StoppedError

        try:
            if is_due(at=now()):
                made = publish_data(available_formats(), at=now(), told=told)
                self.stdout.write(f"open data: {made.edition}, {made.rows} rows")
        except _StoppedError:
            self.stderr.write("open data: stopped before the edition was made")
        except (NotNowError, CouldNotRunError) as error:
            # The next look tries again: what is given out meanwhile is the last edition, whole.
            self.stderr.write(error.text.en)
