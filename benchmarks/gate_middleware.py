"""Measure what the middleware adds to a request, in µs and as a share of a plain app's p50 over a socket.

Run: python benchmarks/gate_middleware.py
"""

import asyncio
import contextlib
import http.client
import io
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot
from openbeian_gate import asgi, wsgi
from openbeian_gate.client import SnapshotClient

CALLS = 20_000
ROUNDS = 7
SOCKET_ROUNDS = 4
REQUESTS = 1_000
SERVICE = "svc-001"


async def asgi_app(scope: asgi.Scope, _: asgi.Receive, send: asgi.Send) -> None:
    """Answer as a small service does."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"answer"})


def wsgi_app(_: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer as a small service does."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answer"]


def client(folder: Path) -> SnapshotClient:
    """Return a client with one filing and a fresh snapshot."""
    signer, at = Ed25519Signer.generate(), datetime.now(UTC)  # noqa: TID251  fresh while this runs
    rows = [FilingRow(SERVICE, "GD-20261123-0001", Status.VALID)]
    times = {"ttl_for": timedelta(hours=1), "grace_for": timedelta(hours=24)}
    path = folder / "snapshot.json"
    path.write_bytes(sign_snapshot(rows, signer, version=1, after=None, at=at, **times))
    made = SnapshotClient(path, public_key_set(signer))
    made.refresh(at)
    return made


def asgi_us(app: asgi.ASGIApp) -> float:
    """Return the processor time of one call, without any server."""
    scope = {"type": "http", "headers": [(b"host", b"x")], "path": "/"}

    async def nothing(*_: object) -> dict[str, object]:
        return {}

    async def run() -> float:
        started = time.thread_time()
        for _ in range(CALLS):
            await app(scope, nothing, nothing)  # type: ignore[arg-type]
        return (time.thread_time() - started) / CALLS * 1e6

    return asyncio.run(run())


def wsgi_us(app: Callable[..., Iterable[bytes]]) -> float:
    """Return the processor time of one call, without any server."""
    environ = {"wsgi.input": io.BytesIO(), "PATH_INFO": "/"}
    started = time.thread_time()
    for _ in range(CALLS):
        list(app(environ, lambda *_: None))
    return (time.thread_time() - started) / CALLS * 1e6


def over_a_socket_us(app: asgi.ASGIApp) -> float:
    """Return the p50 of a request to `app` on loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port, took = server.servers[0].sockets[0].getsockname()[1], []
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for _ in range(REQUESTS):
            started = time.perf_counter()
            connection.request("GET", "/")
            connection.getresponse().read()
            took.append(time.perf_counter() - started)
    server.should_exit = True
    thread.join()
    return statistics.median(took) * 1e6


def main() -> None:
    """Measure in turns and print, as JSON. The least of several rounds is what the code itself costs."""
    with tempfile.TemporaryDirectory() as folder, client(Path(folder)) as gate:
        figures = measure(gate)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=1))


def measure(gate: SnapshotClient) -> dict[str, float]:
    """Return the figures."""
    guarded_asgi = asgi.FilingGate(asgi_app, gate, subject=SERVICE)
    guarded_wsgi = wsgi.FilingGate(wsgi_app, gate, subject=SERVICE)  # type: ignore[arg-type]
    rounds = [
        (asgi_us(asgi_app), asgi_us(guarded_asgi), wsgi_us(wsgi_app), wsgi_us(guarded_wsgi))
        for _ in range(ROUNDS)
    ]
    plain, guarded, plain_wsgi, guarded_wsgi_us = (min(column) for column in zip(*rounds, strict=True))
    turns = [(over_a_socket_us(asgi_app), over_a_socket_us(guarded_asgi)) for _ in range(SOCKET_ROUNDS)]
    p50, guarded_p50 = (min(column) for column in zip(*turns, strict=True))
    return {
        "asgi_added_us": guarded - plain,
        "wsgi_added_us": guarded_wsgi_us - plain_wsgi,
        "plain_p50_over_a_socket_us": p50,
        "guarded_p50_over_a_socket_us": guarded_p50,
        "asgi_added_percent_of_p50": (guarded - plain) / p50 * 100,
        "measured_over_a_socket_percent": (guarded_p50 - p50) / p50 * 100,
    }


if __name__ == "__main__":
    main()
