"""What a log asks of a witness: `old N`, the consistency path, an empty line, the checkpoint."""

import re
from dataclasses import dataclass
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import decode_base64
from openbeian_gate.verify.checkpoint import SignedCheckpoint, parse_checkpoint
from openbeian_gate.verify.merkle import HASH_BYTES
from openbeian_gate.verify.note import MAX_NOTE_BYTES

__all__ = ["MAX_REQUEST_BYTES", "AddCheckpoint", "parse_add_checkpoint"]

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,17})")
_MAX_PATH: Final = 63
MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + 4096
"""The longest request read: the longest note and the longest path."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign, not yet believed."""

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Read the body of an add-checkpoint request.

    Raises:
        MalformedError: It is not one, or goes back from a larger size to a smaller.
    """
    if len(data) > MAX_REQUEST_BYTES:
        raise MalformedError("见证请求过长", "the request to the witness is too long")
    head, blank, note = data.partition(b"\n\n")
    first, *lines = head.decode("ascii", "replace").split("\n")
    old = _OLD.fullmatch(first)
    if not blank or old is None or len(lines) > _MAX_PATH:
        raise MalformedError("见证请求的结构不对", "the request to the witness is not built as one")
    path = tuple(decode_base64(line, "path") for line in lines)
    if any(len(step) != HASH_BYTES for step in path):
        raise MalformedError("见证请求的哈希长度不对", "a hash of the request has not 32 bytes")
    checkpoint = parse_checkpoint(note)
    if int(old[1]) > checkpoint.size:
        raise MalformedError("旧大小大于检查点的大小", "the old size is over the checkpoint's")
    return AddCheckpoint(int(old[1]), path, checkpoint)
