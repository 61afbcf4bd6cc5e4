"""Reading a file without trusting it, and rewriting it as the old bytes with a few pieces replaced.

A reader never believes a size it finds: `take` and `number` refuse to reach past the end. A writer never
rebuilds a file: it names the pieces to replace, and everything between them is copied byte for byte.
"""

import contextlib
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Literal, NamedTuple

from openbeian.dossier.labels.errors import (
    CannotLabelError,
    NotWrittenError,
    TargetExistsError,
    UnreadableError,
)

__all__ = [
    "MAX_FILE",
    "MAX_PIECE",
    "Source",
    "Splice",
    "number",
    "opened",
    "pieces",
    "put_in_place",
    "spliced",
    "take",
    "write_spliced",
]

Source = bytes | mmap.mmap
"""The bytes of a file, read on demand: both kinds slice to bytes, search with `find`, and have a length."""

MAX_FILE = 8 * 1024**3
"""The largest file looked at: 8 GiB, some hours of video."""

MAX_PIECE = 16 * 1024**2
"""The largest piece of metadata read into memory: 16 MiB; real ones have a few kilobytes."""

_COPY_STEP = 4 * 1024**2


class Splice(NamedTuple):
    """The bytes from `start` to `end` of the old file give way to `new`."""

    start: int
    end: int
    new: bytes


def take(source: Source, start: int, count: int) -> bytes:
    """Return `count` bytes from `start`; refuse what lies past the end or is too large to be metadata."""
    if count > MAX_PIECE:
        raise UnreadableError(
            f"第 {start} 字节处的一段自称有 {count} 字节，超过 {MAX_PIECE} 字节的上限，未读取",
            f"a piece at byte {start} claims {count} bytes, more than the limit of {MAX_PIECE}; not read",
        )
    if start < 0 or count < 0 or start + count > len(source):
        raise UnreadableError(
            f"文件不完整：第 {start} 字节起应有 {count} 字节，而文件只有 {len(source)} 字节",
            f"the file is cut short: {count} bytes belong at byte {start}, but it has only {len(source)}",
        )
    return source[start : start + count]


def number(source: Source, start: int, width: int, order: Literal["big", "little"] = "big") -> int:
    """Return the unsigned number of `width` bytes at `start`."""
    return int.from_bytes(take(source, start, width), order)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open `path` for reading on demand.

    Raises:
        UnreadableError: there is no such file, it is no plain file, it may not be read, or it is too large.
    """
    try:
        with _plain_file(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE:
                raise UnreadableError(
                    f"文件有 {size} 字节，超过 {MAX_FILE} 字节的上限",
                    f"the file has {size} bytes, more than the limit of {MAX_FILE}",
                )
            if not size:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                yield mapped
    except OSError as error:
        raise UnreadableError(
            f"无法读取文件（{error.strerror}）；请检查路径和权限",
            f"the file can't be read ({error.strerror}); check its path and permissions",
        ) from error


def _plain_file(path: Path) -> Path:
    # A pipe or a device would block or never end.
    if path.exists() and not path.is_file():
        raise UnreadableError(
            "不是普通文件；请给出文件，而不是目录或设备",
            "it is no plain file; name a file, not a directory or a device",
        )
    return path


def pieces(source: Source, splices: Iterable[Splice]) -> Iterator[bytes]:
    """Yield the new content of `source` in pieces, never holding more than a few megabytes.

    Raises:
        CannotLabelError: two splices touch the same bytes, which happens when sizes in the file contradict
            each other.
    """
    position = 0
    for start, end, new in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if not position <= start <= end <= len(source):
            raise CannotLabelError(
                "文件内部的长度互相矛盾，无法安全写入",
                "the sizes inside the file contradict each other; it can't be written to safely",
            )
        for step in range(position, start, _COPY_STEP):
            yield source[step : min(step + _COPY_STEP, start)]
        yield new
        position = end
    for step in range(position, len(source), _COPY_STEP):
        yield source[step : step + _COPY_STEP]


def spliced(source: Source, splices: Iterable[Splice]) -> bytes:
    """Return `source` with the splices made; for small things such as one packet or one tag."""
    return b"".join(pieces(source, splices))


def write_spliced(source: Source, splices: Iterable[Splice], target: Path) -> Path:
    """Write the new content to a fresh file beside `target`, flushed to disk, and return its path.

    Raises:
        NotWrittenError: the disk or the directory refuses.
    """
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name[:80]}.", delete=False
        ) as file:
            written = Path(file.name)
            _fill(file, source, splices)
    except OSError as error:
        raise NotWrittenError(
            f"无法写入 {target.parent}（{error.strerror}）；请检查空间和权限",
            f"{target.parent} can't be written to ({error.strerror}); check its space and permissions",
        ) from error
    return written


def _fill(file: IO[bytes], source: Source, splices: Iterable[Splice]) -> None:
    try:
        for piece in pieces(source, splices):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    except BaseException:
        Path(file.name).unlink()
        raise


def put_in_place(written: Path, target: Path, *, like: Path, replace: bool) -> None:
    """Give the finished file `written` the name `target` and the permissions of `like`, in one step.

    Raises:
        TargetExistsError: something is there and may not be replaced.
    """
    try:
        shutil.copymode(like, written)
        if not replace:
            # Taking the name first means that two writers can't both believe it was free.
            target.touch(exist_ok=False)
        written.replace(target)
    except FileExistsError as error:
        raise TargetExistsError(
            f"{target} 已存在；换一个目录，或加 --force 覆盖",
            f"{target} is there already; name another directory, or overwrite it with --force",
        ) from error
    except OSError as error:
        raise NotWrittenError(
            f"无法写入 {target}（{error.strerror}）",
            f"{target} can't be written ({error.strerror})",
        ) from error
