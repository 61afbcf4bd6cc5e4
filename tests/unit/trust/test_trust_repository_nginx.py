"""The example configuration by which nginx serves the repository, with the real nginx and a real gate."""

import contextlib
import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from tests.unit.trust.repository_made import Register, held

from openbeian.trust.snapshots import Status
from openbeian_gate.client import SnapshotClient
from openbeian_gate.repository.source import RepositorySource

EXAMPLE = Path(__file__).parents[3] / "deploy" / "register" / "nginx.conf"
FRAME = """
daemon off; master_process off; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; types {{ application/json json; }}
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    {example}
}}
"""


@pytest.fixture
def register(tmp_path) -> Register:
    register = Register(tmp_path, held(tmp_path / "held"))
    register.publish()
    return register


@pytest.fixture
def address(tmp_path, register) -> Iterator[str]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs nginx (Debian: nginx)")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    example = EXAMPLE.read_text(encoding="utf-8")
    for shipped, used in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/srv/beian/public", str(register.home)),
    ):
        assert shipped in example
        example = example.replace(shipped, used)
    (tmp_path / "nginx.conf").write_text(FRAME.format(folder=tmp_path, example=example))
    arguments = [program, "-p", tmp_path, "-e", tmp_path / "error.log", "-c", tmp_path / "nginx.conf"]
    process = subprocess.Popen(arguments)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            time.sleep(0.01)
            continue
        break
    yield f"http://127.0.0.1:{port}/repository"
    process.terminate()
    process.wait()


def ask(address: str, **headers: str) -> tuple[int, Message]:
    """Return status and headers of an answer."""
    host, _, path = address.removeprefix("http://").partition("/")
    with contextlib.closing(http.client.HTTPConnection(host, timeout=10)) as connection:
        connection.request("GET", f"/{path}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers


def test_a_gate_follows_what_nginx_serves_and_nothing_else_is_served(address, register, tmp_path):
    gate = SnapshotClient(RepositorySource(address, register.root, keep=tmp_path / "gate"))
    for status in (Status.VALID, Status.REVOKED, Status.SUSPENDED):
        register.publish(svc_001=status)
        assert gate.refresh(register.at), gate.error
    assert gate.snapshot.index.find("svc-001").status is Status.SUSPENDED
    status, headers = ask(f"{address}/metadata/timestamp.json")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    assert ask(f"{address}/metadata/timestamp.json", **{"If-None-Match": headers["ETag"]})[0] == 304
    assert "max-age=315360000" in ask(f"{address}/metadata/1.root.json")[1]["Cache-Control"]
    for name in ("metadata/2.root.json", ".lock", "../online/snapshot.pem", "metadata/.x", ""):
        assert ask(f"{address}/{name}")[0] in (400, 404)
