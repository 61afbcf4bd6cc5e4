"""Writing many rows at once: numbers reserved beforehand, then one statement on SQLite, COPY on PostgreSQL.

Several times faster than `bulk_create`, which makes an object and an expression for each value. Triggers run
as they do for any other insertion.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper

__all__ = ["columns", "insert", "reserve_ids"]

_AT_ONCE: Final = 5_000
_CONVERTED: Final = (models.DateField, models.JSONField)
"""Fields whose values databases don't take as they are; a DateTimeField is a DateField."""

_Row = Sequence[Any]


def columns(model: type[models.Model]) -> list[str]:
    """Return the names of a model's columns, as attributes of its objects, in the order `insert` expects."""
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001  Django's documented API


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return primary keys for `count` new rows, rising; inside the transaction that writes them."""
    table = model._meta.db_table  # noqa: SLF001  the same
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + count))


def insert(model: type[models.Model], rows: Iterable[_Row]) -> None:
    """Insert rows, each the values of `columns(model)`, primary key first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, model, _prepared(model, rows))
        else:
            _insert(cursor, model, _prepared(model, rows))


def _copy(cursor: CursorWrapper, model: type[models.Model], rows: Iterator[list[Any]]) -> None:
    names = ", ".join(columns(model))
    with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:  # noqa: SLF001
        for row in rows:
            copy.write_row(row)


def _insert(cursor: CursorWrapper, model: type[models.Model], rows: Iterator[list[Any]]) -> None:
    names = columns(model)
    places = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608, SLF001
    while some := list(islice(rows, _AT_ONCE)):
        cursor.executemany(statement, some)


def _prepared(model: type[models.Model], rows: Iterable[_Row]) -> Iterator[list[Any]]:
    """Yield rows with values as the database takes them."""
    convert = [
        (at, _conversion(field))
        for at, field in enumerate(model._meta.concrete_fields)  # noqa: SLF001
        if isinstance(field, _CONVERTED)
    ]
    for given in rows:
        row = list(given)
        for at, converted in convert:
            if row[at] is not None:
                row[at] = converted(row[at])
        yield row


def _conversion(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes of a field's value what the database takes."""
    # The connection itself: its stand-in looks up at every touch which thread it is in.
    itself = connections[DEFAULT_DB_ALIAS]
    if itself.vendor == "sqlite":
        # What Django does too, after asking a dozen times whether it has to.
        if isinstance(field, models.JSONField):
            return partial(json.dumps, cls=field.encoder)
        if not isinstance(field, models.DateTimeField):
            return str
    return partial(field.get_db_prep_save, connection=itself)
