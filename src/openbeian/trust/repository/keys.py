"""Keys of the repository: public halves to carry, fingerprints to read aloud, signatures on metadata."""

import json
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.files import replace_file
from openbeian.trust.keys import Ed25519Signer
from openbeian_gate.errors import GateError
from openbeian_gate.verify.canonical import JSONValue, canonical, parse_json
from openbeian_gate.verify.fields import Fields
from openbeian_gate.verify.keys import PublicKey

__all__ = [
    "NamedKey",
    "add_signatures",
    "make_key",
    "public_file_of",
    "read_public_key",
    "signature_of",
    "spoken",
    "tuf_key",
]

_SCHEMA: Final = "openbeian.public-key/1"
_KEYTYPE: Final = "ed25519"
_T = TypeVar("_T", Root, Targets, Snapshot, Timestamp)


class NamedKey(NamedTuple):
    """A public key, and what people call it."""

    name: str
    key: Key

    @property
    def fingerprint(self) -> str:
        """The key's id: the SHA-256 of its canonical form, in hexadecimal."""
        return self.key.keyid


def tuf_key(public: PublicKey) -> Key:
    """Return a public key as the metadata has it."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public.raw))


def spoken(fingerprint: str) -> str:
    """Return a fingerprint in groups of four, as it is read aloud and compared."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def signature_of(signer: Ed25519Signer, message: bytes) -> Signature:
    """Return a key's signature as the metadata has it."""
    return Signature(tuf_key(signer.public_key()).keyid, signer.sign(message).hex())


def add_signatures(metadata: Metadata[_T], *signers: Ed25519Signer) -> Metadata[_T]:
    """Sign, beside the signatures that are there; return the same."""
    for signer in signers:
        signature = signature_of(signer, metadata.signed_bytes)
        metadata.signatures[signature.keyid] = signature
    return metadata


def public_file_of(private: Path) -> Path:
    """Return where the public half of a private key file lies."""
    return private.with_suffix(".pub")


def make_key(name: str, private: Path, password: bytes | None) -> tuple[Ed25519Signer, NamedKey]:
    """Make a key: its private half in `private`, for its owner only, its public half beside.

    Raises:
        CouldNotRunError: There is such a file already, or it can't be written.
    """
    signer = Ed25519Signer.generate()
    signer.save(private, password)
    public = signer.public_key()
    document: dict[str, JSONValue] = {
        "schema": _SCHEMA,
        "name": name,
        "keytype": _KEYTYPE,
        "scheme": _KEYTYPE,
        "public": public.raw.hex(),
    }
    try:
        replace_file(public_file_of(private), canonical(document) + b"\n")
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入公钥文件 {public_file_of(private)}；请检查磁盘与权限。",
            f"The public key file {public_file_of(private)} cannot be written ({error}); check the disk.",
        ) from error
    return signer, NamedKey(name, tuf_key(public))


def read_public_key(path: Path) -> NamedKey:
    """Read a public key file.

    Raises:
        BadInputError: It can't be read or is not one.
    """
    try:
        fields = Fields(parse_json(path.read_bytes()), "public key")
        fields.choice("schema", [_SCHEMA])
        fields.choice("keytype", [_KEYTYPE])
        public = PublicKey(bytes.fromhex(fields.text("public")))
        return NamedKey(fields.text("name"), tuf_key(public))
    except (OSError, GateError, ValueError, json.JSONDecodeError) as error:
        raise BadInputError(
            f"{path} 不是可用的公钥文件（*.pub）；请让持钥人重新提供。",
            f"{path} is not a usable public key file (*.pub): {error}; ask the holder of the key for it.",
        ) from error
