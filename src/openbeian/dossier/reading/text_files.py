"""Text files: Markdown with its headings and tables; any other as lines."""

import re
from collections.abc import Iterator
from typing import Final

from openbeian.core.table_text import BROKEN_ENCODING, BrokenEncodingError, decode_table
from openbeian.dossier.reading.blocks import Block, Content, Heading, Paragraph, Table
from openbeian.dossier.reading.limits import Limits, UnreadableError

__all__ = ["read_markdown", "read_text"]

_HEADING: Final = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*")
_RULE: Final = re.compile(r"[|:\-\s]+")


def read_text(data: bytes, limits: Limits) -> Content:
    """Return the lines of a text.

    Raises:
        UnreadableError: Its encoding is broken, or it is too long.
    """
    return Content("text", tuple(Paragraph(line.strip()) for line in _lines(data, limits) if line.strip()))


def read_markdown(data: bytes, limits: Limits) -> Content:
    """Return the headings, lines and tables of a Markdown text.

    Raises:
        UnreadableError: Its encoding is broken, or it is too long.
    """
    return Content("text", tuple(_blocks(_lines(data, limits))))


def _lines(data: bytes, limits: Limits) -> list[str]:
    try:
        text = decode_table(data)
    except BrokenEncodingError as error:
        raise UnreadableError(
            f"第 {error.line} 行起{BROKEN_ENCODING.zh.rstrip('。')}",
            f"from line {error.line} on, {BROKEN_ENCODING.en.rstrip('.')}",
        ) from error
    if len(text) > limits.characters:
        raise UnreadableError(
            "正文过长，超过可读取的上限；请核对文件，或分成几份",
            "its text is longer than can be read; check the file, or split it",
        )
    return text.splitlines()


def _blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*lines, ""]:
        written = line.strip()
        if written.startswith("|"):
            if not _RULE.fullmatch(written):
                rows.append(tuple(cell.strip() for cell in written.strip("|").split("|")))
            continue
        if rows:
            yield Table(tuple(rows))
            rows = []
        heading = _HEADING.fullmatch(written)
        if heading:
            yield Heading(len(heading[1]), heading[2])
        elif written:
            yield Paragraph(written)
