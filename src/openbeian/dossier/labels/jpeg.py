"""JPEG: the XMP packet in an APP1 segment."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.container import Container, Place, places_in_packet, unknown
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["JPEG"]

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_APP0, _APP1, _APP2, _SCAN, _END = 0xE0, 0xE1, 0xE2, 0xDA, 0xD9
_MAX_SEGMENT = 0xFFFF


class _Segment(NamedTuple):
    marker: int
    start: int
    end: int
    data: bytes


def _recognises(source: Source) -> bool:
    return source[:3] == b"\xff\xd8\xff"


def _segments(source: Source) -> Iterator[_Segment]:
    """Yield the segments before the image data, where all metadata stands."""
    position = 2
    while True:
        if number(source, position, 1) != 0xFF:  # noqa: PLR2004  every marker starts with it
            raise UnreadableError(f"第 {position} 字节处应为 JPEG 标记", f"no JPEG marker at byte {position}")
        marker = number(source, position + 1, 1)
        if marker == 0xFF:  # noqa: PLR2004  a fill byte
            position += 1
            continue
        if marker in {_SCAN, _END}:
            return
        length = number(source, position + 2, 2)
        yield _Segment(
            marker, position, position + 2 + length, take(source, position + 4, max(0, length - 2))
        )
        position += 2 + max(2, length)


def _read(source: Source) -> Iterator[Place | Reason]:
    for segment in _segments(source):
        if segment.marker == _APP1 and segment.data.startswith(_XMP):
            yield from places_in_packet("APP1 XMP", segment.data[len(_XMP) :])
        # The overflow of a packet larger than a segment; a label has no business there.
        if segment.marker == _APP1 and segment.data.startswith(_XMP_EXTENSION) and b"AIGC" in segment.data:
            yield unknown(
                "extended_xmp",
                "扩展 XMP 段中出现 AIGC 字样，该段未解析",
                "an extended XMP segment mentions AIGC; such segments are not parsed",
            )


def _write(source: Source, value: str) -> Iterable[Splice]:
    segments = list(_segments(source))
    packets = [one for one in segments if one.marker == _APP1 and one.data.startswith(_XMP)]
    if packets:
        _check_pointers(segments, packets[-1])
        new = xmp.relabelled([one.data[len(_XMP) :] for one in packets], value)
        for one, packet in zip(packets, new, strict=True):
            yield Splice(one.start, one.end, _segment(packet))
    else:
        # Behind JFIF and Exif, which want to be first, and before everything else.
        position = 2
        for segment in segments:
            if segment.marker not in {_APP0, _APP1}:
                break
            position = segment.end
        yield Splice(position, position, _segment(xmp.new_packet(value)))


def _check_pointers(segments: list[_Segment], packet: _Segment) -> None:
    # The index of further pictures (MPF) counts from itself, so nothing may grow between it and them.
    if any(
        one.marker == _APP2 and one.data.startswith(b"MPF\0") and one.start < packet.start for one in segments
    ):
        raise CannotLabelError(
            "多图索引（MPF）位于 XMP 之前，写入会使后续图片错位",
            "the picture index (MPF) stands before the XMP; growing it would misplace the other pictures",
        )


def _segment(packet: bytes) -> bytes:
    length = 2 + len(_XMP) + len(packet)
    if length > _MAX_SEGMENT:
        raise CannotLabelError(
            "写入标识后 XMP 超过一个 JPEG 段的 65533 字节",
            "with the label the XMP would be larger than the 65,533 bytes of a JPEG segment",
        )
    return b"\xff\xe1" + length.to_bytes(2, "big") + _XMP + packet


JPEG = Container("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), _recognises, _read, _write)
