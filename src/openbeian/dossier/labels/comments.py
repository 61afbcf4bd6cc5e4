"""The comment list that FLAC and Ogg share: a vendor, then `NAME=value` entries, lengths in little-endian."""

from collections.abc import Iterator
from typing import NamedTuple

from openbeian.dossier.labels.container import ascii_text
from openbeian.dossier.labels.source import number, take
from openbeian.dossier.labels.values import KEY

__all__ = ["labels_in", "with_comment"]

_PREFIX = KEY.encode() + b"="


class _Comments(NamedTuple):
    vendor: bytes
    entries: list[bytes]
    rest: bytes
    """What follows the list: Vorbis has a framing bit there, Opus may have more."""


def _parsed(data: bytes) -> _Comments:
    length = number(data, 0, 4, "little")
    vendor = take(data, 4, length)
    position = 8 + length
    entries = []
    for _ in range(number(data, position - 4, 4, "little")):
        length = number(data, position, 4, "little")
        entries.append(take(data, position + 4, length))
        position += 4 + length
    return _Comments(vendor, entries, data[position:])


def _is_label(entry: bytes) -> bool:
    # Names are compared without regard to case.
    return entry[: len(_PREFIX)].upper() == _PREFIX


def labels_in(data: bytes) -> Iterator[str]:
    """Yield the value of every label in a comment list."""
    for entry in _parsed(data).entries:
        if _is_label(entry):
            yield ascii_text(entry[len(_PREFIX) :])


def with_comment(data: bytes, value: str) -> bytes:
    """Return the comment list with `value` as its only label, all other entries as they were."""
    comments = _parsed(data)
    entries = [entry for entry in comments.entries if not _is_label(entry)]
    entries.append(_PREFIX + value.encode())
    listed = b"".join(_counted(entry) for entry in entries)
    return _counted(comments.vendor) + len(entries).to_bytes(4, "little") + listed + comments.rest


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data
