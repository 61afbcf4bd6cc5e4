"""ASGI and WSGI middleware: who gets through, what the others are told, and that streams stay streams."""

import asyncio
import json
import threading
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from openbeian_gate import asgi, wsgi
from openbeian_gate.client import SnapshotClient
from openbeian_gate.subjects import header_value


@pytest.fixture
def client(vectors, keys, at_issue):
    with SnapshotClient(vectors / "snapshot-7.json", keys) as client:
        client.refresh(at_issue)
        yield client


# --- ASGI -----------------------------------------------------------------------------------------


async def stream(scope, receive, send) -> None:
    own = [(b"content-type", b"text/event-stream"), (b"Openbeian-Filing-Number", b"made up")]
    await send({"type": "http.response.start", "status": 200, "headers": own})
    for token in (b"one ", b"two ", b"three"):
        await send({"type": "http.response.body", "body": token, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def ask(app, *, kind="http", headers=()) -> list[dict]:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": kind, "path": "/", "headers": list(headers), "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent


def test_an_asgi_service_on_file_streams_through_untouched_with_its_number(client):
    start, *body = ask(asgi.FilingGate(stream, client, subject="svc-001"))
    assert start["headers"] == [
        (b"content-type", b"text/event-stream"),
        (b"openbeian-filing-number", b"GD-20261123-0001"),
    ]
    assert [part["body"] for part in body] == [b"one ", b"two ", b"three", b""]


@pytest.mark.parametrize(
    ("subject", "status", "code"),
    [("svc-002", 403, "suspended"), ("svc-003", 403, "revoked"), ("svc-999", 403, "not_filed")],
)
def test_an_asgi_service_not_let_through_gets_the_reason_as_a_problem_document(client, subject, status, code):
    start, body = ask(asgi.FilingGate(stream, client, subject=subject))
    headers = dict(start["headers"])
    problem = json.loads(body["body"])
    assert (start["status"], problem["status"], problem["code"]) == (status, status, code)
    assert headers[b"content-type"] == b"application/problem+json; charset=utf-8"
    assert headers[b"cache-control"] == b"no-store"
    assert int(headers[b"content-length"]) == len(body["body"])
    assert subject in problem["detail_zh"]


def test_without_a_register_an_asgi_service_gets_503(keys, at_issue, tmp_path):
    client = SnapshotClient(tmp_path / "none.json", keys)
    start, body = ask(asgi.FilingGate(stream, client, subject="svc-001"))
    client.stop()
    assert (start["status"], json.loads(body["body"])["code"]) == (503, "registry_unavailable")


def test_an_asgi_service_may_be_named_by_header_or_by_a_function(client):
    by_header = asgi.FilingGate(stream, client, subject=asgi.from_header("X-Openbeian-Service"))
    named = (b"x-openbeian-service", b"svc-001")
    assert ask(by_header, headers=[named])[0]["status"] == 200
    assert ask(by_header)[0]["status"] == 403
    assert ask(by_header, headers=[named, named])[0]["status"] == 403
    assert ask(by_header, headers=[(b"x-openbeian-service", b"svc-\xff")])[0]["status"] == 403
    by_function = asgi.FilingGate(stream, client, subject=lambda scope: "svc-00" + str(len(scope["path"])))
    assert ask(by_function)[0]["status"] == 200


def test_a_websocket_to_a_service_not_on_file_is_closed_with_the_reason(client):
    assert ask(asgi.FilingGate(stream, client, subject="svc-003"), kind="websocket") == [
        {"type": "websocket.close", "code": 1008, "reason": "revoked"}
    ]


def test_a_websocket_to_a_service_on_file_is_passed_on(client):
    async def accept(scope, receive, send) -> None:
        await send({"type": "websocket.accept"})

    gate = asgi.FilingGate(accept, client, subject="svc-001")
    assert ask(gate, kind="websocket") == [{"type": "websocket.accept"}]


def test_the_lifespan_of_the_app_is_not_the_gates_affair(client):
    async def lifespan(scope, receive, send) -> None:
        await send({"type": "lifespan.startup.complete"})

    gate = asgi.FilingGate(lifespan, client, subject="svc-999")
    assert ask(gate, kind="lifespan") == [{"type": "lifespan.startup.complete"}]


def test_the_first_request_of_an_asgi_service_waits_for_the_first_snapshot(vectors, keys, at_issue):
    client = SnapshotClient(vectors / "snapshot-7.json", keys)
    assert ask(asgi.FilingGate(stream, client, subject="svc-001"))[0]["status"] == 200
    client.stop()


def test_unknown_services_do_not_hold_up_the_loop(client):
    gate = asgi.FilingGate(stream, client, subject="svc-999")
    assert ask(gate)[0]["status"] == ask(gate)[0]["status"] == 403


# --- WSGI -----------------------------------------------------------------------------------------


def page(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("openbeian-filing-number", "made up")])
    return iter([b"one ", b"two"])


def get(app, **environ) -> tuple[str, dict[str, str], list[bytes]]:
    environ["QUERY_STRING"] = ""
    setup_testing_defaults(environ)
    started: list[tuple[str, dict[str, str]]] = []

    def start_response(status, headers, exc_info=None):
        started.append((status, dict(headers)))
        return lambda _: None

    result = validator(app)(environ, start_response)
    body = list(result)
    result.close()
    return *started[0], body


def test_a_wsgi_service_on_file_is_passed_on_with_its_number(client):
    status, headers, body = get(wsgi.FilingGate(page, client, subject="svc-001"))
    assert status == "200 OK"
    assert headers == {"Content-Type": "text/plain", "Openbeian-Filing-Number": "GD-20261123-0001"}
    assert body == [b"one ", b"two"]


def test_a_wsgi_service_not_let_through_gets_the_reason_as_a_problem_document(client):
    status, headers, (body,) = get(wsgi.FilingGate(page, client, subject="svc-003"))
    assert status == "403 Forbidden"
    assert headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(body)["code"] == "revoked"


def test_a_wsgi_service_may_be_named_by_header(client):
    gate = wsgi.FilingGate(page, client, subject=wsgi.from_header("X-Openbeian-Service"))
    assert get(gate, HTTP_X_OPENBEIAN_SERVICE="svc-001")[0] == "200 OK"
    assert get(gate, HTTP_X_OPENBEIAN_SERVICE="svc-001,svc-001")[0] == "403 Forbidden"
    assert get(gate)[0] == "403 Forbidden"


def test_without_a_register_a_wsgi_service_gets_503(keys, at_issue, tmp_path):
    client = SnapshotClient(tmp_path / "none.json", keys)
    assert get(wsgi.FilingGate(page, client, subject="svc-001"))[0] == "503 Service Unavailable"
    client.stop()


def test_a_filing_number_in_chinese_is_sent_as_plain_ascii(client):
    status, headers, _ = get(wsgi.FilingGate(page, client, subject="svc-005"))
    assert status == "200 OK"
    assert headers["Openbeian-Filing-Number"] == "%E7%B2%A4%E5%A4%87-20261123-0005"
    assert "\n" not in header_value("a\r\nSet-Cookie: x")


def test_a_decision_is_the_same_from_many_threads(client):
    gate = wsgi.FilingGate(page, client, subject="svc-001")
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(get(gate)[0])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["200 OK"] * 8
