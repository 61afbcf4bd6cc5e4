"""Kills the sequencer at every step it takes, each time anew, and says what the log is like afterwards.

Run as a program with a folder; prints JSON. Each round puts entries into the outbox and starts a sequencer
that kills itself with SIGKILL before its n-th step: a statement or commit of the database, the opening,
forcing to disk or renaming of a file, the making of a folder. Every third time it is killed twice. Then it is
started again and left alone; the last round is the one that no kill reached.
"""

import gc
import itertools
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
ENTRIES = 23
"""How many a round adds: eleven rounds fill a tile."""
FOR_EVER = 1 << 30


class Countdown:
    """Kills this process before its n-th step."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def before(self, function: Callable) -> Callable:
        def wrapped(*args: object, **kwargs: object) -> object:
            self.step()
            return function(*args, **kwargs)

        return wrapped

    def step(self) -> None:
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def statement(self, execute: Callable, *rest: object) -> object:
        self.step()
        return execute(*rest)


def publish_or_die(steps: int) -> None:
    """Publish what waits, in this process, until the step with this number."""
    from django.db import connection

    from openbeian.portal.log.sequencer import open_log, publish

    countdown = Countdown(steps)
    # A kill takes nothing from what the system holds for the disk: forcing it there only takes time.
    os.fsync = countdown.before(lambda _: None)
    for holder, name in ((os, "replace"), (os, "mkdir"), (Path, "open")):
        setattr(holder, name, countdown.before(getattr(holder, name)))
    connection.ensure_connection()
    connection._commit = countdown.before(connection._commit)
    with connection.execute_wrapper(countdown.statement):
        publish(open_log(), at=AT)


def survives(steps: int) -> bool:
    """Run a sequencer in a process of its own; say whether it came to its end."""
    child = os.fork()
    if not child:
        code = 1
        try:
            publish_or_die(steps)
            code = 0
        except BaseException:  # noqa: BLE001  whatever it is, the parent is told
            traceback.print_exc()
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return not os.WIFSIGNALED(status)


def fill_outbox(first: int) -> None:
    """Put a round's entries into the outbox; every fifth looks like the one before it."""
    from django.db import connection, transaction

    from openbeian.portal.log.outbox import append

    with transaction.atomic():
        for number in range(first, first + ENTRIES):
            append("test.happened", f"s-{number - (number % 5 == 4)}", facts={}, hashes={}, at=AT)
    connection.close()  # no child may share it


def set_up(home: Path) -> None:
    """Make the outbox and the key, and load what every child needs."""
    os.environ |= {"BEIAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}
    import django

    django.setup()
    from django.db import connection

    from openbeian.portal.log.models import Entry
    from openbeian.portal.log.sequencer import open_log

    with connection.schema_editor() as editor:
        editor.create_model(Entry)
    open_log()
    gc.freeze()
    gc.disable()


def kill_at_every_step(home: Path) -> tuple[int, dict[int, str]]:
    """Kill and restart; return how often, and the root of every checkpoint that was seen, by size."""
    promised: dict[int, str] = {}

    def look() -> None:
        checkpoint = home / "public" / "log" / "checkpoint"
        if checkpoint.exists():
            _, size, root = checkpoint.read_text().split("\n")[:3]
            assert promised.setdefault(int(size), root) == root, "two histories of one size"

    for kills in itertools.count():
        fill_outbox(kills * ENTRIES)
        if survives(kills):
            look()
            return kills, promised
        look()
        if kills % 3 == 0 and not survives(kills // 2):
            look()
        assert survives(FOR_EVER)
        look()
    raise AssertionError("the count has no end")


def main(home: Path) -> None:
    """Kill, restart, and report."""
    set_up(home)
    from openbeian.portal.log.models import Entry

    kills, promised = kill_at_every_step(home)
    rows = list(Entry.objects.order_by("id").values_list("index", "body"))
    json.dump({"kills": kills, "promised": promised, "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
