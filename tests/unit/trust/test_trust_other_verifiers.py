"""The log as implementations read it that nobody here wrote: Go's golang.org/x/mod/sumdb, and Sigstore's.

Debian: golang-go and golang-golang-x-mod-dev; npm: @sigstore/verify (NODE_PATH says where). Where they are
not installed, the tests say so and are passed over.
"""

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.log import TileLog
from openbeian.trust.notes import verifier_key
from openbeian_gate.verify.note import ED25519_KIND, note_key_hash

ORIGIN = "log.example/test"
GO_LIBRARIES = Path("/usr/share/gocode")
SUMDB = GO_LIBRARIES / "src/golang.org/x/mod/sumdb/tlog"


@pytest.fixture(scope="session")
def go_verifier(tmp_path_factory) -> Path:
    """Build the checker once."""
    go = shutil.which("go")
    if go is None or not SUMDB.is_dir():
        pytest.skip("needs go and golang.org/x/mod (Debian: golang-go, golang-golang-x-mod-dev)")
    built = tmp_path_factory.mktemp("go") / "check_log"
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_LIBRARIES), "GOCACHE": str(built.with_name("cache"))}
    source = Path(__file__).parent / "go" / "check_log.go"
    subprocess.run([go, "build", "-o", built, source], env={**os.environ, **settings}, check=True)
    return built


@pytest.fixture
def grown(log, tmp_path, at) -> tuple[TileLog, Path]:
    """Return a log of 700 and then 1000 entries, and its older checkpoint."""
    older = tmp_path / "older"
    older.write_text(log.append([b"entry %d" % n for n in range(700)], at=at).note)
    log.append([b"entry %d" % n for n in range(700, 1000)], at=at)
    return log, older


@pytest.fixture
def check(go_verifier, grown, tmp_path, signer):
    """Run Go over the log; give what it says and what it complains of."""

    def check(*proofs: Path, key: str | None = None) -> tuple[str, str]:
        vkey = key or verifier_key(signer, ORIGIN)
        arguments = [go_verifier, tmp_path / "log", vkey, grown[1], *proofs]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is (done.stderr == "")
        return done.stdout, done.stderr

    return check


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_go_accepts_checkpoint_tiles_growth_and_proof_files(check, grown, tmp_path):
    proofs = []
    for index in (0, 255, 256, 699, 700, 999):
        proofs.append(tmp_path / f"{index}.tlog-proof")
        proofs[-1].write_bytes(grown[0].proof_file(index))
    said, complained = check(*proofs)
    assert complained == ""
    assert said.splitlines() == [
        "checkpoint 1000",
        "consistent with 700",
        *(f"entry {index}" for index in (0, 255, 256, 699, 700, 999)),
    ]


def test_go_refuses_what_was_tampered_with(check, grown, tmp_path):
    proof = tmp_path / "3.tlog-proof"
    proof.write_bytes(grown[0].proof_file(3))
    text, _, line = (tmp_path / "log" / "checkpoint").read_bytes().partition(b"\n\n")
    signed_to = len(text) + 2 + line.index(b"\n")
    for path, position, complaint in (
        ("checkpoint", len(ORIGIN) + 2, "note"),  # the size
        ("checkpoint", signed_to - 10, "note"),  # the signature
        ("tile/0/000", 40, "tiles"),
        ("tile/1/000.p/3", 1, "consistency"),
    ):
        flip(tmp_path / "log" / path, position)
        assert check(proof)[1].startswith(complaint), path
        flip(tmp_path / "log" / path, position)
    assert check(proof)[1] == ""


def test_go_refuses_a_proof_of_another_entry(check, grown, tmp_path):
    forged = tmp_path / "forged.tlog-proof"
    extra = base64.b64encode(b"entry 5")
    other = base64.b64encode(b"entry 6")
    forged.write_bytes(grown[0].proof_file(5).replace(extra, other))
    assert check(forged)[1].startswith("inclusion")


def test_go_refuses_a_history_that_was_rewritten(check, grown, tmp_path, signer, at):
    other = TileLog(tmp_path / "other", signer, origin=ORIGIN)
    grown[1].write_text(other.append([b"other %d" % n for n in range(700)], at=at).note)
    assert check()[1].startswith("consistency")


def test_go_refuses_another_key(check):
    assert check(key=verifier_key(Ed25519Signer.generate(), ORIGIN))[1].startswith("note")


# --- Sigstore -------------------------------------------------------------------------------------


@pytest.fixture
def ask_sigstore(tmp_path, signer):
    """Run Sigstore's checks over a proof file; give what it says."""
    node = shutil.which("node")
    resolves = [node or "", "-e", "require.resolve('@sigstore/verify')"]
    if node is None or subprocess.run(resolves, cwd=Path.cwd(), capture_output=True, check=False).returncode:
        pytest.skip("needs node and npm's @sigstore/verify (NODE_PATH says where)")
    raw = signer.public_key().raw
    pem = tmp_path / "log.pem"
    key = Ed25519PublicKey.from_public_bytes(raw)
    pem.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    script = Path(__file__).parent / "node" / "check_proof.cjs"

    def ask(proof: bytes) -> str:
        file = tmp_path / "asked.tlog-proof"
        file.write_bytes(proof)
        arguments = [node, script, pem, note_key_hash(ORIGIN, ED25519_KIND, raw).hex(), file]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()

    return ask


def test_sigstore_accepts_our_proofs_and_refuses_forged_ones(ask_sigstore, grown):
    genuine = grown[0].proof_file(5)
    assert ask_sigstore(genuine) == "entry 5"
    extra, other = (base64.b64encode(b"entry %d" % n) for n in (5, 6))
    assert ask_sigstore(genuine.replace(extra, other)).startswith("refused: calculated root hash")
    assert ask_sigstore(genuine.replace(b"\n1000\n", b"\n1001\n")) == "refused: invalid checkpoint signature"
