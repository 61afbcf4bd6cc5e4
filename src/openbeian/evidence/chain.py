"""The hash-chained file: written at its end only, read with every link checked."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text
from openbeian.evidence.records import (
    FIRST_PREV,
    Record,
    RecordKind,
    canonical_line,
    parse_line,
    record_error,
)

__all__ = ["ChainReader", "ChainWriter", "is_being_written"]

_LONGEST_LINE: Final = 16 << 20
_SYNC_EVERY: Final = timedelta(seconds=5)
_LOCK_ATTEMPTS, _LOCK_EVERY_S = 5, 0.01


def is_being_written(path: Path) -> bool:
    """Say whether some process has the file open as its `ChainWriter`; the file itself isn't touched."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


class ChainReader:
    """Iterates over the records of a file and checks every link of the chain.

    `head` and `length` are those of what was read so far. A last line that was cut off in the middle,
    as by kill −9 or a power cut, is an error, or with `drop_torn` left out and counted in `torn_bytes`.
    With `canonical`, a line that isn't written as RFC 8785 says is an error too.
    """

    def __init__(self, path: Path, *, drop_torn: bool = False, canonical: bool = False) -> None:
        """Read `path`; nothing is opened before the first record is asked for."""
        self._path = path
        self._drop_torn = drop_torn
        self._canonical = canonical
        self._start()

    def _start(self) -> None:
        self.head = FIRST_PREV
        self.length = 0
        self.valid_bytes = 0
        self.torn_bytes = 0

    def __iter__(self) -> Iterator[Record]:
        """Yield record after record.

        Raises:
            BadInputError: A line is no record, or does not follow from the line before; it names the line.
        """
        self._start()
        with self._path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    self._end_torn(line)
                    return
                yield self._next(line)

    def _next(self, ended: bytes) -> Record:
        line = ended[:-1]
        number = self.length + 1
        record = parse_line(line, number)
        if record.seq != self.length or record.prev != self.head:
            raise _broken_link(number)
        if self._canonical and canonical_line(record) != line:
            raise record_error(number, Text("不是规范化的 JSON", "this is not canonical JSON"))
        self.head = hashlib.sha256(line).hexdigest()
        self.length = number
        self.valid_bytes += len(ended)
        return record

    def _end_torn(self, line: bytes) -> None:
        if not self._drop_torn or len(line) == _LONGEST_LINE:
            raise record_error(self.length + 1, Text("该行不完整", "the line is cut off"))
        self.torn_bytes = len(line)


class ChainWriter:
    """Appends to an evidence file, which nobody else may write meanwhile.

    Every record is handed to the operating system at once, so killing the process loses none; the disk
    is made to hold them every five seconds and at the end, so a power cut loses no more than that.
    """

    def __init__(self, path: Path, *, reader: ChainReader | None = None) -> None:
        """Start `path`, which must not exist; with a `reader` that has read it, go on where it ends."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | (0 if reader else os.O_CREAT | os.O_EXCL)
        try:
            self._file = os.open(path, flags, 0o644)
        except FileExistsError as error:
            raise CouldNotRunError(
                f"{path} 已存在；请换一个输出目录，或用 resume 继续这次评估。",
                f"{path} exists; choose another output directory, or resume that run.",
            ) from error
        self.path = path
        self.head = reader.head if reader else FIRST_PREV
        self.length = reader.length if reader else 0
        self.on_append: Callable[[Record], None] | None = None
        """Is shown every record as soon as it is written."""
        self._synced_at: datetime | None = None
        try:
            _lock(self._file)
        except BlockingIOError as error:
            os.close(self._file)
            raise CouldNotRunError(
                f"另一个进程正在写 {path}；请等它结束。",
                f"Another process is writing {path}; wait until it has ended.",
            ) from error

    @classmethod
    def resume(cls, path: Path, reader: ChainReader) -> Self:
        """Go on where `reader` ended; a line that was cut off is removed.

        Raises:
            CouldNotRunError: Somebody else writes the file, or has since it was read.
        """
        writer = cls(path, reader=reader)
        if path.stat().st_size != reader.valid_bytes + reader.torn_bytes:
            writer.close()
            raise CouldNotRunError(
                f"{path} 在读取后又有改动；请重试。", f"{path} has changed since it was read; try again."
            )
        if reader.torn_bytes:
            os.ftruncate(writer._file, reader.valid_bytes)
        return writer

    def append(self, kind: RecordKind, body: Mapping[str, Any], *, at: datetime) -> Record:
        """Append one record and return it.

        Raises:
            CouldNotRunError: It could not be written; what the file held before is untouched.
        """
        record = Record(at, kind, self.length, self.head, body)
        line = canonical_line(record)
        self._write(line + b"\n")
        self.head = hashlib.sha256(line).hexdigest()
        self.length += 1
        if self._synced_at is None or at - self._synced_at >= _SYNC_EVERY:
            self._synced_at = at
            os.fdatasync(self._file)
        if self.on_append is not None:
            self.on_append(record)
        return record

    def _write(self, line: bytes) -> None:
        size = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise _unwritable(error) from error
        if written < len(line):
            os.ftruncate(self._file, size)
            raise _unwritable(OSError("disk full"))

    def close(self) -> None:
        """Make the disk hold everything, and let others write."""
        os.fsync(self._file)
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lock(file: int) -> None:
    """Lock a file against other writers; who only looks (`is_being_written`) is gone in an instant.

    Raises:
        BlockingIOError: Somebody else writes it.
    """
    for _ in range(_LOCK_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_EVERY_S)
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _broken_link(number: int) -> BadInputError:
    before, or_before = (f"{number - 1} 或 ", f"{number - 1} or ") if number > 1 else ("", "")
    return record_error(
        number,
        Text(
            f"与上一行不相接（第 {before}{number} 行被改动、增删或调换）",
            f"it does not follow from the line before (line {or_before}{number} was changed, added, removed "
            "or moved)",
        ),
    )


def _unwritable(error: OSError) -> CouldNotRunError:
    return CouldNotRunError(
        f"无法写入评估证据（{error}）；请腾出磁盘空间后用 resume 继续。",
        f"Evidence could not be written ({error}); make room on the disk, then resume.",
    )
