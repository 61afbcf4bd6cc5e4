"""Measure what nginx's auth_request adds to a request: p50 with and without it, at a steady rate.

Run: python benchmarks/gate_nginx.py [SECONDS] [REQUESTS A SECOND]
"""

import asyncio
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.snapshots import FilingRow, Status, sign_snapshot

EXAMPLE = Path(__file__).parents[1] / "deploy" / "gate" / "nginx.conf"
CONNECTIONS = 16
SERVICE = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answer"})
"""
FRAME = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
{example} }}
"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def running(*command: object, cwd: Path) -> Iterator[None]:
    """Run a program for the duration."""
    process = subprocess.Popen([*map(str, command)], cwd=cwd)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def one(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> float:
    """Send one request over an open connection; return how long its answer took."""
    reader, writer = connection
    started = time.perf_counter()
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200") or b"chunked" not in head.lower():
        raise RuntimeError(head.decode())
    await reader.readuntil(b"0\r\n\r\n")
    return time.perf_counter() - started


async def measure(port: int, seconds: float, rate: float) -> list[float]:
    """Send requests at a steady rate; a request that is late because the one before was is still counted."""
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    took: list[float] = []

    async def send() -> None:
        connection = await free.get()
        took.append(await one(connection))
        free.put_nowait(connection)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(seconds * rate)):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            group.create_task(send())
    while not free.empty():
        free.get_nowait()[1].close()
    return took


def wait_for(port: int) -> None:
    """Wait until the service answers through a port."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10):
            return
        time.sleep(0.1)
    sys.exit(f"nothing answers on port {port}")


def write_register(folder: Path) -> None:
    """Write a snapshot with one filing, the keys, and the service behind."""
    signer, times = (
        Ed25519Signer.generate(),
        {"ttl_for": timedelta(hours=1), "grace_for": timedelta(hours=24)},
    )
    rows = [FilingRow("svc-001", "GD-20261123-0001", Status.VALID)]
    at = datetime.now(UTC)  # noqa: TID251  a snapshot that is fresh while this runs
    (folder / "snapshot.json").write_bytes(sign_snapshot(rows, signer, version=1, after=None, at=at, **times))
    (folder / "keys.json").write_bytes(public_key_set(signer).to_bytes())
    (folder / "service.py").write_text(SERVICE, encoding="utf-8")


def configuration(folder: Path, checker: int, behind: int, ports: tuple[int, int]) -> str:
    """Return the shipped example, and beside it the same proxy without the check."""
    example = EXAMPLE.read_text(encoding="utf-8")
    for shipped, used in (("8095", checker), ("8000", behind)):
        example = example.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{used}")
    example = example.replace("/var/cache/nginx/openbeian", f"{folder}/cache")
    head, _, server = example.partition("\nserver {")
    plain = server.replace("auth_request /openbeian-check;", "").replace(
        "auth_request_set $filing_number", "set $n"
    )
    servers = [
        text.replace("listen 80", f"listen 127.0.0.1:{port}")
        for text, port in zip((server, plain), ports, strict=True)
    ]
    return FRAME.format(folder=folder, example=head + "".join("\nserver {" + text for text in servers))


def main() -> None:
    """Measure and print, as JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 500.0
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        sys.exit("needs nginx")
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as programs:
        folder = Path(name)
        folder.chmod(0o755)
        write_register(folder)
        checker, behind, guarded, plain = (free_port() for _ in range(4))
        (folder / "nginx.conf").write_text(configuration(folder, checker, behind, (guarded, plain)))
        gate = Path(sys.executable).with_name("beian-gate")
        serving = (gate, "serve", "--snapshot", "snapshot.json", "--keys", "keys.json", "--port", checker)
        behind_it = (sys.executable, "-m", "uvicorn", "service:app", "--port", behind, "--log-level", "error")
        fronting = (nginx, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf")
        for command in (serving, behind_it, fronting):
            programs.enter_context(running(*command, cwd=folder))
        for port in (plain, guarded):
            wait_for(port)
            asyncio.run(measure(port, 1, rate))
        figures: dict[str, float] = {"requests_a_second": rate}
        runs: dict[str, list[float]] = {"plain": [], "guarded": []}
        for _ in range(3):  # in turns, so that whatever else the machine does falls on both
            runs["plain"] += asyncio.run(measure(plain, seconds / 3, rate))
            runs["guarded"] += asyncio.run(measure(guarded, seconds / 3, rate))
        for what, took in runs.items():
            cuts = statistics.quantiles(took, n=100)
            figures |= {f"{what}_p50_ms": cuts[49] * 1e3, f"{what}_p95_ms": cuts[94] * 1e3}
        figures["added_p50_ms"] = figures["guarded_p50_ms"] - figures["plain_p50_ms"]
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=1))


if __name__ == "__main__":
    main()
