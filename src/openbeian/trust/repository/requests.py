"""Signing apart: a request file to carry to the machine with the key, and a signature file to carry back.

The request holds all there is to sign, so that the signer sees what they sign and needs no network:
`{"schema":"openbeian.signing-request/1","role","metadata":{…},"files":{NAME: base64}}`. The signature:
`{"schema":"openbeian.signature/1","role","version","sha256","key_id","algorithm","value"}`, over the
canonical bytes of the metadata's `signed`, whose hash it names.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from securesystemslib.signer import Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from openbeian.core.errors import BadInputError
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.keys import signature_of
from openbeian_gate.errors import GateError
from openbeian_gate.verify.canonical import canonical, parse_json
from openbeian_gate.verify.fields import Fields

__all__ = ["CarriedSignature", "SigningRequest", "parse_request", "parse_signature", "sign_request"]

_REQUEST: Final = "openbeian.signing-request/1"
_SIGNATURE: Final = "openbeian.signature/1"
_MAX_BYTES: Final = 1 << 24
_ALGORITHM: Final = "ed25519"


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What people are asked to sign."""

    role: Literal["root", "targets"]
    metadata: Metadata[Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Targets that are new, by name."""

    @property
    def version(self) -> int:
        """Of the metadata."""
        return int(self.metadata.signed.version)

    @property
    def sha256(self) -> str:
        """The hash of what is signed, to compare aloud: the same at every signer."""
        return hashlib.sha256(self.metadata.signed_bytes).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the file."""
        document = {
            "schema": _REQUEST,
            "role": self.role,
            "metadata": self.metadata.to_dict(),
            "files": {name: base64.b64encode(data).decode() for name, data in self.files.items()},
        }
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class CarriedSignature:
    """One person's signature."""

    role: str
    version: int
    sha256: str
    signature: Signature

    def to_bytes(self) -> bytes:
        """Return the file."""
        return (
            canonical(
                {
                    "schema": _SIGNATURE,
                    "role": self.role,
                    "version": self.version,
                    "sha256": self.sha256,
                    "key_id": self.signature.keyid,
                    "algorithm": _ALGORITHM,
                    "value": self.signature.signature,
                }
            )
            + b"\n"
        )


def sign_request(request: SigningRequest, signer: Ed25519Signer) -> CarriedSignature:
    """Return the signature of one key."""
    signature = signature_of(signer, request.metadata.signed_bytes)
    return CarriedSignature(request.role, request.version, request.sha256, signature)


def parse_request(data: bytes) -> SigningRequest:
    """Read a request file.

    Raises:
        BadInputError: It is not one.
    """
    try:
        fields = Fields(parse_json(data, max_bytes=_MAX_BYTES), "request")
        fields.choice("schema", [_REQUEST])
        role = fields.choice("role", ["root", "targets"])
        kind: type[Metadata[Any]] = Metadata[Root] if role == "root" else Metadata[Targets]
        metadata = kind.from_dict(dict(fields.raw("metadata")))
        files = fields.object_("files")
        if metadata.signed.type != role:
            raise ValueError(f"it is {metadata.signed.type}, not {role}")  # noqa: TRY301  one sentence for all
        named = {name: files.binary(name) for name in fields.raw("files")}
    except (GateError, RepositoryError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(
            "这不是签名请求文件；请从发起人处重新拷贝。",
            f"This is no signing request ({error}); copy it again from whoever made it.",
        ) from error
    return SigningRequest("root" if role == "root" else "targets", metadata, named)


def parse_signature(data: bytes) -> CarriedSignature:
    """Read a signature file.

    Raises:
        BadInputError: It is not one.
    """
    try:
        fields = Fields(parse_json(data), "signature")
        fields.choice("schema", [_SIGNATURE])
        fields.choice("algorithm", [_ALGORITHM])
        return CarriedSignature(
            fields.text("role"),
            fields.integer("version", minimum=1),
            fields.sha256("sha256"),
            Signature(fields.sha256("key_id"), bytes.fromhex(fields.text("value")).hex()),
        )
    except (GateError, ValueError) as error:
        raise BadInputError(
            "这不是签名文件；请让签名人重新拷贝。",
            f"This is no signature file ({error}); have the signer copy it again.",
        ) from error
