"""What lies in a folder: every file, what helper programs left there, and what was not looked at."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.checks.phrases import stray_text

__all__ = ["MOST_FILES", "Listing", "list_folder"]

MOST_FILES: Final = 5_000
_DEEPEST: Final = 12


class Listing(NamedTuple):
    """The files by their path within the folder, helper files with what they are, and what was left out."""

    files: tuple[tuple[str, Path], ...]
    strays: tuple[tuple[str, Text], ...] = ()
    not_followed: tuple[str, ...] = ()
    """Links, pipes and devices: a dossier is handed in as plain files."""
    is_cut: bool = False
    """Whether there are more files than are looked at."""


def list_folder(root: Path) -> Listing:
    """Return what lies in a folder and below it, in the order of the names; no link is followed."""
    files: list[tuple[str, Path]] = []
    strays: list[tuple[str, Text]] = []
    links: list[str] = []
    for name, entry in _entries(root, "", 0):
        stray = stray_text(entry.name)
        if stray:
            strays.append((name, stray))
        elif entry.is_symlink() or not entry.is_file(follow_symlinks=False):
            links.append(name)
        elif len(files) >= MOST_FILES:
            return Listing(tuple(files), tuple(strays), tuple(links), is_cut=True)
        if not entry.is_symlink() and entry.is_file(follow_symlinks=False):
            files.append((name, Path(entry.path)))
    return Listing(tuple(files), tuple(strays), tuple(links))


def _entries(folder: Path, above: str, depth: int) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Yield everything that is no folder, and folders that a helper program made without what is in them."""
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        name = f"{above}{entry.name}"
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and depth < _DEEPEST and not stray_text(entry.name):
            yield from _entries(Path(entry.path), f"{name}/", depth + 1)
        else:
            yield name, entry
