"""The witness: what it answers to what, what it remembers, and that it signs nothing it can't remember."""

import asyncio
import base64
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from openbeian_gate import clock
from openbeian_gate.errors import BadSignatureError, MalformedError
from openbeian_gate.verify.cosignatures import verify_cosignature
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.merkle import leaf_hash, node_hash
from openbeian_gate.verify.note import parse_signature_lines
from openbeian_gate.verify.tiles import split_entries
from openbeian_gate.witness.key import WitnessKey
from openbeian_gate.witness.record import Witness
from openbeian_gate.witness.requests import MAX_REQUEST_BYTES, parse_add_checkpoint
from openbeian_gate.witness.server import witness_server


def root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root(hashes[:middle]), root(hashes[middle:]))


def growth(old: int, hashes: list[bytes], *, whole: bool = True) -> list[bytes]:
    """The consistency path as RFC 6962 §2.1.2 defines it, with nothing clever."""
    if old == len(hashes):
        return [] if whole else [root(hashes)]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= middle:
        return [*growth(old, hashes[:middle], whole=whole), root(hashes[middle:])]
    return [*growth(old - middle, hashes[middle:], whole=False), root(hashes[:middle])]


def request(old: int, path: list[bytes], checkpoint: bytes) -> bytes:
    lines = [b"old %d" % old, *map(base64.b64encode, path)]
    return b"\n".join(lines) + b"\n\n" + checkpoint


@pytest.fixture
def hashes(vectors) -> list[bytes]:
    tiles = vectors / "log" / "tile" / "entries"
    held = split_entries((tiles / "000").read_bytes(), 256)
    held += split_entries((tiles / "001.p" / "44").read_bytes(), 44)
    return [leaf_hash(leaf) for leaf in held]


@pytest.fixture
def bodies(vector, hashes) -> tuple[bytes, bytes]:
    """Return what the log asks at its size of 100, and then at 300."""
    path = growth(100, hashes)
    return request(0, [], vector("checkpoint-100")), request(100, path, vector("log/checkpoint"))


@pytest.fixture
def key(tmp_path) -> WitnessKey:
    return WitnessKey.load_or_create("witness.example/w1", tmp_path / "w1.pem")


@pytest.fixture
def start(key, keys, facts, tmp_path):
    """Start a witness of the golden log, its memory in a folder of the test."""

    def start(folder: str = "memory", trusted: PublicKeySet = keys) -> Witness:
        return Witness(key, trusted, [str(facts["origin"])], tmp_path / folder)

    return start


@pytest.fixture
def witness(start) -> Witness:
    return start()


def test_a_log_that_grows_is_cosigned(witness, key, bodies, at, facts):
    for body, size in zip(bodies, (100, 300), strict=True):
        answer = witness.add_checkpoint(body, at)
        assert answer.status == 200
        (line,) = parse_signature_lines(answer.body)
        text = parse_add_checkpoint(body).checkpoint.note.text
        seen = verify_cosignature(text, line, key.public_key)
        assert (seen.name, seen.at) == ("witness.example/w1", at)
        assert witness.latest(str(facts["origin"])).size == size


def test_what_it_has_seen_survives_a_restart(start, bodies, at):
    start().add_checkpoint(bodies[0], at)
    again = start()
    assert again.add_checkpoint(bodies[0], at).status == 409
    assert again.add_checkpoint(bodies[1], at).status == 200


def test_a_wrong_old_size_is_answered_with_the_right_one(witness, bodies, at):
    answer = witness.add_checkpoint(bodies[1], at)
    assert (answer.status, answer.body, answer.content_type) == (409, "0\n", "text/x.tlog.size")
    witness.add_checkpoint(bodies[0], at)
    assert witness.add_checkpoint(bodies[0], at).body == "100\n"


def test_the_same_checkpoint_may_be_cosigned_again(witness, bodies, at, vector):
    witness.add_checkpoint(bodies[0], at)
    assert witness.add_checkpoint(request(100, [], vector("checkpoint-100")), at).status == 200


def test_a_log_it_does_not_know_is_not_found(key, keys, tmp_path, bodies, at):
    answer = Witness(key, keys, ["another.example"], tmp_path / "m").add_checkpoint(bodies[0], at)
    assert answer.status == 404
    assert Witness(key, keys, [], tmp_path / "m").latest("another.example") is None


def test_a_key_it_does_not_trust_is_forbidden(start, stranger, bodies, at):
    answer = start(trusted=stranger).add_checkpoint(bodies[0], at)
    assert answer.status == 403
    assert "没有受信任的密钥" in answer.body


def test_a_path_that_does_not_show_growth_cannot_be_processed(witness, bodies, at, vector):
    assert witness.add_checkpoint(request(0, [bytes(32)], vector("checkpoint-100")), at).status == 422
    witness.add_checkpoint(bodies[0], at)
    path = list(parse_add_checkpoint(bodies[1]).path)
    for wrong in (path[:-1], [*path, bytes(32)], [bytes(32), *path[1:]], []):
        assert witness.add_checkpoint(request(100, wrong, vector("log/checkpoint")), at).status == 422
    assert witness.add_checkpoint(bodies[1], at).status == 200


@pytest.mark.parametrize(
    "head",
    [
        "",
        "old",
        "old -1",
        "old 01",
        "old 100 ",
        "old 101",
        "old 0\nAA==",
        "old 0\n?",
        "old 0" + "\nAA==" * 64,
        "old 0" + "\nAA==" * 50_000,
    ],
)
def test_what_is_no_request_is_bad(witness, head, at, vector):
    assert witness.add_checkpoint(head.encode() + b"\n\n" + vector("checkpoint-100"), at).status == 400
    assert witness.add_checkpoint(head.encode(), at).status == 400


# --- its key --------------------------------------------------------------------------------------


def test_its_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "w.pem"
    made = WitnessKey.load_or_create("w", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WitnessKey.load_or_create("w", path).public_key == made.public_key
    assert made.public_key.uses == {"witness"}


def test_what_is_no_key_or_no_name_is_refused(tmp_path):
    path = tmp_path / "w.pem"
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"no key", other):
        path.write_bytes(content)
        with pytest.raises(MalformedError, match="is not an Ed25519 private key"):
            WitnessKey.load_or_create("w", path)
    with pytest.raises(MalformedError, match="cannot name a witness"):
        WitnessKey.load_or_create("two words", tmp_path / "new.pem")


def test_a_cosignature_by_another_key_is_told(key, tmp_path, at):
    other = WitnessKey.load_or_create("witness.example/w1", tmp_path / "other.pem")
    (line,) = parse_signature_lines(other.cosign("text\n", at))
    with pytest.raises(BadSignatureError, match="is not by key"):
        verify_cosignature("text\n", line, key.public_key)


# --- over HTTP ------------------------------------------------------------------------------------


def call(app, method="GET", path="/add-checkpoint", pieces=(b"",)) -> tuple[int, str]:
    waiting, sent = list(pieces), []

    async def receive() -> dict:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": method, "path": path}, receive, send))
    return int(sent[0]["status"]), sent[1]["body"].decode()


def test_over_http_it_reads_a_body_in_pieces(witness, bodies, at_issue):
    status, body = call(witness_server(witness), "POST", pieces=[bodies[0][:50], bodies[0][50:]])
    assert (status, body.startswith("— witness.example/w1 ")) == (200, True)


def test_over_http_it_says_what_it_serves(witness):
    app = witness_server(witness)
    assert call(app, path="/healthz")[0] == 200
    assert call(app, path="/elsewhere")[0] == 404
    assert call(app)[0] == 405
    assert call(app, "POST", pieces=[bytes(MAX_REQUEST_BYTES), b"x"])[0] == 413


def test_what_it_cannot_remember_it_does_not_sign(start, tmp_path, bodies, at_issue):
    (tmp_path / "file").write_text("in the way")
    assert call(witness_server(start("file/memory")), "POST", pieces=[bodies[0]])[0] == 500
    witness = start()
    assert call(witness_server(witness), "POST", pieces=[bodies[0]])[0] == 200
    (record,) = (tmp_path / "memory").glob("*.checkpoint")
    record.write_bytes(b"damaged")
    assert call(witness_server(witness), "POST", pieces=[bodies[1]])[0] == 500
    with pytest.raises(MalformedError):
        witness.add_checkpoint(bodies[1], at_issue)


def test_it_starts_and_stops_with_its_server_and_knows_no_websockets(witness):
    sent: list[str] = []

    async def receive() -> dict:
        return {}

    async def send(message: dict) -> None:
        sent.append(message["type"])

    asyncio.run(witness_server(witness)({"type": "lifespan"}, receive, send))
    asyncio.run(witness_server(witness)({"type": "websocket"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert clock.now().tzinfo is not None
