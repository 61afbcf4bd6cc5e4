"""The public keys somebody trusts, each for stated uses.

A key set is the file an operator installs once, by hand, from a source they trust:
`{"schema":"openbeian.keys/1","keys":[{"key_id","algorithm","public_key","uses"}]}`. A key id is the first 16
hexadecimal digits of the SHA-256 of the raw key, so it can't name another key. A key in an algorithm this
version does not know is left out, so that a set may hold tomorrow's keys beside today's.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbeian_gate.errors import BadSignatureError, MalformedError, UntrustedKeyError
from openbeian_gate.verify.canonical import JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields

__all__ = [
    "ED25519",
    "KEYS_SCHEMA",
    "MAX_SIGNATURES",
    "REGISTER_USES",
    "USES",
    "PublicKey",
    "PublicKeySet",
    "Signature",
    "Use",
    "key_id_of",
    "load_keys",
    "parse_keys",
]

ED25519: Final = "Ed25519"
KEYS_SCHEMA: Final = "openbeian.keys/1"
MAX_SIGNATURES: Final = 16
Use = Literal["certificate", "snapshot", "log", "evidence", "witness"]
USES: Final[tuple[Use, ...]] = get_args(Use)
REGISTER_USES: Final = USES[:-1]
"""What a key of the register may sign: everything but cosignatures over its own log."""
_RAW_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_MAX_KEYS: Final = 100


class Signature(NamedTuple):
    """A claim that a key has signed."""

    key_id: str
    algorithm: str
    value: bytes


def key_id_of(raw: bytes) -> str:
    """Return the id of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(raw).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key and what it may sign."""

    raw: bytes
    uses: frozenset[Use] = frozenset(REGISTER_USES)

    def __post_init__(self) -> None:
        """Check the size of the key.

        Raises:
            MalformedError: It is not 32 bytes.
        """
        if len(self.raw) != _RAW_BYTES:
            raise MalformedError("Ed25519 公钥应为 32 字节", "an Ed25519 public key should have 32 bytes")

    @property
    def key_id(self) -> str:
        """The id, derived from the key."""
        return key_id_of(self.raw)

    def check_signature(self, value: bytes, message: bytes) -> None:
        """Check that `value` is this key's signature of `message`.

        Raises:
            BadSignatureError: It is not.
        """
        try:
            if len(value) == _SIGNATURE_BYTES:
                Ed25519PublicKey.from_public_bytes(self.raw).verify(value, message)
                return
        except InvalidSignature:
            pass  # reported like a signature of the wrong length
        raise BadSignatureError(
            f"密钥 {self.key_id} 的签名不成立，内容已被改动，不要使用该文件。",
            f"The signature by key {self.key_id} does not hold: the content was altered, so don't use it.",
        )

    def to_json(self) -> dict[str, JSONValue]:
        """Return the entry of a key set file."""
        return {
            "key_id": self.key_id,
            "algorithm": ED25519,
            "public_key": base64.b64encode(self.raw).decode(),
            "uses": [use for use in USES if use in self.uses],
        }


@dataclass(frozen=True, slots=True)
class PublicKeySet:
    """The keys that are trusted."""

    keys: tuple[PublicKey, ...]

    def for_use(self, use: Use) -> tuple[PublicKey, ...]:
        """Return the keys trusted for `use`."""
        return tuple(key for key in self.keys if use in key.uses)

    def check_signed(self, signatures: Iterable[Signature], message: bytes, use: Use) -> None:
        """Check that a key trusted for `use` signed `message`.

        Signatures by unknown keys are passed over, so that an old and a new key may both sign while one
        replaces the other; a signature in the name of a known key must hold.

        Raises:
            BadSignatureError: A signature by a trusted key does not hold.
            UntrustedKeyError: No trusted key has signed.
        """
        trusted = {key.key_id: key for key in self.for_use(use)}
        found = False
        for signature in signatures:
            key = trusted.get(signature.key_id)
            if key is None:
                continue
            if signature.algorithm != ED25519:
                raise BadSignatureError(
                    f"密钥 {key.key_id} 的算法应为 {ED25519}，不要使用该文件。",
                    f"Key {key.key_id} signs with {ED25519} only; don't use this file.",
                )
            key.check_signature(signature.value, message)
            found = True
        if not found:
            raise UntrustedKeyError(
                "没有受信任的密钥对该内容签名；请核对密钥文件与文件来源。",
                "No trusted key has signed this; check the key file and where the document came from.",
            )

    def to_bytes(self) -> bytes:
        """Return the key set file."""
        return canonical({"schema": KEYS_SCHEMA, "keys": [key.to_json() for key in self.keys]}) + b"\n"


def parse_keys(data: bytes) -> PublicKeySet:
    """Read a key set file.

    Raises:
        MalformedError: It is not one, a key id does not match its key, or a key is listed twice.
    """
    fields = Fields(parse_json(data), "keys")
    fields.choice("schema", [KEYS_SCHEMA])
    entries = fields.objects("keys", max_count=_MAX_KEYS)
    keys = tuple(_parse_key(entry) for entry in entries if entry.text("algorithm") == ED25519)
    if len({key.raw for key in keys}) != len(keys):
        raise MalformedError("密钥文件中有重复的密钥", "the key file lists a key twice")
    return PublicKeySet(keys)


def load_keys(path: Path) -> PublicKeySet:
    """Read a key set file from disk."""
    return parse_keys(path.read_bytes())


def _parse_key(entry: Fields) -> PublicKey:
    # A use this version does not know grants nothing here.
    uses = entry.strings("uses", max_count=_MAX_KEYS)
    key = PublicKey(entry.binary("public_key"), frozenset(use for use in USES if use in uses))
    if entry.text("key_id") != key.key_id:
        raise MalformedError("密钥标识与密钥不符", "a key id does not match its key")
    return key
