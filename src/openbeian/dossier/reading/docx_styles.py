"""Which paragraph styles of a Word document are headings, and of which level."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from openbeian.dossier.reading.remembered import Remembered
from openbeian.dossier.reading.xml_events import read_events

__all__ = ["CONTENTS", "Styles", "outline_level", "read_styles"]

CONTENTS: Final = -1
"""The level of an entry in the table of contents, which repeats a heading and is none."""
_BODY_LEVEL: Final = 9
_HEADING: Final = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_ENTRY: Final = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)", re.IGNORECASE)
_TITLES: Final = {"title", "标题", "文档标题"}
_LONGEST_CHAIN: Final = 20


@dataclass(frozen=True, slots=True)
class Styles:
    """The level of each style that has one, by the style's id."""

    levels: Mapping[str, int]

    def level(self, style: str) -> int | None:
        """Return 0 for titles, 1 to 9 for headings, `CONTENTS` for entries of a table of contents."""
        return self.levels.get(style)


_READ: Final[Remembered[Styles]] = Remembered(most=32)
"""The documents of a dossier mostly have the same styles, and there are hundreds of them."""


class _Style(NamedTuple):
    level: int | None
    based_on: str


@dataclass(slots=True)
class _Reading:
    found: dict[str, _Style] = field(default_factory=dict)
    id: str = ""
    level: int | None = None
    based_on: str = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self.id, self.level, self.based_on = attributes.get("styleId", ""), None, ""
        elif name == "name":
            self.level = _level_of(value)
        elif name == "basedOn":
            self.based_on = value
        elif name == "outlineLvl" and self.level is None:
            self.level = outline_level(value)

    def end(self, name: str) -> None:
        if name == "style" and self.id:
            self.found[self.id] = _Style(self.level, self.based_on)


def read_styles(document: bytes) -> Styles:
    """Return the levels of the styles in `word/styles.xml`; a style without one has that of its base."""
    return _READ.of(hashlib.sha256(document).digest(), lambda: _read(document))


def _read(document: bytes) -> Styles:
    reading = _Reading()
    if document:
        read_events(document, reading.start, reading.end, lambda _: None)
    levels = {id_: _inherited(id_, reading.found) for id_ in reading.found}
    return Styles({id_: level for id_, level in levels.items() if level is not None})


def outline_level(value: str) -> int | None:
    """Return the level of a heading that a paragraph or style says it is; None for body text."""
    level = int(value) if value.isdecimal() else _BODY_LEVEL
    return level + 1 if level < _BODY_LEVEL else None


def _level_of(name: str) -> int | None:
    heading = _HEADING.fullmatch(name.strip())
    if heading:
        return int(heading[1])
    if _ENTRY.fullmatch(name.strip()):
        return CONTENTS
    return 0 if name.strip().lower() in _TITLES else None


def _inherited(id_: str, found: Mapping[str, _Style]) -> int | None:
    for _ in range(_LONGEST_CHAIN):
        style = found.get(id_)
        if style is None or style.level is not None:
            return style.level if style else None
        id_ = style.based_on
    return None
