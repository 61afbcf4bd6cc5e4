"""Putting many new entries into the search index at once, instead of one after the other.

SQLite's index writes out what it has gathered before every statement of a trigger, which takes several times
longer than all the rest of taking a long list over.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

__all__ = ["indexing_at_once"]

_PAGES: Final = -65_536
"""64 MiB, as SQLite counts them."""
_TRIGGER: Final = "filings_search_in"
_BODY: Final = re.compile(
    r"BEGIN (INSERT INTO filings_search \(rowid, tokens\)) VALUES \((.*)\); END", re.DOTALL
)


@contextmanager
def indexing_at_once() -> Iterator[None]:
    """Put the entries that are added meanwhile into the index when all are in, as the trigger would each.

    Inside a transaction. On PostgreSQL nothing is different.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [_TRIGGER])
        (trigger,) = cursor.fetchone()
        written = _BODY.search(trigger)
        assert written, "the trigger is the one its migration made"
        into, values = written.groups()
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM filings_registerentry")
        (last,) = cursor.fetchone()
        cursor.execute(f"DROP TRIGGER {_TRIGGER}")
        with _more_memory(cursor):
            yield
            # In the order of keys: every step back makes SQLite write out what it has gathered so far.
            cursor.execute(
                f"{into} SELECT {values} FROM filings_registerentry AS new"  # noqa: S608  made of the trigger
                f" WHERE id > {int(last)} ORDER BY listed_on, id"
            )
        cursor.execute(trigger)


@contextmanager
def _more_memory(cursor: CursorWrapper) -> Iterator[None]:
    """Let SQLite keep more of the database in memory: indexes are written to all over."""
    cursor.execute("PRAGMA cache_size")
    (usual,) = cursor.fetchone()
    cursor.execute(f"PRAGMA cache_size = {_PAGES}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA cache_size = {usual}")
