"""Markdown: a mapping named AIGC in the YAML front matter, and words in the body."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import yaml

from openbeian.dossier.labels.container import Container, Notice, Place
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.notices import notice_in, notice_splices
from openbeian.dossier.labels.source import Source, Splice
from openbeian.dossier.labels.texts import decoded
from openbeian.dossier.labels.values import KEY, Reason

__all__ = ["MARKDOWN"]

_FENCE = "---"
_FENCES = {_FENCE, "..."}
_LARGEST = 64 * 1024


class _Front(NamedTuple):
    """A document in three: the opening fence, what stands inside, and the rest from the closing fence."""

    head: str
    front: str
    rest: str


def _split(text: str) -> _Front:
    lines = text.splitlines(keepends=True)
    if lines and lines[0].rstrip() == _FENCE:
        for place, line in enumerate(lines[1:], 1):
            if line.rstrip() in _FENCES:
                return _Front(lines[0], "".join(lines[1:place]), "".join(lines[place:]))
    return _Front("", "", text)


def _root(front: str) -> yaml.Node | None:
    if len(front) > _LARGEST:
        raise UnreadableError("front matter 超过 64 KiB 的上限", "the front matter is larger than 64 KiB")
    try:
        return yaml.compose(front, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        detail = str(error).replace("\n", " ")[:200]
        raise UnreadableError(
            f"front matter 不是合法的 YAML：{detail}", f"the front matter is not YAML: {detail}"
        ) from error


def _entries(front: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the pairs of the front matter whose key is AIGC."""
    root = _root(front)
    if not isinstance(root, yaml.MappingNode):
        return []
    return [(key, value) for key, value in root.value if key.value == KEY]


def _value(node: yaml.Node) -> str:
    """Return the label as JSON text, fields that stand there twice included."""
    if not isinstance(node, yaml.MappingNode):
        return str(node.value) if isinstance(node, yaml.ScalarNode) else "[]"
    fields = (
        f"{json.dumps(str(key.value))}:{json.dumps(one.value) if isinstance(one, yaml.ScalarNode) else '[]'}"
        for key, one in node.value
    )
    return "{" + ",".join(fields) + "}"


def _read(source: Source) -> Iterator[Place | Reason]:
    for _, value in _entries(_split(decoded(source).text).front):
        yield Place("front matter AIGC", _value(value))


def _write(source: Source, value: str) -> Iterable[Splice]:
    file = decoded(source)
    split = _split(file.text)
    ending = "\r\n" if "\r\n" in file.text[:_LARGEST] else "\n"
    fields = json.loads(value).items()
    rows = (f"  {name}: {json.dumps(one)}{ending}" for name, one in fields)
    new = f"{KEY}:{ending}" + "".join(rows)
    if not split.head:
        return [Splice(file.mark, file.mark, file.encoded(f"{_FENCE}{ending}{new}{_FENCE}{ending}"))]
    start = len(split.head)
    _check_may_grow(split.front)
    place = file.offset(start), file.offset(start + len(split.front))
    return [Splice(*place, file.encoded(_without(split.front) + new))]


def _without(front: str) -> str:
    """Return the front matter without its labels; comments and blank lines behind them stay."""
    for key, value in reversed(_entries(front)):
        start, end = key.start_mark.index, value.end_mark.index
        lines = front[start:end].splitlines(keepends=True)
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
            end -= len(lines.pop())
        # A value on the key's own line ends before the end of that line.
        if not lines[-1].endswith("\n"):
            end += len(front[end:].partition("\n")[0]) + 1
        front = front[:start] + front[end:]
    return front


def _check_may_grow(front: str) -> None:
    root = _root(front)
    if root is None:
        return
    is_block = isinstance(root, yaml.MappingNode) and not root.flow_style and not root.start_mark.column
    if not is_block:
        raise CannotLabelError(
            "front matter 不是逐行的键值形式，无法写入标识", "the front matter is no list of keys, one a line"
        )


def _notices(source: Source) -> Iterable[str | None]:
    return (notice_in(_body(decoded(source).text)),)


def _body(text: str) -> str:
    split = _split(text)
    return split.rest.partition("\n")[2] if split.head else text


def _with_notice(source: Source) -> Iterable[Splice]:
    file = decoded(source)
    return notice_splices(file, _body(file.text))


MARKDOWN = Container(
    "md", (".md", ".markdown"), read=_read, write=_write, notice=Notice(_notices, _with_notice)
)
