"""What a document holds once it is read: headings, paragraphs and tables in their order, or sheets."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from openbeian.core.text import Text

__all__ = ["Block", "Content", "Heading", "Paragraph", "Sheet", "Table", "label_of", "plain"]

_COLON: Final = re.compile(r"[:：]\s*")
_NUMBERING: Final = re.compile(r"^[\s\d.、()（）一二三四五六七八九十]*")
_LONGEST_LABEL: Final = 80
_INVISIBLE: Final = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff]+")


def plain(text: str) -> str:
    """Return a text as it is compared: full and half width alike, without spaces."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def label_of(written: str) -> str:
    """Return a label as it is compared: without numbering, colon, spaces and capitals."""
    return plain(_NUMBERING.sub("", written)).lower().rstrip(":")


class Heading(NamedTuple):
    """A heading; level 0 is the title of the document."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """A paragraph, a list item, or a line of a format that knows no paragraphs."""

    text: str


class Table(NamedTuple):
    """A table: rows of cells as text."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Table


class Sheet(NamedTuple):
    """A sheet of a workbook: each row with its number from 1 and its cells as text."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Content:
    """What was read of a file.

    `kind` is what its bytes are: docx, xlsx, pdf, text, or other (an image, a sound: nothing to read).
    `notes` say what could not be read, so that nobody takes silence for a clean bill.
    """

    kind: str
    blocks: tuple[Block, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[Text, ...] = ()
    pages: int = 0
    unsettled: tuple[str, ...] = ()
    """What an editor left behind: `changes` (tracked and not accepted), `comments`."""

    @cached_property
    def text(self) -> str:
        """Everything that can be read, line under line."""
        return "\n".join(self.lines())

    @cached_property
    def plain(self) -> str:
        """The same as it is compared, by `plain`."""
        return plain(self.text)

    @cached_property
    def plain_rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows of all tables as they are compared."""
        return tuple(tuple(map(plain, row)) for table in self.tables for row in table.rows)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What may be a label, by `label_of`, with its value: cells side by side, or around a colon."""
        return tuple(
            (label_of(label), value) for label, value in self._pairs() if len(label) <= _LONGEST_LABEL
        )

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for table in self.tables:
            for row in table.rows:
                yield from pairwise(row)
        for line in self.lines():
            label, *values = _COLON.split(line, maxsplit=1)
            yield from ((label, value.split("\t")[0]) for value in values)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings that the format itself marks as such."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the text."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def lines(self) -> Iterator[str]:
        """Yield what a reader sees, a line for each paragraph and row; cells are parted by tabs."""
        for block in self.blocks:
            if isinstance(block, Table):
                yield from ("\t".join(row) for row in block.rows)
            else:
                yield block.text
        for sheet in self.sheets:
            yield from ("\t".join(row) for _, row in sheet.rows)
