"""ZIP archives: read without trust, and rewritten so that unchanged parts keep their packed bytes."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openbeian.dossier.labels.container import inflated
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Source, Splice, number, take

__all__ = ["Archive", "Part", "is_archive", "parse_archive"]

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_SIZE, _CENTRAL_SIZE, _END_SIZE = 30, 46, 22
_MAX_COMMENT = 0xFFFF
_MAX_PARTS = 0xFFFE
_LARGEST = 0xFFFF_FFFE
_ENCRYPTED, _UTF8 = 0x0001, 0x0800
_STORED, _DEFLATED = 0, 8
_VERSION = (20).to_bytes(2, "little")
_FIRST_DAY = b"\x00\x00\x21\x00"
"""1980-01-01, the first moment ZIP can write: a label adds no moment of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the directory lists it: `record` is its entry there, `start` is where its own head stands."""

    name: str
    record: bytes
    start: int

    @property
    def flags(self) -> int:
        """Say how name and content are written."""
        return int.from_bytes(self.record[8:10], "little")

    @property
    def method(self) -> int:
        """Say how the content is packed."""
        return int.from_bytes(self.record[10:12], "little")

    @property
    def checksum(self) -> int:
        """Return what the content's CRC should be."""
        return int.from_bytes(self.record[16:20], "little")

    @property
    def packed_size(self) -> int:
        """Return how many bytes the content takes in the archive."""
        return int.from_bytes(self.record[20:24], "little")


@dataclass(frozen=True, slots=True)
class Archive:
    """The parts in the order of the directory; where the directory starts and where its end record does."""

    parts: tuple[Part, ...]
    directory: int
    end: int

    def part(self, name: str) -> Part | None:
        """Return the part called `name`; the office formats do not look at case."""
        wanted = name.lower()
        return next((part for part in self.parts if part.name.lower() == wanted), None)

    def content(self, source: Source, part: Part) -> bytes:
        """Return the unpacked content of `part`.

        Raises:
            UnreadableError: it is locked, damaged, or grows past the limit.
        """
        if part.flags & _ENCRYPTED:
            raise UnreadableError(
                f"{part.name} 已加密；请先解除密码", f"{part.name} is encrypted; remove the password first"
            )
        if take(source, part.start, 4) != _LOCAL:
            raise UnreadableError(
                "压缩包目录与内容不符", "the archive's directory does not match its content"
            )
        names = number(source, part.start + 26, 2, "little") + number(source, part.start + 28, 2, "little")
        packed = take(source, part.start + _LOCAL_SIZE + names, part.packed_size)
        plain = inflated(packed, raw=True) if part.method == _DEFLATED else packed
        if part.method not in {_STORED, _DEFLATED} or zlib.crc32(plain) != part.checksum:
            raise UnreadableError(f"{part.name} 已损坏", f"{part.name} is damaged")
        return plain

    def replaced(self, source: Source, contents: Mapping[str, bytes]) -> Iterator[Splice]:
        """Yield the splices that give the named parts new content, and add those that are not there.

        Raises:
            CannotLabelError: the result would need the 64-bit form of ZIP.
        """
        records: dict[str, bytes] = {}
        starts = [*sorted(part.start for part in self.parts), self.directory]
        shift = 0
        for part, end in zip(sorted(self.parts, key=lambda one: one.start), starts[1:], strict=True):
            content = contents.get(part.name)
            if content is None:
                records[part.name] = _record_at(part.record, part.start + shift)
                continue
            local, record = _packed(part.name, content, part.record)
            records[part.name] = _record_at(record, part.start + shift)
            shift += len(local) - (end - part.start)
            yield Splice(part.start, end, local)
        listed = [records[part.name] for part in self.parts]
        added = b""
        for name in sorted(contents.keys() - records.keys()):
            local, record = _packed(name, contents[name], b"")
            listed.append(_record_at(record, self.directory + shift + len(added)))
            added += local
        yield from self._directory(source, listed, added, self.directory + shift + len(added))

    def _directory(self, source: Source, listed: list[bytes], added: bytes, at: int) -> Iterator[Splice]:
        directory = b"".join(listed)
        if len(listed) > _MAX_PARTS or at > _LARGEST:
            raise CannotLabelError("压缩包过大，无法写入标识", "the archive is too large to be labelled")
        size = number(source, self.end + 12, 4, "little")
        yield Splice(self.directory, self.directory + size, added + directory)
        counts = len(listed).to_bytes(2, "little") * 2
        numbers = counts + len(directory).to_bytes(4, "little") + at.to_bytes(4, "little")
        yield Splice(self.end + 8, self.end + 20, numbers)


def is_archive(source: Source) -> bool:
    """Return whether a ZIP archive starts here."""
    return source[:4] == _LOCAL


def parse_archive(source: Source) -> Archive:
    """Return the directory of the archive in `source`.

    Raises:
        UnreadableError: there is no directory, it needs 64 bits, or it names things that can't be.
    """
    tail = max(0, len(source) - _MAX_COMMENT - _END_SIZE)
    end = source[tail:].rfind(_END)
    if end < 0:
        raise UnreadableError(
            "文件不完整：压缩包没有目录", "the file is cut short: the archive has no directory"
        )
    end += tail
    directory = number(source, end + 16, 4, "little")
    raw = take(source, directory, number(source, end + 12, 4, "little"))
    parts = tuple(_parts(raw))
    starts = {part.start for part in parts}
    names = {part.name.lower() for part in parts}
    is_sound = len(starts) == len(names) == len(parts) == number(source, end + 10, 2, "little")
    if not is_sound or max(starts, default=0) >= directory or directory + len(raw) > end:
        raise UnreadableError(
            "压缩包目录已损坏或有重名部件", "the archive's directory is damaged or names a part twice"
        )
    return Archive(parts, directory, end)


def _parts(raw: bytes) -> Iterator[Part]:
    position = 0
    while position < len(raw):
        if take(raw, position, 4) != _CENTRAL:
            raise UnreadableError("压缩包目录已损坏", "the archive's directory is damaged")
        lengths = [number(raw, position + at, 2, "little") for at in (28, 30, 32)]
        record = take(raw, position, _CENTRAL_SIZE + sum(lengths))
        name = record[_CENTRAL_SIZE : _CENTRAL_SIZE + lengths[0]]
        codec = "utf-8" if record[9] & _UTF8 >> 8 else "cp437"
        yield Part(name.decode(codec, "replace"), record, int.from_bytes(record[42:46], "little"))
        position += len(record)


def _record_at(record: bytes, start: int) -> bytes:
    if start > _LARGEST:
        raise CannotLabelError("压缩包过大，无法写入标识", "the archive is too large to be labelled")
    return record[:42] + start.to_bytes(4, "little") + record[46:]


def _packed(name: str, content: bytes, old: bytes) -> tuple[bytes, bytes]:
    """Return the local part and the directory's record of new content; date and rights stay as they were."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(content) + deflater.flush()
    raw_name = name.encode()
    flags = (_UTF8 if not name.isascii() else 0).to_bytes(2, "little")
    moment = old[12:16] or _FIRST_DAY
    head = flags + _DEFLATED.to_bytes(2, "little") + moment + zlib.crc32(content).to_bytes(4, "little")
    head += len(packed).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    head += len(raw_name).to_bytes(2, "little")
    local = _LOCAL + _VERSION + head + b"\0\0" + raw_name + packed
    rights = old[34:42] or b"\0" * 8
    record = _CENTRAL + _VERSION + _VERSION + head + b"\0" * 4 + rights + b"\0" * 4 + raw_name
    return local, record
