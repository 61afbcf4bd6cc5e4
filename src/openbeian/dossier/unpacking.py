"""An archive from outside, looked at before a byte of it is unpacked, and unpacked within limits."""

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.dossier.checks.phrases import stray_text
from openbeian.dossier.file_types import MOST_NAME

__all__ = [
    "LIMITS",
    "ArchiveLimits",
    "HostileArchiveError",
    "Member",
    "members_of",
    "open_archive",
    "read_member",
]

_BLOCK: Final = 1 << 18
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_END: Final = b"PK\5\6"
_END_64: Final = b"PK\6\7"
_END_RECORD: Final = 22
_TAIL: Final = (1 << 16) + _END_RECORD + 20
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNIX: Final = 3
_SMALL: Final = 1 << 20
"""A file up to this size may be packed as tightly as it likes: a page of blanks is no bomb."""


class ArchiveLimits(NamedTuple):
    """What an archive may hold; a real dossier stays far below."""

    files: int = 2_000
    bytes: int = 2 << 30
    """The most that everything may unpack to."""
    file_bytes: int = 512 << 20
    ratio: int = 200
    """How many times larger than packed a large file may be."""
    depth: int = 12
    directory_bytes: int = 8 << 20


LIMITS: Final = ArchiveLimits()


class HostileArchiveError(BadInputError):
    """The archive is no dossier's: it reaches outside, swells, hides something, or is damaged."""

    code = "hostile_archive"


class Member(NamedTuple):
    """A file in the archive: its path within the dossier, and how large it says it is."""

    name: str
    size: int
    entry: zipfile.ZipInfo


def members_of(archive: zipfile.ZipFile, limits: ArchiveLimits = LIMITS) -> list[Member]:
    """Return the files of an archive, after looking at the name and size of every one.

    Raises:
        HostileArchiveError: One sentence names the file and the rule it breaks.
    """
    entries = archive.infolist()
    if len(entries) > limits.files:
        raise _refused(
            "",
            f"有 {len(entries)} 项，上限 {limits.files}",
            f"has {len(entries)} entries; {limits.files} is the limit",
        )
    files = [one for one in entries if not _is_left_out(one)]
    members = [_member(entry, limits) for entry in files]
    total = sum(one.size for one in members)
    if total > limits.bytes:
        raise _refused(
            "",
            f"解开后有 {total >> 20} MiB，上限 {limits.bytes >> 20} MiB",
            f"unpacks to {total >> 20} MiB; {limits.bytes >> 20} MiB is the limit",
        )
    _check_once(members)
    return members


def open_archive(path: Path, limits: ArchiveLimits = LIMITS) -> zipfile.ZipFile:
    """Open an archive without unpacking anything.

    Raises:
        HostileArchiveError: It is no ZIP archive, or damaged.
    """
    try:
        _check_directory(path, limits)
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _refused("", f"不是完整的 ZIP（{error}）", f"is no whole ZIP archive ({error})") from error


def _check_directory(path: Path, limits: ArchiveLimits) -> None:
    """Look at how long the list of files is before it is read: it is read whole, into memory."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_RECORD:
        raise zipfile.BadZipFile("it has no list of files")
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if length > limits.directory_bytes or tail[max(0, at - 20) :].startswith(_END_64):
        raise zipfile.BadZipFile("its list of files is too long")


def _is_left_out(entry: zipfile.ZipInfo) -> bool:
    """Say whether an entry is a folder, or what the file manager of some system left there."""
    parts = entry.filename.split("/")
    return (entry.is_dir() and not entry.file_size) or any(part and stray_text(part) for part in parts)


def read_member(archive: zipfile.ZipFile, member: Member) -> Iterator[bytes]:
    """Yield the bytes of a file, no more than it said it has.

    Raises:
        HostileArchiveError: It is damaged, or larger than it said.
    """
    left = member.size
    try:
        with archive.open(member.entry) as file:
            while block := _read(file, left):
                left -= len(block)
                yield block
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise _refused(member.name, f"已损坏（{error}）", f"is damaged ({error})") from error


def _read(file: IO[bytes], left: int) -> bytes:
    block = file.read(_BLOCK)
    if len(block) > left:
        raise zipfile.BadZipFile("more in it than its entry says")
    return block


def _member(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> Member:
    name = unicodedata.normalize("NFC", _name(entry))
    _check_path(name, limits)
    _check_kind(name, entry)
    if entry.file_size > limits.file_bytes:
        raise _refused(
            name,
            f"有 {entry.file_size >> 20} MiB，上限 {limits.file_bytes >> 20} MiB",
            f"has {entry.file_size >> 20} MiB; {limits.file_bytes >> 20} MiB is the limit",
        )
    if entry.file_size > max(_SMALL, entry.compress_size * limits.ratio):
        raise _refused(
            name,
            f"解开后是压缩时的 {limits.ratio} 倍以上",
            f"unpacks to more than {limits.ratio} times its packed size",
        )
    return Member(name, entry.file_size, entry)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's path; what says no encoding is UTF-8 or, as Windows packs it in China, GB 18030."""
    written = entry.orig_filename
    if written.isascii() or entry.flag_bits & _UTF8:
        return written
    raw = written.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return written


def _check_path(name: str, limits: ArchiveLimits) -> None:
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        raise _refused(name, "的路径指向目录之外", "has a path that leads out of the folder")
    if "" in parts or "." in parts or any(part != part.strip(" .") or part.startswith(".") for part in parts):
        raise _refused(name, "的路径写法不规范或为隐藏文件", "has an unusual path or is a hidden file")
    if not name.isprintable():
        raise _refused(name, "的名称含有控制字符", "has control characters in its name")
    if len(name) > MOST_NAME or len(parts) > limits.depth:
        raise _refused(
            name,
            f"的路径过长或过深（上限 {MOST_NAME} 字、{limits.depth} 层）",
            f"has too long or deep a path ({MOST_NAME} characters, {limits.depth} levels)",
        )


def _check_kind(name: str, entry: zipfile.ZipInfo) -> None:
    mode = entry.external_attr >> 16
    if entry.create_system == _UNIX and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        raise _refused(name, "是链接或特殊文件", "is a link or special file")
    if entry.flag_bits & _ENCRYPTED:
        raise _refused(name, "加了密码", "is locked with a password")
    if entry.compress_type not in _METHODS:
        raise _refused(name, "的压缩方式不支持", "is packed in a way that is not supported")


def _check_once(members: list[Member]) -> None:
    seen: set[str] = set()
    for one in members:
        key = unicodedata.normalize("NFKC", one.name).casefold()
        if key in seen:
            raise _refused(one.name, "在压缩包中出现两次", "is in it twice")
        seen.add(key)


def _refused(name: str, zh: str, en: str) -> HostileArchiveError:
    visible = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)[:MOST_NAME]
    subject_zh, subject_en = (
        (f"压缩包中的「{visible}」", f"“{visible}” in the archive") if name else ("压缩包", "The archive")
    )
    return HostileArchiveError(
        f"{subject_zh}{zh}，未接收任何内容；请用 beian dossier pack 重新打包。",
        f"{subject_en} {en}, and nothing of it was taken; pack it again with beian dossier pack.",
    )
