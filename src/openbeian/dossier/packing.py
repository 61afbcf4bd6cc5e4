"""A dossier's folder as one archive; the same folder gives the same bytes every time."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.dossier.checks.listing import list_folder
from openbeian.dossier.file_types import check_file
from openbeian.dossier.folder import read_folder
from openbeian.dossier.unpacking import LIMITS, ArchiveLimits

__all__ = ["Packed", "pack"]

_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE: Final = 0o100644 << 16
_BLOCK: Final = 1 << 20
_SMALL_ALREADY: Final = frozenset(
    [".docx", ".xlsx", ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp3", ".mp4", ".m4a", ".ogg"]
)

_Told = Callable[[str, int, int], None]


class Packed(NamedTuple):
    """An archive that was written."""

    path: Path
    sha256: str
    size: int
    files: tuple[str, ...]


def pack(root: Path, out: Path, *, told: _Told | None = None, limits: ArchiveLimits = LIMITS) -> Packed:
    """Write everything that lies in a dossier's folder into `out`; helper files and links are left out.

    Args:
        root: The folder; its `dossier.yaml` has to be readable.
        out: The archive to write; it is there whole or not at all.
        told: Told the name of each file as it is packed, how many are done, and how many there are.
        limits: What the portal takes.

    Raises:
        BadInputError: `dossier.yaml` is wrong, or there is more than a portal takes.
        WrongFileTypeError: A file is of a kind that no portal takes.
        CouldNotRunError: The archive can't be written.
    """
    read_folder(root)
    listing = list_folder(root)
    strays = {name for name, _ in listing.strays}
    files = [(name, path) for name, path in listing.files if name not in strays and path != out]
    _check_size(files, limits, is_cut=listing.is_cut)
    for name, path in files:
        check_file(name, path)
    draft = out.with_name(f"{out.name}.part")
    try:
        _write(draft, files, told or (lambda *_: None))
        draft.replace(out)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写出 {out}（{error.strerror}）；请检查磁盘空间与权限。",
            f"{out} can't be written ({error.strerror}); check the disk and its rights.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return Packed(out, _digest(out), out.stat().st_size, tuple(name for name, _ in files))


def _check_size(files: list[tuple[str, Path]], limits: ArchiveLimits, *, is_cut: bool) -> None:
    total = sum(path.stat().st_size for _, path in files)
    if is_cut or len(files) > limits.files or total > limits.bytes:
        raise BadInputError(
            f"材料目录有 {len(files)} 个文件、{total >> 20} MiB，超过门户接受的 {limits.files} 个、"
            f"{limits.bytes >> 20} MiB；请移走与备案无关的文件。",
            f"The folder has {len(files)} files and {total >> 20} MiB, more than the {limits.files} files "
            f"and {limits.bytes >> 20} MiB a portal takes; move away what doesn't belong to the filing.",
        )


def _write(out: Path, files: list[tuple[str, Path]], told: _Told) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for done, (name, path) in enumerate(files, start=1):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.external_attr, entry.create_system = _PLAIN_FILE, 3
            is_small = path.suffix.lower() in _SMALL_ALREADY
            entry.compress_type = zipfile.ZIP_STORED if is_small else zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while block := source.read(_BLOCK):
                    target.write(block)
            told(name, done, len(files))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
