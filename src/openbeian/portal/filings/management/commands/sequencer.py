"""`manage.py sequencer`: publishes the log and the snapshots; exactly one of it runs."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from openbeian.clock import now
from openbeian.core.errors import NotNowError
from openbeian.portal.filings.publishing import (
    enter_witnesses,
    open_for_publishing,
    publish_everything,
)
from openbeian.portal.repeating import repeat
from openbeian.trust.log import TileLog
from openbeian.trust.witnesses import Witness

__all__ = ["Command"]


class Command(BaseCommand):
    """Publishes once or for ever."""

    help = "Publish the transparency log and the register's snapshots. Example: sequencer --interval 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once` and `--interval`."""
        parser.add_argument("--once", action="store_true", help="publish what waits, then end")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks (default 1)")

    def handle(self, *_args: object, **options: Any) -> None:  # noqa: ANN401  as Django's
        """Run until told to stop."""
        log, witnesses = open_for_publishing(), enter_witnesses()
        if options["once"]:
            self._look(log, witnesses)
            return
        repeat(lambda _stop: self._look(log, witnesses), interval=options["interval"])

    def _look(self, log: TileLog, witnesses: Sequence[Witness]) -> None:
        try:
            count, snapshot = publish_everything(log, at=now(), witnesses=witnesses)
        except NotNowError as error:
            self.stderr.write(error.text.en)
            return
        except OperationalError as error:
            # Somebody else writes for longer than a wait: nothing is half done, the next look goes on.
            self.stderr.write(f"the log waits for the database ({error}); it is tried again")
            return
        if count:
            self.stdout.write(f"log: {count} entries, size {log.size}")
        if snapshot is not None:
            self.stdout.write(f"snapshot {snapshot.version}: {snapshot.entries} filings")
