"""DOCX, PPTX and XLSX: a custom document property named AIGC."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape  # nosec B406  escapes text, parses nothing

from openbeian.dossier.labels.archive import Archive, is_archive, parse_archive
from openbeian.dossier.labels.container import Container, Place
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.markup import Element, elements
from openbeian.dossier.labels.source import Source, Splice, spliced
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["OOXML"]

_PART = "docProps/custom.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org"
_PACKAGE = f"{_OFFICE}/package/2006"
_PROPERTIES = f"{_OFFICE}/officeDocument/2006/custom-properties"
_VALUES = f"{_OFFICE}/officeDocument/2006/docPropsVTypes"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument"
_NAMESPACES = (_PROPERTIES, f"{_STRICT}/customProperties")
_RELATION = f"{_OFFICE}/officeDocument/2006/relationships/custom-properties"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2
_EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="{_PROPERTIES}"></Properties>'
).encode()
_SIGNATURES = "_xmlsignatures/"


def _recognises(source: Source) -> bool:
    if not is_archive(source):
        return False
    try:
        return parse_archive(source).part(_TYPES) is not None
    except UnreadableError:
        # A damaged archive is looked at as what its name says, and refused there in a sentence.
        return True


def _properties(document: bytes) -> list[Element]:
    names = {f"{namespace} property" for namespace in _NAMESPACES}
    return [one for one in elements(document, names) if one.attributes.get("name") == KEY]


def _value(document: bytes, element: Element) -> str:
    # The text stands one element deeper, in one of several types; what stands between is space.
    kinds = {
        f"{space} {kind}"
        for space in (_VALUES, f"{_STRICT}/docPropsVTypes")
        for kind in ("lpwstr", "lpstr", "bstr")
    }
    inner = [one for one in elements(document, kinds) if element.start <= one.start < element.end]
    return inner[0].value if inner else ""


def _read(source: Source) -> Iterator[Place | Reason]:
    archive = parse_archive(source)
    part = archive.part(_PART)
    if part:
        document = archive.content(source, part)
        for element in _properties(document):
            yield Place(_PART, _value(document, element))


def _write(source: Source, value: str) -> Iterable[Splice]:
    archive = parse_archive(source)
    if any(part.name.lower().startswith(_SIGNATURES) for part in archive.parts):
        raise CannotLabelError(
            "文档带有数字签名，写入标识会使签名失效；请先写入标识再签名",
            "the document is digitally signed and a label would break the signature; label it before signing",
        )
    part = archive.part(_PART)
    document = archive.content(source, part) if part else _EMPTY
    changed = {part.name if part else _PART: _with_property(document, value)}
    if not part:
        changed |= dict(_announced(source, archive))
    return archive.replaced(source, changed)


def _with_property(document: bytes, value: str) -> bytes:
    removed = [Splice(one.start, one.end, b"") for one in _properties(document)]
    bare = spliced(document, removed)
    every = elements(
        bare, {f"{space} {local}" for space in _NAMESPACES for local in ("Properties", "property")}
    )
    root = next((one for one in every if one.name.endswith(" Properties")), None)
    if root is None or (root.opened == root.start):
        raise CannotLabelError(f"{_PART} 的内容无法识别", f"{_PART} is not what it should be")
    used = [int(one.attributes["pid"]) for one in every if one.attributes.get("pid", "").isdecimal()]
    element = (
        f'<property xmlns="{root.name.split(" ")[0]}" fmtid="{_FORMAT_ID}" pid="{max([_FIRST_ID - 1, *used]) + 1}" '
        f'name="{KEY}"><vt:lpwstr xmlns:vt="{_values_of(root)}">{escape(value)}</vt:lpwstr></property>'
    )
    return _inside(bare, root, element)


def _values_of(root: Element) -> str:
    return _VALUES if root.name.startswith(_PROPERTIES) else f"{_STRICT}/docPropsVTypes"


def _inside(document: bytes, root: Element, new: str) -> bytes:
    """Return the document with `new` as the last thing inside `root`, which is opened where it is empty."""
    if not root.is_empty:
        return spliced(document, [Splice(root.closing, root.closing, new.encode())])
    tag = document[root.start : root.end]
    name = tag[1:].split(None, 1)[0].rstrip(b"/>")
    opened = tag[: tag.rindex(b"/")] + b">" + new.encode() + b"</" + name + b">"
    return spliced(document, [Splice(root.start, root.end, opened)])


def _announced(source: Source, archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Yield the two parts that must name a new part: content types and relationships."""
    yield _grown(
        source,
        archive,
        _TYPES,
        f"{_PACKAGE}/content-types Types",
        f'<Override xmlns="{_PACKAGE}/content-types" PartName="/{_PART}" ContentType="{_CONTENT_TYPE}"/>',
    )
    yield _grown(
        source,
        archive,
        _RELATIONS,
        f"{_PACKAGE}/relationships Relationships",
        f'<Relationship xmlns="{_PACKAGE}/relationships" Id="rIdAIGC" Type="{_RELATION}" Target="{_PART}"/>',
    )


def _grown(source: Source, archive: Archive, name: str, root_name: str, new: str) -> tuple[str, bytes]:
    part = archive.part(name)
    if part is None:
        raise UnreadableError(f"文档缺少 {name}", f"the document lacks {name}")
    document = archive.content(source, part)
    roots = elements(document, {root_name})
    if not roots or roots[0].opened == roots[0].start:
        raise CannotLabelError(f"{name} 的内容无法识别", f"{name} is not what it should be")
    return part.name, _inside(document, roots[0], new)


OOXML = Container("ooxml", (".docx", ".pptx", ".xlsx", ".docm", ".pptm", ".xlsm"), _recognises, _read, _write)
