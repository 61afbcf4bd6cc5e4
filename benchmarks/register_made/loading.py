"""Puts a synthetic register into a database: made once into a file, then loaded in bulk."""

import json
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.db import connection

from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.search import digest, search_tokens
from register_made.entries import made_entries

__all__ = ["COPIES", "load", "write_rows"]

COPIES = 3
"""How often each entry made stands in the register, under numbers of its own: making them takes longest."""

_FIELDS = [field.column for field in RegisterEntry._meta.concrete_fields]  # noqa: SLF001  Django's documented API
_INDEX = import_module("openbeian.portal.filings.migrations.0002_search_index")


def write_rows(path: Path, count: int) -> None:
    """Write the columns of a register of `count` entries, an array a line, each loaded `COPIES` times."""
    with path.open("wb") as file:
        for entry in made_entries(-(-count // COPIES)):
            values = [getattr(entry, field.attname) for field in RegisterEntry._meta.concrete_fields]  # noqa: SLF001
            file.write(orjson.dumps(values) + b"\n")


def load(path: Path, count: int) -> None:
    """Fill an empty register with `count` entries of the file, then build the index as its migration does."""
    with connection.schema_editor() as editor:
        _INDEX.remove(None, editor)
    if connection.vendor == "sqlite":
        _into_sqlite(islice(_rows(path), count))
    else:
        _into_postgresql(islice(_rows(path), count))
    with connection.schema_editor() as editor:
        _INDEX.build(None, editor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _rows(path: Path) -> Iterator[list[Any]]:
    """Yield the columns of every entry: first each as made, then each again under another number."""
    sources = _FIELDS.index("sources")
    made = sum(1 for _ in path.open("rb"))
    for copy in range(COPIES):
        with path.open("rb") as file:
            for line in file:
                values = orjson.loads(line)
                values[sources] = json.dumps(values[sources])
                yield _renumbered(values, copy, made) if copy else values


def _renumbered(values: list[Any], copy: int, made: int) -> list[Any]:
    """Return the columns of the same entry under another number: `X7b` for `X7`."""
    entry = dict(zip(_FIELDS, values, strict=True))
    place, name, rest = entry["number"].split("-")
    number = f"{place}-{name}{'abc'[copy]}-{rest}"
    before = name.lower()
    words = dict.fromkeys(entry["search_tokens"].split())
    words.pop(before if before in words else f"^{before}", None)
    words.update(dict.fromkeys(search_tokens([number]).split()))
    entry |= {
        "id": entry["id"] + copy * made,
        "key": number,
        "number": number,
        "number_digest": digest("number", number),
        "search_tokens": " ".join(words),
    }
    return list(entry.values())


_FASTER = (
    # Nothing is lost if this is cut off: the benchmark begins anew.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -500000",
    "PRAGMA temp_store = MEMORY",
)
_ABOUT_ENTRIES = "FROM sqlite_master WHERE tbl_name = 'filings_registerentry' AND sql IS NOT NULL"


def _into_sqlite(rows: Iterator[list[Any]]) -> None:
    """Insert rows with neither indexes nor triggers, and put those back: sorted at once they take a third.

    The statistics are not counted: nothing that is asked here shows them.
    """
    places = ", ".join("?" * len(_FIELDS))
    connection.ensure_connection()
    assert connection.connection is not None
    with connection.cursor() as cursor:
        for pragma in _FASTER:
            cursor.execute(pragma)
        cursor.execute(f"SELECT type, name, sql {_ABOUT_ENTRIES} AND type IN ('index', 'trigger')")
        beside = cursor.fetchall()
        cursor.execute("BEGIN")
        for kind, name, _ in beside:
            cursor.execute(f"DROP {kind} {name}")
        connection.connection.executemany(
            f"INSERT INTO filings_registerentry ({', '.join(_FIELDS)}) VALUES ({places})",  # noqa: S608
            rows,
        )
        for _, _, made in beside:
            cursor.execute(made)
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA journal_mode = WAL")


def _into_postgresql(rows: Iterator[list[Any]]) -> None:
    day = {_FIELDS.index(name) for name in ("issued_on", "listed_on")}
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY filings_registerentry ({', '.join(_FIELDS)}) FROM STDIN") as copy:
            for values in rows:
                copy.write_row(
                    [date.fromisoformat(one) if at in day else one for at, one in enumerate(values)]
                )
        cursor.execute(
            "SELECT setval('filings_registerentry_id_seq', (SELECT max(id) FROM filings_registerentry))"
        )
