"""DOCX, PPTX and XLSX: a custom document property named AIGC."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape  # nosec B406

from openbeian.dossier.labels.archive import Archive, is_archive, parse_archive
from openbeian.dossier.labels.container import Container, Place
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.markup import Element, elements, outermost
from openbeian.dossier.labels.source import Source, Splice, spliced
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["OOXML"]

_PART = "docProps/custom.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_SIGNATURES = "_xmlsignatures/"
_OFFICE = "http://schemas.openxmlformats.org"
_PACKAGE = f"{_OFFICE}/package/2006"
_PROPERTIES = f"{_OFFICE}/officeDocument/2006/custom-properties"
_VALUES = f"{_OFFICE}/officeDocument/2006/docPropsVTypes"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument"
_STRICT_VALUES = f"{_STRICT}/docPropsVTypes"
_SPACES = (_PROPERTIES, f"{_STRICT}/customProperties")
_NAMED = {f"{space} {local}" for space in _SPACES for local in ("Properties", "property")}
_TEXTS = {f"{space} {kind}" for space in (_VALUES, _STRICT_VALUES) for kind in ("lpwstr", "lpstr", "bstr")}
_RELATION = f"{_OFFICE}/officeDocument/2006/relationships/custom-properties"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2
_LONGEST_ID = 9
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_PROPERTIES}"/>'
_TAG_NAME = re.compile(rb"<((?:[^\s/>:]+:)?)([^\s/>:]+)")


class _New(NamedTuple):
    """An element to add: its local name, attributes and content as they will stand there."""

    local: str
    attributes: str
    content: str = ""


def _recognises(source: Source) -> bool:
    if not is_archive(source):
        return False
    try:
        return parse_archive(source).part(_TYPES) is not None
    except UnreadableError:
        # A damaged archive is taken for a document, and refused as such in a sentence.
        return True


def _properties(document: bytes) -> list[Element]:
    found = (one for one in elements(document, _NAMED) if one.attributes.get("name") == KEY)
    return list(outermost(found))


def _values(document: bytes) -> Iterator[str]:
    """Yield the value of every label; the text stands one element deeper, in one of several types."""
    texts = elements(document, _TEXTS)
    starts = [one.start for one in texts]
    for element in _properties(document):
        place = bisect_left(starts, element.start)
        is_inside = place < len(texts) and starts[place] < element.end
        yield texts[place].value if is_inside else ""


def _read(source: Source) -> Iterator[Place | Reason]:
    archive = parse_archive(source)
    part = archive.part(_PART)
    if part:
        for value in _values(archive.content(source, part)):
            yield Place(_PART, value)


def _write(source: Source, value: str) -> Iterable[Splice]:
    archive = parse_archive(source)
    if any(part.name.lower().startswith(_SIGNATURES) for part in archive.parts):
        raise CannotLabelError(
            "文档带有数字签名，写入标识会使签名失效；请先写入标识再签名",
            "the document is digitally signed and a label would break that; label it before signing",
        )
    part = archive.part(_PART)
    if part:
        return archive.replaced(source, {part.name: _with_property(archive.content(source, part), value)})
    override = _New("Override", f'PartName="/{_PART}" ContentType="{_CONTENT_TYPE}"')
    relation = _New("Relationship", f'Id="rIdAIGC" Type="{_RELATION}" Target="{_PART}"')
    changed = (
        _grown(source, archive, _TYPES, f"{_PACKAGE}/content-types Types", override),
        _grown(source, archive, _RELATIONS, f"{_PACKAGE}/relationships Relationships", relation),
        (_PART, _with_property(_EMPTY.encode(), value)),
    )
    return archive.replaced(source, dict(changed))


def _with_property(document: bytes, value: str) -> bytes:
    bare = spliced(document, [Splice(one.start, one.end, b"") for one in _properties(document)])
    every = elements(bare, _NAMED)
    root = next((one for one in every if one.name.endswith(" Properties")), None)
    if root is None:
        raise CannotLabelError(f"{_PART} 的内容无法识别", f"{_PART} is not what it should be")
    ids = (one.attributes.get("pid", "") for one in every)
    used = [int(id_) for id_ in ids if id_.isdecimal() and len(id_) <= _LONGEST_ID]
    values = _VALUES if root.name.startswith(_PROPERTIES) else _STRICT_VALUES
    new = _New(
        "property",
        f'fmtid="{_FORMAT_ID}" pid="{max([_FIRST_ID - 1, *used]) + 1}" name="{KEY}"',
        f'<vt:lpwstr xmlns:vt="{values}">{escape(value)}</vt:lpwstr>',
    )
    return _inside(bare, root, new)


def _grown(source: Source, archive: Archive, name: str, root_name: str, new: _New) -> tuple[str, bytes]:
    part = archive.part(name)
    if part is None:
        raise UnreadableError(f"文档缺少 {name}", f"the document lacks {name}")
    document = archive.content(source, part)
    roots = elements(document, {root_name})
    if not roots:
        raise CannotLabelError(f"{name} 的内容无法识别", f"{name} is not what it should be")
    return part.name, _inside(document, roots[0], new)


def _inside(document: bytes, root: Element, new: _New) -> bytes:
    """Return the document with a new element as the last thing inside `root`, in `root`'s namespace."""
    tag = document[root.start : root.opened]
    name = _TAG_NAME.match(tag)
    if not name:
        raise CannotLabelError("文档属性不是 UTF-8 编码", "the document's properties are not in UTF-8")
    full = name[1].decode() + new.local
    element = f"<{full} {new.attributes}>{new.content}</{full}>".encode()
    if not root.is_empty:
        return spliced(document, [Splice(root.closing, root.closing, element)])
    opened = tag[: tag.rindex(b"/")] + b">" + element + b"</" + name[1] + name[2] + b">"
    return spliced(document, [Splice(root.start, root.end, opened)])


OOXML = Container("ooxml", (".docx", ".pptx", ".xlsx", ".docm", ".pptm", ".xlsm"), _recognises, _read, _write)
