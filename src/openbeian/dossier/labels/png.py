"""PNG: an XMP packet in an iTXt chunk, or the bare JSON in a text chunk named AIGC."""

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.container import Container, Place, check_places, inflated, places_in_packet
from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["PNG"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_KEYWORD = KEY.encode()
_TEXT_TYPES = {b"tEXt", b"zTXt", b"iTXt"}
_FRAME = 12
"""Length, type and checksum around the data of a chunk."""


class _Chunk(NamedTuple):
    type: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + _FRAME + self.length


def _recognises(source: Source) -> bool:
    return source[:8] == _SIGNATURE


def _chunks(source: Source) -> Iterator[_Chunk]:
    position = len(_SIGNATURE)
    while True:
        chunk = _Chunk(take(source, position + 4, 4), position, number(source, position, 4))
        take(source, chunk.end - 4, 4)
        yield chunk
        if chunk.type == b"IEND":
            return
        position = chunk.end


def _data(source: Source, chunk: _Chunk) -> bytes:
    return take(source, chunk.start + 8, chunk.length)


def _text(chunk_type: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Return keyword and text of a text chunk, inflated where it is packed."""
    keyword, _, rest = data.partition(b"\0")
    if keyword not in {_KEYWORD, _XMP_KEYWORD} or chunk_type == b"tEXt":
        return keyword, rest
    if chunk_type == b"zTXt":
        return keyword, inflated(rest[1:])
    is_packed, parts = rest[:1] == b"\x01", rest[2:].split(b"\0", 2)
    if len(parts) < 3:  # noqa: PLR2004  language, translated keyword, text
        raise UnreadableError("iTXt 数据块已损坏", "an iTXt chunk is damaged")
    return keyword, inflated(parts[2]) if is_packed else parts[2]


def _labelled(source: Source) -> Iterator[tuple[_Chunk, bytes, bytes]]:
    count = 0
    for chunk in _chunks(source):
        if chunk.type in _TEXT_TYPES:
            keyword, text = _text(chunk.type, _data(source, chunk))
            if keyword in {_KEYWORD, _XMP_KEYWORD}:
                count += 1
                check_places(count)
                yield chunk, keyword, text


def _read(source: Source) -> Iterator[Place | Reason]:
    for chunk, keyword, text in _labelled(source):
        where = f"{chunk.type.decode()} {keyword.decode()}"
        if keyword == _XMP_KEYWORD:
            yield from places_in_packet(where, text)
        else:
            yield Place(where, text.decode("utf-8" if chunk.type == b"iTXt" else "latin-1", "replace"))
        if zlib.crc32(take(source, chunk.start + 4, chunk.length + 4)) != number(source, chunk.end - 4, 4):
            yield Reason(
                "checksum", "note", Text(f"{where} 的校验和不符", f"the checksum of {where} is wrong")
            )


def _write(source: Source, value: str) -> Iterable[Splice]:
    header = next(_chunks(source))
    found = list(_labelled(source))
    packets = [(chunk, text) for chunk, keyword, text in found if keyword == _XMP_KEYWORD]
    new = xmp.relabelled([text for _, text in packets], value)
    if not packets:
        yield Splice(header.end, header.end, _xmp_chunk(xmp.new_packet(value)))
    for (chunk, _), packet in zip(packets, new, strict=True):
        yield Splice(chunk.start, chunk.end, _xmp_chunk(packet))
    for chunk, keyword, _ in found:
        if keyword == _KEYWORD:
            yield Splice(chunk.start, chunk.end, b"")


def _xmp_chunk(packet: bytes) -> bytes:
    body = b"iTXt" + _XMP_KEYWORD + b"\0\0\0\0\0" + packet
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


PNG = Container("png", (".png", ".apng"), _recognises, _read, _write)
