"""Measure the gate's decision in process, with a million filings: µs a decision, memory, time to load.

Run: python benchmarks/gate_decision.py [FILINGS]
"""

import json
import random
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot
from openbeian_gate.errors import RefusalError
from openbeian_gate.policy import decide
from openbeian_gate.verify.snapshot import Snapshot, parse_snapshot, verify_snapshot

AT = datetime(2026, 11, 23, tzinfo=UTC)
DECISIONS = 100_000


def build(count: int) -> tuple[bytes, Ed25519Signer]:
    """Return a signed snapshot of `count` filings, one in fifty of them not valid."""
    signer = Ed25519Signer.generate()
    filings = (
        FilingRow(f"svc-{n:08d}", f"GD-2026{n % 12 + 1:02d}-{n:08d}", Status(n % 3 + 1 if n % 50 == 0 else 0))
        for n in range(count)
    )
    times = {"ttl_for": timedelta(minutes=15), "grace_for": timedelta(hours=24)}
    return sign_snapshot(filings, signer, version=1, after=None, at=AT, **times), signer


def load(data: bytes, signer: Ed25519Signer) -> tuple[Snapshot, float, float]:
    """Return the verified snapshot, how long that took, and what it keeps allocated in MB."""
    started = time.perf_counter()
    verify_snapshot(parse_snapshot(data), public_key_set(signer))
    took = time.perf_counter() - started
    tracemalloc.start()
    snapshot = verify_snapshot(parse_snapshot(data), public_key_set(signer))
    kept = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    return snapshot, took, kept


def microseconds(snapshot: Snapshot, subject_of: Callable[[int], str], count: int) -> float:
    """Return the time of one decision, the making of the subject left out."""
    chance = random.Random(7)  # noqa: S311  the same subjects at every run
    subjects = [subject_of(chance.randrange(count)) for _ in range(DECISIONS)]
    at = AT + timedelta(minutes=1)
    started = time.perf_counter()
    for subject in subjects:
        try:
            decide(snapshot, subject, at)
        except RefusalError:
            continue
    return (time.perf_counter() - started) / DECISIONS * 1e6


def main() -> None:
    """Measure and print, as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    data, signer = build(count)
    snapshot, load_s, kept_mb = load(data, signer)
    figures = {
        "filings": count,
        "us_by_service": microseconds(snapshot, lambda n: f"svc-{n:08d}", count),
        "us_by_number": microseconds(snapshot, lambda n: f"GD-2026{n % 12 + 1:02d}-{n:08d}", count),
        "us_unknown": microseconds(snapshot, lambda n: f"unknown-{n}", count),
        "index_mb": snapshot.index.memory_bytes / 1e6,
        "kept_mb": kept_mb,
        "file_mb": len(data) / 1e6,
        "load_and_verify_s": load_s,
        "peak_of_this_process_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
