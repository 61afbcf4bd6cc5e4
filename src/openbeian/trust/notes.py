"""Signed notes and checkpoints of the log (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from collections.abc import Iterable
from datetime import datetime

from openbeian.core.errors import BadInputError
from openbeian.trust.keys import Ed25519Signer
from openbeian_gate.verify.checkpoint import checkpoint_text
from openbeian_gate.verify.note import (
    COSIGNATURE_KIND,
    ED25519_KIND,
    cosigned_bytes,
    is_key_name,
    parse_signature_lines,
    signature_line,
)
from openbeian_gate.verify.verifier_key import VerifierKey

__all__ = [
    "check_key_name",
    "cosignature_line",
    "sign_checkpoint",
    "sign_note",
    "verifier_key",
    "with_signature_lines",
]

_TIME_BYTES = 8


def check_key_name(name: str) -> None:
    """Check that `name` may name a key or a log.

    Raises:
        BadInputError: It is empty or holds a space or a plus sign.
    """
    if not is_key_name(name):
        raise BadInputError(
            f"“{name}”不能作为日志或密钥的名称；不得为空或含空格、加号。",
            f'"{name}" cannot name a log or a key: it must not be empty or hold spaces or plus signs.',
        )


def verifier_key(signer: Ed25519Signer, name: str) -> str:
    """Return the public key as other implementations of signed notes take it (`name+hash+key`)."""
    check_key_name(name)
    return str(VerifierKey(name, ED25519_KIND, signer.public_key()))


def _signature_line(text: str, signer: Ed25519Signer, name: str) -> str:
    """Return the line that signs `text`."""
    return signature_line(name, ED25519_KIND, signer.public_key().raw, signer.sign(text.encode()))


def cosignature_line(text: str, signer: Ed25519Signer, name: str, at: datetime) -> str:
    """Return the line that signs `text` and the time, to the second."""
    seconds = int(at.timestamp())
    signature = signer.sign(cosigned_bytes(text, seconds))
    value = seconds.to_bytes(_TIME_BYTES, "big") + signature
    return signature_line(name, COSIGNATURE_KIND, signer.public_key().raw, value)


def sign_note(text: str, signer: Ed25519Signer, name: str) -> str:
    """Return `text`, which must end with a newline, as a note signed as `name`."""
    check_key_name(name)
    return f"{text}\n{_signature_line(text, signer, name)}"


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Ed25519Signer, at: datetime) -> str:
    """Return the checkpoint of the log `origin`: signed, and cosigned with the time."""
    text = checkpoint_text(origin, size, root)
    return sign_note(text, signer, origin) + cosignature_line(text, signer, origin, at)


def with_signature_lines(note: str, lines: Iterable[str]) -> str:
    """Return a signed note with `lines` below it, each in place of an older one by the same key."""
    text, blank, below = note.rpartition("\n\n")
    signed = {}
    for line in [*below.splitlines(keepends=True), *lines]:
        (signature,) = parse_signature_lines(line)
        signed[signature.name, signature.key_hash] = line
    return text + blank + "".join(signed.values())
