"""The evidence of a re-test at rest: what the worker wrote, sealed piece by piece as it came.

Evidence holds questions of a hidden bank, so it lies on the disk only like this. A piece is bound to its run
and its place; a last piece that was cut off, as by kill −9, is dropped, and what it held is asked again.
"""

import os
from typing import Final

from django.conf import settings

from openbeian.core.errors import CouldNotRunError
from openbeian.portal.retests.keyring import decrypt, encrypt, find_key, sealing_key

__all__ = ["Journal"]

_HEAD: Final = b"openbeian-sealed/1 "
_LENGTH_BYTES: Final = 4
_LONGEST: Final = 64 << 20


class Journal:
    """The sealed evidence of one run, read whole and appended to."""

    def __init__(self, run_pk: int) -> None:
        """Name the journal; nothing is read or made."""
        self._run = run_pk
        self.path = settings.BEIAN_HOME / "retests" / f"{run_pk}.sealed"
        self._pieces = 0
        self._key_id = ""
        self._end = 0

    def read(self) -> bytes:
        """Return the evidence so far, empty where there is none.

        Raises:
            CouldNotRunError: Its key is not there, or it was changed.
        """
        self._pieces, self._end, self._key_id = 0, 0, ""
        if not self.path.exists():
            return b""
        data = self.path.read_bytes()
        head, _, _ = data.partition(b"\n")
        if not head.startswith(_HEAD):
            raise CouldNotRunError(
                f"{self.path.name} 不是复测的密封记录；请从备份恢复。",
                f"{self.path.name} is no sealed record of a re-test; restore it from the backup.",
            )
        self._key_id, self._end = head.removeprefix(_HEAD).decode(), len(head) + 1
        key, plain = find_key(self._key_id), []
        while (piece := self._piece(data)) is not None:
            plain.append(decrypt(key, piece, self._purpose()))
            self._pieces += 1
            self._end += _LENGTH_BYTES + len(piece)
        return b"".join(plain)

    def append(self, data: bytes) -> None:
        """Seal what follows on what was read; call `read` first."""
        if not data:
            return
        if not self._key_id:
            self._begin()
        box = encrypt(find_key(self._key_id), data, self._purpose())
        with self.path.open("r+b") as file:
            file.seek(self._end)
            file.write(len(box).to_bytes(_LENGTH_BYTES, "big") + box)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()
        self._pieces += 1

    def rewrite(self) -> None:
        """Seal everything anew, with the key that seals now."""
        plain = self.read()
        if not self._key_id or self._key_id == sealing_key().id:
            return
        kept, self.path = self.path, self.path.with_suffix(".part")
        self._pieces, self._end, self._key_id = 0, 0, ""
        self.append(plain)
        self.path.replace(kept)
        self.path = kept

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = sealing_key()
        head = _HEAD + key.id.encode() + b"\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(head)
        self._key_id, self._end = key.id, len(head)

    def _piece(self, data: bytes) -> bytes | None:
        start = self._end + _LENGTH_BYTES
        length = int.from_bytes(data[self._end : start], "big")
        if start > len(data) or length > _LONGEST or start + length > len(data):
            return None
        return data[start : start + length]

    def _purpose(self) -> str:
        return f"retest:{self._run}:{self._pieces}"
