"""What every file format brings: how to know it, where its labels stand, and how one is put there."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import MAX_PIECE, Source, Splice
from openbeian.dossier.labels.values import Reason
from openbeian.dossier.labels.xmp import read_packet

__all__ = [
    "MAX_PLACES",
    "Container",
    "Notice",
    "Place",
    "ascii_text",
    "check_places",
    "inflated",
    "places_in_packet",
    "unknown",
]


MAX_PLACES = 32
"""The most places for a label looked into; a right file has one."""


class Place(NamedTuple):
    """A label found: where in the file it stands, and its text as it stands there."""

    where: str
    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """How a text format shows readers that it was generated, in words.

    `read` yields where each answer in the file says so (`start`, `middle`, `end`), None where it does not;
    `write` returns the pieces that add the words to every answer that lacks them.
    """

    read: Callable[[Source], Iterable[str | None]]
    write: Callable[[Source], Iterable[Splice]]


def _never(_: Source) -> bool:
    return False


def _nowhere(_: Source) -> Iterable[Place | Reason]:
    return ()


def _no_place(_source: Source, _value: str) -> Iterable[Splice]:
    raise CannotLabelError(
        "这种文本没有规定存放元数据的位置，只能加文字标识",
        "this kind of text has no place set for metadata, only for words",
    )


@dataclass(frozen=True, slots=True)
class Container:
    """One file format.

    `read` yields every label, and reasons where part of the file says nothing clear; what it yielded before
    it raised still counts. `write` returns the pieces to replace so that the file has this one label.
    Formats that are not recognised by their content are known by their extension; a text without metadata
    has only a notice.
    """

    kind: str
    extensions: tuple[str, ...]
    recognises: Callable[[Source], bool] = _never
    read: Callable[[Source], Iterable[Place | Reason]] = _nowhere
    write: Callable[[Source, str], Iterable[Splice]] = _no_place
    notice: Notice | None = None

    @property
    def has_metadata(self) -> bool:
        """Whether the format has a place for a label in its metadata."""
        return self.read is not _nowhere


def check_places(count: int) -> None:
    """Refuse a file that holds more places for a label than any honest one: each costs time to read.

    Raises:
        UnreadableError: `count` is over the limit.
    """
    if count > MAX_PLACES:
        raise UnreadableError(
            f"可放标识的位置超过 {MAX_PLACES} 处，其余未读取",
            f"there are more than {MAX_PLACES} places for a label; the rest was not read",
        )


def places_in_packet(where: str, packet: bytes) -> Iterable[Place]:
    """Return the labels of an XMP packet that stands at `where`."""
    return [Place(where, value) for value in read_packet(packet)]


def unknown(code: str, zh: str, en: str) -> Reason:
    """Return the reason that something in the file could not be judged."""
    return Reason(code, "unknown", Text(zh, en))


def ascii_text(raw: bytes) -> str:
    """Return a value that should be ASCII; other bytes stay visible and later break the rule they break."""
    return raw.decode("utf-8", "backslashreplace")


def inflated(packed: bytes, *, raw: bool = False, limit: int = MAX_PIECE) -> bytes:
    """Return what `packed` holds (deflate), refusing to grow past `limit` bytes.

    Raises:
        UnreadableError: it is damaged or a bomb.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(packed, limit)
    except zlib.error as error:
        raise UnreadableError(f"压缩数据已损坏：{error}", f"compressed data is damaged: {error}") from error
    if inflater.unconsumed_tail or not inflater.eof:
        raise UnreadableError(
            f"压缩数据不完整，或解压后超过 {limit} 字节的上限",
            f"compressed data is cut short or grows past the limit of {limit} bytes",
        )
    return plain
