"""A database brought up to date once: running every migration takes a process longer than most tests do."""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

import openbeian.portal

__all__ = ["migrated"]

_PORTAL = Path(openbeian.portal.__file__).parent
_DECIDING = ("*/migrations/*.py", "*/models.py", "*/apps.py", "tallies/*.py", "settings.py")
"""What the tables, triggers and first rows follow from."""


@contextmanager
def migrated(folder: Path) -> Iterator[Path]:
    """Set the tests' SQLite database up, from the file kept in `folder` where one is; give that file."""
    before = connection.settings_dict["NAME"]
    kept = folder / f"{_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _make_by_migrations(kept)
        else:
            _open_empty()
            with sqlite3.connect(kept) as source:
                source.backup(connection.connection)
    yield kept
    connection.creation.destroy_test_db(before, verbosity=0)


def _make_by_migrations(kept: Path) -> None:
    """Set the database up by every migration, and keep a copy."""
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.ensure_connection()
    with sqlite3.connect(kept.with_suffix(".part")) as copy:
        connection.connection.backup(copy)
    kept.with_suffix(".part").rename(kept)


def _open_empty() -> None:
    name = connection.creation._get_test_db_name()
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def _digest() -> str:
    found = hashlib.sha256(django.__version__.encode())
    for path in sorted(path for pattern in _DECIDING for path in _PORTAL.glob(pattern)):
        found.update(f"{path.relative_to(_PORTAL)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:24]
