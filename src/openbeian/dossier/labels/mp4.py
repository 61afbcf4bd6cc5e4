"""MP4, MOV and M4A: the key AIGC in `moov.udta.meta` (keys and ilst), or an XMP packet in a uuid box.

A `meta` box that players already use (iTunes tags) stays as it is; the label gets one of its own beside it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels import xmp
from openbeian.dossier.labels.boxes import Box, box_bytes, boxes, offsets_moved, path, resized
from openbeian.dossier.labels.container import Container, Place, ascii_text, places_in_packet
from openbeian.dossier.labels.errors import CannotLabelError
from openbeian.dossier.labels.source import Source, Splice, take
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["MP4"]

_KEY = KEY.encode()
_BRAND = {b"ftyp", b"moov", b"moof", b"styp", b"wide", b"free", b"skip", b"mdat"}
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_HANDLER = box_bytes(b"hdlr", b"\0" * 8 + b"mdta" + b"\0" * 13)
_UTF8 = 1
_IN_UDTA = len(("moov", "udta", "meta"))


class _Meta(NamedTuple):
    """A `meta` box with keys: the boxes around it from the outside in, and what it holds."""

    chain: tuple[Box, ...]
    keys: Box
    tags: Box
    names: tuple[bytes, ...]

    def items(self, source: Source) -> list[Box]:
        """Return the entries of the list that carry a label."""
        numbers = {place.to_bytes(4, "big") for place, name in enumerate(self.names, 1) if name == _KEY}
        return [item for item in boxes(source, self.tags.data, self.tags.end) if item.type in numbers]


class _Edit(NamedTuple):
    """A splice, and the boxes around it whose sizes follow."""

    splice: Splice
    chain: tuple[Box, ...]


def _recognises(source: Source) -> bool:
    return source[4:8] in _BRAND and source[8:12] not in {b"heic", b"heix", b"mif1", b"avif"}


def _chains(source: Source, *types: bytes) -> Iterator[tuple[Box, ...]]:
    """Yield the boxes on every way down through `types`, from the outside in."""
    ways: list[tuple[Box, ...]] = [()]
    for box_type in types:
        ways = [
            (*way, box)
            for way in ways
            for box in path(source, way[-1].data if way else 0, way[-1].end if way else len(source), box_type)
        ]
    yield from ways


def _metas(source: Source) -> Iterator[_Meta]:
    for chain in (*_chains(source, b"moov", b"udta", b"meta"), *_chains(source, b"moov", b"meta")):
        meta = chain[-1]
        inside = {box.type: box for box in boxes(source, _content(source, meta), meta.end)}
        if b"keys" in inside and b"ilst" in inside:
            keys = inside[b"keys"]
            yield _Meta(chain, keys, inside[b"ilst"], tuple(_names(source, keys)))


def _content(source: Source, meta: Box) -> int:
    # MP4 writes a version before the content, QuickTime does not.
    return meta.data if source[meta.data + 4 : meta.data + 8] == b"hdlr" else min(meta.data + 4, meta.end)


def _names(source: Source, keys: Box) -> Iterator[bytes]:
    for box in boxes(source, min(keys.data + 8, keys.end), keys.end):
        yield take(source, box.data, box.end - box.data)


def _packets(source: Source) -> Iterator[tuple[Box, bytes]]:
    for box in path(source, 0, len(source), b"uuid"):
        if source[box.data : box.data + 16] == _XMP_UUID:
            yield box, take(source, box.data + 16, box.end - box.data - 16)


def _others(source: Source) -> Iterator[tuple[Box, ...]]:
    """Yield boxes named like the key, and iTunes tags of that name: not asked for, but some write them."""
    for box_type in (_KEY, _KEY.lower()):
        yield from _chains(source, b"moov", b"udta", box_type)
    for chain in _chains(source, b"moov", b"udta", b"meta"):
        for tags in path(source, _content(source, chain[-1]), chain[-1].end, b"ilst"):
            for tag in path(source, tags.data, tags.end, b"----"):
                if any(source[name.data + 4 : name.end] == _KEY for name in _inner(source, tag, b"name")):
                    yield (*chain, tags, tag)


def _inner(source: Source, tag: Box, box_type: bytes) -> Iterator[Box]:
    return path(source, tag.data, tag.end, box_type)


def _read(source: Source) -> Iterator[Place | Reason]:
    for meta in _metas(source):
        for item in meta.items(source):
            for data in path(source, item.data, item.end, b"data"):
                value = take(source, data.data, data.end - data.data)[8:]
                yield Place(_named(meta.chain), ascii_text(value))
    for chain in _others(source):
        box = chain[-1]
        value = take(source, box.data, box.end - box.data)
        yield Place(_named(chain), ascii_text(value[max(value.find(b"{"), 0) :].rstrip(b"\0")))
    for _, packet in _packets(source):
        yield from places_in_packet("uuid XMP", packet)


def _named(chain: tuple[Box, ...]) -> str:
    return ".".join(box.type.decode("latin-1") for box in chain)


def _write(source: Source, value: str) -> Iterable[Splice]:
    edits = [*_removals(source), *_addition(source, value)]
    growths: Counter[Box] = Counter()
    for edit in edits:
        for box in edit.chain:
            growths[box] += len(edit.splice.new) - (edit.splice.end - edit.splice.start)
    splices = [edit.splice for edit in edits]
    sizes = [splice for box, growth in growths.items() for splice in resized(source, box, growth)]
    return [*splices, *sizes, *offsets_moved(source, splices)]


def _removals(source: Source) -> Iterator[_Edit]:
    for meta in _metas(source):
        for item in meta.items(source):
            yield _Edit(Splice(item.start, item.end, b""), (*meta.chain, meta.tags))
    for chain in _others(source):
        yield _Edit(Splice(chain[-1].start, chain[-1].end, b""), chain[:-1])
    for box, packet in _packets(source):
        bare = xmp.without_labels(packet)
        if bare != packet:
            yield _Edit(Splice(box.data + 16, box.end, bare), (box,))


def _addition(source: Source, value: str) -> list[_Edit]:
    """Return the edits that add the label where the guide wants it."""
    films = list(path(source, 0, len(source), b"moov"))
    if not films:
        raise CannotLabelError(
            "文件没有 moov（可能是流媒体分段），无处写入标识",
            "the file has no moov box (it may be a segment of a stream), so there is no place for a label",
        )
    own = next((meta for meta in _metas(source) if len(meta.chain) == _IN_UDTA), None)
    if own:
        return list(_added_to(source, own, value))
    meta = box_bytes(b"meta", b"\0" * 4 + _HANDLER + _keys([_KEY]) + box_bytes(b"ilst", _item(1, value)))
    chain = next(_chains(source, b"moov", b"udta"), ())
    if chain:
        return [_Edit(_inserted(source, chain[-1], meta), chain)]
    return [_Edit(_inserted(source, films[0], box_bytes(b"udta", meta)), (films[0],))]


def _inserted(source: Source, parent: Box, new: bytes, head: int = 0) -> Splice:
    # Behind the last child, not at the end: four zero bytes may close the parent.
    first = parent.data + head
    place = max((box.end for box in boxes(source, first, parent.end)), default=first)
    return Splice(place, place, new)


def _added_to(source: Source, meta: _Meta, value: str) -> Iterator[_Edit]:
    """Yield the edits that add an entry to the list, and its key where that is not there yet."""
    if _KEY in meta.names:
        place = meta.names.index(_KEY) + 1
    else:
        place = len(meta.names) + 1
        count_at = meta.keys.data + 4
        yield _Edit(Splice(count_at, count_at + 4, place.to_bytes(4, "big")), ())
        yield _Edit(_inserted(source, meta.keys, box_bytes(b"mdta", _KEY), 8), (*meta.chain, meta.keys))
    yield _Edit(_inserted(source, meta.tags, _item(place, value)), (*meta.chain, meta.tags))


def _keys(names: list[bytes]) -> bytes:
    listed = b"".join(box_bytes(b"mdta", name) for name in names)
    return box_bytes(b"keys", b"\0" * 4 + len(names).to_bytes(4, "big") + listed)


def _item(place: int, value: str) -> bytes:
    data = box_bytes(b"data", _UTF8.to_bytes(4, "big") + b"\0" * 4 + value.encode())
    return box_bytes(place.to_bytes(4, "big"), data)


MP4 = Container("mp4", (".mp4", ".m4a", ".m4v", ".mov", ".qt", ".3gp"), _recognises, _read, _write)
