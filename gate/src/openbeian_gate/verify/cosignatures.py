"""Cosignatures of witnesses on a checkpoint (C2SP tlog-cosignature): others have seen the log to only grow.

A log that shows two histories needs two checkpoints of one size; a witness cosigns only one of them. A key
that is trusted for a log is no witness of any: a log can't vouch for itself.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from openbeian_gate.errors import BadSignatureError, NotWitnessedError
from openbeian_gate.verify.checkpoint import SignedCheckpoint
from openbeian_gate.verify.keys import PublicKey, PublicKeySet
from openbeian_gate.verify.note import COSIGNATURE_KIND, NoteSignature, cosigned_bytes, note_key_hash

__all__ = ["Cosignature", "check_witnessed", "verify_cosignature", "verify_cosignatures"]

_TIME_BYTES: Final = 8
_LAST_SECOND: Final = 253_402_300_799


class Cosignature(NamedTuple):
    """A witness has cosigned."""

    name: str
    """As the witness names itself; the key is what counts."""
    key_id: str
    at: datetime


def verify_cosignature(text: str, signature: NoteSignature, key: PublicKey) -> Cosignature:
    """Return what `signature` says over the checkpoint's `text`, checked against `key`.

    Raises:
        BadSignatureError: It is not a cosignature by this key.
    """
    if signature.key_hash != note_key_hash(signature.name, COSIGNATURE_KIND, key.raw):
        raise BadSignatureError(
            f"见证“{signature.name}”的签名不是密钥 {key.key_id} 所签；请核对见证的公钥。",
            f'The cosignature of "{signature.name}" is not by key {key.key_id}; check the witness\'s key.',
        )
    seconds = int.from_bytes(signature.value[:_TIME_BYTES], "big")
    key.check_signature(signature.value[_TIME_BYTES:], cosigned_bytes(text, seconds))
    return Cosignature(signature.name, key.key_id, datetime.fromtimestamp(min(seconds, _LAST_SECOND), UTC))


def verify_cosignatures(signed: SignedCheckpoint, keys: PublicKeySet) -> tuple[Cosignature, ...]:
    """Return the cosignatures of the trusted witnesses, the latest of each; lines by others are passed over.

    Raises:
        BadSignatureError: A cosignature by a trusted witness does not hold.
    """
    found: dict[str, Cosignature] = {}
    witnesses = [key for key in keys.for_use("witness") if "log" not in key.uses]
    for signature in signed.note.signatures:
        for key in witnesses:
            if signature.key_hash == note_key_hash(signature.name, COSIGNATURE_KIND, key.raw):
                seen = verify_cosignature(signed.note.text, signature, key)
                if key.key_id not in found or seen.at > found[key.key_id].at:
                    found[key.key_id] = seen
    return tuple(found.values())


def check_witnessed(
    signed: SignedCheckpoint, keys: PublicKeySet, *, at_least: int
) -> tuple[Cosignature, ...]:
    """Return the witnesses' cosignatures, of which there must be enough.

    Raises:
        BadSignatureError: A cosignature by a trusted witness does not hold.
        NotWitnessedError: Fewer than `at_least` trusted witnesses have cosigned.
    """
    found = verify_cosignatures(signed, keys)
    if len(found) < at_least:
        raise NotWitnessedError(
            f"检查点只有 {len(found)} 位受信任的见证会签，应至少 {at_least} 位；请稍后重取或核对密钥文件。",
            f"Only {len(found)} trusted witnesses have cosigned the checkpoint and {at_least} are asked for; "
            "get it again later, or check the key file.",
        )
    return found
