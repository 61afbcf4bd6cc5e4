"""The witness's own private key: the only one that the gate's package ever holds."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.keys import PublicKey
from openbeian_gate.verify.note import COSIGNATURE_KIND, cosigned_bytes, is_key_name, signature_line
from openbeian_gate.verify.verifier_key import VerifierKey

__all__ = ["WitnessKey"]

_TIME_BYTES: Final = 8


class WitnessKey:
    """An Ed25519 private key and the name it cosigns under."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        """Hold `private`, to cosign as `name`.

        Raises:
            MalformedError: `name` cannot name a key.
        """
        if not is_key_name(name):
            raise MalformedError(
                f"“{name}”不能作为见证的名称（不得为空或含空格、加号）",
                f'"{name}" cannot name a witness (it must not be empty or hold spaces or plus signs)',
            )
        self.name = name
        self._private = private
        self.public_key = PublicKey(private.public_key().public_bytes_raw(), frozenset({"witness"}))

    @classmethod
    def load_or_create(cls, name: str, path: Path) -> Self:
        """Read the key from a PKCS #8 PEM file; make it, for its owner's eyes only, where there is none.

        Raises:
            MalformedError: There is a file that is not such a key, or `name` cannot name one.
            OSError: The file cannot be read or written.
        """
        if not path.exists():
            made = cls(name, Ed25519PrivateKey.generate())
            made._save(path)
            return made
        try:
            private = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _not_a_key(path) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise _not_a_key(path)
        return cls(name, private)

    @property
    def verifier_key(self) -> str:
        """The public key on one line, as logs and verifiers take it."""
        return str(VerifierKey(self.name, COSIGNATURE_KIND, self.public_key))

    def cosign(self, text: str, at: datetime) -> str:
        """Return the line that cosigns a checkpoint's `text` at the second of `at`."""
        seconds = int(at.timestamp())
        value = seconds.to_bytes(_TIME_BYTES, "big") + self._private.sign(cosigned_bytes(text, seconds))
        return signature_line(self.name, COSIGNATURE_KIND, self.public_key.raw, value)

    def _save(self, path: Path) -> None:
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # Created with its final permissions: the key is never readable by others, not even for a moment.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor, not a path
            file.write(pem)


def _not_a_key(path: Path) -> MalformedError:
    return MalformedError(
        f"{path} 不是不带口令的 Ed25519 私钥（PKCS #8 PEM）",
        f"{path} is not an Ed25519 private key without a password (PKCS #8 PEM)",
    )
