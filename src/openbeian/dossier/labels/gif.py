"""GIF: the XMP packet in an application extension named `XMP DataXMP`."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.container import Container, Place, places_in_packet
from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["GIF"]

_INTRODUCER = b"\x21\xff\x0bXMP DataXMP"
# Readers that know no XMP take its letters for block lengths; wherever they land in this ramp, they
# count down to the two zeros and leave the packet behind them.
_RAMP = bytes([1, *range(0xFF, -1, -1), 0])
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_APPLICATION, _COMMENT = 0xFF, 0xFE
_HEADER = 13


class _Block(NamedTuple):
    kind: int
    function: int
    start: int
    end: int


def _recognises(source: Source) -> bool:
    return source[:6] in {b"GIF87a", b"GIF89a"}


def _table_size(flags: int) -> int:
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0


def _after_sub_blocks(source: Source, position: int) -> int:
    while length := number(source, position, 1):
        position += 1 + length
    return position + 1


def _blocks(source: Source) -> Iterator[_Block]:
    position = _HEADER + _table_size(number(source, 10, 1))
    while (kind := number(source, position, 1)) != _TRAILER:
        if kind == _EXTENSION:
            function, inner = number(source, position + 1, 1), position + 2
        elif kind == _IMAGE:
            function, inner = 0, position + 11 + _table_size(number(source, position + 9, 1))
        else:
            raise UnreadableError(f"第 {position} 字节处不是 GIF 块", f"no GIF block at byte {position}")
        end = _after_sub_blocks(source, inner)
        yield _Block(kind, function, position, end)
        position = end


def _packets(source: Source) -> Iterator[tuple[_Block, bytes]]:
    for block in _blocks(source):
        if source[block.start : block.start + len(_INTRODUCER)] == _INTRODUCER:
            inner = block.start + len(_INTRODUCER)
            data = take(source, inner, block.end - inner)
            yield block, data.removesuffix(_RAMP)


def _read(source: Source) -> Iterator[Place | Reason]:
    for _, packet in _packets(source):
        yield from places_in_packet("Application Extension XMP", packet)


def _write(source: Source, value: str) -> Iterable[Splice]:
    packets = list(_packets(source))
    if packets:
        new = xmp.relabelled([packet for _, packet in packets], value)
        for (block, _), packet in zip(packets, new, strict=True):
            yield Splice(block.start, block.end, _extension(packet))
    else:
        position = _first_picture(source)
        yield Splice(position, position, _extension(xmp.new_packet(value)))
        # Extensions came with the later version of the format.
        yield Splice(3, 6, b"89a")


def _first_picture(source: Source) -> int:
    position = _HEADER + _table_size(number(source, 10, 1))
    for block in _blocks(source):
        if block.kind != _EXTENSION or block.function not in {_APPLICATION, _COMMENT}:
            return block.start
        position = block.end
    return position


def _extension(packet: bytes) -> bytes:
    return _INTRODUCER + packet + _RAMP


GIF = Container("gif", (".gif",), _recognises, _read, _write)
