"""Putting many files into a folder at once: a draft of the folder is made beside it and takes its place."""

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from openbeian.core.errors import CouldNotRunError
from openbeian.trust.files import replace_file

__all__ = ["put_in_place", "sha256_of_bytes"]

_BEFORE: Final = ".{name}.before"
_DRAFT: Final = ".{name}.draft-"


def sha256_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def put_in_place(folder: Path, files: Mapping[str, bytes], *, without: Collection[str] = frozenset()) -> None:
    """Write `files` into the folder, take `without` out, and leave everything else as it is.

    Either all of it happens or nothing: a reader never sees some old files beside some new ones.

    Raises:
        CouldNotRunError: The disk is full, or the folder may not be written.
    """
    before = folder.with_name(_BEFORE.format(name=folder.name))
    try:
        if before.exists() and not folder.exists():
            before.rename(folder)  # a build was interrupted between its last two steps
        with _draft_of(folder) as draft:
            for path in folder.glob("*") if folder.is_dir() else ():
                if path.name not in files and path.name not in without:
                    _carry_over(path, draft / path.name)
            for name, data in files.items():
                replace_file(draft / name, data)
            _swap(draft, folder, before)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {folder}（{error.strerror}）；请检查磁盘空间与权限，原有文件未改动。",
            f"{folder} can't be written ({error.strerror}); check the disk and your rights. "
            "The files that were there are unchanged.",
        ) from error


@contextmanager
def _draft_of(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=_DRAFT.format(name=folder.name), dir=folder.parent))
    draft.chmod(0o755)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _carry_over(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to, symlinks=True)
        return
    with suppress(OSError):
        os.link(path, to, follow_symlinks=False)
        return
    shutil.copy2(path, to, follow_symlinks=False)


def _swap(draft: Path, folder: Path, before: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    if before.exists():
        shutil.rmtree(before)
    folder.rename(before)
    try:
        draft.rename(folder)
    except OSError:
        before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)
