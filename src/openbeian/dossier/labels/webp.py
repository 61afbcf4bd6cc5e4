"""WebP: the XMP packet in a chunk of its own, announced by a flag in the extended header."""

from collections.abc import Iterable, Iterator

from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.container import Container, Place, places_in_packet
from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.riff import Chunk, chunk_bytes, chunks, form_of, resized, riff_end
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["WEBP"]

_FIRST_CHUNK = 12
_XMP = b"XMP "
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_LOSSLESS_MARK = 0x2F


def _recognises(source: Source) -> bool:
    return form_of(source) == b"WEBP"


def _chunks(source: Source) -> Iterator[Chunk]:
    return chunks(source, _FIRST_CHUNK, riff_end(source))


def _packet(source: Source, chunk: Chunk) -> bytes:
    return take(source, chunk.data, chunk.data_end - chunk.data)


def _read(source: Source) -> Iterator[Place | Reason]:
    for chunk in _chunks(source):
        if chunk.id == _XMP:
            yield from places_in_packet("XMP chunk", _packet(source, chunk))


def _write(source: Source, value: str) -> Iterable[Splice]:
    all_chunks = list(_chunks(source))
    packets = [chunk for chunk in all_chunks if chunk.id == _XMP]
    end = riff_end(source)
    new = xmp.relabelled([_packet(source, chunk) for chunk in packets], value)
    splices = [_announced(source, all_chunks)]
    if not packets:
        splices.append(Splice(end, end, chunk_bytes(_XMP, xmp.new_packet(value))))
    for chunk, packet in zip(packets, new, strict=True):
        splices.append(Splice(chunk.start, chunk.end, chunk_bytes(_XMP, packet)))
    growth = sum(len(splice.new) - (splice.end - splice.start) for splice in splices)
    return [resized(source, 4, growth), *splices]


def _announced(source: Source, all_chunks: list[Chunk]) -> Splice:
    """Return the splice that makes the header say that there is XMP."""
    if not all_chunks:
        raise UnreadableError("WebP 文件没有图像数据", "the WebP file holds no picture")
    first = all_chunks[0]
    if first.id == b"VP8X":
        flags = number(source, first.data, 1) | _HAS_XMP
        return Splice(first.data, first.data + 1, bytes([flags]))
    width, height, alpha = _size(source, first)
    flags = _HAS_XMP | (_HAS_ALPHA if alpha else 0)
    header = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return Splice(first.start, first.start, chunk_bytes(b"VP8X", header))


def _size(source: Source, picture: Chunk) -> tuple[int, int, bool]:
    """Return width, height and transparency as the picture itself says them."""
    if picture.id == b"VP8L" and number(source, picture.data, 1) == _LOSSLESS_MARK:
        bits = number(source, picture.data + 1, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if picture.id == b"VP8 ":
        width = number(source, picture.data + 6, 2, "little") & 0x3FFF
        height = number(source, picture.data + 8, 2, "little") & 0x3FFF
        if width and height:
            return width, height, False
    raise UnreadableError("WebP 图像数据已损坏", "the picture in the WebP file is damaged")


WEBP = Container("webp", (".webp",), _recognises, _read, _write)
