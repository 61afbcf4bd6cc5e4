"""Measure the gate's decision in process, with a million filings, beside Casbin: µs, memory, time to load.

Run: python benchmarks/gate_decision.py [FILINGS] [--peers-venv DIR]

The environment of the peers has casbin. Each is measured in a process of its own, one after the other, on the
same ids. OPA's binary was not at hand, so it is not beside them.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot
from openbeian_gate.policy import decide
from openbeian_gate.refusals import RefusalError
from openbeian_gate.verify.keys import load_keys
from openbeian_gate.verify.snapshot import Snapshot, parse_snapshot, verify_snapshot

HERE = Path(__file__).parent
AT = datetime(2026, 11, 23, tzinfo=UTC)
DECISIONS = 100_000
PLAIN = 1_000
"""Casbin's plain enforcer looks at every policy, so it is asked among a thousand only."""


def build(count: int, folder: Path) -> None:
    """Write a signed snapshot of `count` filings, one in fifty of them not valid, and the keys."""
    signer = Ed25519Signer.generate()
    filings = (
        FilingRow(f"svc-{n:08d}", f"GD-2026{n % 12 + 1:02d}-{n:08d}", Status(n % 3 + 1 if n % 50 == 0 else 0))
        for n in range(count)
    )
    times = {"ttl_for": timedelta(minutes=15), "grace_for": timedelta(hours=24)}
    data = sign_snapshot(filings, signer, version=1, after=None, at=AT, **times)
    (folder / "snapshot.json").write_bytes(data)
    (folder / "keys.json").write_bytes(public_key_set(signer).to_bytes())


def load(folder: Path) -> Snapshot:
    """Return the verified snapshot."""
    data = (folder / "snapshot.json").read_bytes()
    return verify_snapshot(parse_snapshot(data), load_keys(folder / "keys.json"))


def took_us(snapshot: Snapshot, subject_of: Callable[[int], str], count: int) -> list[float]:
    """Return the times of single decisions, the making of the subject left out, that of the clock not."""
    chance = random.Random(7)  # noqa: S311  the same subjects at every run
    subjects = [subject_of(chance.randrange(count)) for _ in range(DECISIONS)]
    at, took = AT + timedelta(minutes=1), []
    for subject in subjects:
        started = time.perf_counter_ns()
        try:  # noqa: SIM105  `suppress` would take as long as the decision
            decide(snapshot, subject, at)
        except RefusalError:
            pass
        took.append((time.perf_counter_ns() - started) / 1e3)
    return took


def resident_mb() -> float:
    """Return the memory this process holds now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def measure(count: int, folder: Path) -> dict[str, float]:
    """Load and decide in this process, which has done nothing else."""
    before, started = resident_mb(), time.perf_counter()
    snapshot = load(folder)
    loaded, after = time.perf_counter() - started, resident_mb()
    figures = {
        "filings": count,
        "load_and_verify_s": loaded,
        "index_mb": snapshot.index.memory_bytes / 1e6,
        "resident_before_mb": before,
        "resident_after_loading_mb": after,
        "file_mb": (folder / "snapshot.json").stat().st_size / 1e6,
    }
    for name, subject_of in (
        ("service", lambda n: f"svc-{n:08d}"),
        ("number", lambda n: f"GD-2026{n % 12 + 1:02d}-{n:08d}"),
        ("unknown", lambda n: f"unknown-{n}"),
    ):
        cuts = statistics.quantiles(took_us(snapshot, subject_of, count), n=100)
        figures |= {f"{name}_p50_us": cuts[49], f"{name}_p99_us": cuts[98]}
    del snapshot
    tracemalloc.start()
    held = load(folder)
    figures["kept_mb"] = tracemalloc.get_traced_memory()[0] / 1e6
    assert len(held.index) == count
    return figures


def beside(venv: Path, count: int) -> dict[str, float]:
    """Return what Casbin needs for the same: its fast enforcer, and the plain one among a few."""
    figures: dict[str, float] = {}
    for name, arguments in (("fast", [str(count)]), ("plain", [str(PLAIN), "plain"])):
        command = [venv / "bin" / "python", HERE / "gate_peers" / "casbin_peer.py", *arguments]
        said = subprocess.run(command, capture_output=True, check=True).stdout
        figures |= {f"casbin_{name}_{key}": value for key, value in json.loads(said).items()}
    return figures


def main() -> None:
    """Measure and print, as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("filings", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--peers-venv", type=Path)
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.folder:
        print(json.dumps(measure(chosen.filings, chosen.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        build(chosen.filings, Path(name))
        command = [sys.executable, __file__, str(chosen.filings), "--in", name]
        figures = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    if chosen.peers_venv:
        figures |= beside(chosen.peers_venv, chosen.filings)
    print(json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
