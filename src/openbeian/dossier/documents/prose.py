"""Written documents as data: sections of text in `texts/*.yaml`, turned into blocks with a dossier's facts.

A section has a `heading` and `blocks`; a block is one of

    p: a paragraph            items: a list               h: a heading of the second level
    entries: [field ids]      (one with a ? behind it need not be filled in)
    table: the name of one    attachments: [kinds]        signatures: [posts]

and may stand under `when: {field: [choices]}`, or `unless`, to be left out elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from openbeian.core.text import Text
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import Block, Entries, Entry, Heading, Items, Note, Paragraph
from openbeian.dossier.documents.signing import signatures
from openbeian.dossier.documents.tables import TABLES, attachments_table
from openbeian.dossier.form import FIELDS

__all__ = ["headings_of_text", "section_number", "written_blocks"]

_Entry = Mapping[str, Any]
_DIGITS: Final = "零一二三四五六七八九"
_TEN: Final = 10


@cache
def _read(name: str) -> _Entry:
    text = files(__package__).joinpath("texts").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    read: _Entry = yaml.safe_load(text)
    return read


def headings_of_text(name: str) -> tuple[Text, ...]:
    """Return the headings a written document must have, without their numbers."""
    return tuple(Text(**section["heading"]) for section in _read(name)["sections"])


def section_number(number: int) -> Text:
    """Return how a section is numbered: 十二、 and 12."""
    tens, ones = divmod(number, _TEN)
    ten = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return Text(f"{ten}{_DIGITS[ones] if ones or not tens else ''}、", f"{number}. ")


def written_blocks(name: str, filler: Filler, *, part: str = "sections") -> Iterator[Block]:
    """Yield the blocks of a written document, with the dossier's facts in their places."""
    text = _read(name)
    if "note" in text:
        yield Note(filler.line(Text(**text["note"])))
    for number, section in enumerate(text[part], 1):
        heading = Text(**section["heading"]).in_(filler.language)
        yield Heading(section_number(number).in_(filler.language) + heading)
        second = 0
        for block in section["blocks"]:
            if not _applies(block, filler):
                continue
            if "h" in block:
                second += 1
                yield Heading(f"{number}.{second} {Text(**block['h']).in_(filler.language)}", 2)
            else:
                yield from _blocks(block, filler)


def _applies(block: _Entry, filler: Filler) -> bool:
    """Say whether a block stands under conditions that this dossier meets."""
    return all(_is_met(name, choices, filler) for name, choices in block.get("when", {}).items()) and not any(
        _is_met(name, choices, filler) for name, choices in block.get("unless", {}).items()
    )


def _is_met(field_id: str, choices: list[str], filler: Filler) -> bool:
    return any(one in choices for one in filler.material.chosen(field_id))


def _blocks(block: _Entry, filler: Filler) -> Iterator[Block]:
    for name, make in _MAKERS.items():
        if name in block:
            yield from make(block[name], filler)


def _paragraph(text: Mapping[str, str], filler: Filler) -> Iterator[Block]:
    yield Paragraph(filler.line(Text(**text)))


def _items(texts: list[Mapping[str, str]], filler: Filler) -> Iterator[Block]:
    yield Items(tuple(filler.line(Text(**text)) for text in texts), numbered=True)


def _entries(field_ids: list[str], filler: Filler) -> Iterator[Block]:
    yield Entries("", tuple(_one_entry(written, filler) for written in field_ids))


def _one_entry(written: str, filler: Filler) -> Entry:
    """Return an entry; one that is written `section.field?` need not be filled in."""
    field_id = written.rstrip("?")
    span = filler.entry(field_id)
    value = "—" if span.blank and field_id != written else (span,)
    return Entry(FIELDS[field_id].label.in_(filler.language), value)


def _table(name: str, filler: Filler) -> Iterator[Block]:
    yield from TABLES[name](filler)


_MAKERS: Final[Mapping[str, Callable[[Any, Filler], Iterator[Block]]]] = {
    "p": _paragraph,
    "items": _items,
    "entries": _entries,
    "table": _table,
    "attachments": attachments_table,
    "signatures": signatures,
}
