"""The public log's key as somebody has it: a verifier key (C2SP signed-note), or a register's `keys.json`.

With it, a checkpoint that others were given is known to be the log's own.
"""

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.trust.notes import note_verifier_key
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKey, PublicKeySet, parse_keys
from openbeian_gate.verify.note import ED25519_KIND, signatures_by

__all__ = ["LogKey", "check_checkpoint", "checkpoint_verifier", "load_log_key", "parse_verifier_key"]

_VERIFIER_KEY: Final = re.compile(r"([^\s+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+={0,2})")
_MAX_BYTES: Final = 1 << 20


class LogKey(NamedTuple):
    """The keys a log may sign with, and its name where they are given for one log alone."""

    keys: PublicKeySet
    origin: str | None = None


def load_log_key(given: str) -> LogKey:
    """Return the key of a log: a verifier key as it stands, or a file that holds one or is a `keys.json`.

    Raises:
        BadInputError: It is neither, or names no key of a log.
    """
    if _VERIFIER_KEY.fullmatch(given.strip()):
        return parse_verifier_key(given.strip())
    try:
        with Path(given).open("rb") as file:
            data = file.read(_MAX_BYTES)
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"--log-key {given} 既不是日志公钥（名称+哈希+密钥），也不是可读的文件；请核对。",
            f"--log-key {given} is neither a log's verifier key (name+hash+key) nor a file that can be read; "
            "check it.",
        ) from error
    text = data.decode("utf-8", "replace").strip()
    return parse_verifier_key(text) if _VERIFIER_KEY.fullmatch(text) else _from_key_set(given, data)


def _from_key_set(path: str, data: bytes) -> LogKey:
    try:
        keys = parse_keys(data).for_use("log")
    except GateError as error:
        raise BadInputError(
            f"--log-key {path}：{error.text.zh}", f"--log-key {path}: {error.text.en}"
        ) from error
    if not keys:
        raise BadInputError(
            f"{path} 中没有用于日志的公钥；请向登记机关索取日志公钥。",
            f"{path} holds no key of a log; ask the register for the log's key.",
        )
    return LogKey(PublicKeySet(keys))


def parse_verifier_key(text: str) -> LogKey:
    """Return the key that a verifier key names: `name+hash+key`, the hash being that of name and key.

    Raises:
        BadInputError: It is none of Ed25519, or its hash is another.
    """
    matched = _VERIFIER_KEY.fullmatch(text)
    try:
        encoded = base64.b64decode(matched[2], validate=True) if matched else b""
        key = PublicKey(encoded[1:], frozenset({"log"}))
    except (ValueError, GateError) as error:
        raise _no_verifier_key(text) from error
    if matched is None or encoded[0] != ED25519_KIND or note_verifier_key(key.raw, matched[1]) != text:
        raise _no_verifier_key(text)
    return LogKey(PublicKeySet((key,)), matched[1])


def _no_verifier_key(text: str) -> BadInputError:
    return BadInputError(
        f"「{text}」不是有效的日志公钥（名称+哈希+Ed25519 密钥）；请从登记机关重新获取。",
        f"“{text}” is no valid verifier key of a log (name+hash+Ed25519 key); get it again from the "
        "register.",
    )


def check_checkpoint(note: str, log: LogKey) -> str:
    """Return the verifier key of the log's key that signed a checkpoint.

    Raises:
        BadInputError: None has, or a signature in its name does not hold.
    """
    try:
        signed = parse_checkpoint(note.encode())
        verify_checkpoint(signed, log.keys, origin=log.origin)
    except GateError as error:
        raise BadInputError(
            f"检查点的签名未通过核验：{error.text.zh}", f"The checkpoint's signature fails: {error.text.en}"
        ) from error
    key, _ = next(signatures_by(signed.note, signed.origin, ED25519_KIND, log.keys, "log"))
    return note_verifier_key(key.raw, signed.origin)


def checkpoint_verifier(log: LogKey | None) -> Callable[[str, str], bool]:
    """Return what checks a checkpoint that a draw names: by the log's key, else by the one recorded with it.

    It takes the note and the recorded verifier key, empty where there is none, and says whether the log's own
    key has checked it.
    """

    def verify(note: str, recorded: str) -> bool:
        if log or recorded:
            check_checkpoint(note, log or parse_verifier_key(recorded))
        return log is not None

    return verify
