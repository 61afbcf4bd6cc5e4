"""Labels in XMP packets: `TC260:AIGC` as an element or an attribute, in any RDF description.

A packet is changed where the label stands and nowhere else, so other properties, their order and their
padding keep their bytes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape  # nosec B406

from openbeian.dossier.labels.errors import CannotLabelError
from openbeian.dossier.labels.markup import Element, elements
from openbeian.dossier.labels.source import Splice, spliced
from openbeian.dossier.labels.values import KEY

__all__ = ["NAMESPACE", "new_packet", "read_packet", "relabelled", "with_label", "without_labels"]

NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NAME = f"{NAMESPACE} {KEY}"
_ROOT, _DESCRIPTION, _ABOUT = (f"{_RDF} {local}" for local in ("RDF", "Description", "about"))
_ATTRIBUTE = re.compile(rb"""\s+[A-Za-z_][\w.-]*:AIGC\s*=\s*("[^"]*"|'[^']*')""")
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


class _Label(NamedTuple):
    """A label found in a packet: its value and the bytes it stands in, none where they are not known."""

    value: str
    start: int
    end: int


def read_packet(packet: bytes) -> tuple[str, ...]:
    """Return the values of all labels in `packet`.

    Raises:
        UnreadableError: the packet is no XML.
    """
    bare = _unpadded(packet)
    return tuple(label.value for label in _labels(bare, _scanned(bare)))


def new_packet(value: str) -> bytes:
    """Return a packet that holds nothing but the label."""
    return with_label(_PACKET, value)


def relabelled(packets: Iterable[bytes], value: str) -> list[bytes]:
    """Return the packets of one file, the first with `value` as its only label, the others with none.

    A file should have one packet; what stands in others stays, but for their labels.
    """
    return [without_labels(one) if place else with_label(one, value) for place, one in enumerate(packets)]


def with_label(packet: bytes, value: str) -> bytes:
    """Return `packet` with `value` as its only label; all other bytes stay.

    Raises:
        UnreadableError: the packet is no XML.
        CannotLabelError: the packet is in UTF-16 or has no place for a label.
    """
    # Old labels go first: what is left then is read anew, so no offset is ever stale.
    bare = without_labels(packet)
    found = _scanned(bare)
    root = next((element for element in found if element.name == _ROOT), None)
    if root is None or root.closing == root.end:
        raise CannotLabelError("XMP 数据中没有可写入标识的 rdf:RDF", "the XMP has no rdf:RDF to hold a label")
    about = next((element.attributes[_ABOUT] for element in found if _ABOUT in element.attributes), "")
    return spliced(bare, [Splice(root.closing, root.closing, _element(value, about).encode())])


def without_labels(packet: bytes) -> bytes:
    """Return `packet` with every label taken out.

    Raises:
        UnreadableError: the packet is no XML.
        CannotLabelError: the packet is in UTF-16.
    """
    bare = _unpadded(packet)
    if b"\0" in bare:
        raise CannotLabelError(
            "XMP 数据不是 UTF-8 编码，无法在不改动其他内容的前提下写入",
            "the XMP is not in UTF-8; a label can't be added without changing the rest",
        )
    return spliced(bare, [_removal(bare, label) for label in _labels(bare, _scanned(bare))])


def _scanned(packet: bytes) -> list[Element]:
    return elements(packet, {_NAME, _ROOT, _DESCRIPTION})


def _labels(packet: bytes, found: list[Element]) -> Iterator[_Label]:
    done = 0
    for element in found:
        # What stands inside a label is part of it, and goes with it.
        if element.start < done:
            continue
        if element.name == _NAME:
            done = element.end
            yield _Label(element.value, element.start, element.end)
        elif _NAME in element.attributes:
            match = _ATTRIBUTE.search(packet, element.start, element.opened)
            yield _Label(element.attributes[_NAME], *(match.span() if match else (element.start,) * 2))


def _removal(packet: bytes, label: _Label) -> Splice:
    if label.start == label.end:
        raise CannotLabelError("无法移除 XMP 中原有的标识", "the label in the XMP can't be taken out")
    # A description that holds nothing but the label goes with it: replacing must leave nothing behind.
    before = _BARE_DESCRIPTION.search(packet[max(0, label.start - _WINDOW) : label.start])
    after = _DESCRIPTION_END.match(packet[label.end : label.end + _WINDOW])
    if before and after:
        return Splice(label.start - len(before.group()), label.end + after.end(), b"")
    return Splice(label.start, label.end, b"")


def _unpadded(packet: bytes) -> bytes:
    # Some writers end the packet with zero bytes; in UTF-16 they are half of a letter.
    bare = packet.rstrip(b"\0")
    return packet if b"\0" in bare else bare


def _element(value: str, about: str) -> str:
    quoted = escape(about, {'"': "&quot;"})
    return (
        f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about="{quoted}" xmlns:TC260="{NAMESPACE}">'
        f"<TC260:{KEY}>{escape(value)}</TC260:{KEY}></rdf:Description>\n"
    )
