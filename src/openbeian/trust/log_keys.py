"""The public log's key as somebody has it: a verifier key (C2SP signed-note), or a register's `keys.json`.

With it, a checkpoint that others were given is known to be the log's own.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.keys import PublicKey, PublicKeySet, parse_keys
from openbeian_gate.verify.note import COSIGNATURE_KIND, ED25519_KIND, signatures_by
from openbeian_gate.verify.verifier_key import VerifierKey, is_verifier_key

__all__ = [
    "LogKey",
    "check_checkpoint",
    "checkpoint_verifier",
    "load_log_key",
    "load_witness_keys",
    "parse_log_keys",
    "parse_verifier_key",
]

_MAX_BYTES: Final = 1 << 20


class LogKey(NamedTuple):
    """The keys a log may sign with, and its name where they are given for one log alone."""

    keys: PublicKeySet
    origin: str | None = None


def load_log_key(given: str, *, option: str = "--log-key") -> LogKey:
    """Return the key of a log: a verifier key as it stands, or a file that holds one or is a `keys.json`.

    Raises:
        BadInputError: It is neither, or names no key of a log.
    """
    data = _given(given, option)
    text = data.decode("utf-8", "replace").strip()
    return parse_verifier_key(text) if is_verifier_key(text) else parse_log_keys(f"{option} {given}", data)


def parse_log_keys(where: str, data: bytes) -> LogKey:
    """Return the keys of a log out of a `keys.json`; `where` names it in messages.

    Raises:
        BadInputError: It is none, or holds no key of a log.
    """
    try:
        keys = parse_keys(data).for_use("log")
    except GateError as error:
        raise BadInputError(f"{where}：{error.text.zh}", f"{where}: {error.text.en}") from error
    if not keys:
        raise BadInputError(
            f"{where} 中没有用于日志的公钥；请向登记机关索取日志公钥。",
            f"{where} holds no key of a log; ask the register for the log's key.",
        )
    return LogKey(PublicKeySet(keys))


def load_witness_keys(given: Iterable[str]) -> PublicKeySet:
    """Return the keys of witnesses: verifier keys as they stand, or files with one or with a key set.

    Raises:
        BadInputError: One is neither, or names no key of a witness.
    """
    found: dict[bytes, PublicKey] = {}
    for one in given:
        found |= {key.raw: key for key in _witness_keys(one)}
    return PublicKeySet(tuple(found.values()))


def _witness_keys(given: str) -> tuple[PublicKey, ...]:
    data = _given(given, "--witness-keys")
    text = data.decode("utf-8", "replace").strip()
    try:
        if is_verifier_key(text):
            parsed = VerifierKey.parse(text)
            keys: tuple[PublicKey, ...] = (parsed.key,) if parsed.kind == COSIGNATURE_KIND else ()
        else:
            keys = parse_keys(data).for_use("witness")
    except GateError as error:
        raise BadInputError(
            f"--witness-keys {given}：{error.text.zh}", f"--witness-keys {given}: {error.text.en}"
        ) from error
    if not keys:
        raise BadInputError(
            f"--witness-keys {given} 中没有见证的公钥；请向见证方索取。",
            f"--witness-keys {given} holds no key of a witness; ask the witness for it.",
        )
    return keys


def _given(given: str, option: str) -> bytes:
    """Return a verifier key as it stands, or what is in the file."""
    if is_verifier_key(given.strip()):
        return given.strip().encode()
    try:
        with Path(given).open("rb") as file:
            return file.read(_MAX_BYTES)
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"{option} {given} 既不是公钥（名称+哈希+密钥），也不是可读的文件；请核对。",
            f"{option} {given} is neither a verifier key (name+hash+key) nor a file that can be read; "
            "check it.",
        ) from error


def parse_verifier_key(text: str) -> LogKey:
    """Return the key that a log's verifier key names: `name+hash+key`, the hash being that of name and key.

    Raises:
        BadInputError: It is none of Ed25519, or its hash is another, or it is a witness's.
    """
    try:
        parsed = VerifierKey.parse(text)
    except GateError as error:
        raise _no_verifier_key(text) from error
    if parsed.kind != ED25519_KIND:
        raise _no_verifier_key(text)
    return LogKey(PublicKeySet((parsed.key,)), parsed.name)


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
    return str(VerifierKey(signed.origin, ED25519_KIND, key))


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
