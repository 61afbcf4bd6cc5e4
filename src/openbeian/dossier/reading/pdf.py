"""PDF documents: the text of each page, and the headings that its outline names.

A page without text is said, because a scan looks like a document and holds no word a program can check.
"""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from openbeian.core.text import Text
from openbeian.dossier.reading.blocks import Block, Content, Heading, Paragraph
from openbeian.dossier.reading.limits import Limits, UnreadableError

__all__ = ["read_pdf"]

_DEEPEST: Final = 8
_MOST_HEADINGS: Final = 5_000
_NAMED: Final = ("title", "author", "subject", "keywords", "creator")
_SHOWN: Final = 12
"""So many page numbers are named before the rest is summed up."""


def read_pdf(data: bytes, limits: Limits, clock: Callable[[], float] = time.monotonic) -> Content:
    """Return what a PDF holds; `clock` gives seconds, and pages that would take too long are named.

    Raises:
        UnreadableError: It is damaged, needs a password, or has too many pages.
    """
    from pypdf import PdfReader  # noqa: PLC0415  many dossiers are read without one

    try:
        reader = PdfReader(io.BytesIO(data))
        count = _checked_pages(reader, limits)
        texts, late = _texts(reader, count, clock() + limits.seconds, clock)
        headings = list(_outlined(reader))
        properties = {name: str(getattr(reader.metadata, name, "") or "") for name in _NAMED}
    except UnreadableError:
        raise
    except Exception as error:  # what a damaged file makes of a parser has no common class
        raise UnreadableError(
            "PDF 已损坏或需要密码；请从原件重新导出",
            "the PDF is damaged or needs a password; export it again from the original",
        ) from error
    blocks: list[Block] = [*headings]
    blocks += [Paragraph(line.strip()) for text in texts for line in text.splitlines() if line.strip()]
    notes = tuple(_notes(texts, late))
    return Content("pdf", tuple(blocks), properties=properties, notes=notes, pages=count)


def _checked_pages(reader: Any, limits: Limits) -> int:  # noqa: ANN401  pypdf's reader
    """Return how many pages there are, once it is sure that they may be read."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise _locked()
    count = len(reader.pages)
    if count > limits.pages:
        raise UnreadableError(
            f"有 {count} 页，超过 {limits.pages} 页的上限；请核对文件，或分成几份",
            f"it has {count} pages, more than the limit of {limits.pages}; check it, or split it",
        )
    return count


def _texts(
    reader: Any,  # noqa: ANN401  the same
    count: int,
    until: float,
    clock: Callable[[], float],
) -> tuple[list[str], int]:
    """Return the text of the pages, and how many were left because time was up."""
    texts: list[str] = []
    for number in range(count):
        if clock() > until:
            return texts, count - number
        texts.append(reader.pages[number].extract_text())
    return texts, 0


def _notes(texts: Sequence[str], late: int) -> Iterator[Text]:
    empty = [str(number) for number, text in enumerate(texts, 1) if not text.strip()]
    if empty:
        shown = ", ".join(empty[:_SHOWN]) + ("…" if len(empty) > _SHOWN else "")
        yield Text(
            f"{len(texts)} 页中有 {len(empty)} 页没有可读的文字（第 {shown} 页），可能是扫描件，须由人核对",
            f"{len(empty)} of {len(texts)} pages hold no text that can be read (page {shown}); perhaps they "
            "are scans, and a person has to look at them",
        )
    if late:
        yield Text(
            f"读取超时，后 {late} 页未读",
            f"reading took too long; the last {late} pages were not read",
        )


def _outlined(reader: Any) -> Iterator[Heading]:  # noqa: ANN401  the same
    """Yield the entries of the outline in their order."""
    yield from list(_entries(reader.outline, 1))[:_MOST_HEADINGS]


def _entries(outline: Sequence[Any], level: int) -> Iterator[Heading]:
    for entry in outline:
        if isinstance(entry, list):
            if level < _DEEPEST:
                yield from _entries(entry, level + 1)
        else:
            yield Heading(level, str(entry.title).strip())


def _locked() -> UnreadableError:
    return UnreadableError(
        "PDF 需要密码才能打开；请另存为不加密的 PDF",
        "the PDF opens only with a password; save it without one",
    )
