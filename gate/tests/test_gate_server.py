"""The check server and the reverse proxy, on real sockets."""

import asyncio
import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from openbeian_gate.asgi import ASGIApp
from openbeian_gate.client import SnapshotClient
from openbeian_gate.proxy import UpstreamProxy, guarded_proxy
from openbeian_gate.server import check_server


@contextlib.contextmanager
def serving(app: ASGIApp, *, lifespan: str = "on") -> Iterator[int]:
    """Serve `app` on a free port."""
    config = uvicorn.Config(
        app,
        port=0,
        log_level="critical",
        lifespan=lifespan,
        server_header=False,
        date_header=False,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def ask(port: int, path: str, *, method="GET", body=None, headers=None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.fixture
def client(vectors, keys, at_issue) -> SnapshotClient:
    client = SnapshotClient(vectors / "snapshot-7.json", keys)
    client.refresh(at_issue)
    return client


# --- the check server -----------------------------------------------------------------------------


@pytest.fixture
def port(client) -> Iterator[int]:
    with serving(check_server(client)) as port:
        yield port


def test_the_check_server_answers_as_nginx_wants_it(port):
    status, headers, body = ask(port, "/check?service=svc-001")
    assert (status, headers["openbeian-filing-number"], body) == (204, "GD-20261123-0001", b"")
    status, _, body = ask(port, "/check?service=svc-003")
    assert (status, json.loads(body)["code"]) == (403, "revoked")


def test_the_service_may_come_in_a_header_but_the_address_wins(port):
    in_header = {"X-Openbeian-Service": "svc-001"}
    assert ask(port, "/check", headers=in_header)[0] == 204
    assert ask(port, "/check?service=svc-003", headers=in_header)[0] == 403
    assert ask(port, "/check?service=", headers=in_header)[0] == 403
    assert ask(port, "/check?service=svc-001&service=svc-001", headers=in_header)[0] == 403
    assert ask(port, "/check")[0] == 403


def test_the_check_server_reports_on_itself(port, at):
    assert ask(port, "/healthz")[0] == 200
    status = json.loads(ask(port, "/status")[2])
    assert (status["state"], status["version"], status["filings"]) == ("fresh", 7, 55)
    assert ask(port, "/elsewhere")[0] == 404


def test_without_a_snapshot_the_check_server_is_closed_and_says_so(tmp_path, keys, at_issue):
    with serving(check_server(SnapshotClient(tmp_path / "none", keys))) as port:
        status, _, body = ask(port, "/check?service=svc-001")
        assert (status, json.loads(body)["code"]) == (503, "registry_unavailable")
        assert ask(port, "/healthz")[0] == 503


def test_the_check_server_has_nothing_to_say_to_websockets(client):
    async def never(*_: object) -> dict:
        raise AssertionError

    asyncio.run(check_server(client)({"type": "websocket"}, never, never))


# --- the reverse proxy ----------------------------------------------------------------------------


class Service:
    """A service behind the gate that streams, echoes, and breaks off."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.hung_up = threading.Event()
        self.seen: list[dict[str, str]] = []

    async def __call__(self, scope, receive, send) -> None:
        self.seen.append({name.decode(): value.decode() for name, value in scope["headers"]})
        headers = [
            (b"x-path", scope["raw_path"] + b"?" + scope["query_string"]),
            (b"x-method", scope["method"].encode()),
        ]
        if scope["path"] == "/redirect":
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/x")]})
            await send({"type": "http.response.body", "body": b""})
            return
        if scope["path"] == "/breaks":
            headers.append((b"content-length", b"100"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/stream":
            await self._stream(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await send({"type": "http.response.body", "body": body})

    async def _stream(self, receive, send) -> None:
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await receive()
        gone = asyncio.ensure_future(receive())
        while not (self.go_on.is_set() or gone.done()):  # noqa: ASYNC110  set in another thread
            await asyncio.sleep(0.005)
        if gone.done():
            self.hung_up.set()
            return
        gone.cancel()
        await send({"type": "http.response.body", "body": b"two"})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def upstream(service) -> Iterator[int]:
    with serving(service, lifespan="off") as port:
        yield port


@pytest.fixture
def proxy(upstream, client) -> Iterator[int]:
    with serving(guarded_proxy(f"http://127.0.0.1:{upstream}/", client, service="svc-001")) as port:
        yield port


def test_the_proxy_passes_requests_and_answers_on(proxy, service):
    sent = {"X-Own": "yes", "Connection": "X-Hop", "X-Hop": "1", "Authorization": "Bearer t"}
    status, headers, body = ask(
        proxy, "/a%2Fb/%E5%A4%87?q=1%202", method="POST", body=b"question", headers=sent
    )
    assert (status, body) == (200, b"question")
    assert headers["x-path"] == "/a%2Fb/%E5%A4%87?q=1%202"
    assert headers["x-method"] == "POST"
    assert headers["openbeian-filing-number"] == "GD-20261123-0001"
    assert service.seen[0]["x-own"] == "yes"
    assert service.seen[0]["authorization"] == "Bearer t"
    assert "x-hop" not in service.seen[0]
    assert "user-agent" not in service.seen[0]


def test_the_proxy_streams_bodies_both_ways(proxy):
    pieces = [b"a" * 70_000, b"", b"b" * 70_000]
    sent = ask(proxy, "/echo", method="POST", body=iter(pieces))
    assert sent[2] == b"".join(pieces)
    assert ask(proxy, "/echo?")[2] == b""


def test_a_token_arrives_before_the_next_one_is_made(proxy, service):
    connection = http.client.HTTPConnection("127.0.0.1", proxy, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/stream")
        answer = connection.getresponse()
        assert answer.read1(100) == b"one "
        service.go_on.set()
        assert answer.read() == b"two"


def test_when_the_caller_hangs_up_the_service_is_told(proxy, service):
    with socket.create_connection(("127.0.0.1", proxy), timeout=10) as caller:
        caller.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in caller.recv(1000)
    assert service.hung_up.wait(10)


def test_redirects_are_the_callers_to_follow(proxy):
    status, headers, _ = ask(proxy, "/redirect")
    assert (status, headers["location"]) == (302, "/x")


def test_an_answer_that_breaks_off_is_not_made_to_look_whole(proxy):
    with pytest.raises(http.client.IncompleteRead):
        ask(proxy, "/breaks", method="POST", body=b"short")


def test_a_service_not_on_file_is_never_reached(upstream, service, client):
    with serving(guarded_proxy(f"http://127.0.0.1:{upstream}", client, service="svc-002")) as port:
        status, _, body = ask(port, "/echo")
    assert (status, json.loads(body)["code"]) == (403, "suspended")
    assert service.seen == []


def test_a_service_that_cannot_be_reached_gives_502(client):
    with serving(guarded_proxy("http://127.0.0.1:1", client, service="svc-001")) as port:
        status, _, body = ask(port, "/")
    assert (status, json.loads(body)["code"]) == (502, "upstream_unavailable")


def test_the_proxy_refuses_websockets(client):
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        raise AssertionError

    app = guarded_proxy("http://127.0.0.1:1", client, service="svc-001")
    asyncio.run(app({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1003}]


def test_a_caller_gone_before_the_body_came_costs_the_service_nothing(upstream, service):
    async def run() -> None:
        proxy = UpstreamProxy(f"http://127.0.0.1:{upstream}")

        async def receive() -> dict:
            return {"type": "http.disconnect"}

        async def send(_: dict) -> None:
            raise AssertionError

        scope = {"method": "GET", "path": "/echo", "query_string": b"", "headers": []}
        await proxy(scope, receive, send)
        await proxy.close()

    asyncio.run(run())
    assert service.seen == []
