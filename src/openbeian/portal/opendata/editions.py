"""Making an edition of the open data: every format in one pass, there whole or not at all."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from django.utils.timezone import localtime

from openbeian.core.errors import BadInputError, CouldNotRunError, NotNowError
from openbeian.portal.opendata.fields import FIELDS
from openbeian.portal.opendata.formats import FORMATS
from openbeian.portal.opendata.manifest import MANIFEST_NAME, DataFile, Manifest, read_manifest
from openbeian.portal.opendata.rows import Row, read_batches
from openbeian.portal.opendata.standing import Standing, settled_standing
from openbeian.trust.files import sync_directories

__all__ = ["SUMS_NAME", "Told", "check_may_replace", "export", "make_edition", "replace_folder"]

SUMS_NAME: Final = "SHA256SUMS"
_ROUTE: Final = next(at for at, field in enumerate(FIELDS) if field.name == "route")
_ATTEMPTS: Final = 3

Told = Callable[[int], object]
"""Is told how many rows are written so far."""


def export(folder: Path, formats: Sequence[str], *, at: datetime, told: Told) -> Manifest:
    """Write the register into `folder`, which comes into being, or gives way, when all of it is written.

    Raises:
        BadInputError: There is something else in the folder.
        NotNowError: The register changed while it was read, several times over.
        CouldNotRunError: The disk refused, or what a format needs is not installed.
    """
    check_may_replace(folder)
    draft = folder.with_name(f".{folder.name}.draft")
    manifest = make_edition(draft, formats, at=at, told=told)
    replace_folder(folder, draft)
    return manifest


def make_edition(draft: Path, formats: Sequence[str], *, at: datetime, told: Told) -> Manifest:
    """Write an edition into the folder `draft`, made anew; it belongs to one size of the log.

    Raises:
        NotNowError: The register changed while it was read, several times over.
        CouldNotRunError: The disk refused, or what a format needs is not installed.
    """
    for _ in range(_ATTEMPTS):
        before = settled_standing()
        try:
            manifest = _write(draft, formats, before, at=at, told=told)
            if settled_standing().mark == before.mark:
                return manifest
        except BaseException as error:
            shutil.rmtree(draft, ignore_errors=True)
            if isinstance(error, OSError):
                raise _disk_refused(draft, error) from error
            raise
    shutil.rmtree(draft, ignore_errors=True)
    raise NotNowError(
        "导出期间登记册一再变更；请稍后再试。",
        "The register kept changing while it was read; try again later.",
    )


def _write_files(
    folder: Path, formats: Sequence[str], batches: Iterable[list[Row]], *, told: Told
) -> tuple[tuple[DataFile, ...], dict[str, int]]:
    """Write the rows in every format; return the files, and the number of rows by route."""
    counts = Counter[str]()
    paths = {name: folder / f"register.{name}" for name in formats}
    with ExitStack() as open_files:
        writers = []
        for name, path in paths.items():
            writers.append(FORMATS[name].open(path))
            open_files.callback(writers[-1].close)
        for rows in batches:
            # One after the other: side by side they wait for Python's lock longer than compressing takes.
            for writer in writers:
                writer.write(rows)
            counts.update(str(row[_ROUTE]) for row in rows)
            told(counts.total())
    with ThreadPoolExecutor() as pool:
        rows_of_each = [counts.total()] * len(paths)
        files = tuple(pool.map(_file, paths.keys(), paths.values(), rows_of_each))
    return files, dict(sorted(counts.items()))


def check_may_replace(folder: Path) -> None:
    """Check that `folder` can be written: it is not there, empty, or holds an earlier edition.

    Raises:
        BadInputError: It holds something else, or is a file.
    """
    if not folder.exists() or read_manifest(folder / MANIFEST_NAME) is not None:
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise BadInputError(
            f"{folder} 里已有别的内容；请给出空的或不存在的目录。",
            f"{folder} holds something else; name a folder that is empty or not there.",
        )


def replace_folder(folder: Path, draft: Path) -> None:
    """Let `draft` take the place of `folder`.

    Raises:
        CouldNotRunError: The disk refused.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
        sync_directories(folder.parent, [folder])
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise _disk_refused(folder, error) from error


def _write(draft: Path, formats: Sequence[str], stands: Standing, *, at: datetime, told: Told) -> Manifest:
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    files, by_route = _write_files(draft, formats, read_batches(), told=told)
    digest = hashlib.sha256("".join(one.sha256 for one in files).encode()).hexdigest()
    manifest = Manifest(
        edition=f"{localtime(at):%Y-%m-%d}-{stands.log_size}-{digest[:8]}",
        made_at=at,
        log_size=stands.log_size,
        checkpoint=stands.checkpoint,
        mark=stands.mark,
        rows=sum(by_route.values()),
        rows_by_route=by_route,
        files=files,
    )
    (draft / MANIFEST_NAME).write_bytes(manifest.to_bytes())
    (draft / SUMS_NAME).write_bytes(manifest.sums())
    return manifest


def _file(name: str, path: Path, rows: int) -> DataFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return DataFile(
            path.name, name, FORMATS[name].media_type, os.fstat(file.fileno()).st_size, rows, digest
        )


def _disk_refused(path: Path, error: OSError) -> CouldNotRunError:
    return CouldNotRunError(
        f"无法写入 {path}（{error.strerror}）；请检查磁盘空间和权限。",
        f"{path} can't be written ({error.strerror}); check the disk's space and permissions.",
    )
