"""Writing files that are there whole or not at all, though several write at once."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["draft_in", "keep_draft"]


@contextmanager
def draft_in(folder: Path) -> Iterator[IO[bytes]]:
    """Give a draft to write in `folder`, under its `name` until the block ends; then it is gone.

    `keep_draft` gives it the name by which it stays. Both raise OSError where the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".draft-") as draft:
        yield draft


def keep_draft(draft: IO[bytes], path: Path) -> None:
    """Force a draft to disk and let it be found at `path`; where something is already, that stays."""
    draft.flush()
    os.fsync(draft.fileno())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.link(draft.name, path)
