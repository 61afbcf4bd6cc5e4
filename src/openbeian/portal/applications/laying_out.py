"""A dossier's folder put together again from the upload store, for as long as somebody reads it."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from openbeian.portal.applications.storage import path_of

__all__ = ["laid_out"]


@contextmanager
def laid_out(files: Iterable[tuple[str, str]]) -> Iterator[Path]:
    """Give a folder that holds `files`, each a path within it and the hash its bytes lie under.

    The bytes aren't copied where the disk allows a second name. Nobody writes into the folder.
    """
    uploads = settings.BEIAN_HOME / "uploads"
    uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=uploads, prefix=".folder-") as made:
        root = Path(made)
        for name, sha256 in files:
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            _put(path_of(sha256), place)
        yield root


def _put(kept: Path, place: Path) -> None:
    try:
        os.link(kept, place)
    except OSError:  # too many names, or a disk that knows no second ones
        shutil.copyfile(kept, place)
