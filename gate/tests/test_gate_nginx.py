"""The example configuration for nginx, run by the real nginx on loopback ports."""

import contextlib
import http.client
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn

from openbeian_gate.client import ClientLimits, SnapshotClient
from openbeian_gate.server import check_server

EXAMPLE = Path(__file__).parents[2] / "deploy" / "gate" / "nginx.conf"
FRAME = """
daemon off; master_process off; worker_processes 1;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    {example}
}}
"""


class Service:
    """What is behind: says what it was asked, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200

    async def __call__(self, scope, receive, send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.asked.append(scope["path"])
        headers = [(b"openbeian-filing-number", b"made up")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"answer to " + body})


@contextlib.contextmanager
def serving(app, lifespan: str = "off") -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan=lifespan, ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def nginx(folder: Path, example: str) -> Iterator[None]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs nginx (Debian: nginx)")
    configuration = folder / "nginx.conf"
    configuration.write_text(FRAME.format(folder=folder, example=example))
    process = subprocess.Popen([program, "-p", folder, "-e", folder / "error.log", "-c", configuration])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def ask(port: int, path: str = "/v1/chat", body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    deadline = time.monotonic() + 10
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection):
            try:
                connection.request(
                    "GET" if body is None else "POST", path, body, {"X-Openbeian-Service": "svc-001"}
                )
            except ConnectionRefusedError:  # nginx is still starting
                assert time.monotonic() < deadline
                time.sleep(0.01)
                continue
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def guarded(tmp_path, service):
    """Run the example before the service, asking the checker on a port for a service."""

    @contextlib.contextmanager
    def guarded(checker: int, name: str = "svc-001") -> Iterator[int]:
        port = free_port()
        example = EXAMPLE.read_text(encoding="utf-8")
        with serving(service) as behind:
            for shipped, used in (
                ("127.0.0.1:8095", f"127.0.0.1:{checker}"),
                ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
                ("listen 80;", f"listen 127.0.0.1:{port};"),
                ("svc-001", name),
                ("/var/cache/nginx/openbeian", f"{tmp_path}/cache"),
            ):
                assert shipped in example
                example = example.replace(shipped, used)
            with nginx(tmp_path, example):
                yield port

    return guarded


@pytest.fixture
def client(vectors, keys, at_issue) -> SnapshotClient:
    client = SnapshotClient(vectors / "snapshot-7.json", keys)
    client.refresh(at_issue)
    return client


def test_behind_nginx_a_service_on_file_is_served_with_its_number(guarded, client, service):
    with serving(check_server(client), "on") as checker, guarded(checker) as port:
        for body in (None, b"a question", b"q" * 100_000):
            status, headers, said = ask(port, "/v1/chat?service=svc-003", body)
            assert (status, said) == (200, b"answer to " + (body or b""))
            assert headers["openbeian-filing-number"] == "GD-20261123-0001"
    assert service.asked == ["/v1/chat"] * 3


@pytest.mark.parametrize(
    ("name", "code"), [("svc-002", "suspended"), ("svc-003", "revoked"), ("no", "not_filed")]
)
def test_behind_nginx_every_other_service_is_refused_with_the_reason(guarded, client, service, name, code):
    with serving(check_server(client), "on") as checker, guarded(checker, name) as port:
        for body in (None, b"a question"):
            status, headers, said = ask(port, "/v1/chat?service=svc-001", body)
            problem = json.loads(said)
            assert (status, problem["code"], problem["status"]) == (403, code, 403)
            assert headers["content-type"].startswith("application/problem+json")
            assert "备案" in problem["detail_zh"]
    assert service.asked == []


def test_behind_nginx_a_register_out_of_reach_gives_503_with_the_reason(
    guarded, service, tmp_path, keys, at_issue
):
    blind = SnapshotClient(tmp_path / "none", keys)
    with serving(check_server(blind), "on") as checker, guarded(checker) as port:
        status, _, said = ask(port)
    assert (status, json.loads(said)["code"]) == (503, "registry_unavailable")
    assert service.asked == []


@pytest.mark.attack("nginx：核验服务中断", "nginx: the checker is dead")
def test_behind_nginx_a_dead_checker_gives_503_with_the_reason(guarded, service):
    with guarded(free_port()) as port:
        status, headers, said = ask(port, body=b"a question")
    assert (status, json.loads(said)["code"]) == (503, "checker_down")
    assert headers["content-type"] == "application/problem+json; charset=utf-8"
    assert "核验服务没有应答" in json.loads(said)["detail_zh"]
    assert service.asked == []


def test_behind_nginx_the_services_own_errors_are_its_own(guarded, client, service):
    with serving(check_server(client), "on") as checker, guarded(checker) as port:
        for service.status in (403, 500, 404):
            status, _, said = ask(port)
            assert (status, said) == (service.status, b"answer to ")


def test_behind_nginx_a_revocation_is_seen_within_seconds(guarded, vector, tmp_path, keys, at_issue):
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_bytes(vector("snapshot-7.json"))
    limits = ClientLimits(poll_for=timedelta(seconds=0.1))
    with (
        serving(check_server(SnapshotClient(snapshot, keys, limits=limits)), "on") as checker,
        guarded(checker, "svc-001") as port,
    ):
        while ask(port)[0] != 200:
            time.sleep(0.01)
        started = time.monotonic()
        snapshot.write_bytes(vector("snapshot-8.json"))
        while ask(port)[0] == 200:
            assert time.monotonic() < started + 10
            time.sleep(0.05)
        assert json.loads(ask(port)[2])["code"] == "revoked"


def raw(port: int, target: bytes, *headers: bytes) -> tuple[int, bytes]:
    """Ask for a target exactly as it is spelled; return the status and everything that came back."""
    asked = b"\r\n".join(
        [b"GET " + target + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers, b"", b""]
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(asked)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


TARGETS = [
    b"/openbeian-check?service=svc-001",
    b"/./openbeian-check",
    b"/x/../openbeian-check",
    b"//openbeian-check",
    b"/%6fpenbeian-check",
    b"/openbeian%2dcheck",
    b"/openbeian-check/../v1",
    b"/openbeian-check%00",
    b"/OPENBEIAN-CHECK",
    b"/@openbeian_refused",
    b"/v1?service=svc-001&openbeian_service=svc-001",
    b"/v1/%2e%2e/%2e%2e/check",
    b"/check?service=svc-001",
    b"/explain",
    b"/envoy/svc-001/v1",
    b"http://openbeian_checker/check?service=svc-001",
    b"http://127.0.0.1/openbeian-check",
]
HEADERS = [
    b"X-Openbeian-Service: svc-001",
    b"X-Original-URI: /check?service=svc-001",
    b"X-Accel-Redirect: /openbeian-check",
    b"Openbeian-Filing-Number: GD-20261123-0001",
    b"Host: openbeian_checker",
]


@pytest.mark.attack("nginx：路径与请求头的花样", "tricks with path and headers in nginx's auth_request")
def test_no_spelling_of_path_or_header_gets_a_caller_past_nginx(guarded, client, service):
    with serving(check_server(client), "on") as checker, guarded(checker, "svc-003") as port:
        assert ask(port)[0] == 403  # nginx is up
        statuses = {target: raw(port, target)[0] for target in TARGETS}
        statuses |= {header: raw(port, b"/v1", header)[0] for header in HEADERS}
    # 404 is nginx's own, for what is internal; 400 for what is no request at all.
    assert {asked for asked, status in statuses.items() if status not in (400, 403, 404)} == set()
    assert service.asked == []


@pytest.mark.attack("nginx：直访核验地址", "nginx: the check asked directly")
def test_the_check_itself_is_not_open_to_callers(guarded, client, service):
    with serving(check_server(client), "on") as checker, guarded(checker) as port:
        assert ask(port, "/openbeian-check")[0] == 404
    assert service.asked == []
