"""Verifier keys: a public key on one line, as logs and witnesses hand it out (C2SP signed-note).

`name+hash+key`: the hash is that of name and key, so that a slip of the pen is noticed; the key's first byte
says what it signs: notes (a log), or cosignatures (a witness).
"""

import base64
import re
from typing import Final, NamedTuple, Self

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.keys import PublicKey, Use
from openbeian_gate.verify.note import COSIGNATURE_KIND, ED25519_KIND, is_key_name, note_key_hash

__all__ = ["VerifierKey", "is_verifier_key"]

_SHAPE: Final = re.compile(r"([^\s+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+={0,2})")
_USES: Final[dict[int, Use]] = {ED25519_KIND: "log", COSIGNATURE_KIND: "witness"}


class VerifierKey(NamedTuple):
    """A public key, the name it signs under, and what it signs."""

    name: str
    kind: int
    """ED25519_KIND or COSIGNATURE_KIND."""
    key: PublicKey

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key.

        Raises:
            MalformedError: It is none of Ed25519, or its hash is another's.
        """
        matched = _SHAPE.fullmatch(text)
        try:
            encoded = base64.b64decode(matched[2], validate=True) if matched else b""
        except ValueError:
            encoded = b""
        if matched is None or not encoded or encoded[0] not in _USES or not is_key_name(matched[1]):
            raise _not_one(text)
        found = cls(matched[1], encoded[0], PublicKey(encoded[1:], frozenset({_USES[encoded[0]]})))
        if str(found) != text:
            raise _not_one(text)
        return found

    def __str__(self) -> str:
        """Return the line."""
        encoded = base64.b64encode(bytes([self.kind]) + self.key.raw).decode()
        return f"{self.name}+{note_key_hash(self.name, self.kind, self.key.raw).hex()}+{encoded}"


def is_verifier_key(text: str) -> bool:
    """Say whether `text` has the shape of a verifier key; whether it is one, `VerifierKey.parse` says."""
    return _SHAPE.fullmatch(text) is not None


def _not_one(text: str) -> MalformedError:
    shown = text[:80]
    return MalformedError(
        f"“{shown}”不是有效的公钥（名称+哈希+Ed25519 密钥）",
        f'"{shown}" is no valid verifier key (name+hash+Ed25519 key)',
    )
