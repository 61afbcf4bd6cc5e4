# ruff: noqa: S608, SLF001  what is put together here is our own, and goes on from the former migration
"""On PostgreSQL an entry's tokens also say its month and year, by which the index is asked for the newest first."""

from collections.abc import Callable
from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_FORMER = import_module(".0004_search_index", __package__)


def _times(row: str) -> str:
    return f"array_to_tsvector(ARRAY['month=' || to_char({row}.listed_on, 'FMYYYYMM'), 'year=' || to_char({row}.listed_on, 'FMYYYY')])"


def _table(tokens: str) -> list[str]:
    """Return the statements that fill the table anew: quicker than changing every row, and in order."""
    return [
        "DROP TABLE filings_search",
        "CREATE TABLE filings_search (key bigint PRIMARY KEY, tokens tsvector NOT NULL)",
        f"INSERT INTO filings_search SELECT {_FORMER._postgresql_key('entry')}, {tokens} FROM filings_registerentry AS entry ORDER BY 1",
        "CREATE INDEX filings_search_tokens ON filings_search USING gin (tokens) WITH (gin_pending_list_limit = 512)",
        "ANALYZE filings_search",
    ]


def _function(tokens: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION filings_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM filings_search;
        RETURN NULL;
      END IF;
      IF TG_OP <> 'INSERT' THEN
        DELETE FROM filings_search WHERE key = {_FORMER._postgresql_key("old")};
      END IF;
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO filings_search VALUES ({_FORMER._postgresql_key("new")}, {tokens});
      END IF;
      RETURN NULL;
    END $$
    """  # nosec B608  our own names


def add(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, lambda row: f"{_FORMER._postgresql_tokens(row)} || {_times(row)}")


def take_away(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, _FORMER._postgresql_tokens)


def _run(schema_editor: BaseDatabaseSchemaEditor, tokens_of: Callable[[str], str]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in (*_table(tokens_of("entry")), _function(tokens_of("new"))):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("filings", "0008_registrations")]

    operations = [migrations.RunPython(add, take_away, elidable=False)]
