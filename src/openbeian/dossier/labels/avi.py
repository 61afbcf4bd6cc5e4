"""AVI: an AIGC entry in LIST/INFO, placed before the film and, where there is padding, in its room.

Indexes may count from the start of the file, so the film moves only when there is no room, and then the
index moves with it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels.container import Container, Place, ascii_text
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.riff import HEADER, Chunk, chunk_bytes, chunks, form_of, resized, riff_end
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["AVI"]

_FIRST_CHUNK = 12
_ID = KEY.encode()
_INDEX_ENTRY = 16


class _Layout(NamedTuple):
    """What stands before the film, the film, and what stands behind it."""

    before: list[Chunk]
    movie: Chunk
    behind: list[Chunk]


def _recognises(source: Source) -> bool:
    return form_of(source) == b"AVI "


def _list_type(source: Source, chunk: Chunk) -> bytes:
    return source[chunk.data : chunk.data + 4] if chunk.id == b"LIST" else b""


def _top(source: Source) -> Iterator[Chunk]:
    return chunks(source, _FIRST_CHUNK, riff_end(source))


def _entries(source: Source, info: Chunk) -> Iterator[Chunk]:
    return chunks(source, info.data + 4, info.data_end)


def _read(source: Source) -> Iterator[Place | Reason]:
    for chunk in _top(source):
        if _list_type(source, chunk) == b"INFO":
            for entry in _entries(source, chunk):
                if entry.id == _ID:
                    data = take(source, entry.data, entry.data_end - entry.data)
                    yield Place("LIST/INFO AIGC", ascii_text(data.rstrip(b"\0")))


def _write(source: Source, value: str) -> Iterable[Splice]:
    layout = _layout(source)
    head = b"".join(_head(source, layout.before, value))
    start = layout.before[0].start if layout.before else layout.movie.start
    growth = len(head) - (layout.movie.start - start)
    splices = [Splice(start, layout.movie.start, head), *_behind(source, layout)]
    if growth:
        _check_alone(source)
        splices.extend(_index_moved(source, layout, growth))
    growth = sum(len(splice.new) - (splice.end - splice.start) for splice in splices)
    return [*splices, resized(source, 4, growth)]


def _layout(source: Source) -> _Layout:
    everything = list(_top(source))
    films = [place for place, chunk in enumerate(everything) if _list_type(source, chunk) == b"movi"]
    if not films:
        raise UnreadableError("AVI 文件没有影像数据", "the AVI file holds no film")
    film = films[0]
    return _Layout(everything[:film], everything[film], everything[film + 1 :])


def _head(source: Source, before: list[Chunk], value: str) -> Iterator[bytes]:
    """Yield the chunks before the film anew: the label in the first INFO, the padding smaller by as much."""
    entry = chunk_bytes(_ID, value.encode() + b"\0")
    new: list[bytes] = []
    infos = 0
    for chunk in before:
        data = take(source, chunk.start, chunk.end - chunk.start)
        if _list_type(source, chunk) == b"INFO":
            data = _info(source, chunk, b"" if infos else entry)
            infos += 1
        new.append(data)
    if not infos:
        new.append(chunk_bytes(b"LIST", b"INFO" + entry))
    growth = sum(map(len, new)) - sum(chunk.end - chunk.start for chunk in before)
    yield from _padding_used(source, before, new, growth)


def _info(source: Source, info: Chunk, entry: bytes) -> bytes:
    kept = (take(source, one.start, one.end - one.start) for one in _entries(source, info) if one.id != _ID)
    return chunk_bytes(b"LIST", b"INFO" + b"".join(kept) + entry)


def _padding_used(source: Source, before: list[Chunk], new: list[bytes], growth: int) -> list[bytes]:
    for place, chunk in enumerate(before):
        room = chunk.end - chunk.start - HEADER - growth
        # Some cameras keep notes in a chunk of junk; only true padding may shrink.
        is_padding = chunk.id == b"JUNK" and not source[chunk.data : chunk.data_end].strip(b"\0")
        if is_padding and room >= 0 and growth % 2 == 0:
            return [*new[:place], chunk_bytes(b"JUNK", b"\0" * room), *new[place + 1 :]]
    return new


def _behind(source: Source, layout: _Layout) -> Iterator[Splice]:
    for chunk in layout.behind:
        if _list_type(source, chunk) == b"INFO" and any(one.id == _ID for one in _entries(source, chunk)):
            _check_alone(source)
            yield Splice(chunk.start, chunk.end, _info(source, chunk, b""))


def _check_alone(source: Source) -> None:
    # Films beyond a gigabyte continue in further forms, found through indexes scattered over the file.
    if riff_end(source) != len(source) or source.find(b"indx", 0, 1 << 20) >= 0:
        raise CannotLabelError(
            "AVI 采用 OpenDML 分段索引且没有填充空间，写入会使画面错位；请先转为 MP4",
            "the AVI has OpenDML indexes and no padding; a label would misplace frames: turn it into MP4",
        )


def _index_moved(source: Source, layout: _Layout, growth: int) -> Iterator[Splice]:
    for chunk in layout.behind:
        if chunk.id != b"idx1":
            continue
        data = take(source, chunk.data, chunk.data_end - chunk.data)
        first = number(data, 8, 4, "little") if len(data) >= _INDEX_ENTRY else 0
        # Most indexes count from the film; some from the start of the file.
        if _is_absolute(source, layout.movie, first, data[:4]):
            moved = bytearray(data)
            for at in range(8, len(data) - 7, _INDEX_ENTRY):
                offset = number(data, at, 4, "little") + growth
                moved[at : at + 4] = (offset & 0xFFFF_FFFF).to_bytes(4, "little")
            yield Splice(chunk.data, chunk.data_end, bytes(moved))


def _is_absolute(source: Source, movie: Chunk, first: int, chunk_id: bytes) -> bool:
    relative = movie.data + first
    return source[relative : relative + 4] != chunk_id and source[first : first + 4] == chunk_id


AVI = Container("avi", (".avi",), _recognises, _read, _write)
