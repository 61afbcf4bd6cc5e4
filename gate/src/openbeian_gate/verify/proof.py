"""Offline proofs that an entry is in the log (C2SP tlog-proof, `.tlog-proof` files).

Our files carry the entry itself in the `extra` line, so that one file proves what was logged and that it was.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from openbeian_gate.errors import BadProofError, MalformedError
from openbeian_gate.verify.canonical import decode_base64
from openbeian_gate.verify.certificate import SignedCertificate
from openbeian_gate.verify.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.log_entry import LogEntry, parse_log_entry
from openbeian_gate.verify.merkle import HASH_BYTES, check_inclusion, leaf_hash

__all__ = [
    "CERTIFICATE_HASH",
    "Proof",
    "build_proof_file",
    "is_proof",
    "parse_proof",
    "verify_certificate_logged",
    "verify_proof",
]

CERTIFICATE_HASH: Final = "certificate"
"""Under this name the log entry of an issue gives the SHA-256 of the canonical certificate."""
_HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,17})")
_MAX_PATH: Final = 64
_MAX_BYTES: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as it claims to be."""

    index: int
    path: tuple[bytes, ...]
    leaf: bytes | None
    """The entry, from the `extra` line: proved only by `verify_proof`."""
    checkpoint: SignedCheckpoint


def build_proof_file(index: int, path: Sequence[bytes], leaf: bytes, checkpoint: str) -> bytes:
    """Return a `.tlog-proof` file with the entry inside."""
    hashes = [base64.b64encode(step).decode() for step in path]
    extra = f"extra {base64.b64encode(leaf).decode()}"
    return "\n".join([_HEADER, extra, f"index {index}", *hashes, "", checkpoint]).encode()


def is_proof(data: bytes) -> bool:
    """Say whether the file begins like a log proof."""
    return data.startswith(_HEADER.encode() + b"\n")


def parse_proof(data: bytes) -> Proof:
    """Read a `.tlog-proof` file.

    Raises:
        MalformedError: It is not one.
    """
    if len(data) > _MAX_BYTES:
        raise MalformedError("日志证明文件过长", "the log proof is too long")
    head, blank, checkpoint = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not blank or lines.pop(0) != _HEADER:
        raise MalformedError("文件不是日志证明", "the file is not a log proof")
    leaf = None
    if lines and lines[0].startswith("extra "):
        leaf = decode_base64(lines.pop(0).removeprefix("extra "), "extra")
    matched = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if matched is None or len(lines) > _MAX_PATH:
        raise MalformedError("日志证明的序号或路径不对", "the log proof's index or path is not one")
    path = tuple(decode_base64(line, "path") for line in lines)
    if any(len(step) != HASH_BYTES for step in path):
        raise MalformedError("日志证明的哈希长度不对", "a hash of the log proof has not 32 bytes")
    return Proof(int(matched[1]), path, leaf, parse_checkpoint(checkpoint))


def verify_proof(proof: Proof, leaf: bytes, keys: PublicKeySet, *, origin: str | None = None) -> Checkpoint:
    """Return the checkpoint under which the log holds `leaf`.

    Raises:
        BadSignatureError: The checkpoint is not the trusted log's.
        BadProofError: The log does not hold `leaf` there.
    """
    checkpoint = verify_checkpoint(proof.checkpoint, keys, origin=origin)
    check_inclusion(proof.index, checkpoint.size, leaf_hash(leaf), proof.path, checkpoint.root)
    return checkpoint


def verify_certificate_logged(
    signed: SignedCertificate, proof: Proof, keys: PublicKeySet, *, origin: str | None = None
) -> tuple[LogEntry, Checkpoint]:
    """Return the log entry that records the issue of this very certificate, and the checkpoint over it.

    Raises:
        MalformedError: The proof carries no entry.
        BadSignatureError: The checkpoint is not the trusted log's.
        BadProofError: The log does not hold the entry, or the entry is about another certificate.
    """
    if proof.leaf is None:
        raise MalformedError("日志证明未附条目", "the log proof carries no entry")
    entry = parse_log_entry(proof.leaf)
    checkpoint = verify_proof(proof, proof.leaf, keys, origin=origin)
    if entry.hashes.get(CERTIFICATE_HASH) != signed.digest:
        raise BadProofError(
            "日志条目记录的不是这份证书；请使用与证书一同发布的证明文件。",
            "The log entry is about another certificate; use the proof published with this one.",
        )
    return entry, checkpoint
