"""Ogg (Vorbis, Opus, FLAC): an AIGC entry in the comment header of the first audio stream.

Only the pages that carry headers are laid out anew. Where their number changes, the later pages of that
stream get new sequence numbers and checksums; every packet keeps its bytes.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels.comments import labels_in, with_comment
from openbeian.dossier.labels.container import Container, Place, check_places
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import MAX_PIECE, Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["OGG"]

_MARK = b"OggS"
_HEADER = 27
_CONTINUED, _FIRST, _LAST = 0x01, 0x02, 0x04
_SEGMENT = 255
_NO_POSITION = b"\xff" * 8
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Codec(NamedTuple):
    """How a codec's first two packets begin, where its comments start, how many headers follow the first."""

    first: bytes
    second: bytes
    prefix: int
    headers: int


_CODECS = (
    _Codec(b"\x01vorbis", b"\x03vorbis", 7, 2),
    _Codec(b"OpusHead", b"OpusTags", 8, 1),
    # FLAC says in its first packet how many there are.
    _Codec(b"\x7fFLAC", b"", 4, 0),
)


class _Page(NamedTuple):
    start: int
    end: int
    flags: int
    serial: bytes
    sequence: int
    lacing: bytes

    @property
    def body(self) -> int:
        return self.start + _HEADER + len(self.lacing)


class _Stream(NamedTuple):
    """One logical stream's headers: the pages after the first that carry them, and the packets in those."""

    codec: _Codec
    headers: int
    pages: list[_Page]
    packets: list[bytes]


def _recognises(source: Source) -> bool:
    return source[:4] == _MARK


def _pages(source: Source, start: int = 0) -> Iterator[_Page]:
    position = start
    while position < len(source):
        if take(source, position, 4) != _MARK:
            raise UnreadableError(f"第 {position} 字节处不是 Ogg 页", f"no Ogg page at byte {position}")
        lacing = take(source, position + _HEADER, number(source, position + 26, 1))
        end = position + _HEADER + len(lacing) + sum(lacing)
        number(source, end - 1, 1)
        yield _Page(
            position,
            end,
            number(source, position + 5, 1),
            take(source, position + 14, 4),
            number(source, position + 18, 4, "little"),
            lacing,
        )
        position = end


def _stream(source: Source, first: _Page) -> _Stream | None:
    """Return the headers of the stream that starts on page `first`; None where it is no audio we know."""
    body = take(source, first.body, first.end - first.body)
    codec = next((codec for codec in _CODECS if body.startswith(codec.first)), None)
    if codec is None:
        return None
    stream = _Stream(codec, codec.headers or int.from_bytes(body[7:9], "big") or 1, [], [b""])
    size = 0
    for page in _pages(source, first.end):
        if page.serial != first.serial:
            continue
        stream.pages.append(page)
        size += page.end - page.body
        if size > MAX_PIECE:
            raise UnreadableError("Ogg 头部过大", "the headers of the Ogg stream are too large")
        _add_packets(source, page, stream.packets)
        if len(stream.packets) > stream.headers:
            _check_comment(stream)
            return stream
    raise UnreadableError("文件不完整：Ogg 头部没有结束", "the file is cut short: the Ogg headers do not end")


def _check_comment(stream: _Stream) -> None:
    if not stream.packets[0].startswith(stream.codec.second):
        raise UnreadableError("Ogg 流没有注释头", "the Ogg stream has no comment header")


def _add_packets(source: Source, page: _Page, packets: list[bytes]) -> None:
    position = page.body
    for length in page.lacing:
        packets[-1] += take(source, position, length)
        position += length
        if length < _SEGMENT:
            packets.append(b"")


def _streams(source: Source) -> Iterator[_Stream]:
    count = 0
    for page in _pages(source):
        if page.flags & _FIRST and (stream := _stream(source, page)):
            count += 1
            check_places(count)
            yield stream


def _comment(stream: _Stream) -> bytes:
    return stream.packets[0][stream.codec.prefix :]


def _read(source: Source) -> Iterator[Place | Reason]:
    for stream in _streams(source):
        for value in labels_in(_comment(stream)):
            yield Place("comment header AIGC", value)


def _write(source: Source, value: str) -> Iterable[Splice]:
    streams = list(_streams(source))
    if not streams:
        raise CannotLabelError(
            "Ogg 文件中没有 Vorbis、Opus 或 FLAC 音频", "the Ogg file holds no Vorbis, Opus or FLAC audio"
        )
    if any(True for stream in streams[1:] for _ in labels_in(_comment(stream))) or len(streams) > 1:
        raise CannotLabelError(
            "Ogg 文件由多段音频组成，暂不支持写入",
            "the Ogg file holds several audio streams; label each alone",
        )
    stream = streams[0]
    prefix = stream.packets[0][: stream.codec.prefix]
    return _laid_out(source, stream, prefix + with_comment(_comment(stream), value))


def _laid_out(source: Source, stream: _Stream, comment: bytes) -> Iterator[Splice]:
    old, packets = stream.pages, [comment, *stream.packets[1:-1]]
    is_alone = len(stream.packets) == stream.headers + 1 and not stream.packets[-1]
    is_in_a_row = old[-1].end - old[0].start == sum(page.end - page.start for page in old)
    if not is_alone or not is_in_a_row or old[-1].flags & _LAST:
        raise CannotLabelError(
            "Ogg 头部与音频数据同页或交错，写入会改动音频页", "the Ogg headers share pages with other data"
        )
    if not stream.codec.second:
        # FLAC writes the comment's length in front of it.
        packets[0] = comment[:1] + (len(comment) - 4).to_bytes(3, "big") + comment[4:]
    new = list(_new_pages(old[0], packets))
    yield Splice(old[0].start, old[-1].end, b"".join(new))
    shift = len(new) - len(old)
    if shift:
        yield from _renumbered(source, old[-1], shift)


def _new_pages(like: _Page, packets: list[bytes]) -> Iterator[bytes]:
    lacing = b"".join(
        b"\xff" * (len(packet) // _SEGMENT) + bytes([len(packet) % _SEGMENT]) for packet in packets
    )
    data = b"".join(packets)
    done = 0
    is_continued = False
    for place in range(0, len(lacing), _SEGMENT):
        part = lacing[place : place + _SEGMENT]
        body = data[done : done + sum(part)]
        done += len(body)
        # A page on which no packet ends says so instead of a position.
        position = b"\0" * 8 if any(length < _SEGMENT for length in part) else _NO_POSITION
        number_ = (like.sequence + place // _SEGMENT) & 0xFFFF_FFFF
        flags = _CONTINUED if is_continued else 0
        head = _MARK + bytes([0, flags]) + position + like.serial + number_.to_bytes(4, "little")
        yield _checked(head + b"\0" * 4 + bytes([len(part)]) + part + body)
        is_continued = part[-1] == _SEGMENT


def _lacing(packet: bytes) -> bytes:
    full, rest = divmod(len(packet), _SEGMENT)
    return b"\xff" * full + bytes([rest])


def _renumbered(source: Source, after: _Page, shift: int) -> Iterator[Splice]:
    for page in _pages(source, after.end):
        if page.serial == after.serial:
            raw = bytearray(take(source, page.start, page.end - page.start))
            raw[18:22] = ((page.sequence + shift) & 0xFFFF_FFFF).to_bytes(4, "little")
            yield Splice(page.start + 18, page.start + 26, _checked(bytes(raw))[18:26])


def _checked(page: bytes) -> bytes:
    """Return the page with its checksum filled in.

    Ogg's checksum is the CRC of zlib read from the other end: bits reversed, starting from zero.
    """
    blank = page[:22] + b"\0" * 4 + page[26:]
    reflected = zlib.crc32(blank.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    checksum = int(f"{reflected:032b}"[::-1], 2)
    return page[:22] + checksum.to_bytes(4, "little") + page[26:]


OGG = Container("ogg", (".ogg", ".oga", ".opus"), _recognises, _read, _write)
