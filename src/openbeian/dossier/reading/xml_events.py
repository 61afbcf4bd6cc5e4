"""XML as a stream of events, with the names' namespaces left off and document types refused."""

from collections.abc import Callable, Collection, Mapping
from xml.parsers import expat  # nosec B407  document types, and so entities, are refused

from openbeian.dossier.reading.limits import UnreadableError

__all__ = ["read_events", "text_of_elements"]

_DEEPEST = 500


def read_events(
    document: bytes,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Call back for every element and text; names come without namespace, attributes too.

    Raises:
        UnreadableError: It is not well formed, nested without end, or declares a document type.
    """
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableError("内部结构嵌套过深，未读取", "it is nested too deeply and was not read")
        start(_local(name), {_local(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(name))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = text
    try:
        parser.Parse(document, True)  # noqa: FBT003  expat takes no keywords
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableError(f"内部的 XML 已损坏：{error}", f"the XML inside is damaged: {error}") from error


def text_of_elements(document: bytes, names: Collection[str]) -> dict[str, str]:
    """Return the text inside the elements called so, put together where there are several."""
    found: dict[str, str] = {}
    inside: list[str] = []

    def text(written: str) -> None:
        if inside and inside[-1] in names:
            found[inside[-1]] = found.get(inside[-1], "") + written

    if document:
        read_events(document, lambda name, _: inside.append(name), lambda _: _drop(inside), text)
    return found


def _drop(inside: list[str]) -> None:
    inside.pop()


def _refuse(*_declared: object) -> None:
    raise UnreadableError(
        "内部的 XML 含有文档类型声明，为安全起见不读取",
        "the XML inside declares a document type; it is not read, for safety",
    )


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
