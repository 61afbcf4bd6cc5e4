"""Opens a file of a dossier: what counts is what is in it, not what it is called."""

import hashlib
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Final

from openbeian.core.text import Text
from openbeian.dossier.reading.blocks import Content
from openbeian.dossier.reading.docx import read_docx
from openbeian.dossier.reading.limits import LIMITS, Limits, UnreadableError
from openbeian.dossier.reading.pdf import read_pdf
from openbeian.dossier.reading.remembered import Remembered
from openbeian.dossier.reading.text_files import read_markdown, read_text
from openbeian.dossier.reading.xlsx import read_xlsx

__all__ = ["kind_of", "read_bytes", "read_file"]

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_HEAD: Final = 1024
_CONTROL: Final = frozenset(range(32)) - set(b"\t\n\r\f\x1b")
_READERS: Final[dict[str, Callable[[bytes, Limits], Content]]] = {
    "docx": read_docx,
    "pdf": read_pdf,
    "xlsx": read_xlsx,
    "text": read_text,
}
_MARKDOWN: Final = (".md", ".markdown")
_READ: Final[Remembered[Content | UnreadableError]] = Remembered(most=128)
"""A dossier has some twenty documents, and checks ask for each many times."""


def read_file(path: Path, name: str = "", limits: Limits = LIMITS) -> Content:
    """Return what a file holds; `name` is what it is called where its bytes lie under another name.

    Raises:
        UnreadableError: One sentence says why it can't be read.
    """
    try:
        if not path.is_file():
            raise UnreadableError(
                "文件不存在，或不是普通文件", "there is no such file, or it is no plain file"
            )
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise _too_large(size, limits)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"无法读取（{error.strerror}）；请检查权限",
            f"it can't be read ({error.strerror}); check its rights",
        ) from error
    return read_bytes(data, name or path.name, limits)


def read_bytes(data: bytes, name: str, limits: Limits = LIMITS) -> Content:
    """Return what the bytes of a file called `name` hold; the same bytes are read once.

    Raises:
        UnreadableError: One sentence says why they can't be read.
    """
    if len(data) > limits.file_bytes:
        raise _too_large(len(data), limits)
    is_markdown = PurePath(name).suffix.lower() in _MARKDOWN
    key = (hashlib.sha256(data).digest(), is_markdown, limits)
    found = _READ.of(key, lambda: _read_or_not(data, limits, is_markdown=is_markdown))
    if isinstance(found, UnreadableError):
        raise UnreadableError(*found.text)
    return found


def _read_or_not(data: bytes, limits: Limits, *, is_markdown: bool) -> Content | UnreadableError:
    try:
        return _read(data, limits, is_markdown=is_markdown)
    except UnreadableError as error:
        return UnreadableError(*error.text)


def _read(data: bytes, limits: Limits, *, is_markdown: bool) -> Content:
    kind = kind_of(data)
    if kind == "text" and is_markdown:
        return read_markdown(data, limits)
    if kind in _READERS:
        return _READERS[kind](data, limits)
    return Content(
        kind,
        notes=(
            Text(
                "没有可读取的文字，须由人查看",
                "it holds no text that can be read; a person has to look at it",
            ),
        ),
    )


def kind_of(data: bytes) -> str:
    """Return what the bytes are: docx, xlsx, pdf, text, archive or other; `empty` for none.

    Raises:
        UnreadableError: They are an office document with a password or in the old format.
    """
    if not data:
        return "empty"
    if data.startswith(_OLD_OFFICE):
        raise UnreadableError(
            "是加了密码的 Office 文档或旧版格式（doc、xls）；请另存为不加密的 docx 或 xlsx",
            "it is an Office document with a password or in the old format (doc, xls); save it as docx or "
            "xlsx without a password",
        )
    if data.startswith(_ZIP):
        return _office_kind(data)
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    return "other" if _CONTROL & set(data[: 8 * _HEAD]) else "text"


def _office_kind(data: bytes) -> str:
    # The names of the parts stand in the archive's directory in plain bytes.
    tail = data[-(4 << 20) :]
    if b"word/document.xml" in tail:
        return "docx"
    return "xlsx" if b"xl/workbook.xml" in tail else "archive"


def _too_large(size: int, limits: Limits) -> UnreadableError:
    return UnreadableError(
        f"有 {size >> 20} MiB，超过 {limits.file_bytes >> 20} MiB 的上限，未读取；请核对文件，或分成几份",
        f"it has {size >> 20} MiB, more than the limit of {limits.file_bytes >> 20} MiB, and was not read; "
        "check it, or split it",
    )
