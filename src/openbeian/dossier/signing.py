"""A provider's own signature over its evidence: the key, the signed head, and the look at both."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from openbeian.assessment.reports import SignHead
from openbeian.core.errors import BadInputError
from openbeian.dossier.assessed import check_signature
from openbeian.trust.files import replace_file
from openbeian.trust.keys import Ed25519Signer, Signer, public_key_set
from openbeian.trust.statements import sign_evidence_head
from openbeian_gate.errors import GateError
from openbeian_gate.verify.keys import PublicKey, load_keys

__all__ = [
    "KEYS_FILE",
    "head_verifier",
    "load_or_make_key",
    "replay_signer",
    "replay_verifier",
    "run_signer",
    "write_public_key",
]

KEYS_FILE = "keys.json"
"""The public keys beside a run's evidence."""
_REPLAY_FILE = "replay.jsonl"


def load_or_make_key(path: Path) -> Ed25519Signer:
    """Return the key at `path`, made (readable by its owner only) where there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        Ed25519Signer.generate().save(path)
    return Ed25519Signer.load(path)


def run_signer(signer: Signer) -> SignHead:
    """Return what signs the head of a run's evidence."""

    def sign(head: str, at: datetime) -> bytes:
        return sign_evidence_head(head, {"signed_at": at.isoformat()}, signer)

    return sign


def replay_signer(signer: Signer) -> SignHead:
    """Return what signs the last line of a run's replay."""

    def sign(head: str, at: datetime) -> bytes:
        return sign_evidence_head(head, {"signed_at": at.isoformat()}, signer, file=_REPLAY_FILE)

    return sign


def write_public_key(out: Path, signer: Ed25519Signer) -> None:
    """Put the public key beside the evidence it belongs to.

    Keys that are there stay: run and replay may be signed by different people.
    """
    own = signer.public_key()
    others = [key for key in _keys_beside(out) if key.raw != own.raw]
    replace_file(out / KEYS_FILE, public_key_set(own, *others).to_bytes())


def _keys_beside(out: Path) -> tuple[PublicKey, ...]:
    """Return the keys that lie beside evidence; none where the file is missing or none of ours."""
    try:
        return load_keys(out / KEYS_FILE).keys
    except (OSError, GateError):
        return ()


def head_verifier(keys: Path) -> Callable[[bytes, str], None]:
    """Return what checks a run's signature with the public keys in a file."""
    known = keys.read_bytes()

    def verify(envelope: bytes, head: str) -> None:
        wrong = check_signature(envelope, known, head)
        if wrong:
            raise BadInputError(
                f"head.dsse.json：{wrong.zh}；请核对 {keys}。", f"head.dsse.json: {wrong.en}; check {keys}."
            )

    return verify


def replay_verifier(keys: Path) -> Callable[[bytes, str], None]:
    """Return what checks the signature over a run's replay with the public keys in a file."""
    known = keys.read_bytes()

    def verify(envelope: bytes, head: str) -> None:
        wrong = check_signature(envelope, known, head, file=_REPLAY_FILE)
        if wrong:
            raise BadInputError(
                f"replay.jsonl 与 replay.dsse.json 不符：{wrong.zh}；请找回原文件，并核对 {keys}。",
                f"replay.jsonl is not what replay.dsse.json signs: {wrong.en}; find the original "
                f"and check {keys}.",
            )

    return verify
