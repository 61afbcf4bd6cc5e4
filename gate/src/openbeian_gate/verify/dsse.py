"""Signed statements about files: an in-toto Statement v1 in a DSSE envelope.

Used for the head of an assessment's evidence. DSSE signs the payload's bytes with their type, so nothing has
to be canonical to be verified.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.keys import ED25519, MAX_SIGNATURES, PublicKeySet, Signature

__all__ = [
    "PAYLOAD_TYPE",
    "STATEMENT_TYPE",
    "Envelope",
    "Statement",
    "build_dsse",
    "pae",
    "parse_dsse",
    "verify_dsse",
]

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_MAX_SUBJECTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of which files."""

    subjects: Mapping[str, str]
    """SHA-256 by name."""
    predicate_type: str
    predicate: Mapping[str, JSONValue]

    def to_bytes(self) -> bytes:
        """Return the payload."""
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [
                    {"name": name, "digest": {"sha256": digest}} for name, digest in self.subjects.items()
                ],
                "predicateType": self.predicate_type,
                "predicate": dict(self.predicate),
            }
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signatures, not yet believed."""

    payload: bytes
    signatures: tuple[Signature, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: type and payload, each with its length."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def build_dsse(payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """Return the envelope file of an in-toto payload."""
    listed: list[JSONValue] = [
        {"keyid": s.key_id, "sig": base64.b64encode(s.value).decode()} for s in signatures
    ]
    encoded = base64.b64encode(payload).decode()
    return canonical({"payload": encoded, "payloadType": PAYLOAD_TYPE, "signatures": listed}) + b"\n"


def parse_dsse(data: bytes) -> Envelope:
    """Read a DSSE envelope with an in-toto payload.

    Raises:
        MalformedError: It is not one.
    """
    fields = Fields(parse_json(data), "envelope")
    fields.check_only("payload", "payloadType", "signatures")
    fields.choice("payloadType", [PAYLOAD_TYPE])
    signatures = tuple(
        # DSSE leaves the algorithm to the key; ours has one.
        Signature(entry.text("keyid"), ED25519, entry.binary("sig"))
        for entry in fields.objects("signatures", max_count=MAX_SIGNATURES)
    )
    return Envelope(fields.binary("payload"), signatures)


def verify_dsse(envelope: Envelope, keys: PublicKeySet) -> Statement:
    """Return the statement that a key trusted for evidence has signed.

    Raises:
        BadSignatureError: None has, or the payload was altered.
        MalformedError: The payload is not an in-toto Statement v1 about SHA-256 hashes.
    """
    keys.check_signed(envelope.signatures, pae(PAYLOAD_TYPE, envelope.payload), "evidence")
    fields = Fields(parse_json(envelope.payload), "statement")
    fields.choice("_type", [STATEMENT_TYPE])
    named = fields.objects("subject", max_count=_MAX_SUBJECTS)
    subjects = {subject.text("name"): subject.object_("digest").sha256("sha256") for subject in named}
    if not subjects or len(subjects) != len(named):
        raise MalformedError("声明没有对象或对象重名", "the statement names no subject, or one twice")
    return Statement(subjects, fields.text("predicateType"), fields.raw("predicate"))
