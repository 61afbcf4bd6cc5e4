"""The upload store: files lie under the SHA-256 of their bytes, whatever the provider called them."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Final, NamedTuple

from django.conf import settings

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.portal.drafts import draft_in, keep_draft

__all__ = ["Stored", "clean_name", "copy_within_limit", "path_of", "store"]

_LONGEST_NAME: Final = 120
_MIB: Final = 1 << 20


class Stored(NamedTuple):
    """A file that lies in the store."""

    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Return where the file with this hash lies."""
    root: Path = settings.BEIAN_HOME
    return root / "uploads" / sha256[:2] / sha256


def store(chunks: Iterable[bytes], *, check: Callable[[Path], None] | None = None) -> Stored:
    """Write a file to the store as it comes in, and return its hash and size.

    Args:
        chunks: The file's bytes.
        check: Looks at the file before it is kept; what it raises keeps the file out.

    Raises:
        BadInputError: The file is empty or too large; nothing is kept of it.
        CouldNotRunError: The disk refused.
    """
    root: Path = settings.BEIAN_HOME / "uploads"
    try:
        with draft_in(root) as draft:
            stored = copy_within_limit(chunks, draft)
            if check is not None:
                check(Path(draft.name))
            keep_draft(draft, path_of(stored.sha256))
    except OSError as error:
        raise CouldNotRunError(
            "无法保存上传的文件；请稍后再试，或联系系统管理员检查磁盘。",
            f"The upload can't be kept ({error}); try again later or ask the administrator.",
        ) from error
    return stored


def copy_within_limit(chunks: Iterable[bytes], file: IO[bytes]) -> Stored:
    """Write what comes in to an open file, and return its hash and size.

    Raises:
        BadInputError: It is nothing, or more than a file may have.
    """
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.BEIAN_UPLOAD_BYTES:
            limit = settings.BEIAN_UPLOAD_BYTES // _MIB
            raise BadInputError(
                f"文件超过 {limit} MiB 的上限；请拆分或压缩后再上传。",
                f"The file is larger than the limit of {limit} MiB; split or compress it.",
            )
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise BadInputError(
            "文件是空的；请检查后重新上传。", "The file is empty; check it and upload it again."
        )
    file.flush()
    return Stored(digest.hexdigest(), size)


def clean_name(written: str) -> str:
    """Return a file name fit for lists and downloads: one component, visible characters, not too long.

    Raises:
        BadInputError: Nothing is left of it.
    """
    last = unicodedata.normalize("NFC", written).replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    visible = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    stem, dot, ending = visible.rpartition(".")
    room = _LONGEST_NAME - len(ending) - 1
    name = f"{stem[:room]}.{ending}" if dot and room > 0 else visible[:_LONGEST_NAME]
    if not name:
        raise BadInputError(
            f"「{written[:40]!r}」不能作文件名；请改名后上传。",
            f"{written[:40]!r} can't be a file name; rename the file and upload it again.",
        )
    return name
