"""Witnesses: asked over real sockets, put on the checkpoint, and an equivocating log is caught."""

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uvicorn

from openbeian.core.errors import NotNowError
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian.trust.log import TileLog
from openbeian.trust.notes import with_signature_lines
from openbeian.trust.witnesses import Outcome, Witness, gather_cosignatures
from openbeian_gate import clock
from openbeian_gate.errors import BadSignatureError, NotWitnessedError
from openbeian_gate.verify.checkpoint import parse_checkpoint
from openbeian_gate.verify.cosignatures import check_witnessed, verify_cosignatures
from openbeian_gate.verify.keys import PublicKey, PublicKeySet
from openbeian_gate.verify.log import verify_directory
from openbeian_gate.verify.proof import parse_proof
from openbeian_gate.witness.key import WitnessKey
from openbeian_gate.witness.record import Witness as WitnessRecord
from openbeian_gate.witness.server import witness_server

ORIGIN = "log.example/test"
NAMES = ("witness.example/notary", "witness.example/university")


@contextlib.contextmanager
def serving(app) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def entries(start: int, end: int, kind: str = "entry") -> list[bytes]:
    return [f"{kind} {n}".encode() for n in range(start, end)]


@pytest.fixture
def log_keys(signer) -> PublicKeySet:
    return public_key_set(signer.public_key(["log"]))


@pytest.fixture
def witnesses(tmp_path, log_keys, at, monkeypatch) -> Iterator[list[Witness]]:
    """Run two witnesses, each with a key and a memory of its own."""
    monkeypatch.setattr(clock, "now", lambda: at)
    with contextlib.ExitStack() as running:
        found = []
        for number, name in enumerate(NAMES):
            key = WitnessKey.load_or_create(name, tmp_path / f"witness-{number}.pem")
            record = WitnessRecord(key, log_keys, [ORIGIN], tmp_path / f"memory-{number}")
            address = running.enter_context(serving(witness_server(record)))
            found.append(Witness(name, key.public_key, address + "/"))
        yield found


@pytest.fixture
def keys(log_keys, witnesses) -> PublicKeySet:
    return PublicKeySet((*log_keys.keys, *(witness.key for witness in witnesses)))


def outcomes(log: TileLog, witnesses: list[Witness]) -> list[Outcome]:
    return [answer.outcome for answer in gather_cosignatures(log, witnesses)]


def published(log: TileLog, directory: Path):
    return parse_checkpoint((directory / "log" / "checkpoint").read_bytes())


def test_witnesses_cosign_a_log_that_grows(log, witnesses, keys, at, tmp_path):
    for size in (3, 300, 300, 301):
        log.append(entries(log.size, size), at=at)
        assert outcomes(log, witnesses) == [Outcome.COSIGNED] * 2
        seen = check_witnessed(published(log, tmp_path), keys, at_least=2)
        assert sorted(one.name for one in seen) == sorted(NAMES)
        assert {one.at for one in seen} == {at}
    assert verify_directory(tmp_path / "log", keys).size == 301
    assert check_witnessed(parse_proof(log.proof_file(5)).checkpoint, keys, at_least=2)


def test_a_checkpoint_without_enough_witnesses_is_told_from_one_with(log, witnesses, keys, at, tmp_path):
    log.append(entries(0, 3), at=at)
    with pytest.raises(NotWitnessedError, match="Only 0 trusted"):
        check_witnessed(published(log, tmp_path), keys, at_least=1)
    gather_cosignatures(log, witnesses[:1])
    assert len(check_witnessed(published(log, tmp_path), keys, at_least=1)) == 1
    with pytest.raises(NotWitnessedError, match="Only 1 trusted"):
        check_witnessed(published(log, tmp_path), keys, at_least=2)


@pytest.mark.attack("日志自作见证", "a log that witnesses itself")
def test_a_log_is_no_witness_of_itself(log, signer, at, tmp_path):
    log.append(entries(0, 3), at=at)
    both = PublicKeySet((PublicKey(signer.public_key().raw, frozenset({"log", "witness"})),))
    assert verify_cosignatures(published(log, tmp_path), both) == ()


@pytest.mark.attack("日志两面示人，由见证识破", "an equivocating log, caught by its witness")
def test_an_equivocating_log_is_caught_by_its_witness(log, witnesses, signer, at, tmp_path):
    """The log shows one history to a witness and another to somebody else: it gets no second cosignature."""
    log.append(entries(0, 5), at=at)
    assert outcomes(log, witnesses) == [Outcome.COSIGNED] * 2
    for size in (5, 5, 8):
        other = TileLog(tmp_path / f"other-{size}-{time.monotonic_ns()}", signer, origin=ORIGIN)
        other.append(entries(0, size, "rewritten"), at=at)
        answers = gather_cosignatures(other, witnesses)
        assert [answer.outcome for answer in answers] == [Outcome.CONTRADICTED] * 2
        assert "another history" in answers[0].detail.en
    shorter = TileLog(tmp_path / "shorter", signer, origin=ORIGIN)
    shorter.append(entries(0, 4), at=at)
    (answer, _) = gather_cosignatures(shorter, witnesses)
    assert (answer.outcome, "5 entries" in answer.detail.en) == (Outcome.CONTRADICTED, True)
    # Both signed checkpoints of five entries are kept: the proof that can be shown to anybody.
    kept = {
        path.suffix: parse_checkpoint(path.read_bytes())
        for path in (tmp_path / "memory-0").iterdir()
        if path.suffix != ".lock"
    }
    assert kept[".checkpoint"].size == kept[".contradiction"].size == 5
    assert kept[".checkpoint"].root != kept[".contradiction"].root


def test_a_witness_that_does_not_know_the_log_or_its_key_refuses(witnesses, at, tmp_path, signer):
    strange = TileLog(tmp_path / "strange", signer, origin="log.example/unknown")
    forged = TileLog(tmp_path / "forged", Ed25519Signer.generate(), origin=ORIGIN)
    for log, status in ((strange, "404"), (forged, "403")):
        log.append(entries(0, 2), at=at)
        (answer, _) = gather_cosignatures(log, witnesses)
        assert (answer.outcome, status in answer.detail.en) == (Outcome.REFUSED, True)


def test_a_witness_that_is_away_keeps_the_others_from_nothing(log, witnesses, keys, at, tmp_path):
    away = [Witness("away", witnesses[0].key, address) for address in ("http://127.0.0.1:1", "file:///etc")]
    log.append(entries(0, 2), at=at)
    assert outcomes(log, [*away, witnesses[1]]) == [Outcome.UNREACHABLE] * 2 + [Outcome.COSIGNED]
    assert len(verify_cosignatures(published(log, tmp_path), keys)) == 1
    assert outcomes(log, []) == []


class Answering(BaseHTTPRequestHandler):
    """A server that gives one answer to every request."""

    status = 200
    body = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, "— witness.example/x AAAAAAAAAAAAAAA=\n", "no cosignature that holds"),
        (200, "— other AAAAAAAAAAAAAAA=\n", "gave no cosignature"),
        (200, "\xff", "no cosignature that holds"),
        (200, "", "gave no cosignature"),
        (409, "1\n", "busy"),
        (500, "", "500"),
    ],
)
def test_whatever_else_a_witness_answers_is_not_put_on_the_checkpoint(log, tmp_path, status, body, said):
    handler = type(
        "Handler",
        (Answering,),
        {"status": status, "body": body.encode("utf-8" if body != "\xff" else "latin-1")},
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    log.append(entries(0, 2), at=datetime(2026, 11, 23, tzinfo=UTC))
    before = (tmp_path / "log" / "checkpoint").read_bytes()
    key = Ed25519Signer.generate().public_key(["witness"])
    try:
        (answer,) = gather_cosignatures(
            log, [Witness("witness.example/x", key, f"http://127.0.0.1:{server.server_port}")]
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (answer.outcome, said in answer.detail.en) == (Outcome.REFUSED, True)
    assert (tmp_path / "log" / "checkpoint").read_bytes() == before


def test_there_is_nothing_to_witness_before_the_first_entry(log):
    with pytest.raises(NotNowError, match="no checkpoint"):
        gather_cosignatures(log, [])


def test_cosignatures_of_a_checkpoint_gone_by_are_not_put_on_the_next(log, at):
    old = log.append(entries(0, 2), at=at)
    log.append(entries(2, 3), at=at)
    with pytest.raises(NotNowError, match="moved on"):
        log.add_cosignatures([], over=old)


def test_a_later_cosignature_takes_the_place_of_the_earlier(log, log_keys, at, tmp_path):
    key = WitnessKey.load_or_create("witness.example/w", tmp_path / "w.pem")
    checkpoint = log.append(entries(0, 2), at=at)
    text = parse_checkpoint(checkpoint.note.encode()).note.text
    lines = [key.cosign(text, at + timedelta(seconds=n)) for n in (5, 9)]
    keys = PublicKeySet((*log_keys.keys, key.public_key))
    for n, line in enumerate(lines):
        note = log.add_cosignatures([line], over=checkpoint).note
        (seen,) = verify_cosignatures(parse_checkpoint(note.encode()), keys)
        assert seen.at == at + timedelta(seconds=(5, 9)[n])
    assert note.count("witness.example/w") == 1
    # Where a note carries both, the later one counts, in whichever order they stand.
    for order in (lines, lines[::-1]):
        both = parse_checkpoint((checkpoint.note + "".join(order)).encode())
        assert verify_cosignatures(both, keys)[0].at == at + timedelta(seconds=9)


@pytest.mark.attack("改动的会签", "an altered cosignature")
def test_a_cosignature_that_was_altered_is_refused(log, log_keys, at: datetime, tmp_path):
    key = WitnessKey.load_or_create("witness.example/w", tmp_path / "w.pem")
    checkpoint = log.append(entries(0, 2), at=at)
    line = key.cosign("another text\n", at)
    keys = PublicKeySet((*log_keys.keys, key.public_key))
    with pytest.raises(BadSignatureError):
        verify_cosignatures(parse_checkpoint(with_signature_lines(checkpoint.note, [line]).encode()), keys)
