"""Putting the triggers in place, counting everything anew, and comparing the two."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from openbeian.portal.tallies import triggers
from openbeian.portal.tallies.breakdowns import BREAKDOWNS, READ, counted

__all__ = [
    "Difference",
    "after_migrating",
    "before_migrating",
    "counting_at_once",
    "differences",
    "install",
    "rebuild",
]

_TALLIES: Final = ("tallies_tally", "tallies_tallychange")
_TABLES: Final = (*_TALLIES, "tallies_tallyversion")
_CELL: Final = "breakdown, part1, part2, part3, part4"


class Difference(NamedTuple):
    """A cell whose tally isn't what the rows give: `surplus` is how many it has too many."""

    breakdown: str
    parts: tuple[str, ...]
    surplus: int


def before_migrating(*, using: str, plan: list[object], **_: Any) -> None:  # noqa: ANN401  a signal's receiver
    """Take the triggers away before tables are changed, which could fail for what they name."""
    if plan:
        _run(connections[using], triggers.dropped(connections[using].vendor))


def after_migrating(*, using: str, **_: Any) -> None:  # noqa: ANN401  a signal's receiver
    """Put the triggers in place if they aren't, and empty the tallies of an emptied database."""
    connection = connections[using]
    if not {*READ, *_TABLES} <= set(connection.introspection.table_names()):
        return
    if not _stands(connection):
        install(using=using)
    elif not any(_has_rows(connection, table) for table in READ):
        _run(connection, [f"DELETE FROM {table}" for table in _TABLES])  # noqa: S608  made of constants


def install(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers anew and count everything from zero: what changed without them isn't known."""
    connection = connections[using]
    with transaction.atomic(using=using):
        _run(connection, triggers.dropped(connection.vendor))
        _run(connection, triggers.created(connection.vendor))
        if connection.vendor == "postgresql":
            _run(connection, [f"COMMENT ON TABLE tallies_tally IS '{triggers.stamp('postgresql')}'"])
        rebuild(using=using)


@contextmanager
def counting_at_once(table: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Count rows that are only added to a table when all are in: much faster for a long list.

    Inside a transaction. On PostgreSQL, where triggers count whole statements anyway, nothing is different.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608  made of constants
        (last,) = cursor.fetchone()
        cursor.execute(triggers.dropped_one(table, "INSERT"))
        yield
        added = f"(SELECT * FROM {table} WHERE id > {int(last)})"  # noqa: S608  a number
        for one in BREAKDOWNS.values():
            if one.table == table:
                cursor.execute(
                    f"INSERT INTO tallies_tally ({_CELL}, entries) {counted(one, 'sqlite', table=added)}"
                    f" ON CONFLICT ({_CELL}) DO UPDATE SET entries = entries + excluded.entries"
                )
        _mark(cursor, "sqlite")
        cursor.execute(triggers.created_one(table, "INSERT"))


def rebuild(*, using: str = DEFAULT_DB_ALIAS) -> dict[str, int]:
    """Count everything from zero; return how many cells each breakdown has. Writers wait until it is done."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(READ)} IN SHARE ROW EXCLUSIVE MODE")
        for table in _TALLIES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  made of constants
        _mark(cursor, connection.vendor)
        return {name: _count(cursor, name, connection.vendor) for name in BREAKDOWNS}


def _mark(cursor: CursorWrapper, vendor: str) -> None:
    for statement in triggers.marked(vendor):
        cursor.execute(statement)


def _count(cursor: CursorWrapper, name: str, vendor: str) -> int:
    cursor.execute(f"INSERT INTO tallies_tally ({_CELL}, entries) {counted(BREAKDOWNS[name], vendor)}")
    return int(cursor.rowcount)


def differences(*, using: str = DEFAULT_DB_ALIAS) -> list[Difference]:
    """Compare every tally with its rows, each breakdown at one moment; none is what there should be."""
    connection = connections[using]
    found: list[Difference] = []
    with connection.cursor() as cursor:
        for breakdown in BREAKDOWNS.values():
            kept = " UNION ALL ".join(
                f"SELECT {_CELL}, entries FROM {table} WHERE breakdown = '{breakdown.id}'"  # noqa: S608
                for table in _TALLIES
            )
            rows = counted(breakdown, connection.vendor, sign="-")
            cursor.execute(
                f"SELECT {_CELL}, SUM(entries) FROM ({kept} UNION ALL SELECT * FROM ({rows}) AS n) AS c"  # noqa: S608
                f" GROUP BY {_CELL} HAVING SUM(entries) <> 0 ORDER BY {_CELL}"
            )
            found += [
                Difference(name, tuple(parts[: len(breakdown.parts)]), int(surplus))
                for name, *parts, surplus in map(tuple, cursor.fetchall())
            ]
    return found


def _stands(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tally_%'")
            return {sql for (sql,) in cursor.fetchall()} == set(triggers.created("sqlite"))
        cursor.execute("SELECT COUNT(*) FROM pg_trigger WHERE tgname LIKE 'tally_%'")
        (standing,) = cursor.fetchone()
        cursor.execute("SELECT obj_description('tallies_tally'::regclass)")
        (stamped,) = cursor.fetchone()
    return bool(standing) and stamped == triggers.stamp("postgresql")


def _has_rows(connection: BaseDatabaseWrapper, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  made of constants
        return cursor.fetchone() is not None


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
