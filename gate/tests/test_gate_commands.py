"""The commands for many services, for copies of the snapshot and for witnesses; and what Prometheus reads."""

import asyncio
import csv
import io
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from openbeian_gate import bulk as bulk_tables
from openbeian_gate import clock
from openbeian_gate.bulk import ADDED
from openbeian_gate.cli import main
from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import MalformedError
from openbeian_gate.server import check_server
from openbeian_gate.verify.keys import parse_keys

TABLE = "name,service\nOne,svc-001\nTwo,svc-002\nThree, svc-003 \nFour,none\n"


@pytest.fixture
def run(capsys, vectors, at_issue):
    def run(*arguments: object, lang="en", keys="keys.json") -> tuple[int, str, str]:
        code = main([*map(str, arguments), "--keys", str(vectors / keys), "--lang", lang])
        return code, *capsys.readouterr()

    return run


# --- bulk -----------------------------------------------------------------------------------------


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.fixture
def bulk(run, vectors, tmp_path):
    """Decide a table; give the exit code, what was said, and the rows that came out."""

    def bulk(table: bytes, *more: object, snapshot: Path = vectors / "snapshot-7.json") -> tuple:
        (tmp_path / "in.csv").write_bytes(table)
        out = tmp_path / "out.csv"
        code, said, complained = run("bulk", tmp_path / "in.csv", out, "--snapshot", snapshot, *more)
        return code, said + complained, rows(out) if out.exists() else []

    return bulk


def test_every_row_of_a_table_is_decided_and_nothing_else_is_changed(bulk):
    code, said, out = bulk(TABLE.encode())
    assert code == 1
    assert "4 services: 1 admitted, 3 refused" in said
    assert out[0] == ["name", "service", *ADDED]
    assert out[1] == ["One", "svc-001", "admitted", "", "GD-20261123-0001", "", ""]
    assert [row[:4] for row in out[2:]] == [
        ["Two", "svc-002", "refused", "suspended"],
        ["Three", " svc-003 ", "refused", "revoked"],
        ["Four", "none", "refused", "not_filed"],
    ]
    assert "已被暂停" in out[2][5]
    assert "is suspended" in out[2][6]


def test_a_table_may_name_its_column_and_come_from_excel(bulk, tmp_path):
    numbered = "应用,备案号\n问山,GD-20261123-0001\n"
    for coded in (numbered.encode("utf-8-sig"), numbered.encode("gb18030")):
        code, _, out = bulk(coded)
        assert (code, out[1][:3]) == (0, ["问山", "GD-20261123-0001", "admitted"])
        assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") is coded.startswith(
            b"\xef\xbb\xbf"
        )
    code, said, _ = bulk(b"App,Id\nOne,svc-001\n", "--column", "id", "--json")
    assert (code, json.loads(said)["admitted"]) == (0, 1)


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (b"", "empty"),
        (b"name\nOne\n", "names no column service, number"),
        (b"service,name\nsvc-001\n", "row 2 of the table has 1 cells"),
        (b'service\n"open', "not a CSV table"),
    ],
)
def test_what_is_no_such_table_is_refused_with_the_place(bulk, table, complaint):
    code, said, out = bulk(table)
    assert (code, out, complaint in said) == (1, [], True)


def test_without_a_register_a_table_cannot_be_decided(bulk, tmp_path):
    code, said, out = bulk(TABLE.encode(), snapshot=tmp_path / "none")
    assert (code, "4 that can't be told" in said) == (3, True)
    assert {row[3] for row in out[1:]} == {"registry_unavailable"}


def test_a_table_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(bulk_tables, "MAX_TABLE_BYTES", 20)
    with pytest.raises(MalformedError, match="should be split"):
        bulk_tables.check_table(b"service\n" + b"svc-001\n" * 3, lambda _: None)


def test_a_table_that_cannot_be_written_is_reported(run, vectors, tmp_path):
    (tmp_path / "in.csv").write_text(TABLE)
    code, _, complained = run(
        "bulk", tmp_path / "in.csv", tmp_path, "--snapshot", vectors / "snapshot-7.json"
    )
    assert (code, "cannot be written" in complained) == (3, True)


# --- sync -----------------------------------------------------------------------------------------


def test_sync_keeps_a_copy_that_the_other_commands_go_by(run, register, tmp_path):
    keep = tmp_path / "kept.json"
    code, said, _ = run("sync", "--snapshot", register.url, "--keep", keep)
    assert (code, "Kept snapshot version 7 (55 filings)" in said) == (0, True)
    assert keep.read_bytes() == register.content
    assert run("check", "svc-001", "--snapshot", keep)[0] == 0


def test_sync_says_what_went_wrong_and_leaves_the_copy_alone(run, register, vector, tmp_path):
    keep = tmp_path / "kept.json"
    register.content = vector("snapshot-8.json")
    assert run("sync", "--snapshot", register.url, "--keep", keep)[0] == 0
    register.content = vector("snapshot-7.json")
    code, said, _ = run("sync", "--snapshot", register.url, "--keep", keep, "--json")
    assert (code, json.loads(said)["error"]) == (3, "rollback")
    assert keep.read_bytes() == vector("snapshot-8.json")
    register.status = 500
    assert run("sync", "--snapshot", register.url, "--keep", keep)[0] == 3


def test_sync_does_not_claim_a_copy_it_could_not_write(run, register, tmp_path):
    code, _, complained = run("sync", "--snapshot", register.url, "--keep", tmp_path / "none" / "kept.json")
    assert (code, "cannot be written" in complained) == (3, True)


# --- witnesses ------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_witness_runs_until_interrupted_and_hands_out_its_key(run, tmp_path, facts):
    port, answers = free_port(), []

    def ask_then_interrupt() -> None:
        for _ in range(500):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    answers.append(answer.status)
                break
            except OSError:
                time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    asking = threading.Thread(target=ask_then_interrupt)
    asking.start()
    named = ("--name", "witness.example/w", "--log", facts["origin"], "--port", port)
    code, _, told = run("witness", *named, "--key", tmp_path / "w.pem", "--state", tmp_path / "state")
    asking.join()
    assert (code, answers) == (0, [200])
    (key,) = parse_keys(told.splitlines()[-1].encode()).keys
    assert key.uses == {"witness"}


def test_a_witness_needs_a_key_it_can_use_and_a_name(run, tmp_path, facts):
    (tmp_path / "bad.pem").write_text("no key")
    state = ("--log", facts["origin"], "--state", tmp_path / "state")
    code, _, complained = run("witness", "--name", "w", "--key", tmp_path / "bad.pem", *state)
    assert (code, "not an Ed25519 private key" in complained) == (1, True)
    code, _, complained = run("witness", "--name", "w", "--key", tmp_path / "none" / "w.pem", *state)
    assert (code, "cannot be written" in complained) == (3, True)


def test_verify_asks_for_witnesses_where_it_is_told_to(run, vectors):
    certificate = vectors / "certificate.json"
    proved = ("verify", certificate, "--proof", vectors / "certificate.tlog-proof")
    assert "witnesses: 0" in run(*proved)[1]
    code, _, complained = run(*proved, "--witnesses", 1)
    assert (code, "Only 0 trusted witnesses" in complained) == (1, True)
    code, _, complained = run("verify", certificate, "--witnesses", 1)
    assert (code, "give --proof" in complained) == (2, True)


# --- the check server's other pages ---------------------------------------------------------------


@pytest.fixture
def client(vectors, keys, at_issue) -> Iterator[SnapshotClient]:
    client = SnapshotClient(vectors / "snapshot-7.json", keys)
    client.refresh(at_issue)
    yield client
    client.stop()


def get(app, path: str, query: bytes = b"", headers=()) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        raise AssertionError

    scope = {"type": "http", "path": path, "query_string": query, "headers": headers}
    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"]), dict(sent[0]["headers"]), sent[1]["body"]


def test_prometheus_sees_every_answer_and_the_state_of_the_snapshot(client, at, monkeypatch):
    app = check_server(client)
    for service in ("svc-001", "svc-001", "svc-003"):
        get(app, "/check", b"service=" + service.encode())
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(seconds=12))
    status, headers, body = get(app, "/metrics")
    assert (status, headers[b"content-type"].startswith(b"text/plain; version=0.0.4")) == (200, True)
    lines = body.decode().splitlines()
    assert {
        'openbeian_gate_decisions_total{answer="admitted"} 2',
        'openbeian_gate_decisions_total{answer="revoked"} 1',
        'openbeian_gate_decisions_total{answer="not_filed"} 0',
        'openbeian_gate_snapshot_state{state="fresh"} 1',
        'openbeian_gate_snapshot_state{state="expired"} 0',
        "openbeian_gate_snapshot_version 7",
        "openbeian_gate_snapshot_age_seconds 12.0",
        "openbeian_gate_snapshot_filings 55",
        "openbeian_gate_source_up 1",
    } <= set(lines)
    assert all(
        line.startswith(("# HELP openbeian_gate_", "# TYPE openbeian_gate_", "openbeian_gate_"))
        for line in lines
    )


def test_prometheus_sees_that_there_is_no_snapshot(tmp_path, keys, at_issue):
    client = SnapshotClient(tmp_path / "none", keys)
    client.refresh(at_issue)
    lines = get(check_server(client), "/metrics")[2].decode().splitlines()
    assert 'openbeian_gate_snapshot_state{state="none"} 1' in lines
    assert "openbeian_gate_source_up 0" in lines
    assert not [line for line in lines if "version" in line]


def test_envoy_is_answered_by_the_path_alone(client):
    app = check_server(client)
    status, headers, body = get(
        app, "/envoy/svc-001/v1/chat", b"service=svc-003", [(b"x-openbeian-service", b"x")]
    )
    assert (status, headers[b"openbeian-filing-number"], body) == (200, b"GD-20261123-0001", b"")
    assert get(app, "/envoy/svc-001")[0] == 200
    status, _, body = get(app, "/envoy/svc-003/../svc-001", b"service=svc-001")
    assert (status, json.loads(body)["code"]) == (403, "revoked")


def test_a_reason_is_given_without_ever_admitting(client):
    app = check_server(client)
    status, _, body = get(app, "/explain", b"service=svc-003")
    assert (status, json.loads(body)["code"]) == (403, "revoked")
    status, _, body = get(app, "/explain", b"service=svc-001")
    assert (status, json.loads(body)["code"]) == (503, "try_again")


def test_a_pdf_cannot_be_read_without_its_extra(run, tmp_path, monkeypatch):
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\n")
    monkeypatch.setitem(sys.modules, "pypdf", None)
    code, _, complained = run("verify", tmp_path / "c.pdf")
    assert (code, "openbeian-gate[pdf]" in complained) == (3, True)
