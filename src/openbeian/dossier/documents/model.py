"""A document as blocks in one language; the Word file and the PDF are both written from this alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal

from openbeian.core.text import Language, Text

__all__ = [
    "BLANK_MARKS",
    "Block",
    "Document",
    "Entries",
    "Entry",
    "Figure",
    "Heading",
    "Inline",
    "Items",
    "Note",
    "PageBreak",
    "Paragraph",
    "Signature",
    "Signatures",
    "Span",
    "Table",
    "blank",
    "plain",
]


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a line: strong, or a place that is still to be written."""

    text: str
    strong: bool = False
    blank: bool = False


Inline = str | tuple[Span, ...]
"""A line of text; of several spans where some words stand out."""

BLANK_MARKS: Final = Text("【待填写", "[TO BE WRITTEN")
"""How a place that is still to be written begins, in every document; the checks look for it."""


def blank(what: Text, language: Language) -> Span:
    """Return a place that is still to be written; `what` says what belongs there."""
    end = Text("】", "]")
    colon = Text("：", ": ")
    text = f"{BLANK_MARKS.in_(language)}{colon.in_(language)}{what.in_(language)}{end.in_(language)}"
    return Span(text, blank=True)


def plain(line: Inline) -> str:
    """Return a line's words without what stands out."""
    return line if isinstance(line, str) else "".join(span.text for span in line)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; all stand in the table of contents."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `small` for remarks under something."""

    text: Inline
    small: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list with bullets, or numbered."""

    items: tuple[Inline, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption over it; its head is repeated on every page."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    widths: tuple[float, ...] = ()
    """Shares of the columns in the width of the text; all the same where nothing is said."""
    numbers: frozenset[int] = frozenset()
    """The places of the columns that hold numbers; they stand to the right."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a form: its label and what is filled in; `wide` ones have a row to themselves."""

    label: str
    value: Inline
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries of a form as a ruled grid, two in a row where both are short."""

    caption: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption, the sentence that says what it shows, and its data."""

    caption: str
    svg: str
    """Drawn with `typesetting.pictures.PICTURE_FONTS`."""
    described: str
    table: Table | None = None
    width: float = 1
    """Share of the width of the text."""


@dataclass(frozen=True, slots=True)
class Note:
    """A framed remark; a `warning` is one that must not be overlooked."""

    text: Inline
    kind: Literal["note", "warning"] = "note"


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign: in which post, whose, and what stands under it."""

    post: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign, each with its date; and one for the seal."""

    entries: tuple[Signature, ...]
    seal: str = ""
    """Whose seal; none is asked for where it is empty."""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


Block = Heading | Paragraph | Items | Table | Entries | Figure | Note | Signatures | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language."""

    kind: str
    title: str
    language: Language
    provider: str
    service: str
    date: date
    """The day it is made up."""
    edition: str
    """What it rests on, such as GB/T 45654-2025; empty where it rests on no standard."""
    blocks: tuple[Block, ...]
    notices: tuple[str, ...] = ()
    """What every reader must see first, such as that a reduced sample has no effect."""
    has_cover: bool = False
    """Whether it begins with a page of its own for the title, and a table of contents."""
    figures: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The figures it prints, by name, for `build.json` and the checks."""
