"""What one run of the suite makes once for all its workers: whoever comes first makes it, the others wait."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["in_turn", "share_in"]

_FOLDERS: list[Path] = []


def share_in(folder: Path) -> None:
    """Keep what is shared in a folder of this run, which no other run has."""
    folder.mkdir(exist_ok=True)
    _FOLDERS[:] = [folder]


@contextmanager
def in_turn(name: str) -> Iterator[Path]:
    """Give the place of `name`, and keep every other process from it meanwhile; nothing there: make it."""
    place = _FOLDERS[0] / name
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place
