"""Sealing what is secret at rest: AES-256-GCM under a key from a file that the database never holds.

The file BEIAN_BANK_KEYS has a key a line, `id:base64`, 32 bytes each. The first seals, all open. To rotate,
put a new line first, run `manage.py reseal`, and then take the old line away. Outside production the file is
made once. What is sealed is bound to its purpose, so that one box can't be put in the place of another.
"""

import base64
import binascii
import os
import secrets
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from openbeian.core.errors import CouldNotRunError

__all__ = ["Key", "Sealed", "load_keys", "open_box", "seal", "sealing_key"]

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Key(NamedTuple):
    """A key and the id by which boxes name it."""

    id: str
    secret: bytes


class Sealed(NamedTuple):
    """A box, and the id of the key that opens it."""

    key_id: str
    box: bytes | memoryview


def seal(data: bytes, purpose: str) -> Sealed:
    """Seal data for a purpose with the first key.

    Raises:
        CouldNotRunError: There is no key.
    """
    key = sealing_key()
    return Sealed(key.id, encrypt(key, zlib.compress(data), purpose))


def open_box(sealed: Sealed, purpose: str) -> bytes:
    """Return what was sealed for a purpose.

    Raises:
        CouldNotRunError: Its key is not there, or the box was changed or is another's.
    """
    return zlib.decompress(decrypt(find_key(sealed.key_id), sealed.box, purpose))


def encrypt(key: Key, data: bytes, purpose: str) -> bytes:
    """Return nonce and ciphertext of data, bound to its purpose."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key.secret).encrypt(nonce, data, purpose.encode())


def decrypt(key: Key, box: bytes | memoryview, purpose: str) -> bytes:
    """Return what `encrypt` was given.

    Raises:
        CouldNotRunError: The key or the purpose is another, or the box was changed.
    """
    box = bytes(box)
    try:
        return AESGCM(key.secret).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise CouldNotRunError(
            f"密钥「{key.id}」打不开该密文：内容被改动，或密钥不对；请核对 BEIAN_BANK_KEYS。",
            f"The key “{key.id}” does not open this: it was changed, or the key is another; check "
            "BEIAN_BANK_KEYS.",
        ) from error


def sealing_key() -> Key:
    """Return the key that seals.

    Raises:
        CouldNotRunError: There is none.
    """
    return load_keys()[0]


def find_key(key_id: str) -> Key:
    """Return the key with an id.

    Raises:
        CouldNotRunError: It is not in the file.
    """
    for key in load_keys():
        if key.id == key_id:
            return key
    raise CouldNotRunError(
        f"密钥文件中没有「{key_id}」；请把该密钥放回 BEIAN_BANK_KEYS。",
        f"The key file holds no “{key_id}”; put that key back into BEIAN_BANK_KEYS.",
    )


def load_keys() -> list[Key]:
    """Return the keys, the one that seals first.

    Raises:
        CouldNotRunError: There is no file, or a line of it is no key.
    """
    path = Path(settings.BEIAN_BANK_KEYS or settings.BEIAN_HOME / "keys" / "banks")
    if not settings.BEIAN_BANK_KEYS and not settings.BEIAN_PRODUCTION and not path.exists():
        _make(path)
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = [_parse(line) for line in lines]
    except (OSError, ValueError, binascii.Error) as error:
        raise CouldNotRunError(
            f"题库密钥文件 {path} 无法读取；请用 BEIAN_BANK_KEYS 指明，每行一把：名称:base64（32 字节）。",
            f"The file of the banks' keys, {path}, can't be read; name it with BEIAN_BANK_KEYS, a key a "
            "line: id:base64 of 32 bytes.",
        ) from error
    if not keys:
        raise CouldNotRunError(
            f"题库密钥文件 {path} 是空的；请写入至少一把密钥。",
            f"The file of the banks' keys, {path}, is empty; write at least one key into it.",
        )
    return keys


def _parse(line: str) -> Key:
    key_id, _, written = line.partition(":")
    secret = base64.b64decode(written, validate=True)
    if not key_id or len(secret) != _KEY_BYTES:
        raise ValueError(key_id)
    return Key(key_id, secret)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = f"first:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(line)
