"""Private keys. The only module that holds one.

The algorithm is a field everywhere, so that another can stand beside Ed25519; whoever signs needs only a
`key_id`, an `algorithm` and `sign`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence.signing import Signer
from openbeian_gate.verify.keys import (
    ED25519,
    REGISTER_USES,
    PublicKey,
    PublicKeySet,
    Signature,
    Use,
    key_id_of,
)

__all__ = ["Ed25519Signer", "Signer", "public_key_set", "sign_with"]


class Ed25519Signer:
    """An Ed25519 private key."""

    algorithm = ED25519

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Hold `private`."""
        self._private = private
        self._raw_public = private.public_key().public_bytes_raw()
        self.key_id = key_id_of(self._raw_public)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Return the key that 32 bytes stand for."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path, password: bytes | None = None) -> Self:
        """Read a key from a PKCS #8 PEM file.

        Raises:
            BadInputError: It is not one, is not Ed25519, or the password is wrong or missing.
            CouldNotRunError: The file cannot be read.
        """
        try:
            private = load_pem_private_key(path.read_bytes(), password)
        except OSError as error:
            raise CouldNotRunError(
                f"无法读取私钥文件 {path}；请检查路径与权限。",
                f"The private key file {path} cannot be read ({error}); check path and permissions.",
            ) from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _not_a_key(path) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise _not_a_key(path)
        return cls(private)

    def save(self, path: Path, password: bytes | None = None) -> None:
        """Write the key to a new PKCS #8 PEM file that only its owner may read.

        Raises:
            CouldNotRunError: The file is there already, or cannot be written.
        """
        protection: KeySerializationEncryption = (
            NoEncryption() if password is None else BestAvailableEncryption(password)
        )
        pem = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
        try:
            # Created with its final permissions: a key is never readable by others, not even for a moment.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor, not a path
                file.write(pem)
        except OSError as error:
            raise CouldNotRunError(
                f"无法写入私钥文件 {path}；已有的密钥不会被覆盖，请换一个路径。",
                f"The private key file {path} cannot be written ({error}); "
                "a key is never overwritten, so name another path.",
            ) from error

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`."""
        return self._private.sign(data)

    def public_key(self, uses: Sequence[Use] = REGISTER_USES) -> PublicKey:
        """Return the public key, to be trusted for `uses`."""
        return PublicKey(self._raw_public, frozenset(uses))


def public_key_set(*keys: Ed25519Signer | PublicKey) -> PublicKeySet:
    """Return the set to publish: signers for every use of a register, public keys for theirs."""
    return PublicKeySet(tuple(key if isinstance(key, PublicKey) else key.public_key() for key in keys))


def sign_with(signers: Sequence[Signer], message: bytes) -> tuple[Signature, ...]:
    """Return the signature of each signer over `message`."""
    return tuple(Signature(signer.key_id, signer.algorithm, signer.sign(message)) for signer in signers)


def _not_a_key(path: Path) -> BadInputError:
    return BadInputError(
        f"{path} 不是可用的 Ed25519 私钥（PKCS #8 PEM），或口令不对；请检查文件与口令。",
        f"{path} is not a usable Ed25519 private key (PKCS #8 PEM), or the password is wrong; check both.",
    )
