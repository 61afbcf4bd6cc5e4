"""TIFF and BigTIFF: the XMP packet under tag 0x2BC of the first directory.

A TIFF finds everything by absolute offset, so nothing moves: the new packet, and a copy of the first
directory where it needs one more entry, go to the end, and the old pointer is turned to them.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.container import Container, Place, check_places, places_in_packet
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["TIFF"]

_TAG = 0x2BC
_BYTE, _UNDEFINED = 1, 7


class _Entry(NamedTuple):
    tag: int
    start: int
    raw: bytes


class _Form(NamedTuple):
    """How this TIFF writes numbers: byte order, width of an offset, width of the entry count."""

    order: Literal["big", "little"]
    width: int
    count_width: int
    pointer: int
    """Where the offset of the first directory stands."""

    @property
    def entry_size(self) -> int:
        return 4 + 2 * self.width

    def packed(self, value: int, width: int) -> bytes:
        return value.to_bytes(width, self.order)


class _Directory(NamedTuple):
    form: _Form
    entries: list[_Entry]
    next: bytes

    def packet_entries(self) -> list[_Entry]:
        found = [entry for entry in self.entries if entry.tag == _TAG]
        check_places(len(found))
        return found


_FORMS = {
    b"II*\0": _Form("little", 4, 2, 4),
    b"MM\0*": _Form("big", 4, 2, 4),
    b"II+\0\x08\0\0\0": _Form("little", 8, 8, 8),
    b"MM\0+\0\x08\0\0": _Form("big", 8, 8, 8),
}


def _form(source: Source) -> _Form | None:
    return _FORMS.get(source[:4]) or _FORMS.get(source[:8])


def _recognises(source: Source) -> bool:
    return _form(source) is not None


def _directory(source: Source) -> _Directory:
    form = _form(source)
    if form is None:
        raise UnreadableError("不是 TIFF 文件", "it is no TIFF")
    start = number(source, form.pointer, form.width, form.order)
    count = number(source, start, form.count_width, form.order)
    first = start + form.count_width
    raw = take(source, first, count * form.entry_size)
    entries = [
        _Entry(int.from_bytes(raw[at : at + 2], form.order), first + at, raw[at : at + form.entry_size])
        for at in range(0, len(raw), form.entry_size)
    ]
    return _Directory(form, entries, take(source, first + len(raw), form.width))


def _packet(source: Source, form: _Form, entry: _Entry) -> bytes:
    kind = int.from_bytes(entry.raw[2:4], form.order)
    if kind not in {_BYTE, _UNDEFINED}:
        raise UnreadableError(
            f"标签 0x2BC 的类型 {kind} 不是字节", f"tag 0x2BC has the type {kind}, which is not bytes"
        )
    length = int.from_bytes(entry.raw[4 : 4 + form.width], form.order)
    inline = entry.raw[4 + form.width :]
    return (
        inline[:length] if length <= form.width else take(source, int.from_bytes(inline, form.order), length)
    )


def _read(source: Source) -> Iterator[Place | Reason]:
    directory = _directory(source)
    for entry in directory.packet_entries():
        yield from places_in_packet("IFD0 0x2BC", _packet(source, directory.form, entry))


def _write(source: Source, value: str) -> Iterable[Splice]:
    directory = _directory(source)
    form, old = directory.form, directory.packet_entries()
    end = len(source)
    # Offsets in a TIFF are even.
    start = end + end % 2
    packet = xmp.with_label(_packet(source, form, old[0]), value) if old else xmp.new_packet(value)
    entry = _entry(form, packet, start)
    if len(old) == 1:
        room = _room(form, old[0])
        if len(packet) <= room.end - room.start:
            # What fits takes the old packet's place; spaces after a packet are part of its custom.
            return [Splice(room.start, room.end, packet.ljust(room.end - room.start))]
        return [
            # The old packet is blotted out, or a reader that searches the bytes would find two labels.
            Splice(room.start, room.end, b"\0" * (room.end - room.start)),
            Splice(old[0].start, old[0].start + form.entry_size, entry),
            Splice(end, end, b"\0" * (end % 2) + packet),
        ]
    packet += b"\0" * (len(packet) % 2)
    table = _table(directory, entry)
    pointer = form.packed(_within(form, start + len(packet)), form.width)
    return [
        Splice(form.pointer, form.pointer + form.width, pointer),
        Splice(end, end, b"\0" * (end % 2) + packet + table),
    ]


def _room(form: _Form, entry: _Entry) -> Splice:
    length = int.from_bytes(entry.raw[4 : 4 + form.width], form.order)
    start = int.from_bytes(entry.raw[4 + form.width :], form.order)
    return Splice(start, start + (length if length > form.width else 0), b"")


def _entry(form: _Form, packet: bytes, start: int) -> bytes:
    return (
        form.packed(_TAG, 2)
        + form.packed(_BYTE, 2)
        + form.packed(len(packet), form.width)
        + form.packed(_within(form, start + len(packet)) - len(packet), form.width)
    )


def _table(directory: _Directory, entry: bytes) -> bytes:
    form = directory.form
    others = [one for one in directory.entries if one.tag != _TAG]
    behind = sum(one.tag < _TAG for one in others)
    rows = [one.raw for one in others]
    rows.insert(behind, entry)
    return form.packed(len(rows), form.count_width) + b"".join(rows) + directory.next


def _within(form: _Form, end: int) -> int:
    if end >= 1 << (8 * form.width):
        raise CannotLabelError(
            "TIFF 文件已达 4 GiB 上限，无法再写入标识", "the TIFF has reached 4 GiB, its largest size"
        )
    return end


TIFF = Container("tiff", (".tif", ".tiff"), _recognises, _read, _write)
