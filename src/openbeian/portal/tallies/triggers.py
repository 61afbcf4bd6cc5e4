"""The triggers that keep the tallies, as SQL for each database. They run inside the transaction that writes.

SQLite has one writer at a time: a trigger adds to the tally at once. On PostgreSQL two writers would wait for
each other at a common cell, and deadlock where they meet cells in different orders. There a trigger only
inserts what changed, and whoever holds the advisory lock adds the changes that are committed, and its own, to
the tallies; everybody else goes on without waiting, and readers take tallies and changes together.
"""

import hashlib
from collections.abc import Iterator
from typing import Final

from openbeian.portal.tallies.breakdowns import BREAKDOWNS, READ, Breakdown, counted, parts_of

__all__ = ["created", "created_one", "dropped", "dropped_one", "marked", "stamp"]

_CELL: Final = "breakdown, part1, part2, part3, part4"
_LOCK: Final = 4_565_420_25
"""The advisory lock of whoever adds changes in: any number that nothing else in the database uses."""

_MARKED_ON_SQLITE: Final = """INSERT INTO tallies_tallyversion (id, mark, at)
VALUES (1, random(), strftime('%Y-%m-%d %H:%M:%f', 'now'))
ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, at = excluded.at"""
_MARKED_ON_POSTGRESQL: Final = """INSERT INTO tallies_tallyversion (mark, at)
VALUES (hashtextextended(gen_random_uuid()::text, 0), clock_timestamp())"""


def created(vendor: str) -> list[str]:
    """Return the statements that make the triggers."""
    return (
        [_sqlite(table, event) for table in READ for event in _EVENTS]
        if vendor == "sqlite"
        else _postgresql()
    )


def dropped(vendor: str) -> list[str]:
    """Return the statements that remove the triggers, whether they are there or not."""
    names = [(table, _name(table, event)) for table in READ for event in _EVENTS]
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for _, name in names]
    functions = [f"DROP FUNCTION IF EXISTS tally_{table}()" for table in READ]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, name in names] + functions


def created_one(table: str, event: str) -> str:
    """Return the statement that makes one of SQLite's triggers."""
    return _sqlite(table, event)


def dropped_one(table: str, event: str) -> str:
    """Return the statement that removes one of SQLite's triggers."""
    return f"DROP TRIGGER {_name(table, event)}"


def marked(vendor: str) -> list[str]:
    """Return the statements that give the tallies another version."""
    if vendor == "sqlite":
        return [_MARKED_ON_SQLITE]
    return [
        f"DELETE FROM tallies_tallyversion WHERE pg_try_advisory_xact_lock({_LOCK})",  # noqa: S608  a number
        _MARKED_ON_POSTGRESQL,
    ]


def stamp(vendor: str) -> str:
    """Return a digest of the triggers, by which those of another release are recognised."""
    return hashlib.sha256("\n".join(created(vendor)).encode()).hexdigest()[:16]


_EVENTS: Final = {"INSERT": (("NEW", 1),), "DELETE": (("OLD", -1),), "UPDATE": (("OLD", -1), ("NEW", 1))}


def _name(table: str, event: str) -> str:
    return f"tally_{table}_{event.lower()}"


def _of(table: str) -> Iterator[Breakdown]:
    return (one for one in BREAKDOWNS.values() if one.table == table)


def _sqlite(table: str, event: str) -> str:
    columns = f" OF {', '.join(READ[table])}" if event == "UPDATE" else ""
    added = [_added(one, row, by) for row, by in _EVENTS[event] for one in _of(table)]
    body = "\n".join([*added, *(f"{statement};" for statement in marked("sqlite"))])
    name = _name(table, event)
    return f"CREATE TRIGGER {name} AFTER {event}{columns} ON {table}\nBEGIN\n{body}\nEND"


def _added(breakdown: Breakdown, row: str, by: int) -> str:
    parts = ", ".join(parts_of(breakdown, row, "sqlite"))
    return (
        f"INSERT INTO tallies_tally ({_CELL}, entries)"
        f" SELECT '{breakdown.id}', {parts}, {by} WHERE {breakdown.where.format(r=row)}"
        f" ON CONFLICT ({_CELL}) DO UPDATE SET entries = entries + excluded.entries;"
    )


def _postgresql() -> list[str]:
    statements = []
    for table in READ:
        statements.append(_function(table))
        statements += [_statement_trigger(table, event) for event in _EVENTS]
    return statements


def _statement_trigger(table: str, event: str) -> str:
    rows = " ".join(f"{row} TABLE AS {row.lower()}_rows" for row, _ in _EVENTS[event])
    return (
        f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table}"
        f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION tally_{table}()"
    )


def _function(table: str) -> str:
    branches = "\n".join(
        f"IF TG_OP = '{event}' THEN\n{_changes(table, signs)}\nEND IF;" for event, signs in _EVENTS.items()
    )
    return f"""CREATE FUNCTION tally_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{branches}
{"; ".join(marked("postgresql"))};
IF pg_try_advisory_xact_lock({_LOCK}) THEN
WITH taken AS (DELETE FROM tallies_tallychange RETURNING {_CELL}, entries)
INSERT INTO tallies_tally ({_CELL}, entries)
SELECT {_CELL}, SUM(entries) FROM taken GROUP BY {_CELL} HAVING SUM(entries) <> 0
ON CONFLICT ({_CELL}) DO UPDATE SET entries = tallies_tally.entries + excluded.entries;
END IF;
RETURN NULL;
END $$"""  # noqa: S608  made of constants


def _changes(table: str, signs: tuple[tuple[str, int], ...]) -> str:
    selects = "\nUNION ALL ".join(
        counted(one, "postgresql", table=f"{row.lower()}_rows", sign="-" if by < 0 else "")
        for row, by in signs
        for one in _of(table)
    )
    return f"""INSERT INTO tallies_tallychange ({_CELL}, entries)
SELECT {_CELL}, SUM(entries) FROM ({selects}) AS c ({_CELL}, entries)
GROUP BY {_CELL} HAVING SUM(entries) <> 0;"""  # noqa: S608  made of constants
