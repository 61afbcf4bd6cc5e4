"""Where elements stand in an XML document, so that one can be changed without touching the rest.

A document with a document type is refused: the documents read here have none, and entities are a weapon.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat  # nosec B407

from openbeian.dossier.labels.errors import UnreadableError

__all__ = ["Element", "elements", "outermost"]

_MAX_ELEMENTS = 100_000
_START_TAG = re.compile(rb"""<([^\s/>]+)(?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")


@dataclass(slots=True)
class Element:
    """An element: its content stands from `opened` to `closing`, the whole from `start` to `end`.

    All four are equal where the bytes could not be told apart (UTF-16); such an element can't be changed.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    opened: int
    closing: int = 0
    end: int = 0
    is_empty: bool = False
    text: list[str] = field(default_factory=list)

    @property
    def value(self) -> str:
        """All text inside, without space around it."""
        return "".join(self.text).strip()


class _Scanner:
    def __init__(self, document: bytes, wanted: Collection[str]) -> None:
        self.found: list[Element] = []
        self._document = document
        self._wanted = wanted
        self._open: list[Element | None] = []
        self._inside: list[Element] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def scan(self) -> list[Element]:
        try:
            self._parser.Parse(self._document, True)  # noqa: FBT003  expat takes no keywords
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise UnreadableError(
                f"内嵌的 XML 不合法：{error}", f"the XML inside is not well formed: {error}"
            ) from error
        return self.found

    def _refuse(self, *_: object) -> None:
        raise UnreadableError(
            "内嵌的 XML 含有文档类型声明，为安全起见不读取",
            "the XML inside has a document type; it is not read, for safety",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in self._wanted:
            self._open.append(None)
            return
        if len(self.found) >= _MAX_ELEMENTS:
            raise UnreadableError("内嵌的 XML 元素过多", "the XML inside has too many elements")
        start = self._parser.CurrentByteIndex
        tag = _START_TAG.match(self._document, start)
        element = Element(name, attributes, start, tag.end() if tag else start)
        element.is_empty = bool(tag and tag[2])
        self.found.append(element)
        self._open.append(element)
        self._inside.append(element)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if element is None:
            return
        self._inside.pop()
        position = self._parser.CurrentByteIndex
        if element.is_empty or element.opened == element.start:
            element.closing = element.end = element.opened
        else:
            element.closing = position
            element.end = self._document.find(b">", position) + 1

    def _text(self, text: str) -> None:
        for element in self._inside[-1:]:
            element.text.append(text)


def elements(document: bytes, wanted: Collection[str]) -> list[Element]:
    """Return the elements of `document` whose names (`namespace local`) are wanted, in order.

    Raises:
        UnreadableError: the document is no well-formed XML, declares a document type, or is too large.
    """
    return _Scanner(document, wanted).scan()


def outermost(found: Iterable[Element]) -> Iterator[Element]:
    """Yield those of the elements, given in order, that stand in no other one."""
    done = 0
    for element in found:
        if element.start >= done:
            yield element
            done = element.end
