"""Measure the statistics with a million entries: pages, a count from zero, one change, and a batch of them.

Run: python benchmarks/register_statistics.py [ENTRIES] [--to PAGE]

DATABASE_URL names another database than a SQLite file in a temporary folder; it must be empty. Every page is
asked for by Django's test client, so what is timed is the server's work, middleware and template included;
p50 and p95 are medians over the rounds, as the machine may be shared; processor time is what
the load of others changes least. Prints lines of
JSON.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

REQUESTS, ROUNDS, CHANGES, REBUILDS = 12, 3, 60, 1
AIM_MS = 200
PAGES = (
    "/",
    "/statistics/",
    "/statistics/definitions/",
    "/statistics/filings-by-jurisdiction.csv",
    "/statistics/filings-by-provider.csv",
    "/api/v1/statistics",
    "/api/v1/register/totals",
)
PAGES_OF_ALL = ("/", "/statistics/", "/api/v1/statistics")
AFTER = ", first after a change"


def timed(work: Callable[[], object]) -> float:
    """Return how long `work` took, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def prepare(home: str) -> None:
    """Make an empty portal in a folder of its own."""
    os.environ |= {"BEIAN_HOME": home, "BEIAN_HOSTS": "testserver", "BEIAN_LOG_LEVEL": "ERROR"}
    from openbeian.portal import server  # noqa: PLC0415  the settings read the environment once

    server.prepare()


def fill(count: int) -> dict[str, object]:
    """Write the entries without the triggers, put the triggers back, and count from zero."""
    from statistics_made import fill as write  # noqa: PLC0415  after the settings

    from openbeian.portal.tallies import keeping  # noqa: PLC0415

    keeping.before_migrating(using="default", plan=[object()])
    filled_s = timed(lambda: write(count))
    keeping.install()
    cells: dict[str, int] = {}
    rebuilds = [timed(lambda: cells.update(keeping.rebuild())) for _ in range(REBUILDS)]
    check_s = timed(lambda: check(keeping.differences()))
    return {
        "entries": count,
        "fill_s": round(filled_s, 1),
        "rebuild_s": round(statistics.median(rebuilds), 2),
        "check_s": round(check_s, 2),
        "cells": cells,
    }


def check(differences: list[object]) -> None:
    """End the run if tallies and entries differ: no figure of it would mean anything."""
    if differences:
        raise SystemExit(f"tallies and entries differ: {differences[:5]}")


def pages() -> dict[str, dict[str, float]]:
    """Return p50, p95 (medians over the rounds) and mean processor time of each page, in milliseconds."""
    from django.test import Client  # noqa: PLC0415  after the settings

    from openbeian.portal import wsgi  # noqa: F401, PLC0415  loads all pages as the web server does

    client = Client()
    for page in PAGES:
        if client.get(page).status_code != 200:
            raise SystemExit(f"{page} doesn't answer with 200")
    found = {page: _asked(client, page) for page in PAGES}
    changing = _changes_of_one_entry()
    return found | {f"{page}{AFTER}": _asked(client, page, first=changing) for page in PAGES_OF_ALL}


def _asked(client: "Client", page: str, first: Iterator[object] | None = None) -> dict[str, float]:
    """Ask for a page again and again; before each request, and untimed, what `first` does comes next."""
    rounds, spent = [], 0.0
    for _ in range(ROUNDS):
        times = []
        for _ in range(REQUESTS):
            if first is not None:
                next(first)
            worked = time.process_time()
            times.append(1e3 * timed(lambda: client.get(page)))
            spent += time.process_time() - worked
        rounds.append(times)
    cut = [statistics.quantiles(times, n=20) for times in rounds]
    return {
        "p50_ms": round(statistics.median(one[9] for one in cut), 1),
        "p95_ms": round(statistics.median(one[18] for one in cut), 1),
        "cpu_ms": round(1e3 * spent / REQUESTS / ROUNDS, 1),
    }


def _changes_of_one_entry() -> Iterator[object]:
    """Change an entry's status at each step: the statistics of its place, month and class are others then."""
    from openbeian.portal.filings.models import RegisterEntry  # noqa: PLC0415  after the settings

    for key, status in list(RegisterEntry.objects.order_by("-pk").values_list("pk", "status")[:1_000]):
        other = "valid" if status == "suspended" else "suspended"
        yield RegisterEntry.objects.filter(pk=key).update(status=other)


def changes() -> dict[str, float]:
    """Return what a change of one entry and a new batch take, with the triggers and without them."""
    from openbeian.portal.tallies import keeping  # noqa: PLC0415  after the settings

    with_triggers = _writes("with")
    check(keeping.differences())
    keeping.before_migrating(using="default", plan=[object()])
    without = _writes("without")
    return {f"{name}_with": value for name, value in with_triggers.items()} | {
        f"{name}_without": value for name, value in without.items()
    }


def _writes(prefix: str) -> dict[str, float]:
    from statistics_made import write_published  # noqa: PLC0415  after the settings

    from openbeian.portal.filings.models import RegisterEntry  # noqa: PLC0415

    keys = list(RegisterEntry.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGES])
    one = [
        1e3 * timed(lambda: RegisterEntry.objects.filter(pk=key).update(status=status))  # noqa: B023
        for status in ("suspended", "valid")
        for key in keys
    ]
    many_s = timed(lambda: write_published(prefix, 10_000))
    return {"one_change_ms": round(statistics.median(one), 2), "new_10000_s": round(many_s, 2)}


def machine() -> dict[str, str]:
    """Say what the figures were measured on."""
    import django  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from openbeian.clock import now  # noqa: PLC0415

    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        (version,) = cursor.fetchone()
    return {
        "date": f"{now():%Y-%m-%d}",
        "cpu": f"{len(cpu)} × {cpu[0].partition(': ')[2]}" if cpu else platform.machine(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "django": django.__version__,
        "database": f"{connection.vendor} {version}",
    }


def page(parts: dict[str, dict[str, object]]) -> str:
    """Return the page of the reference that says all this."""
    on, counts, changed = parts["machine"], parts["counts"], parts["changes"]
    cells: dict[str, int] = counts["cells"]  # type: ignore[assignment]
    lines = [
        "# 统计的速度 · Speed of the statistics",
        "",
        "    python benchmarks/register_statistics.py 1000000 --to docs/reference/statistics-benchmark.md",
        "",
        f"{on['date']}, {on['cpu']}, load average {on['load']} at the start; Python {on['python']}, Django",
        f"{on['django']}, {on['database']}. {counts['entries']:,} made-up entries, the same at each run,",
        f"of {cells['provider']:,} providers with filings on file; applications, corrections, measures",
        f"behind those filed here. Every page is asked for {REQUESTS * ROUNDS} times by Django's client; p50",
        f"and p95 are medians of {ROUNDS} rounds, by the clock; processor time is the mean. Before each",
        "request that is called the first after a change, another entry's status was changed.",
        "",
        f"| page | p50 | p95 | processor time | aim (p95): less than {AIM_MS} ms |",
        "|---|---|---|---|---|",
    ]
    for name, took in parts["pages"].items():
        told = "met" if took["p95_ms"] < AIM_MS else "**not met**"  # type: ignore[index]
        figures = (f"{took[one]:.0f} ms" for one in ("p50_ms", "p95_ms", "cpu_ms"))  # type: ignore[index]
        address, after, _ = name.partition(AFTER)
        lines.append(f"| `{address}`{after} | {' | '.join(figures)} | {told} |")
    one, new = (
        [changed[f"{name}_{kind}"] for kind in ("with", "without")]
        for name in ("one_change_ms", "new_10000_s")
    )
    lines += [
        "",
        "| what | time |",
        "|---|---|",
        f"| count everything from zero (`beian statistics rebuild`) | {counts['rebuild_s']:.0f} s |",
        f"| compare everything (`beian statistics check`) | {counts['check_s']:.0f} s |",
        f"| an entry's status changed, with triggers and without | {one[0]:.1f} ms and {one[1]:.1f} ms |",
        f"| 10,000 new entries at once, with triggers and without | {new[0]:.1f} s, {new[1]:.1f} s |",
        "",
        "Tallies and entries agreed after the filling and the changes; the run ends without figures where",
        "they don't. `beian register import` counts a long list once it is in, without the triggers.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print, a line of JSON for each part; with `--to`, write the page as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--to", type=Path)
    chosen = parser.parse_args()
    home = tempfile.mkdtemp(prefix="beian-statistics-")
    parts: dict[str, dict[str, object]] = {}
    try:
        prepare(home)
        # Each part is printed as it is known: a run of a million entries takes minutes.
        for name, part in (
            ("machine", machine),
            ("counts", lambda: fill(chosen.entries)),
            ("pages", pages),
            ("changes", changes),
        ):
            parts[name] = part()
            print(json.dumps({name: parts[name]}, ensure_ascii=False), flush=True)
    finally:
        shutil.rmtree(home)
    if chosen.to:
        chosen.to.write_text(page(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
