"""How the blocks of a document stand on its pages, said once for the Word file and the PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from openbeian.core.text import Language, Text
from openbeian.dossier.documents.model import Block, Document, Entries, Entry, Figure, Heading, Table, plain

__all__ = [
    "CONTENTS",
    "DATE",
    "KEPT_WHOLE",
    "NAME",
    "POST",
    "SEAL",
    "SIGNATURE",
    "Laid",
    "cover_lines",
    "headings_of",
    "lay_out",
    "paired",
]

KEPT_WHOLE: Final = 6
"""A table of so many rows or fewer is not broken over pages."""
CONTENTS: Final = Text("目录", "Contents")
POST: Final = Text("职务", "Post")
NAME: Final = Text("姓名", "Name")
SIGNATURE: Final = Text("签字", "Signature")
DATE: Final = Text("日期", "Date")
SEAL: Final = Text("（单位公章）", "(company seal)")
_TABLE: Final = Text("表 {n}", "Table {n}")
_FIGURE: Final = Text("图 {n}", "Figure {n}")
_LATIN: Final = 0.55
"""How wide a Latin letter is, in Han characters."""
_FIRST_HAN: Final = 0x2E80
_SHORT: Final = 13
"""Han characters, or twice as many Latin letters, that fit into half a row of a form."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A block and the numbers of its captions, such as 表 3; empty where it has none."""

    block: Block
    label: str = ""
    table_label: str = ""
    """Of the table under a figure."""


def lay_out(document: Document) -> Iterator[Laid]:
    """Yield the blocks with tables and figures numbered through."""
    tables, figures = 0, 0
    for block in document.blocks:
        match block:
            case Table() | Entries():
                tables += 1 if block.caption else 0
                yield Laid(block, _label(_TABLE, tables, document.language) if block.caption else "")
            case Figure():
                figures += 1
                tables += 1 if block.table else 0
                under = _label(_TABLE, tables, document.language) if block.table else ""
                yield Laid(block, _label(_FIGURE, figures, document.language), under)
            case _:
                yield Laid(block)


def _label(text: Text, number: int, language: Language) -> str:
    return text.fill(n=number).in_(language)


def headings_of(document: Document) -> tuple[Heading, ...]:
    """Return the headings in their order."""
    return tuple(block for block in document.blocks if isinstance(block, Heading))


def cover_lines(document: Document) -> tuple[tuple[str, str], ...]:
    """Return what stands under the title of a document with a cover, by label."""
    labels = (
        (Text("单位名称", "Provider"), document.provider),
        (Text("服务名称", "Service"), document.service),
        (Text("评估依据", "Standard"), document.edition),
        (Text("日期", "Date"), f"{document.date}"),
    )
    return tuple((label.in_(document.language), value) for label, value in labels if value)


def paired(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Return the rows of a form: two short entries share one, all others have one to themselves."""
    rows: list[tuple[Entry, ...]] = []
    for entry in entries:
        is_short = not entry.wide and _width(plain(entry.value)) <= _SHORT
        before = rows[-1] if rows else ()
        if is_short and len(before) == 1 and _can_share(before[0]):
            rows[-1] = (*before, entry)
        else:
            rows.append((entry,))
    return rows


def _can_share(entry: Entry) -> bool:
    return not entry.wide and _width(plain(entry.value)) <= _SHORT


def _width(text: str) -> float:
    return sum(1 if ord(letter) > _FIRST_HAN else _LATIN for letter in text)
