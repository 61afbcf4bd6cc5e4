"""What callers of a guarded service may try: other names, other spellings, other hosts; and long answers.

One attack, one test; see test_gate_attacks.py. Those on nginx stand with its example, test_gate_nginx.py.
"""

import asyncio
import contextlib
import io
import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from wsgiref.util import setup_testing_defaults

import pytest
from test_gate_server import serving

from openbeian_gate import asgi, clock, wsgi
from openbeian_gate.client import SnapshotClient
from openbeian_gate.proxy import guarded_proxy
from openbeian_gate.server import check_server
from openbeian_gate.streams import EndedMidStreamError, WatchedPieces

attack = pytest.mark.attack
SERVICE_HEADER = "X-Openbeian-Service"
CLOSING = b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
FILED, REVOKED = b"svc-001", b"svc-003"


@pytest.fixture
def client(register, keys, at_issue) -> Iterator[SnapshotClient]:
    client = SnapshotClient(register.url, keys)
    client.refresh(at_issue)
    yield client
    client.stop()


async def receive() -> dict:
    return {"type": "http.request"}


def call(app, **scope) -> list[dict]:
    """Ask an ASGI application once; return what it sent."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    asked = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""} | scope
    asyncio.run(app(asked, receive, send))
    return sent


def code_of(sent: list[dict]) -> str:
    """Return the code of a refusal, or what was answered."""
    return json.loads(sent[1]["body"])["code"] if sent[0]["status"] >= 400 else str(sent[0]["status"])


async def answer(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answer"})


# --- the service is named in a header ------------------------------------------------------------------

NAMES = {
    "nothing": [],
    "empty": [b""],
    "twice-the-same": [FILED, FILED],
    "filed-then-revoked": [FILED, REVOKED],
    "revoked-then-filed": [REVOKED, FILED],
    "two-in-one": [FILED + b"," + REVOKED],
    "space-behind": [FILED + b" "],
    "tab-before": [b"\t" + FILED],
    "upper-case": [FILED.upper()],
    "line-break": [FILED + b"\n"],
    "line-break-and-another": [REVOKED + b"\r\n" + FILED],
    "nul": [FILED + b"\0"],
    "percent-escapes": [b"svc%2d001"],
    "not-utf-8": [FILED + b"\xff"],
    "overlong-utf-8": [b"svc\xc0\xad001"],
    "full-width": ["ｓｖｃ-001".encode()],
    "homoglyph": ["svс-001".encode()],
    "zero-width": ["svc\u200b-001".encode()],
    "decomposed": ["粤備-20261123-0005".encode()],
    "two-numbers": [b"GD-20261123-0001\nGD-20261123-0002"],
    "endless": [FILED * 100_000],
}


@pytest.fixture
def decides(client) -> dict[str, Callable[[list[bytes]], str]]:
    """Name a service by header, in each of the three places that read one."""
    guarded_asgi = asgi.FilingGate(answer, client, subject=asgi.from_header(SERVICE_HEADER))
    checking = check_server(client)
    name = SERVICE_HEADER.lower().encode()

    def over_wsgi(values: list[bytes]) -> str:
        page = wsgi.FilingGate(
            lambda _, start: (start("200 OK", []), [b""])[1], client, subject=wsgi.from_header(SERVICE_HEADER)
        )
        environ, started = {}, []
        setup_testing_defaults(environ)
        if values:  # as servers do: joined by commas, decoded as Latin-1
            environ["HTTP_X_OPENBEIAN_SERVICE"] = b",".join(values).decode("latin-1")
        (body,) = page(environ, lambda status, headers, *_: started.append(status))
        return json.loads(body)["code"] if body else started[0][:3]

    return {
        "asgi": lambda values: code_of(call(guarded_asgi, headers=[(name, value) for value in values])),
        "check server": lambda values: code_of(
            call(checking, path="/check", headers=[(name, value) for value in values])
        ),
        "wsgi": over_wsgi,
    }


@attack("请求头冒名：重复、空格、换行、编码", "a header that names the service in some crooked way")
@pytest.mark.parametrize("values", NAMES.values(), ids=NAMES)
def test_no_crooked_name_is_taken_for_a_service_on_file(decides, values):
    assert {place: decide(values) for place, decide in decides.items()} == dict.fromkeys(decides, "not_filed")


@attack("请求头拼法：大小写", "the header's name in another case")
def test_a_header_is_the_same_however_it_is_spelled(client):
    for spelled in (SERVICE_HEADER, SERVICE_HEADER.upper()):
        guarded = asgi.FilingGate(answer, client, subject=asgi.from_header(spelled))
        assert code_of(call(guarded, headers=[(b"x-openbeian-service", FILED)])) == "200"
        assert code_of(call(guarded, headers=[(b"x_openbeian_service", FILED)])) == "not_filed"


@attack("地址冒名：重复与转义的参数", "the service named twice, or by escapes, in the address")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        (b"service=svc-003&service=svc-001", "not_filed"),
        (b"service=svc-003&%73ervice=svc-001", "not_filed"),
        (b"service=svc-003;service=svc-001", "not_filed"),
        (b"service=svc-003&Service=svc-001", "revoked"),
        (b"service[]=svc-003", "204"),  # names none, so the header counts
        (b"service=", "not_filed"),
        (b"service=%00svc-001", "not_filed"),
        (b"service=svc-001%0a", "not_filed"),
        (b"service=%ff%fe", "not_filed"),
        (b"&" * 5_000, "204"),
    ],
)
def test_an_address_names_one_service_or_none(client, query, said):
    sent = call(
        check_server(client),
        path="/check",
        query_string=query,
        headers=[(SERVICE_HEADER.lower().encode(), FILED)],
    )
    assert (code_of(sent) if said != "200" else str(sent[0]["status"])[0]) == ("2" if said == "200" else said)


@attack("Envoy：借路径冒名", "another service named in the path, query or headers behind Envoy")
@pytest.mark.parametrize(
    "path",
    ["/envoy/svc-003/../svc-001", "/envoy/svc-003//envoy/svc-001", "/envoy/svc-003/check", "/envoy/svc-003"],
)
def test_behind_envoy_only_the_first_part_of_the_path_counts(client, path):
    headers = [(SERVICE_HEADER.lower().encode(), FILED)]
    assert code_of(
        call(check_server(client), path=path, query_string=b"service=svc-001", headers=headers)
    ) == ("revoked")


@attack("伪造备案号", "a made-up filing number in the answer")
def test_a_service_cannot_put_its_own_filing_number_into_the_answer(client):
    async def boasting(_scope, _receive, send) -> None:
        made_up = [(b"OPENBEIAN-Filing-Number", b"made up"), (b"openbeian-filing-number", b"again")]
        await send({"type": "http.response.start", "status": 200, "headers": made_up})
        await send({"type": "http.response.body", "body": b""})

    sent = call(asgi.FilingGate(boasting, client, subject="svc-001"))
    assert sent[0]["headers"] == [(b"openbeian-filing-number", b"GD-20261123-0001")]


@attack("借理由注入：服务名中的标记与换行", "marks and line breaks in the name, to be repeated in the answer")
def test_what_a_caller_sent_is_repeated_short_and_as_json(client):
    sent = call(
        check_server(client), path="/explain", query_string=b"service=%0d%0aX:%3Cscript%3E" + b"a" * 900
    )
    assert dict(sent[0]["headers"])[b"content-type"].startswith(b"application/problem+json")
    assert len(sent[1]["body"]) < 2_000
    assert b"\n" not in sent[1]["body"]


@attack("出错即放行？", "an error on the way to the decision")
@pytest.mark.parametrize("named", [None, b"svc-001", 7])
def test_whatever_fails_in_naming_the_service_lets_nothing_through(client, named):
    async def never(*_: object) -> None:
        raise AssertionError

    with pytest.raises((TypeError, AttributeError)):
        call(asgi.FilingGate(never, client, subject=lambda _: named))
    with pytest.raises((TypeError, AttributeError)):
        wsgi.FilingGate(lambda *_: pytest.fail("let through"), client, subject=lambda _: named)({}, None)


# --- the reverse proxy -----------------------------------------------------------------------------------


class Behind:
    """A service that remembers what reached it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[bytes, bytes], bytes]] = []

    async def __call__(self, scope, receive, send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.seen.append((scope["path"], dict(scope["headers"]), body))
        await answer(scope, receive, send)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def proxy(behind, client) -> Iterator[int]:
    with (
        serving(behind, lifespan="off") as upstream,
        serving(guarded_proxy(f"http://127.0.0.1:{upstream}", client, service="svc-001")) as port,
    ):
        yield port


def raw(port: int, sent: bytes) -> bytes:
    """Send bytes, asking for the connection to be closed, and return everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@attack("代理：以请求目标改换主机", "a request's target that names another host")
@pytest.mark.parametrize(
    "target", ["@127.0.0.1:{other}/", "http://127.0.0.1:{other}/", ".evil.example/", "*"]
)
def test_no_target_leads_the_proxy_to_another_host(proxy, behind, target):
    other = Behind()
    with serving(other, lifespan="off") as port:
        said = raw(
            proxy,
            f"GET {target.format(other=port)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(),
        )
    assert said.startswith(b"HTTP/1.1 400")
    assert b"no_path" in said
    assert (behind.seen, other.seen) == ([], [])


@attack("代理：请求走私", "request smuggling: a length beside chunks")
def test_a_length_beside_chunks_is_not_passed_on(proxy, behind):
    hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    chunk = b"%x\r\n12345%b\r\n0\r\n\r\n" % (len(hidden) + 5, hidden)
    head = b"POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    assert b" 200 OK" in raw(proxy, head + b"Connection: close\r\n\r\n" + chunk)
    ((path, headers, body),) = behind.seen
    assert (path, body) == ("/open", b"12345" + hidden)
    assert b"content-length" not in headers


@attack("代理：逐跳请求头", "headers that are meant for one hop only")
def test_a_caller_cannot_make_the_proxy_wait_or_pass_on_what_is_for_one_hop(proxy, behind):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n"
    named = "X-Name: 问山\r\nX-Odd: ".encode() + b"\xff\r\n"
    assert b" 200 OK" in raw(proxy, head + named + b"TE: trailers\r\nContent-Length: 2\r\n\r\nab")
    headers = behind.seen[0][1]
    assert not headers.keys() & {b"expect", b"x-hop", b"te"}
    assert headers[b"x-name"] == "问山".encode()


# --- revoked while the answer is still being sent ----------------------------------------------------------


@pytest.fixture
def revoke(register, vector, client, at_issue) -> Callable[[], None]:
    def revoke() -> None:
        register.content = vector("snapshot-8.json")
        assert client.refresh(at_issue)

    return revoke


@attack("播放中撤销：反向代理的流", "revoked mid-stream, behind the proxy")
def test_a_stream_through_the_proxy_ends_when_the_service_is_revoked(client, revoke):
    async def stream(_scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            await send({"type": "http.response.body", "body": b"token ", "more_body": True})
            await asyncio.sleep(0.005)

    with (
        serving(stream, lifespan="off") as upstream,
        serving(guarded_proxy(f"http://127.0.0.1:{upstream}", client, service="svc-001")) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as caller,
    ):
        caller.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        said = b""
        while b"token" not in said:
            said += caller.recv(4096)
        revoke()
        with contextlib.suppress(ConnectionResetError):
            while piece := caller.recv(4096):
                said += piece
        assert not said.endswith(b"0\r\n\r\n")  # cut off, so that nobody takes the part for the whole
        assert raw(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 403"
        )


@attack("播放中撤销：ASGI 中间件", "revoked mid-stream, in ASGI middleware")
def test_an_asgi_stream_ends_when_the_service_is_revoked(client, revoke):
    sent: list[dict] = []

    async def stream(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.to_thread(revoke)
        await send({"type": "http.response.body", "body": b"two", "more_body": True})

    async def run() -> None:
        async def send(message: dict) -> None:
            sent.append(message)

        guarded = asgi.FilingGate(stream, client, subject="svc-001")
        await guarded({"type": "http", "headers": [], "path": "/"}, receive, send)

    with pytest.raises(EndedMidStreamError, match="revoked"):
        asyncio.run(run())
    assert [message.get("body") for message in sent] == [None, b"one"]


@attack("应答前撤销", "revoked before the answer has begun")
def test_an_answer_that_has_not_begun_becomes_a_refusal(client, revoke):
    async def slow(scope, receive, send) -> None:
        await asyncio.to_thread(revoke)
        await answer(scope, receive, send)

    assert code_of(call(asgi.FilingGate(slow, client, subject="svc-001"))) == "revoked"


@attack("会话中撤销：WebSocket", "revoked while a WebSocket is open")
def test_a_websocket_is_closed_when_the_service_is_revoked(client, revoke):
    async def talk(_scope, _receive, send) -> None:
        await send({"type": "websocket.accept"})
        await asyncio.to_thread(revoke)
        await send({"type": "websocket.send", "text": "more"})

    sent = call(asgi.FilingGate(talk, client, subject="svc-001"), type="websocket")
    assert sent == [
        {"type": "websocket.accept"},
        {"type": "websocket.close", "code": 1008, "reason": "revoked"},
    ]


@attack("播放中撤销：WSGI 中间件", "revoked mid-stream, in WSGI middleware")
def test_a_wsgi_stream_ends_when_the_service_is_revoked(client, revoke):
    closed: list[str] = []

    def stream(_environ, start_response) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            yield b"one"
            revoke()
            yield b"two"
        finally:
            closed.append("closed")

    pieces = wsgi.FilingGate(stream, client, subject="svc-001")({}, lambda *_: None)
    assert isinstance(pieces, WatchedPieces)
    got = iter(pieces)
    assert next(got) == b"one"
    with pytest.raises(EndedMidStreamError, match="revoked"):
        next(got)
    pieces.close()
    assert closed == ["closed"]
    WatchedPieces(iter([b"nothing to close"]), pieces._watch).close()
    file = io.BytesIO(b"a file")
    WatchedPieces(file, pieces._watch).close()
    assert file.closed


@attack("播放中过期", "the snapshot runs out of its grace mid-stream")
def test_a_stream_ends_with_the_grace_even_if_no_news_comes(client, at_issue, monkeypatch):
    async def stream(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for hours in (1, 23, 25):
            monkeypatch.setattr(clock, "now", lambda: at_issue + timedelta(hours=hours))  # noqa: B023
            await send({"type": "http.response.body", "body": b"piece", "more_body": True})

    with pytest.raises(EndedMidStreamError) as ended:
        call(asgi.FilingGate(stream, client, subject="svc-001"))
    assert ended.value.refusal.code == "registry_unavailable"
