"""Hidden banks in the clear, in memory: read from an upload, opened for worker and tester's page."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from openbeian.assessment import BankKind, KeywordLibrary, QuestionBank, load_bank, load_keywords
from openbeian.core.errors import BadInputError
from openbeian.portal.retests.keyring import Sealed, open_box
from openbeian.portal.retests.models import HiddenBank

__all__ = ["KEYWORDS", "Bank", "open_bank", "private_folder", "purpose_of", "read_upload"]

KEYWORDS: Final = "keywords"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  a file system in memory, with a folder of our own in it
Bank = QuestionBank | KeywordLibrary


def private_root() -> Path:
    """Return where files in the clear may lie while they are worked on: in memory where that is possible."""
    if settings.BEIAN_PRIVATE_WORK:
        return Path(settings.BEIAN_PRIVATE_WORK)
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
        return _MEMORY / f"openbeian-{os.getuid()}"
    return Path(settings.BEIAN_HOME) / "retests" / "work"


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder that only this process's owner can read; it is gone after the block."""
    root = private_root()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=root, prefix="bank-") as folder:
        yield Path(folder)


def read_upload(name: str, data: bytes, kind: str) -> Bank:
    """Return the bank or library in an uploaded file.

    Raises:
        BadInputError: It is none, or a line of it is wrong; the line is named.
    """
    ending = Path(name).suffix.lower()
    if ending not in {".jsonl", ".csv", ".xlsx"}:
        raise BadInputError(
            f"「{ending or name}」不是题库文件；请上传 JSONL、CSV 或 XLSX。",
            f"“{ending or name}” is no bank's file; upload JSONL, CSV or XLSX.",
        )
    return _loaded(data, f"{Path(name).stem[:80] or 'bank'}{ending}", kind)


def open_bank(bank: HiddenBank) -> Bank:
    """Return a hidden bank in the clear, in memory.

    Raises:
        CouldNotRunError: Its key is not there, or it was changed.
    """
    data = open_box(Sealed(bank.key_id, bank.box), purpose_of(bank.sha256))
    return _loaded(data, f"{bank.kind}.jsonl", bank.kind)


def purpose_of(sha256: str) -> str:
    """Return the purpose under which a bank is sealed."""
    return f"bank:{sha256}"


def _loaded(data: bytes, name: str, kind: str) -> Bank:
    load: Callable[[Path], Bank] = (
        load_keywords if kind == KEYWORDS else lambda path: load_bank(path, kind=BankKind(kind))
    )
    with private_folder() as folder:
        file = folder / name
        file.write_bytes(data)
        return load(file)
