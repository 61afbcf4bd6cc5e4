"""FLAC: an AIGC entry in the VORBIS_COMMENT block. Samples and all other blocks stay where they are."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels.comments import labels_in, with_comment
from openbeian.dossier.labels.container import Container, Place
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.id3 import tag_end
from openbeian.dossier.labels.source import Source, Splice, number, take
from openbeian.dossier.labels.values import Reason

__all__ = ["FLAC"]

_MARK = b"fLaC"
_COMMENT, _LAST = 4, 0x80
_HEADER = 4
_LARGEST = (1 << 24) - 1
_NO_COMMENTS = b"\0" * 8


class _Block(NamedTuple):
    type: int
    start: int
    data: int
    end: int


def _mark_at(source: Source) -> int:
    # Some writers put an ID3 tag in front, where it does not belong.
    return tag_end(source)


def _recognises(source: Source) -> bool:
    if source[:4] == _MARK:
        return True
    try:
        start = _mark_at(source)
    except UnreadableError:
        return False
    return source[start : start + 4] == _MARK


def _blocks(source: Source) -> Iterator[_Block]:
    position = _mark_at(source) + len(_MARK)
    is_last = False
    while not is_last:
        head = number(source, position, 1)
        data = position + _HEADER
        end = data + number(source, position + 1, 3)
        number(source, end - 1, 1)
        yield _Block(head & ~_LAST, position, data, end)
        is_last, position = bool(head & _LAST), end


def _comments(source: Source) -> Iterator[_Block]:
    return (block for block in _blocks(source) if block.type == _COMMENT)


def _read(source: Source) -> Iterator[Place | Reason]:
    for block in _comments(source):
        for value in labels_in(take(source, block.data, block.end - block.data)):
            yield Place("VORBIS_COMMENT AIGC", value)


def _write(source: Source, value: str) -> Iterable[Splice]:
    comments = list(_comments(source))
    if len(comments) > 1:
        raise CannotLabelError(
            "FLAC 文件有多个 VORBIS_COMMENT 块，格式只允许一个",
            "the FLAC has more than one VORBIS_COMMENT block; the format allows one",
        )
    if comments:
        block = comments[0]
        data = with_comment(take(source, block.data, block.end - block.data), value)
        return [Splice(block.start + 1, block.end, _sized(data))]
    first = next(_blocks(source))
    head = number(source, first.start, 1)
    # The new block stands second and inherits being the last one.
    return [
        Splice(first.start, first.start + 1, bytes([head & ~_LAST])),
        Splice(
            first.end, first.end, bytes([_COMMENT | head & _LAST]) + _sized(with_comment(_NO_COMMENTS, value))
        ),
    ]


def _sized(data: bytes) -> bytes:
    if len(data) > _LARGEST:
        raise CannotLabelError("注释块已达 16 MiB 上限", "the comment block has reached 16 MiB")
    return len(data).to_bytes(3, "big") + data


FLAC = Container("flac", (".flac",), _recognises, _read, _write)
