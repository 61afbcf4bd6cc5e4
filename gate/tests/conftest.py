"""What the gate's tests share: the golden files, and a register on a real socket.

Nothing here imports `openbeian`: the golden files were written by scripts/write_gate_vectors.py.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

import pytest

from openbeian_gate import clock
from openbeian_gate.verify.keys import PublicKeySet, load_keys

VECTORS = Path(__file__).parent / "vectors"


class Register:
    """A web server that publishes one file, which a test may change."""

    def __init__(self) -> None:
        self.content = b""
        self.status = 200
        self.etags = True
        self.piece_bytes = 1 << 20
        self.pause_s = 0.0
        self.requests: list[int] = []
        register = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                etag = f'"{hash(register.content)}"'
                unchanged = register.etags and self.headers["If-None-Match"] == etag
                status = 304 if unchanged else register.status
                register.requests.append(status)
                self.send_response(status)
                if register.etags:
                    self.send_header("ETag", etag)
                self.end_headers()
                if status == 200:
                    register.write(self.wfile)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/snapshot.json"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def write(self, file: BinaryIO) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            for start in range(0, len(self.content), self.piece_bytes):
                file.write(self.content[start : start + self.piece_bytes])
                file.flush()
                time.sleep(self.pause_s)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def register() -> Iterator[Register]:
    register = Register()
    register.content = (VECTORS / "snapshot-7.json").read_bytes()
    yield register
    register.close()


@pytest.fixture(scope="session")
def vector() -> Callable[[str], bytes]:
    return lambda name: (VECTORS / name).read_bytes()


@pytest.fixture(scope="session")
def vectors() -> Path:
    return VECTORS


@pytest.fixture(scope="session")
def keys() -> PublicKeySet:
    return load_keys(VECTORS / "keys.json")


@pytest.fixture(scope="session")
def stranger() -> PublicKeySet:
    return load_keys(VECTORS / "stranger.json")


@pytest.fixture(scope="session")
def facts() -> dict[str, object]:
    return json.loads((VECTORS / "facts.json").read_bytes())


@pytest.fixture
def at(facts) -> datetime:
    """The instant at which snapshot 7 was issued."""
    return datetime.fromisoformat(str(facts["at"]))


@pytest.fixture
def at_issue(at, monkeypatch) -> datetime:
    """The machine's clock stands at the issue of snapshot 7."""
    monkeypatch.setattr(clock, "now", lambda: at)
    return at
