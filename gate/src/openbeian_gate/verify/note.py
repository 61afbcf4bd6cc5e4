"""Signed notes (C2SP signed-note): text, a blank line, and lines of signatures.

A signature line names a key by name and by four bytes of a hash over name, kind and key. Lines by keys nobody
here trusts are passed over; a line that names a trusted key must hold.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from openbeian_gate.errors import MalformedError, UntrustedKeyError
from openbeian_gate.verify.canonical import decode_base64
from openbeian_gate.verify.keys import PublicKey, PublicKeySet, Use

__all__ = [
    "COSIGNATURE_KIND",
    "ED25519_KIND",
    "MAX_NOTE_BYTES",
    "Note",
    "NoteSignature",
    "cosigned_bytes",
    "is_key_name",
    "note_key_hash",
    "parse_note",
    "parse_signature_lines",
    "signature_line",
    "signatures_by",
    "verify_note",
]

ED25519_KIND: Final = 0x01
"""A signature over the note's text."""
COSIGNATURE_KIND: Final = 0x04
"""A signature over the time and the note's text (C2SP tlog-cosignature)."""
MAX_NOTE_BYTES: Final = 1 << 17
_MAX_LINES: Final = 64
_KEY_HASH_BYTES: Final = 4
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE: Final = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


class NoteSignature(NamedTuple):
    """One line below the text."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it claims to be."""

    text: str
    """With its last newline, without the blank line."""
    signatures: tuple[NoteSignature, ...]


def is_key_name(name: str) -> bool:
    """Say whether `name` may name a key: not empty, without spaces and plus signs."""
    return bool(re.fullmatch(r"[^\s+]+", name)) and name.isprintable()


def note_key_hash(name: str, kind: int, raw: bytes) -> bytes:
    """Return the four bytes by which a signature line names a key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:_KEY_HASH_BYTES]


def cosigned_bytes(text: str, seconds: int) -> bytes:
    """Return what a cosignature at `seconds` after the epoch is over."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def parse_note(data: bytes) -> Note:
    """Read a signed note.

    Raises:
        MalformedError: It is not one.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise MalformedError("签名文本过长", "the signed note is too long")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("签名文本不是 UTF-8", "the signed note is not UTF-8") from error
    body, blank, lines = whole.rpartition("\n\n")
    if not (blank and body and lines.endswith("\n")) or _CONTROL.search(whole):
        raise MalformedError("签名文本的结构不对", "the signed note is not built as one")
    return Note(body + "\n", parse_signature_lines(lines))


def parse_signature_lines(lines: str) -> tuple[NoteSignature, ...]:
    """Read the lines of signatures below a note, or the ones a witness answers with.

    Raises:
        MalformedError: One is not built as a signature line, or there are too many.
    """
    signed = lines.removesuffix("\n").split("\n")
    if len(signed) > _MAX_LINES:
        raise MalformedError("签名行过多", "the signed note has too many signatures")
    return tuple(_parse_line(line) for line in signed)


def signature_line(name: str, kind: int, raw: bytes, value: bytes) -> str:
    """Return the line that gives `value` as a signature by the public key `raw`, named `name`."""
    return f"— {name} {base64.b64encode(note_key_hash(name, kind, raw) + value).decode()}\n"


def signatures_by(
    note: Note, name: str, kind: int, keys: PublicKeySet, use: Use
) -> Iterator[tuple[PublicKey, bytes]]:
    """Yield the signatures of `kind` that name a trusted key as `name`, not yet checked."""
    trusted = {note_key_hash(name, kind, key.raw): key for key in keys.for_use(use)}
    for signature in note.signatures:
        key = trusted.get(signature.key_hash)
        if signature.name == name and key is not None:
            yield key, signature.value


def verify_note(note: Note, name: str, keys: PublicKeySet, use: Use) -> str:
    """Return the text of a note that a trusted key has signed as `name`.

    Raises:
        BadSignatureError: A signature by a trusted key does not hold.
        UntrustedKeyError: No trusted key has signed.
    """
    found = False
    for key, value in signatures_by(note, name, ED25519_KIND, keys, use):
        key.check_signature(value, note.text.encode())
        found = True
    if not found:
        raise UntrustedKeyError(
            f"没有受信任的密钥以“{name}”之名签名；请核对密钥文件与来源。",
            f'No trusted key has signed as "{name}"; check the key file and where the note came from.',
        )
    return note.text


def _parse_line(line: str) -> NoteSignature:
    matched = _SIGNATURE_LINE.fullmatch(line)
    if matched is None or not is_key_name(matched[1]):
        raise MalformedError("签名行的格式不对", "a signature line is not built as one")
    value = decode_base64(matched[2], "signature")
    if len(value) <= _KEY_HASH_BYTES:
        raise MalformedError("签名行过短", "a signature line is too short")
    return NoteSignature(matched[1], value[:_KEY_HASH_BYTES], value[_KEY_HASH_BYTES:])
