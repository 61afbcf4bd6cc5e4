"""MP3: an ID3v2 TXXX frame described as AIGC. Versions 2.2, 2.3 and 2.4 are read and written."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels.container import Container, Place, inflated, unknown
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, take
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["MP3", "tag_end"]

_HEADER = 10
_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_CODECS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_STUFFING = re.compile(rb"\xff\x00")
_FALSE_SYNC = re.compile(rb"\xff(?=[\x00\xe0-\xff])")
_V22, _V23, _V24 = 2, 3, 4
_LARGEST_TEXT = 1 << 20
_LARGEST = (1 << 28) - 1
_FRAME_ID = re.compile(rb"[A-Z0-9]{3,4}")


class _Frame(NamedTuple):
    """A frame; `start` and `end` count in the tag's body as it is once the stuffing is taken out."""

    id: bytes
    flags: int
    data: bytes
    start: int
    end: int


class _Tag(NamedTuple):
    start: int
    version: int
    flags: int
    raw: bytes

    @property
    def is_stuffed(self) -> bool:
        # In 2.4 each frame says for itself whether it is.
        return bool(self.flags & _UNSYNCHRONISED) and self.version < _V24

    @property
    def body(self) -> bytes:
        return _STUFFING.sub(b"\xff", self.raw) if self.is_stuffed else self.raw

    @property
    def end(self) -> int:
        return self.start + _HEADER + len(self.raw) + (_HEADER if self.flags & _FOOTER else 0)


def _seven_bits(raw: bytes) -> int:
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
    return value


def _as_seven_bits(value: int) -> bytes:
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def _tags(source: Source) -> Iterator[_Tag]:
    """Yield the tags at the start of the file; some writers leave two."""
    start = 0
    while source[start : start + 3] == b"ID3":
        header = take(source, start, _HEADER)
        version, flags = header[3], header[5]
        if version not in {2, 3, 4}:
            raise UnreadableError(f"未知的 ID3 版本 2.{version}", f"ID3 version 2.{version} is not known")
        tag = _Tag(start, version, flags, take(source, start + _HEADER, _seven_bits(header[6:10])))
        yield tag
        start = tag.end


def tag_end(source: Source) -> int:
    """Return where the tags at the start of the file end; 0 where there are none."""
    end = 0
    for tag in _tags(source):
        end = tag.end
    return end


def _first_frame(tag: _Tag) -> int:
    if not tag.flags & _EXTENDED or tag.version == _V22:  # 2.2 has no extended header
        return 0
    size = take(tag.body, 0, 4)
    # 2.3 does not count the size itself, 2.4 does.
    return 4 + int.from_bytes(size, "big") if tag.version == _V23 else max(4, _seven_bits(size))


def _frames(tag: _Tag) -> Iterator[_Frame]:
    body, position = tag.body, _first_frame(tag)
    id_width, header = (3, 6) if tag.version == _V22 else (4, _HEADER)
    while position + header <= len(body) and _FRAME_ID.fullmatch(body, position, position + id_width):
        counted = body[position + id_width : position + 2 * id_width]
        size = _seven_bits(counted) if tag.version == _V24 else int.from_bytes(counted, "big")
        flags = body[position + 9] if header == _HEADER else 0
        end = position + header + size
        frame_id = body[position : position + id_width]
        yield _Frame(frame_id, flags, take(body, position + header, size), position, end)
        position = end


def _text_frames(tag: _Tag) -> Iterator[_Frame]:
    return (frame for frame in _frames(tag) if frame.id in {b"TXXX", b"TXX"})


def _content(tag: _Tag, frame: _Frame) -> bytes | None:
    """Return what the frame holds once unpacked; None where it is encrypted."""
    return _content_24(tag, frame) if tag.version == _V24 else _content_23(frame)


def _content_23(frame: _Frame) -> bytes | None:
    is_packed, is_encrypted, is_grouped = (frame.flags & bit for bit in (0x80, 0x40, 0x20))
    if is_encrypted:
        return None
    data = frame.data[(4 if is_packed else 0) + (1 if is_grouped else 0) :]
    return inflated(data, limit=_LARGEST_TEXT) if is_packed else data


def _content_24(tag: _Tag, frame: _Frame) -> bytes | None:
    is_grouped, is_packed, is_encrypted, has_length = (frame.flags & bit for bit in (0x40, 0x08, 0x04, 0x01))
    if is_encrypted:
        return None
    data = frame.data
    if frame.flags & 0x02 or tag.flags & _UNSYNCHRONISED:
        data = _STUFFING.sub(b"\xff", data)
    data = data[(1 if is_grouped else 0) + (4 if has_length else 0) :]
    return inflated(data, limit=_LARGEST_TEXT) if is_packed else data


def _described(content: bytes) -> tuple[str, str]:
    """Return description and value of a TXXX frame."""
    codec = _CODECS[content[0]] if content and content[0] < len(_CODECS) else "latin-1"
    if not codec.startswith("utf-16"):
        text = content[1:].decode(codec, "backslashreplace")
        description, _, value = text.partition("\0")
        return description, value.rstrip("\0")
    wide = content[1:]
    split = next((at for at in range(0, len(wide) - 1, 2) if wide[at : at + 2] == b"\0\0"), len(wide))
    halves = (wide[:split], wide[split + 2 :])
    description, value = (half.decode(codec, "replace") for half in halves)
    return description, value.rstrip("\0")


def _read(source: Source) -> Iterator[Place | Reason]:
    for tag in _tags(source):
        for frame in _text_frames(tag):
            content = _content(tag, frame)
            if content is None:
                yield unknown("encrypted", "有一个 TXXX 帧已加密，无法读取", "a TXXX frame is encrypted")
                continue
            description, value = _described(content)
            if description == KEY:
                yield Place("ID3v2 TXXX AIGC", value)


def _write(source: Source, value: str) -> Iterable[Splice]:
    tags = list(_tags(source))
    splices = [splice for tag in tags[1:] for splice in _rewritten(tag, b"")]
    if not tags:
        body = _frame(3, value)
        header = b"ID3\x03\0\0" + _as_seven_bits(len(body))
        return [Splice(0, 0, header + body)]
    return [*splices, *_rewritten(tags[0], _frame(tags[0].version, value))]


def _rewritten(tag: _Tag, new: bytes) -> Iterator[Splice]:
    """Yield the splices that take the old labels out of `tag` and put `new` in front of its frames."""
    base = tag.start + _HEADER
    stuffed = [match.end() - 1 for match in _STUFFING.finditer(tag.raw)] if tag.is_stuffed else []
    in_body = [at - place for place, at in enumerate(stuffed)]

    def raw(at: int) -> int:
        return base + at + bisect_right(in_body, at)

    cut = [frame for frame in _text_frames(tag) if _is_label(tag, frame)]
    if not new and not cut:
        return
    if tag.flags & _EXTENDED:
        raise CannotLabelError(
            "ID3 标签带有扩展头（可能含校验），写入会使其失效；请先用音频工具重新写标签",
            "the ID3 tag has an extended header, which a label would make wrong; rewrite the tag first",
        )
    stuffed_new = _FALSE_SYNC.sub(b"\xff\x00", new) if tag.is_stuffed else new
    splices = [Splice(base, base, stuffed_new), *(Splice(raw(one.start), raw(one.end), b"") for one in cut)]
    size = len(tag.raw) + sum(len(splice.new) - (splice.end - splice.start) for splice in splices)
    if size > _LARGEST:
        raise CannotLabelError("ID3 标签已达 256 MiB 上限", "the ID3 tag has reached 256 MiB")
    sizes = [tag.start + 6, *([tag.end - 4] if tag.flags & _FOOTER else [])]
    yield from (Splice(at, at + 4, _as_seven_bits(size)) for at in sizes)
    yield from splices


def _is_label(tag: _Tag, frame: _Frame) -> bool:
    content = _content(tag, frame)
    return content is not None and _described(content)[0] == KEY


def _frame(version: int, value: str) -> bytes:
    content = b"\0" + KEY.encode() + b"\0" + value.encode()
    if version == _V22:
        return b"TXX" + len(content).to_bytes(3, "big") + content
    size = _as_seven_bits(len(content)) if version == _V24 else len(content).to_bytes(4, "big")
    return b"TXXX" + size + b"\0\0" + content


def _recognises(source: Source) -> bool:
    try:
        start = tag_end(source)
    except UnreadableError:
        return True
    return _is_audio(source[start : start + 4]) or (start > 0 and source[start : start + 4] != b"fLaC")


def _is_audio(head: bytes) -> bool:
    """Return whether an MPEG audio frame of layer II or III starts like this."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004  the sync word
        return False
    version, layer = head[1] >> 3 & 0x03, head[1] >> 1 & 0x03
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 0x03
    return version != 1 and layer in {1, 2} and bit_rate not in {0, 15} and sample_rate != 3  # noqa: PLR2004


MP3 = Container("mp3", (".mp3", ".mp2"), _recognises, _read, _write)
