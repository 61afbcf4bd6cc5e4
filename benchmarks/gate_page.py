"""Run every benchmark of the gate, one after the other, and write the page of figures.

Run: python benchmarks/gate_page.py [--peers-venv DIR] [--only PART] [--to PAGE]

The parts are the scripts gate_*.py beside this one, each of which runs alone too. On an idle machine all of
them take about eight minutes, most of it building a million filings and waiting for revocations.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from openbeian.clock import now

HERE = Path(__file__).parent
PARTS = ("decision", "middleware", "nginx", "log", "certificates", "revocation")
PACKAGES = ("cryptography", "uvicorn", "h11", "Django", "typst", "pyHanko")


class Bar(NamedTuple):
    """A figure that is held against an aim."""

    part: str
    name: str
    what: str
    most: float | None = None
    least: float | None = None

    def row(self, figures: Mapping[str, Mapping[str, float]]) -> str | None:
        """Return a line of the table; None where the part was not run."""
        value = figures.get(self.part, {}).get(self.name)
        if value is None:
            return None
        if self.most is None and self.least is None:
            return f"| {self.what} | {value:,} | | |"
        aim = f"< {self.most:g}" if self.most is not None else f"≥ {self.least:,g}"
        met = value < self.most if self.most is not None else value >= (self.least or 0)
        return f"| {self.what} | {value:,} | {aim} | {'met · 达到' if met else '**not met · 未达到**'} |"


BARS = (
    Bar("decision", "filings", "filings in the snapshot"),
    Bar("decision", "service_p50_us", "decision by service id, p50, µs", most=10),
    Bar("decision", "service_p99_us", "the same, p99, µs"),
    Bar("decision", "number_p50_us", "decision by filing number, p50, µs", most=10),
    Bar("decision", "number_p99_us", "the same, p99, µs"),
    Bar("decision", "unknown_p50_us", "refusal of an unknown service, p50, µs", most=10),
    Bar("decision", "index_mb", "memory of the index, MB", most=64),
    Bar("decision", "kept_mb", "memory kept by the snapshot, MB", most=64),
    Bar("decision", "resident_before_mb", "the process before loading, MB"),
    Bar("decision", "resident_after_loading_mb", "the process after loading, MB"),
    Bar("decision", "load_and_verify_s", "reading and verifying the snapshot, s"),
    Bar("decision", "casbin_fast_p50_us", "Casbin's FastEnforcer, the same ids, p50, µs"),
    Bar("decision", "casbin_fast_p99_us", "the same, p99, µs"),
    Bar("decision", "casbin_fast_rss_mb", "Casbin's process, MB"),
    Bar("decision", "casbin_plain_p50_us", "Casbin's plain Enforcer among 1,000 policies, p50, µs"),
    Bar("middleware", "asgi_added_us", "ASGI middleware, in process, added µs"),
    Bar("middleware", "wsgi_added_us", "WSGI middleware, in process, added µs"),
    Bar("middleware", "plain_p50_over_a_socket_us", "a plain app under uvicorn on loopback, p50, µs"),
    Bar("middleware", "guarded_p50_over_a_socket_us", "the same app with the middleware, p50, µs"),
    Bar("middleware", "asgi_added_percent_of_p50", "what the middleware adds, % of the plain p50", most=5),
    Bar("middleware", "measured_over_a_socket_percent", "the same, both measured on loopback, %"),
    Bar("nginx", "requests_a_second", "nginx, requests a second"),
    Bar("nginx", "plain_p50_ms", "nginx as a proxy, p50, ms"),
    Bar("nginx", "guarded_p50_ms", "with auth_request and our example, p50, ms"),
    Bar("nginx", "added_p50_ms", "added by auth_request, p50, ms", most=1),
    Bar("log", "entries_a_second", "the tiled log alone, batches of 100, entries a second", least=1000),
    Bar("log", "portal_entries_a_second", "the portal's sequencer on SQLite, entries a second", least=1000),
    Bar("log", "proof_built_p50_ms", "proof built among 10,000,000 entries, p50, ms"),
    Bar("log", "proof_checked_p50_ms", "proof and checkpoint checked, p50, ms"),
    Bar("log", "proof_built_and_checked_p50_ms", "built and checked, p50, ms", most=1),
    Bar("log", "proof_built_and_checked_cpu_ms", "built and checked, processor time, ms"),
    Bar("log", "consistency_built_and_checked_ms", "consistency proof built and checked, ms"),
    Bar("log", "whole_log_verified_s", "a log of 20,000 entries verified whole, s"),
    Bar("certificates", "certificates", "certificates as PDF, each signed twice"),
    Bar("certificates", "took_s", "all of them, s", most=60),
    Bar("revocation", "polling_s", "polling of the gate, s (its default)"),
    Bar("revocation", "sequencer_s", "interval of the sequencer, s (its default)"),
    Bar("revocation", "times", "suspensions and reinstatements"),
    Bar("revocation", "median_s", "until the gate's answer changed, median, s"),
    Bar("revocation", "longest_to_a_refusal_s", "until a refusal, longest, s", most=60),
)
NOTES = """
The decision and Casbin are measured on the same ids in processes of their own; a time includes that of
reading the clock. OPA's binary was not at hand and was not run. The
middleware's share is its processor time against the p50 of a plain app over a socket; what both give
over a socket stands below it. nginx asks the check server once a second at most for a service that is
admitted, as the shipped example says. Proofs among ten million entries are built from real tiles whose
leaves are a function of their index modulo 65,536. A revocation is timed from the countersignature in
the portal to the first refusal of `beian-gate serve`.
"""


def main() -> None:
    """Run the parts, print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peers-venv", type=Path, help="an environment with casbin")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; may be repeated")
    parser.add_argument("--to", type=Path, help="the page to write")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    figures = {part: run(part, chosen.peers_venv) for part in chosen.only or PARTS}
    text = page(figures, load)
    print(text)
    if chosen.to:
        chosen.to.write_text(text, encoding="utf-8")


def run(part: str, peers: Path | None) -> dict[str, float]:
    """Run one script and return its figures."""
    command = [sys.executable, str(HERE / f"gate_{part}.py")]
    if part == "decision" and peers:
        command += ["--peers-venv", str(peers)]
    print(f"{part} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"{part} gave no figures:\n{done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def page(figures: Mapping[str, Mapping[str, float]], load: float) -> str:
    """Return the page."""
    rows = [row for bar in BARS if (row := bar.row(figures)) is not None]
    versions = [f"{name} {version(name)}" for name in PACKAGES]
    if casbin := figures.get("decision", {}).get("casbin_fast_version"):
        versions.append(f"Casbin {casbin}")
    ran_with = ", ".join([f"Python {platform.python_version()}", nginx_version(), *versions])
    return "\n".join(
        [
            "# The gate and the log, measured · 网关与日志实测",
            "",
            "    python benchmarks/gate_page.py --peers-venv DIR --to docs/reference/gate-benchmark.md",
            "",
            f"{now():%Y-%m-%d}, {os.cpu_count()} cores, load average {load:.1f} at the start; {ran_with}.",
            "",
            "| what | figure | aim | |",
            "|---|---|---|---|",
            *rows,
            NOTES,
        ]
    )


def nginx_version() -> str:
    """Return what nginx calls itself."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        return "no nginx"
    return subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stderr.split()[-1]


if __name__ == "__main__":
    main()
