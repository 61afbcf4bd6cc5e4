"""Measure a gate that follows a register's repository over HTTP, with a million services.

First fetch, a look when nothing has changed, a look after a revocation, what each transfers; the client's
memory; and how long after its publication a revocation is seen at the default polling interval. Register and
gate are processes of their own; the files are served by Python's own web server.

Run: python benchmarks/gate_repository.py [FILINGS] [REVOCATIONS WAITED FOR]
"""

import functools
import http.server
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import threading
import time
import tracemalloc
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from openbeian.clock import now
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.repository.ceremony import CeremonyPlan, hold_ceremony
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.online import OnlineKeys
from openbeian.trust.repository.publisher import Publisher
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot
from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.refusals import RefusalError
from openbeian_gate.repository.source import RepositorySource

LOOKS = 20
ASKED_EVERY_S = 0.02


class CountingHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and counts what it sends."""

    sent = 0

    def copyfile(self, source, outputfile) -> None:  # noqa: ANN001  as the standard library's
        """Send a file."""
        while chunk := source.read(1 << 16):
            CountingHandler.sent += len(chunk)
            outputfile.write(chunk)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Register:
    """The register's side: so many filings, one in fifty not valid."""

    def __init__(self, folder: Path, count: int) -> None:
        self.signer = Ed25519Signer.generate()
        self.rows = [
            FilingRow(
                f"svc-{n:08d}",
                f"GD-2026{n % 12 + 1:02d}-{n:08d}",
                Status(n % 3 + 1 if n % 50 == 0 else 0),
            )
            for n in range(count)
        ]
        plan = CeremonyPlan(public_key_set(self.signer))
        self.root = hold_ceremony(folder, plan, password=lambda _: None, at=now()).root
        self.path = folder / "repository"
        self.publisher = Publisher(RepositoryFolder(self.path), OnlineKeys.load(folder / "online"))
        self.version = 0

    def publish(self) -> float:
        """Publish how the filings stand; return the seconds it took."""
        started, at = time.perf_counter(), now()
        self.version += 1
        times = {"ttl_for": timedelta(minutes=1), "grace_for": timedelta(days=1)}
        data = sign_snapshot(self.rows, self.signer, version=self.version, after=None, at=at, **times)
        self.publisher.publish(data, [self.signer], at=at)
        return time.perf_counter() - started

    def revoke(self, row: int) -> str:
        """Revoke one filing and return its service."""
        self.rows[row] = self.rows[row]._replace(status=Status.REVOKED)
        return self.rows[row].service


def serve_register(folder: Path, count: int, pipe: Connection) -> None:
    """Serve a register; do what is asked for over the pipe."""
    register = Register(folder, count)
    first_s = register.publish()
    handler = functools.partial(CountingHandler, directory=str(register.path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send((f"http://127.0.0.1:{server.server_port}", register.root, first_s))
    row = 1
    while (asked := pipe.recv()) != "end":
        if asked == "revoke":
            service = register.revoke(row)
            took = register.publish()
            pipe.send((service, time.time(), took))
            row += 50
        elif asked == "renew":
            pipe.send(register.publish())
        else:
            pipe.send(CountingHandler.sent)


class Gate:
    """The gate's side."""

    def __init__(self, pipe: Connection, folder: Path) -> None:
        self.pipe = pipe
        address, self.root, self.first_s = pipe.recv()
        self.address, self.folder = address, folder
        self.client = self._client("gate")

    def _client(self, name: str) -> SnapshotClient:
        source = RepositorySource(self.address, self.root, keep=self.folder / name)
        return SnapshotClient(source, limits=ClientLimits(timeout_for=timedelta(minutes=2)))

    def ask(self, what: str) -> object:
        """Ask something of the register."""
        self.pipe.send(what)
        return self.pipe.recv()

    def look(self) -> tuple[float, int]:
        """Look once; return the milliseconds it took and the bytes sent for it."""
        before, started = self.ask("sent"), time.perf_counter()
        if not self.client.refresh(now()):
            raise SystemExit(f"the look failed: {self.client.error}")
        took = (time.perf_counter() - started) * 1e3
        return took, self.ask("sent") - before

    def kept_mb(self) -> float:
        """Return what a client keeps allocated, in MB."""
        tracemalloc.start()
        client = self._client("traced")
        client.refresh(now())
        kept = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        return kept

    def seen_after_s(self) -> float:
        """Return how long after a revocation was published a polling client refuses the service."""
        service, published_at, _ = self.ask("revoke")
        while True:
            with suppress(RefusalError):
                self.client.decide(service, now())
                time.sleep(ASKED_EVERY_S)
                continue
            return time.time() - published_at


def measure(gate: Gate, waits: int) -> dict[str, object]:
    """Return the figures."""
    first_ms, first_bytes = gate.look()
    unchanged = [gate.look() for _ in range(LOOKS)]
    renewed, revoked, published = [], [], []
    for _ in range(LOOKS // 4):
        gate.ask("renew")
        renewed.append(gate.look())
        published.append(gate.ask("revoke")[2])
        revoked.append(gate.look())
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    figures = {
        "publish_first_s": gate.first_s,
        "publish_after_a_revocation_s": statistics.median(published),
        "first_look_ms": first_ms,
        "first_look_mb_sent": first_bytes / 1e6,
        "unchanged_look_ms": statistics.median(ms for ms, _ in unchanged),
        "unchanged_look_bytes_sent": statistics.median(sent for _, sent in unchanged),
        "renewed_look_ms": statistics.median(ms for ms, _ in renewed),
        "revoked_look_ms": statistics.median(ms for ms, _ in revoked),
        "revoked_look_kb_sent": statistics.median(sent for _, sent in revoked) / 1e3,
        "index_mb": gate.client.snapshot.index.memory_bytes / 1e6,
        "kept_mb": gate.kept_mb(),
        "peak_of_this_process_mb": peak_mb,
        "poll_s": gate.client.status(now())["poll_s"],
    }
    with gate.client:
        seen = [gate.seen_after_s() for _ in range(waits)]
    if seen:
        figures |= {"revocation_seen_s": statistics.median(seen), "revocation_seen_at_most_s": max(seen)}
    return figures


def main() -> None:
    """Measure and print, as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    waits = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        arguments = (Path(folder) / "register", count, theirs)
        register = context.Process(target=serve_register, args=arguments, daemon=True)
        register.start()
        figures = measure(Gate(ours, Path(folder)), waits)
        ours.send("end")
        register.join()
    print(
        json.dumps({"filings": count, **{name: round(value, 2) for name, value in figures.items()}}, indent=1)
    )


if __name__ == "__main__":
    main()
