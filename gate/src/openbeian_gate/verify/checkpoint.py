"""Checkpoints of the log (C2SP tlog-checkpoint): its name, its size, its root, signed by it.

Our log adds a second line by the same key, a cosignature, which alone carries a time; a checkpoint without
one is as good, only undated.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from openbeian_gate.errors import MalformedError, UntrustedKeyError
from openbeian_gate.verify.canonical import decode_base64
from openbeian_gate.verify.keys import PublicKeySet
from openbeian_gate.verify.merkle import EMPTY_ROOT, HASH_BYTES
from openbeian_gate.verify.note import (
    COSIGNATURE_KIND,
    Note,
    cosigned_bytes,
    is_key_name,
    parse_note,
    signatures_by,
    verify_note,
)

__all__ = ["Checkpoint", "SignedCheckpoint", "checkpoint_text", "parse_checkpoint", "verify_checkpoint"]

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_HEAD_LINES: Final = 3
_TIME_BYTES: Final = 8
_LAST_SECOND: Final = 253_402_300_799  # the end of the year 9999, where datetime ends too


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the log that its operator has committed to."""

    origin: str
    size: int
    root: bytes
    at: datetime | None
    """When the log said so; None where it gave no time."""
    note: str
    """The signed note, whole, to be passed on."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it claims to be."""

    origin: str
    size: int
    root: bytes
    note: Note
    raw: str


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def parse_checkpoint(data: bytes) -> SignedCheckpoint:
    """Read a checkpoint.

    Raises:
        MalformedError: It is not one.
    """
    note = parse_note(data)
    lines = note.text[:-1].split("\n")
    if len(lines) < _HEAD_LINES or not all(lines):
        raise MalformedError("检查点应至少有三行", "a checkpoint should have three lines at least")
    origin, size, root = lines[0], lines[1], decode_base64(lines[2], "root")
    if not is_key_name(origin) or not _SIZE.fullmatch(size) or len(root) != HASH_BYTES:
        raise MalformedError("检查点的名称、大小或根不对", "the checkpoint's origin, size or root is not one")
    if size == "0" and root != EMPTY_ROOT:
        raise MalformedError("空日志的根不对", "the root of an empty log is not its root")
    return SignedCheckpoint(origin, int(size), root, note, data.decode())


def verify_checkpoint(
    signed: SignedCheckpoint, keys: PublicKeySet, *, origin: str | None = None
) -> Checkpoint:
    """Return a checkpoint that the log's trusted key has signed.

    Args:
        signed: The checkpoint as read.
        keys: The trusted keys.
        origin: The name of the log it must be of; None for whichever log the key signs for.

    Raises:
        BadSignatureError: A signature by a trusted key does not hold.
        UntrustedKeyError: No trusted key has signed, or it is another log's checkpoint.
    """
    if origin is not None and origin != signed.origin:
        raise UntrustedKeyError(
            f"这是日志“{signed.origin}”的检查点，应为“{origin}”；请核对来源。",
            f'This is a checkpoint of "{signed.origin}", not of "{origin}"; check where it came from.',
        )
    verify_note(signed.note, signed.origin, keys, "log")
    return Checkpoint(signed.origin, signed.size, signed.root, _signed_at(signed, keys), signed.raw)


def _signed_at(signed: SignedCheckpoint, keys: PublicKeySet) -> datetime | None:
    latest: int | None = None
    for key, value in signatures_by(signed.note, signed.origin, COSIGNATURE_KIND, keys, "log"):
        seconds = int.from_bytes(value[:_TIME_BYTES], "big")
        key.check_signature(value[_TIME_BYTES:], cosigned_bytes(signed.note.text, seconds))
        latest = max(min(seconds, _LAST_SECOND), latest or 0)
    return None if latest is None else datetime.fromtimestamp(latest, UTC)
