# ruff: noqa: S608  what is put together here is our own, and nothing of it comes from outside
"""The register's search index: SQLite's FTS5 or PostgreSQL's GIN over the same tokens, kept in step by triggers.

On PostgreSQL an entry's tokens also say its month and year, by which the index is asked for the newest first.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_COLUMNS = "listed_on, search_tokens, route, jurisdiction, status, industry, service_type, round_id, number_digest, name_digest, provider_digest, provider_uscc, base_digest"


def _tokens(row: str) -> str:
    """Return the expression of a row's tokens: its words, and its facts as `name=value`."""
    facts = {
        "route": "route",
        "place": "jurisdiction",
        "status": "status",
        "industry": "industry",
        "type": "service_type",
        "number": "number_digest",
        "name": "name_digest",
        "provider": "provider_digest",
        "company": "provider_uscc",
        "base": "base_digest",
    }
    said = " || ".join(f"' {name}=' || {row}.{column}" for name, column in facts.items())
    return f"{row}.search_tokens || {said} || ' round=' || coalesce({row}.round_id, 0)"


def _sqlite_key(row: str) -> str:
    return f"((CAST(julianday({row}.listed_on) - 2451544.5 AS INTEGER) << 36) + {row}.id)"


def _sqlite_out() -> str:
    # A table without contents has to be told what to forget.
    return f"INSERT INTO filings_search (filings_search, rowid, tokens) VALUES ('delete', {_sqlite_key('old')}, {_tokens('old')})"  # nosec B608  our own names


def _sqlite_in() -> str:
    return f"INSERT INTO filings_search (rowid, tokens) VALUES ({_sqlite_key('new')}, {_tokens('new')})"  # nosec B608  the same


_SQLITE = [
    """
    CREATE VIRTUAL TABLE filings_search USING fts5(
      tokens, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '^=_-'"
    )
    """,
    # In the order of keys: every step back makes SQLite write out what it has gathered so far.
    f"INSERT INTO filings_search (rowid, tokens) SELECT {_sqlite_key('entry')}, {_tokens('entry')} FROM filings_registerentry AS entry ORDER BY listed_on, id",  # nosec B608  the same
    f"CREATE TRIGGER filings_search_in AFTER INSERT ON filings_registerentry BEGIN {_sqlite_in()}; END",
    f"CREATE TRIGGER filings_search_out AFTER DELETE ON filings_registerentry BEGIN {_sqlite_out()}; END",
    f"""
    CREATE TRIGGER filings_search_again AFTER UPDATE OF {_COLUMNS} ON filings_registerentry
    WHEN {_sqlite_key("old")} <> {_sqlite_key("new")} OR {_tokens("old")} <> {_tokens("new")}
    BEGIN {_sqlite_out()}; {_sqlite_in()}; END
    """,
]


def _postgresql_key(row: str) -> str:
    return f"((({row}.listed_on - date '2000-01-01')::bigint << 36) + {row}.id)"


def _postgresql_tokens(row: str) -> str:
    words = f"array_to_tsvector(array_remove(string_to_array(lower({_tokens(row)}), ' '), ''))"
    times = f"array_to_tsvector(ARRAY['month=' || to_char({row}.listed_on, 'FMYYYYMM'), 'year=' || to_char({row}.listed_on, 'FMYYYY')])"
    return f"{words} || {times}"


_POSTGRESQL = [
    "CREATE TABLE filings_search (key bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    f"INSERT INTO filings_search SELECT {_postgresql_key('entry')}, {_postgresql_tokens('entry')} FROM filings_registerentry AS entry ORDER BY 1",  # nosec B608  the same
    # What waits to be sorted into the index is read at every search, so little of it may wait.
    "CREATE INDEX filings_search_tokens ON filings_search USING gin (tokens) WITH (gin_pending_list_limit = 512)",
    "ANALYZE filings_search",
    f"""
    CREATE FUNCTION filings_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM filings_search;
        RETURN NULL;
      END IF;
      IF TG_OP <> 'INSERT' THEN
        DELETE FROM filings_search WHERE key = {_postgresql_key("old")};
      END IF;
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO filings_search VALUES ({_postgresql_key("new")}, {_postgresql_tokens("new")});
      END IF;
      RETURN NULL;
    END $$
    """,  # nosec B608  the same
    "CREATE TRIGGER filings_search_in_out AFTER INSERT OR DELETE ON filings_registerentry FOR EACH ROW EXECUTE FUNCTION filings_search_follow()",
    f"""
    CREATE TRIGGER filings_search_again AFTER UPDATE OF {_COLUMNS} ON filings_registerentry FOR EACH ROW
    WHEN ({_postgresql_key("old")} <> {_postgresql_key("new")} OR {_tokens("old")} <> {_tokens("new")})
    EXECUTE FUNCTION filings_search_follow()
    """,
    "CREATE TRIGGER filings_search_empty AFTER TRUNCATE ON filings_registerentry FOR EACH STATEMENT EXECUTE FUNCTION filings_search_follow()",
]
_BACK = {
    "sqlite": [
        *[f"DROP TRIGGER filings_search_{name}" for name in ("in", "out", "again")],
        "DROP TABLE filings_search",
    ],
    "postgresql": [
        *[
            f"DROP TRIGGER filings_search_{name} ON filings_registerentry"
            for name in ("in_out", "again", "empty")
        ],
        "DROP FUNCTION filings_search_follow()",
        "DROP TABLE filings_search",
    ],
}


def build(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("filings", "0001_initial")]
    considered = {"RunPython build": "comes with the first tables, while there is nothing in them"}

    operations = [migrations.RunPython(build, remove, elidable=False)]
