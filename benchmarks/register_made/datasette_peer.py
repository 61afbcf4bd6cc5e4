"""Ask Datasette the same questions on the same entries; run by register_search.py, in its own environment.

The table has Datasette's own full-text search (FTS5 as `sqlite-utils enable-fts` sets it up) over names,
providers and numbers, and an index for every filter. Asked is its JSON, sorted as the register is.
"""

import asyncio
import json
import sqlite3
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import sqlite_utils
from datasette.app import Datasette
from datasette.version import __version__

sys.path.insert(0, str(Path(__file__).parent))
from questions import QUESTIONS, Question

COLUMNS = (
    "number, service_name, model_name, provider_name, jurisdiction, route, status, industry, listed_on, "
    "base_number"
)
FILTERS = {"provider": "provider_name", "base": "base_number"}


def build(source: Path, to: Path) -> None:
    """Copy the entries into a database for Datasette, with its full-text search and indexes."""
    with sqlite3.connect(to) as rows:
        rows.execute("ATTACH ? AS register", (str(source),))
        rows.execute(f"CREATE TABLE entries AS SELECT id, {COLUMNS} FROM register.filings_registerentry")  # noqa: S608  our own columns
        rows.commit()
        rows.execute("DETACH register")
    database = sqlite_utils.Database(to)
    table = database["entries"]
    table.transform(pk="id")
    for column in (*COLUMNS.split(", ")[3:], "number"):
        table.create_index([column])
    table.enable_fts(["number", "service_name", "model_name", "provider_name"], create_triggers=True)
    database.execute("ANALYZE")
    database.conn.commit()


async def ask(to: Path, rounds: int, known: dict[str, str]) -> None:
    """Print milliseconds for each question, and how many rows the first answer says there are."""
    datasette = Datasette(files=[str(to)], settings={"sql_time_limit_ms": 60_000, "default_facet_size": 1})
    await datasette.invoke_startup()
    taken: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    for turn in range(rounds + 1):
        for question in QUESTIONS:
            if question.cursor:
                continue
            start = time.perf_counter()
            answer = await datasette.client.get(
                f"/{to.stem}/entries.json?{urlencode(_query(question, known))}"
            )
            spent = (time.perf_counter() - start) * 1000
            assert answer.status_code == 200, (question, answer.text[:300])
            if turn:
                taken.setdefault(question.name, []).append(spent)
            else:
                found[question.name] = len(answer.json()["rows"])
    print(json.dumps({"taken": taken, "found": found, "version": __version__}))


def _query(question: Question, known: dict[str, str]) -> list[tuple[str, str]]:
    query = [("_size", "50"), ("_sort_desc", "listed_on"), ("_nofacet", "1"), ("_nosuggest", "1")]
    if question.words:
        query.append(("_search", question.words.format(**known)))
    for name, value in question.filters:
        if name in ("since", "until"):
            query.append((f"listed_on__{'gte' if name == 'since' else 'lte'}", value))
        else:
            query.append((FILTERS.get(name, name), value.format(**known)))
    return query


if __name__ == "__main__":
    source, to = Path(sys.argv[1]), Path(sys.argv[2])
    if not to.exists():
        build(source, to)
    asyncio.run(ask(to, int(sys.argv[3]), json.loads(sys.argv[4])))
