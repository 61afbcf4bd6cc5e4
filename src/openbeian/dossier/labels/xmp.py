"""Labels in XMP packets: `TC260:AIGC` as an element or an attribute, in any RDF description.

A packet is changed where the label stands and nowhere else, so other properties, their order and their
padding keep their bytes. A packet with a document type is refused: XMP has none, and entities are a weapon.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat  # nosec B407  a document type, and with it every entity, is refused
from xml.sax.saxutils import escape  # nosec B406  escapes text, parses nothing

from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.source import Splice, spliced
from openbeian.dossier.labels.values import KEY

__all__ = ["NAMESPACE", "XMPLabel", "new_packet", "read_packet", "with_label"]

NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAME = f"{NAMESPACE} {KEY}"
_ATTRIBUTE = re.compile(rb"""\s+[A-Za-z_][\w.-]*:AIGC\s*=\s*("[^"]*"|'[^']*')""")
_LABEL_END = re.compile(rb"</(?:[\w.-]+:)?AIGC\s*>")
_RDF_END = re.compile(rb"</(?:[\w.-]+:)?RDF\s*>")
_BARE_DESCRIPTION = re.compile(
    rb"""<rdf:Description(?:\s+(?:rdf:about|xmlns:[\w.-]+)\s*=\s*(?:"[^"]*"|'[^']*'))*\s*>\s*\Z"""
)
_DESCRIPTION_END = re.compile(rb"\s*</rdf:Description>\n?")
_WINDOW = 1024
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f'<rdf:RDF xmlns:rdf="{_RDF}">\n'
    "</rdf:RDF>\n"
    "</x:xmpmeta>\n"
    '<?xpacket end="w"?>'
).encode()


class XMPLabel(NamedTuple):
    """A label found in a packet: its value and the bytes it stands in."""

    value: str
    start: int
    end: int


class _Reader:
    """Notes where labels and the end of the RDF stand while expat reads the packet."""

    def __init__(self, packet: bytes) -> None:
        self.packet = packet
        self.labels: list[XMPLabel] = []
        self.about = ""
        self.rdf_end = -1
        self._text: list[str] | None = None
        self._start = 0
        self._depth = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._add

    def read(self) -> None:
        try:
            self._parser.Parse(self.packet, True)  # noqa: FBT003  expat takes no keywords
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise UnreadableError(
                f"XMP 数据不是合法的 XML：{error}", f"the XMP is not XML: {error}"
            ) from error

    def _refuse(self, *_: object) -> None:
        raise UnreadableError(
            "XMP 数据含有文档类型声明，拒绝读取", "the XMP has a document type; it is not read for safety"
        )

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        position = self._parser.CurrentByteIndex
        if name == f"{_RDF} Description":
            self.about = self.about or attributes.get(f"{_RDF} about", "")
        if _NAME in attributes:
            self._note_attribute(attributes[_NAME], position)
        if name == _NAME and self._text is None:
            self._text, self._start, self._depth = [], position, 0

    def _note_attribute(self, value: str, position: int) -> None:
        match = _ATTRIBUTE.search(self.packet, position)
        start, end = match.span() if match else (position, position)
        self.labels.append(XMPLabel(value, start, end))

    def _close(self, name: str) -> None:
        position = self._parser.CurrentByteIndex
        if self._text is not None and self._depth == 0:
            # After an empty element, expat already stands behind it.
            tag = _LABEL_END.match(self.packet, position)
            end = tag.end() if tag else position
            self.labels.append(XMPLabel("".join(self._text).strip(), self._start, end))
            self._text = None
        elif name == f"{_RDF} RDF":
            self.rdf_end = position
        self._depth -= 1

    def _add(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def read_packet(packet: bytes) -> tuple[str, ...]:
    """Return the values of all labels in `packet`.

    Raises:
        UnreadableError: the packet is no XML.
    """
    return tuple(label.value for label in _parsed(_unpadded(packet)).labels)


def new_packet(value: str) -> bytes:
    """Return a packet that holds nothing but the label."""
    return with_label(_PACKET, value)


def with_label(packet: bytes, value: str) -> bytes:
    """Return `packet` with `value` as its only label; all other bytes stay.

    Raises:
        UnreadableError: the packet is no XML.
        CannotLabelError: the packet is in UTF-16 or has no place for a label.
    """
    packet = _unpadded(packet)
    if b"\0" in packet:
        raise CannotLabelError(
            "XMP 数据不是 UTF-8 编码，无法在不改动其他内容的前提下写入",
            "the XMP is not in UTF-8; a label can't be added without changing the rest",
        )
    # Old labels go first: what is left then is read anew, so no offset is ever stale.
    bare = without_labels(packet)
    reader = _parsed(bare)
    if reader.rdf_end < 0 or not _RDF_END.match(bare, reader.rdf_end):
        raise CannotLabelError("XMP 数据中没有可写入标识的 rdf:RDF", "the XMP has no rdf:RDF to hold a label")
    element = _element(value, reader.about).encode()
    return spliced(bare, [Splice(reader.rdf_end, reader.rdf_end, element)])


def without_labels(packet: bytes) -> bytes:
    """Return `packet` with every label taken out."""
    return spliced(packet, _removals(packet, _parsed(packet).labels))


def _removals(packet: bytes, labels: list[XMPLabel]) -> Iterator[Splice]:
    for label in labels:
        if label.start == label.end:
            raise CannotLabelError("无法移除 XMP 中原有的标识", "the label in the XMP can't be taken out")
        whole = _own_description(packet, label)
        yield Splice(*whole, b"")


def _own_description(packet: bytes, label: XMPLabel) -> tuple[int, int]:
    # A description that holds nothing but the label goes with it: replacing must leave nothing behind.
    before = _BARE_DESCRIPTION.search(packet[max(0, label.start - _WINDOW) : label.start])
    after = _DESCRIPTION_END.match(packet[label.end : label.end + _WINDOW])
    if before and after:
        return label.start - len(before.group()), label.end + after.end()
    return label.start, label.end


def _unpadded(packet: bytes) -> bytes:
    # Some writers end the packet with zero bytes; in UTF-16 they are half of a letter.
    bare = packet.rstrip(b"\0")
    return packet if b"\0" in bare else bare


def _parsed(packet: bytes) -> _Reader:
    reader = _Reader(packet)
    reader.read()
    return reader


def _element(value: str, about: str) -> str:
    quoted = escape(about, {'"': "&quot;"})
    return (
        f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about="{quoted}" xmlns:TC260="{NAMESPACE}">'
        f"<TC260:{KEY}>{escape(value)}</TC260:{KEY}></rdf:Description>\n"
    )
