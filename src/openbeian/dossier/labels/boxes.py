"""The frame of MP4, MOV and M4A: boxes inside boxes, and the absolute offsets that some of them hold."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take

__all__ = ["Box", "box_bytes", "boxes", "offsets_moved", "path", "resized"]

_SIZE, _LARGE_SIZE = 8, 16
_MAX_BOXES = 200_000
_LIMITS = {4: 0xFFFF_FFFF, 8: 0xFFFF_FFFF_FFFF_FFFF}
_BASE_DATA_OFFSET = 0x01


class Box(NamedTuple):
    """A box from `start` to `end`; `data` is where its content starts."""

    type: bytes
    start: int
    data: int
    end: int


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between `start` and `end`.

    Raises:
        UnreadableError: a box is smaller than its own head or reaches past `end`.
    """
    position = start
    for _ in range(_MAX_BOXES):
        # Up to seven zero bytes close some old lists.
        if end - position < _SIZE:
            return
        size, box_type = number(source, position, 4), take(source, position + 4, 4)
        data = position + _SIZE
        if size == 1:
            size, data = number(source, position + _SIZE, 8), position + _LARGE_SIZE
        box_end = end if size == 0 else position + size
        if box_end < data or box_end > end:
            raise UnreadableError(
                f"文件不完整或已损坏：第 {position} 字节处的数据块超出范围",
                f"the file is cut short or damaged: the box at byte {position} reaches past its end",
            )
        yield Box(box_type, position, data, box_end)
        position = box_end
    raise UnreadableError("数据块过多", "there are too many boxes")


def path(source: Source, start: int, end: int, *types: bytes) -> Iterator[Box]:
    """Yield every box reached by going down through `types`."""
    for box in boxes(source, start, end):
        if box.type == types[0]:
            if len(types) == 1:
                yield box
            else:
                yield from path(source, box.data, box.end, *types[1:])


def box_bytes(box_type: bytes, data: bytes) -> bytes:
    """Return a box holding `data`."""
    return (_SIZE + len(data)).to_bytes(4, "big") + box_type + data


def resized(source: Source, box: Box, growth: int) -> Iterator[Splice]:
    """Yield the splice that adds `growth` to the size of `box`; none where it reaches to the end anyway."""
    size = number(source, box.start, 4)
    if size == 0 or growth == 0:
        return
    at, width = (box.start + _SIZE, 8) if size == 1 else (box.start, 4)
    yield Splice(at, at + width, _packed(number(source, at, width) + growth, width))


class _Shift:
    """Where a byte of the old file stands once the splices are made."""

    def __init__(self, splices: Iterable[Splice]) -> None:
        ordered = sorted(splices, key=lambda splice: splice.end)
        self._ends = [splice.end for splice in ordered]
        self._growths = [0, *accumulate(len(one.new) - (one.end - one.start) for one in ordered)]

    def __call__(self, offset: int) -> int:
        return offset + self._growths[bisect_right(self._ends, offset)]


def offsets_moved(source: Source, splices: list[Splice]) -> Iterator[Splice]:
    """Yield the splices that make absolute offsets point to the same bytes once `splices` are made.

    Raises:
        CannotLabelError: the file points to its data in a way that can't be followed safely.
    """
    end, shift = len(source), _Shift(splices)
    if shift(end - 1) != end - 1:
        _check_no_others(source)
        yield from _moved(source, shift)


def _moved(source: Source, shift: _Shift) -> Iterator[Splice]:
    end = len(source)
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        for table in path(source, 0, end, b"moov", b"trak", b"mdia", b"minf", b"stbl", kind):
            yield from _table_moved(source, table, width, shift)
    for head in path(source, 0, end, b"moof", b"traf", b"tfhd"):
        if number(source, head.data + 3, 1) & _BASE_DATA_OFFSET:
            yield from _one_moved(source, head.data + 8, 8, shift)
    for table in path(source, 0, end, b"mfra", b"tfra"):
        yield from _fragments_moved(source, table, shift)


def _table_moved(source: Source, table: Box, width: int, shift: _Shift) -> Iterator[Splice]:
    count, first = number(source, table.data + 4, 4), table.data + 8
    raw = take(source, first, count * width)
    old = [int.from_bytes(raw[at : at + width], "big") for at in range(0, len(raw), width)]
    new = [shift(offset) for offset in old]
    if new != old:
        yield Splice(first, first + len(raw), b"".join(_packed(offset, width) for offset in new))


def _fragments_moved(source: Source, table: Box, shift: _Shift) -> Iterator[Splice]:
    version, sizes = number(source, table.data, 1), number(source, table.data + 8, 4)
    count, width = number(source, table.data + 12, 4), 8 if version else 4
    # Each row: time, offset of the fragment, then three numbers of one to four bytes.
    row = 2 * width + sum((sizes >> size & 0x03) + 1 for size in (4, 2, 0))
    take(source, table.data + 16, count * row)
    for place in range(count):
        yield from _one_moved(source, table.data + 16 + place * row + width, width, shift)


def _one_moved(source: Source, at: int, width: int, shift: _Shift) -> Iterator[Splice]:
    old = number(source, at, width)
    if shift(old) != old:
        yield Splice(at, at + width, _packed(shift(old), width))


def _check_no_others(source: Source) -> None:
    end = len(source)
    items = (*path(source, 0, end, b"meta"), *path(source, 0, end, b"moov", b"meta"))
    aux = path(source, 0, end, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"saio")
    if any(source.find(b"iloc", box.data, box.end) >= 0 for box in items) or any(True for _ in aux):
        raise CannotLabelError(
            "文件含有加密辅助数据或图像条目的绝对位置，写入会使其错位；请先把 moov 移到文件末尾",
            "the file holds absolute positions of encryption data or items, which a label would misplace; "
            "move its moov box to the end first",
        )


def _packed(value: int, width: int) -> bytes:
    if not 0 <= value <= _LIMITS[width]:
        raise CannotLabelError(
            "写入标识后文件中的位置超出 32 位范围；请先把 moov 移到文件末尾",
            "with the label, positions in the file would pass 32 bits; move its moov box to the end first",
        )
    return value.to_bytes(width, "big")
