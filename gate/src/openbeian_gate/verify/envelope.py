"""The envelope of certificates and snapshots: a document and the signatures over it.

`{"<member>": {"schema": …, …}, "signatures": [{"key_id", "algorithm", "value": base64}]}`. What is signed is
the schema name, a newline, and the RFC 8785 form of the document: a signature for one kind of document can
never pass for another, and spaces or the order of members make no difference.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from openbeian_gate.verify.canonical import MAX_BYTES, JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.keys import MAX_SIGNATURES, PublicKeySet, Signature, Use

__all__ = ["Envelope", "build_envelope", "parse_envelope", "signed_bytes"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document with its signatures, not yet believed."""

    document: dict[str, JSONValue]
    signatures: tuple[Signature, ...]
    message: bytes
    """The bytes the signatures are over."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the document's canonical form, in hexadecimal."""
        return hashlib.sha256(self.message.partition(b"\n")[2]).hexdigest()

    def check(self, keys: PublicKeySet, use: Use) -> None:
        """Check the signatures.

        Raises:
            BadSignatureError: See `PublicKeySet.check_signed`.
        """
        keys.check_signed(self.signatures, self.message, use)


def signed_bytes(schema: str, document: dict[str, JSONValue]) -> bytes:
    """Return what is signed: the schema, a newline, the canonical document."""
    return schema.encode() + b"\n" + canonical(document)


def build_envelope(member: str, document: dict[str, JSONValue], signatures: Sequence[Signature]) -> bytes:
    """Return the file that carries `document`, in canonical form."""
    listed: list[JSONValue] = [
        {"key_id": s.key_id, "algorithm": s.algorithm, "value": base64.b64encode(s.value).decode()}
        for s in signatures
    ]
    return canonical({member: document, "signatures": listed}) + b"\n"


def parse_envelope(data: bytes, member: str, schema: str, *, max_bytes: int = MAX_BYTES) -> Envelope:
    """Read a file that carries a document of `schema` under `member`.

    Raises:
        MalformedError: It is not one.
    """
    fields = Fields(parse_json(data, max_bytes=max_bytes), "file")
    fields.check_only(member, "signatures")
    fields.object_(member).choice("schema", [schema])
    document = fields.raw(member)
    signatures = tuple(_parse_signature(s) for s in fields.objects("signatures", max_count=MAX_SIGNATURES))
    return Envelope(document, signatures, signed_bytes(schema, document))


def _parse_signature(fields: Fields) -> Signature:
    fields.check_only("key_id", "algorithm", "value")
    return Signature(fields.text("key_id"), fields.text("algorithm"), fields.binary("value"))
