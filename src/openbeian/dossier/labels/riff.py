"""The RIFF family's frame: chunks inside chunks, sizes in little-endian, padded to even lengths."""

from collections.abc import Iterator
from typing import NamedTuple

from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take

__all__ = ["HEADER", "Chunk", "chunk_bytes", "chunks", "form_of", "resized", "riff_end"]

HEADER = 8
_LARGEST = 0xFFFF_FFFF


class Chunk(NamedTuple):
    """A chunk: `data` to `data_end` is its content, `end` is where the next one starts."""

    id: bytes
    start: int
    data: int
    data_end: int
    end: int


def form_of(source: Source) -> bytes:
    """Return what kind of RIFF this is, such as `WAVE`; empty where it is none."""
    return source[8:12] if source[:4] in {b"RIFF", b"RF64"} else b""


def riff_end(source: Source) -> int:
    """Return where the first RIFF form ends, as its size says; the file's end where the size says nothing."""
    size = number(source, 4, 4, "little")
    # Streams that were never closed carry 0 or all ones, and so does RF64, which counts elsewhere.
    return len(source) if size in {0, _LARGEST} else min(len(source), HEADER + size)


def chunks(source: Source, start: int, end: int) -> Iterator[Chunk]:
    """Yield the chunks between `start` and `end`.

    Raises:
        UnreadableError: a chunk reaches past `end`; it is yielded first, cut to what is there.
    """
    position = start
    while position + HEADER <= end:
        size = number(source, position + 4, 4, "little")
        data = position + HEADER
        data_end = min(data + size, end)
        yield Chunk(take(source, position, 4), position, data, data_end, min(data_end + size % 2, end))
        if data + size > end:
            raise UnreadableError(
                f"文件不完整：第 {position} 字节处的数据块超出范围",
                f"the file is cut short: the chunk at byte {position} reaches past the end",
            )
        position = data + size + size % 2


def chunk_bytes(chunk_id: bytes, data: bytes) -> bytes:
    """Return a chunk holding `data`."""
    return chunk_id + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def resized(source: Source, size_at: int, growth: int) -> Splice:
    """Return the splice that adds `growth` to the size written at `size_at`.

    Raises:
        CannotLabelError: the size can't be known or becomes too large for the format.
    """
    size = number(source, size_at, 4, "little")
    if size in {0, _LARGEST} or size + growth > _LARGEST:
        raise CannotLabelError(
            "RIFF 文件没有写明长度或超过 4 GiB，无法写入标识；请先用音视频工具重新封装",
            "the RIFF file gives no length or is larger than 4 GiB; rewrap it with a media tool first",
        )
    return Splice(size_at, size_at + 4, (size + growth).to_bytes(4, "little"))
