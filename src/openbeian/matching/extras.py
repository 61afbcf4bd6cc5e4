"""What a keyword list says of a term beside its risk: where it is innocent, and how else it is written.

In JSON lines `"exceptions": ["水枪"]` and `"spellings": ["pinyin"]`; in tables the columns 例外 and 变体,
several in one cell. The first line of JSON lines may give the spellings of all terms.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.matching.folding import fold
from openbeian.matching.spellings import SPELLING_LABELS, Spelling

__all__ = ["EXTRA_COLUMNS", "Extras", "extra_cells", "read_extras"]

EXTRA_COLUMNS: Final = ("例外", "变体")
_MEMBERS: Final = ("exceptions", "spellings")
_BETWEEN: Final = re.compile(r"[、,，;；\n]")
_CALLED: Final = {label.zh: spelling for spelling, label in SPELLING_LABELS.items()}


class Extras(NamedTuple):
    """The contexts in which a term is no hit, and the names of its spellings."""

    exceptions: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


def read_extras(
    term: str, cells: Mapping[str, str], lists: Mapping[str, Sequence[object]], always: Sequence[str] = ()
) -> Extras:
    """Return what a row of a list says of its term; `always` are the spellings of the whole list.

    Raises:
        BadInputError: An exception does not hold the term, or there is no such spelling.
    """
    exceptions, asked = (_values(cells, lists, *names) for names in zip(_MEMBERS, EXTRA_COLUMNS, strict=True))
    folded = fold(term).strip()
    for context in exceptions:
        if folded not in fold(context) or fold(context).strip() == folded:
            raise BadInputError(
                f"例外「{context}」不包含关键词「{term}」；例外应是含有该词的较长说法。",
                f"The exception “{context}” does not hold the keyword “{term}”; it must be something longer "
                "that does.",
            )
    return Extras(tuple(exceptions), tuple(dict.fromkeys(_spelling(name) for name in (*always, *asked))))


def extra_cells(exceptions: Sequence[str], asked: Sequence[str]) -> tuple[str, str]:
    """Return the cells of EXTRA_COLUMNS."""
    return "、".join(exceptions), "、".join(SPELLING_LABELS[Spelling(name)].zh for name in asked)


def _values(
    cells: Mapping[str, str], lists: Mapping[str, Sequence[object]], member: str, column: str
) -> list[str]:
    if member in lists:
        return [str(value) for value in lists[member]]
    written = cells.get(member) or cells.get(column) or ""
    return [stripped for value in _BETWEEN.split(written) if (stripped := value.strip())]


def _spelling(name: str) -> str:
    if name not in _CALLED and name not in set(Spelling):
        raise BadInputError(
            f"变体「{name}」不存在；可用：{'、'.join(_CALLED)}。",
            f"There is no spelling “{name}”; use {', '.join(Spelling)}.",
        )
    return str(_CALLED.get(name, name))
