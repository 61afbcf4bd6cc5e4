"""Files that are there whole or not at all, even when the power fails."""

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["replace_file", "sync_directories"]


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to a draft, force it to disk, and rename it to `path`."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def sync_directories(top: Path, paths: Iterable[Path]) -> None:
    """Force the names of `paths` to disk: every directory between them and `top`, once each."""
    for directory in {parent for path in paths for parent in path.parents if parent.is_relative_to(top)}:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
