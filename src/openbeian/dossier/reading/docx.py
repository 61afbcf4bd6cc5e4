"""Word documents: text with its headings and tables, without running or resolving anything inside.

Source of the elements: ECMA-376 part 1, 17.3 (paragraphs), 17.4 (tables), 17.7 (styles), 17.13 (changes).
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from openbeian.dossier.labels.archive import Archive, parse_archive
from openbeian.dossier.labels.errors import UnreadableError as BrokenPartError
from openbeian.dossier.reading.blocks import Content, Paragraph
from openbeian.dossier.reading.docx_body import Body
from openbeian.dossier.reading.docx_styles import Styles, read_styles
from openbeian.dossier.reading.limits import Limits, UnreadableError
from openbeian.dossier.reading.xml_events import read_events, text_of_elements

__all__ = ["read_docx"]

_MAIN: Final = "word/document.xml"
_BESIDE: Final = ("word/header", "word/footer", "word/footnotes", "word/endnotes")
_COMMENTS: Final = "word/comments.xml"
_PROPERTIES: Final = "docProps/core.xml"
_NAMED: Final = ("title", "creator", "lastModifiedBy", "subject", "description", "keywords")


def read_docx(data: bytes, limits: Limits) -> Content:
    """Return what a Word document holds.

    Raises:
        UnreadableError: It is damaged, locked, or unpacks to more than the limits.
    """
    try:
        archive = parse_archive(data)
        styles = read_styles(_part(archive, data, "word/styles.xml"))
        body = Body(styles, limits)
        read_events(_needed(archive, data), body.start, body.end, body.text)
        beside = tuple(_beside(archive, data, limits))
        unsettled = (*(["changes"] if body.has_changes else []), *_comments(archive, data))
        properties = text_of_elements(_part(archive, data, _PROPERTIES), _NAMED)
    except BrokenPartError as error:
        raise UnreadableError(*error.text) from error
    return Content("docx", (*body.blocks, *beside), properties=properties, unsettled=unsettled)


def _needed(archive: Archive, data: bytes) -> bytes:
    main = _part(archive, data, _MAIN)
    if not main:
        raise UnreadableError(
            f"文档缺少 {_MAIN}，不是 Word 文档", f"{_MAIN} is missing, so it is no Word file"
        )
    return main


def _part(archive: Archive, data: bytes, name: str) -> bytes:
    part = archive.part(name)
    return archive.content(data, part) if part else b""


def _beside(archive: Archive, data: bytes, limits: Limits) -> Iterator[Paragraph]:
    """Yield what stands in headers, footers and notes."""
    for part in archive.parts:
        if part.name.lower().startswith(_BESIDE) and part.name.lower().endswith(".xml"):
            body = Body(Styles({}), limits)
            read_events(archive.content(data, part), body.start, body.end, body.text)
            yield from (Paragraph(line) for line in Content("docx", tuple(body.blocks)).lines())


def _comments(archive: Archive, data: bytes) -> Iterator[str]:
    with suppress(UnreadableError):
        found = text_of_elements(_part(archive, data, _COMMENTS), ("t",))
        yield from ["comments"] if found.get("t") else []
