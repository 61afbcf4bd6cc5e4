"""JSON answers of a service: words in every string that a reader would see.

The strings are found by the names that services give them, and changed in place, so that order, spacing and
numbers stay as they were written.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openbeian.dossier.labels.container import Container, Notice
from openbeian.dossier.labels.errors import UnreadableError
from openbeian.dossier.labels.notices import notice_for, notice_in
from openbeian.dossier.labels.source import Source, Splice
from openbeian.dossier.labels.texts import TextFile, decoded

__all__ = ["JSON"]

_NAMES = {"answer", "content", "text", "output", "output_text", "response", "reply", "result", "completion"}
_OPENING, _CLOSING, _COMMA, _COLON = ("{", "["), ("}", "]"), ",", ":"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


class _Answer(NamedTuple):
    """A string in the document: what it says, and where its closing quotation mark stands."""

    text: str
    end: int


def _document(source: Source) -> TextFile:
    file = decoded(source)
    try:
        json.loads(file.text)
    except (ValueError, RecursionError) as error:
        detail = str(error)[:200]
        raise UnreadableError(f"不是合法的 JSON：{detail}", f"it is not JSON: {detail}") from error
    return file


def _answers(text: str) -> Iterator[_Answer]:
    """Yield the strings under one of the names, and the strings of a list under one."""
    # For each open bracket, the name it stands under.
    stack: list[str] = []
    name, previous = "", ""
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word in _OPENING:
            stack.append(name)
        elif word in _CLOSING:
            name = stack.pop()
        elif word == _COMMA:
            name = stack[-1] if stack else ""
        elif word == _COLON:
            name = json.loads(previous)
        elif word.startswith('"') and name in _NAMES and not _is_name(text, match.end()):
            yield _Answer(json.loads(word), match.end() - 1)
        previous = word


def _is_name(text: str, end: int) -> bool:
    following = _TOKEN.search(text, end)
    return following is not None and following.group() == _COLON


def _notices(source: Source) -> Iterable[str | None]:
    return [notice_in(answer.text) for answer in _answers(_document(source).text) if answer.text.strip()]


def _with_notice(source: Source) -> Iterable[Splice]:
    file = _document(source)
    done, at = 0, file.mark
    for answer in _answers(file.text):
        at += len(file.encoded(file.text[done : answer.end]))
        done = answer.end
        if answer.text.strip() and not notice_in(answer.text):
            words = json.dumps(f"\n\n{notice_for(answer.text)}", ensure_ascii=False)[1:-1]
            yield Splice(at, at, file.encoded(words))


JSON = Container("json", (".json",), notice=Notice(_notices, _with_notice))
