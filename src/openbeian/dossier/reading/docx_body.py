"""The body of a Word document, gathered from its events: paragraphs, headings, tables within tables."""

from collections.abc import Callable, Mapping
from typing import Final

from openbeian.dossier.reading.blocks import Block, Heading, Paragraph, Table
from openbeian.dossier.reading.docx_styles import CONTENTS, Styles, outline_level
from openbeian.dossier.reading.limits import Limits, UnreadableError

__all__ = ["Body"]

_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED: Final = frozenset({"Fallback", "del", "moveFrom", "pPrChange", "rPrChange", "instrText"})
"""What is another form of what stands there already, or no longer stands there."""
_CHANGES: Final = frozenset({"del", "ins", "moveFrom", "moveTo"})


class Body:
    """Takes the events of `word/document.xml`, a header or a note, and holds the blocks they make."""

    def __init__(self, styles: Styles, limits: Limits) -> None:
        """Begin with nothing; `styles` say what is a heading."""
        self.blocks: list[Block] = []
        self.has_changes = False
        self._styles, self._limits = styles, limits
        self._skipping = self._characters = self._rows = 0
        self._is_text = False
        self._level: int | None = None
        self._line: list[str] = []
        self._tables: list[list[list[list[str]]]] = []
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "t": self._text_starts,
            "p": self._paragraph_starts,
            "pStyle": self._styled,
            "outlineLvl": self._outlined,
            "tbl": lambda _: self._tables.append([]),
            "tr": lambda _: self._tables[-1].append([]) if self._tables else None,
            "tc": lambda _: self._cell_starts(),
        }
        self._ends: dict[str, Callable[[], None]] = {
            "t": self._text_ends,
            "p": self._paragraph_ends,
            "tbl": self._table_ends,
        }

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
        if name in _CHANGES and "author" in attributes:
            self.has_changes = True
        if self._skipping:
            return
        if name in _BREAKS and self._level != CONTENTS:
            self._line.append(_BREAKS[name])
        begin = self._starts.get(name)
        if begin:
            begin(attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._skipping:
            self._skipping -= 1
            return
        finish = self._ends.get(name)
        if finish:
            finish()

    def text(self, written: str) -> None:
        """Take a text."""
        if self._is_text and not self._skipping:
            self._characters += len(written)
            if self._characters > self._limits.characters:
                raise _too_much()
            self._line.append(written)

    def _text_starts(self, _: Mapping[str, str]) -> None:
        self._is_text = True

    def _text_ends(self) -> None:
        self._is_text = False

    def _paragraph_starts(self, _: Mapping[str, str]) -> None:
        self._line, self._level = [], None

    def _styled(self, attributes: Mapping[str, str]) -> None:
        self._level = self._styles.level(attributes.get("val", ""))

    def _outlined(self, attributes: Mapping[str, str]) -> None:
        if self._level is None:
            self._level = outline_level(attributes.get("val", ""))

    def _cell_starts(self) -> None:
        if self._tables and self._tables[-1]:
            self._tables[-1][-1].append([])

    def _paragraph_ends(self) -> None:
        line, level = "".join(self._line).strip(), self._level
        self._line, self._level = [], None
        if not line or level == CONTENTS:
            return
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            self._tables[-1][-1][-1].append(line)
        else:
            self._add(Paragraph(line) if level is None else Heading(level, line))

    def _table_ends(self) -> None:
        if not self._tables:
            return
        rows = tuple(tuple("\n".join(cell) for cell in row) for row in self._tables.pop())
        self._rows += len(rows)
        if self._tables and self._tables[-1] and self._tables[-1][-1]:
            # A table inside a cell becomes lines of that cell.
            self._tables[-1][-1][-1] += ["\t".join(row) for row in rows]
        else:
            self._add(Table(rows))

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        if len(self.blocks) + self._rows > self._limits.blocks:
            raise _too_much()


def _too_much() -> UnreadableError:
    return UnreadableError(
        "正文过长，超过可读取的上限；请核对文件，或分成几份",
        "its text is longer than can be read; check the file, or split it",
    )
