"""Measure how soon a gate refuses a service after its filing was suspended, everything at its defaults.

Run: python benchmarks/gate_revocation.py [TIMES] [POLLING SECONDS]

A portal of its own with its real sequencer (a look each second) on SQLite, its public files behind a plain
file server, and `beian-gate serve` with the default polling: the clock runs from the countersignature to the
first refusal, asked for ten times a second. Suspended and reinstated in turns, at moments of chance.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gate_nginx import free_port, running

ROOT = Path(__file__).parents[1]
POLLING_S = 30.0
MOST_S = 120.0


def main() -> None:
    """Measure and print, as JSON."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    polling = float(sys.argv[2]) if len(sys.argv) > 2 else POLLING_S
    with tempfile.TemporaryDirectory() as name, ExitStack() as programs:
        home = Path(name)
        os.environ |= {"BEIAN_HOME": name, "DJANGO_SETTINGS_MODULE": "openbeian.portal.settings"}
        os.environ.pop("DATABASE_URL", None)
        service, switch = prepare()
        files, checker = free_port(), free_port()
        sequencer = (sys.executable, "-m", "django", "sequencer")
        public = home / "public"
        serving = (sys.executable, "-m", "http.server", files, "--bind", "127.0.0.1", "--directory", public)
        programs.enter_context(quietly(sequencer, home))
        programs.enter_context(quietly(serving, home))
        wait_for((public / "snapshot.json").exists)
        gate = Path(sys.executable).with_name("beian-gate")
        source = f"http://127.0.0.1:{files}/snapshot.json"
        following = ("--snapshot", source, "--keys", public / "keys.json", "--poll", polling)
        programs.enter_context(running(gate, "serve", *following, "--port", checker, cwd=home))
        figures = measure(times, polling, switch, f"http://127.0.0.1:{checker}/check?service={service}")
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))


def prepare():  # noqa: ANN201  what Django's models are is known only once it is set up
    """Set up a portal with one filing; return its service, and what suspends and reinstates it."""
    import django  # noqa: PLC0415  it reads the settings from the environment made above

    django.setup()
    from openbeian.clock import now  # noqa: PLC0415
    from openbeian.portal.filings.actions import countersign_measure, propose_measure  # noqa: PLC0415
    from openbeian.portal.server import prepare as make_database  # noqa: PLC0415

    make_database()
    sys.path.insert(0, str(ROOT))
    from tests.portal.factories import build_cast, filing_at  # noqa: PLC0415

    cast = build_cast()
    filing = filing_at(cast)

    def switch(kind: str) -> None:
        measure = propose_measure(
            filing, kind=kind, cause="measured", reason_code="other", by=cast.national_decider, at=now()
        )
        countersign_measure(measure, agree=True, by=cast.national_countersigner, at=now())

    return filing.service_id, switch


def measure(times: int, polling: float, switch, address: str) -> dict[str, float]:  # noqa: ANN001  see prepare
    """Return the figures."""
    chance, took = random.Random(7), {"suspend": [], "reinstate": []}  # noqa: S311  the same at every run
    wait_for(lambda: is_admitted(address))
    for number in range(times):
        time.sleep(chance.uniform(0, min(polling, 15)))  # so that it falls anywhere between two looks
        kind = "suspend" if number % 2 == 0 else "reinstate"
        switch(kind)
        started = time.perf_counter()
        wait_for(lambda kind=kind: is_admitted(address) is (kind == "reinstate"))
        took[kind].append(time.perf_counter() - started)
    every = took["suspend"] + took["reinstate"]
    return {
        "polling_s": polling,
        "sequencer_s": 1.0,
        "times": times,
        "median_s": statistics.median(every),
        "longest_s": max(every),
        "longest_to_a_refusal_s": max(took["suspend"]),
    }


def is_admitted(address: str) -> bool:
    """Ask the check server."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  loopback
            return answer.status == 204
    except (urllib.error.URLError, ConnectionError):
        return False


def wait_for(true) -> None:  # noqa: ANN001
    """Wait until it is so."""
    deadline = time.monotonic() + MOST_S
    while not true():
        if time.monotonic() > deadline:
            sys.exit("it did not happen in two minutes")
        time.sleep(0.1)


@contextmanager
def quietly(command: tuple[object, ...], cwd: Path) -> Iterator[None]:
    """Run a program without what it says."""
    process = subprocess.Popen(
        [*map(str, command)], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
