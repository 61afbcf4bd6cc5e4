"""A scan's folder: one process at a time writes there, and what goes wrong with the disk is said clearly."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from openbeian.core.errors import CouldNotRunError

__all__ = ["alone_in", "held", "write_whole", "written"]

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes from scanning into the folder, and say what is wrong with it.

    Raises:
        CouldNotRunError: Another process is scanning there, the disk is full, or it can't be written.
    """
    with written(folder), alone_in(folder):
        yield


@contextmanager
def alone_in(folder: Path, *, waits: bool = False) -> Iterator[None]:
    """Be the only process at work in a folder, which is made where there is none.

    Raises:
        CouldNotRunError: Another process is, and it's not waited for.
        OSError: The folder can't be made or read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if waits:
            fcntl.flock(lock, fcntl.LOCK_EX)
        else:
            _lock(lock, folder)
        yield
    finally:
        os.close(lock)


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Say what is wrong where a folder can't be written.

    Raises:
        CouldNotRunError: In place of `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise _unwritable(error, folder) from error


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CouldNotRunError(
            f"另一个进程正在扫描到 {folder}；请等它结束，或换一个输出目录。",
            f"Another process is scanning into {folder}; wait for it, or choose another output directory.",
        ) from error


def _unwritable(error: OSError, folder: Path) -> CouldNotRunError:
    if error.errno in _FULL:
        return CouldNotRunError(
            f"磁盘已满，无法写入 {folder}；请腾出空间后重新运行同一命令，将从中断处继续。",
            f"The disk is full and {folder} can't be written; make room and run the same command again.",
        )
    reason = os.strerror(error.errno) if error.errno else str(error)
    return CouldNotRunError(
        f"无法写入 {folder}（{reason}）；请检查后重新运行，将从中断处继续。",
        f"{folder} can't be written ({reason}); mend that and run the same command again.",
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
