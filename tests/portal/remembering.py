"""What many tests begin with, done once: rows and files it left are put there again, as if it were done anew.

It is done once for all workers of a run. Remembered is what was done in one state of the database, told by
the number of rows of every table and by the content of those that say who people are. In any other state it
is done by the actions people use.
"""

import hashlib
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction

from tests.shared import in_turn

__all__ = ["remembered"]

_READ = ("accounts_", "applications_serial", "filings_round", "applications_application", "account_")
"""Tables whose content decides what comes of an action."""
_FOLLOWING = ("tallies", "contenttypes", "auth")
"""Written by triggers, whoever writes the rest, and by Django whenever tables are there or were emptied."""


class _Left(NamedTuple):
    """What something left: new rows and changed ones by model, files, and the key of what it returned."""

    added: list[list[models.Model]]
    changed: list[models.Model]
    files: Path
    made: Any


_LEFT: dict[str, _Left] = {}


def remembered(key: object, make: Callable[[], Any]) -> Any:
    """Do `make`, or put what it left the last time in this very state; return the key it returned.

    What keys and states have in common in all processes is how they are written.
    """
    state = _digest((key, settings.BEIAN_PRODUCTION, settings.BEIAN_SECOND_FACTOR, _state()))
    if state not in _LEFT:
        with in_turn(f"remembered-{state}") as place:
            if not place.exists():
                _LEFT[state] = _done(make, place)
                return _LEFT[state].made
            _LEFT[state] = pickle.loads(place.read_bytes())  # noqa: S301  of this run
    _put(_LEFT[state])
    return _LEFT[state].made


def _done(make: Callable[[], Any], place: Path) -> _Left:
    before = _rows()
    left = _what_is_new(before, make(), place.with_suffix(".files"))
    place.with_suffix(".part").write_bytes(pickle.dumps(left))
    place.with_suffix(".part").rename(place)
    return left


def _put(left: _Left) -> None:
    with transaction.atomic():
        for rows in left.added:
            type(rows[0])._base_manager.bulk_create(rows)
        for row in left.changed:
            row.save_base(raw=True, force_update=True)
        _count_on([type(rows[0]) for rows in left.added])
    shutil.copytree(left.files, settings.BEIAN_HOME, dirs_exist_ok=True)


def _count_on(added: list[type[models.Model]]) -> None:
    """Let PostgreSQL's sequences go on behind the keys that were put in; SQLite's do by themselves."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), added):
            cursor.execute(statement)


def _models() -> list[type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    return [one for one in every if one._meta.managed and one._meta.app_label not in _FOLLOWING]


def _state() -> str:
    tables = {one._meta.db_table: one for one in _models()}
    counted = ", ".join(
        f'(SELECT count(*) FROM "{table}"), (SELECT max({_key(one)}) FROM "{table}")'  # noqa: S608  our own
        for table, one in tables.items()
    )
    found: list[object] = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}")
        found.append(cursor.fetchone())
        for table, one in tables.items():
            if table.startswith(_READ):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{one._meta.pk.column}"')  # noqa: S608  the same
                found.append(cursor.fetchall())
    return _digest(found)


def _key(model: type[models.Model]) -> str:
    """Return what is compared of a key: the number it is, or its text, as PostgreSQL compares no UUIDs."""
    key = model._meta.pk
    is_number = isinstance(key.target_field if key.remote_field else key, models.IntegerField)
    return f'"{key.column}"' if is_number else f'CAST("{key.column}" AS TEXT)'


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _rows() -> dict[type[models.Model], dict[Any, models.Model]]:
    return {one: {row.pk: row for row in one._base_manager.all()} for one in _models()}


def _what_is_new(before: dict[type[models.Model], dict[Any, models.Model]], made: Any, files: Path) -> _Left:
    added, changed = [], []
    for model, rows in _rows().items():
        new = [row for pk, row in rows.items() if pk not in before[model]]
        if new:
            added.append(new)
        changed += [
            row for pk, row in rows.items() if pk in before[model] and _differ(row, before[model][pk])
        ]
    shutil.copytree(settings.BEIAN_HOME, files, dirs_exist_ok=True)
    return _Left(added, changed, files, made)


def _differ(one: models.Model, other: models.Model) -> bool:
    return any(
        getattr(one, field.attname) != getattr(other, field.attname) for field in one._meta.concrete_fields
    )
