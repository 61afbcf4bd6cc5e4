"""Values that a document writes beside their labels: in the next cell of a table, or after a colon."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from openbeian.dossier.reading import Content, plain

__all__ = ["company_names", "labelled_values", "says"]

_ENDS: Final = re.compile(r"[；;，,。\t\n]")
_COMPANY: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()·]{2,30}?(?:股份有限公司|有限责任公司|有限公司|研究院|集团)"
)
_LONGEST: Final = 200


def labelled_values(content: Content, labels: frozenset[str]) -> Iterator[str]:
    """Yield what a document writes beside one of the labels; places that are to be filled in are left out.

    `labels` are as `reading.label_of` gives them.
    """
    for label, value in content.pairs:
        if label in labels:
            first = _ENDS.split(value.strip(), maxsplit=1)[0]
            if _is_value(first):
                yield first.strip()


def _is_value(value: str) -> bool:
    text = plain(value).strip("_＿-—/()")
    return bool(text) and len(text) <= _LONGEST


def says(value: str, fact: str) -> bool:
    """Say whether a value is the fact, perhaps with a remark after it."""
    written, wanted = plain(value), plain(fact)
    rest = written[len(wanted) :]
    return written.startswith(wanted) and (not rest or not rest[0].isalnum())


def company_names(text: str, like: str, least: float = 0.7) -> Iterator[str]:
    """Yield the names of companies in a text that are almost, and not quite, the one given."""
    wanted = plain(like)
    for match in _COMPANY.finditer(text):
        found = plain(match[0])
        # A name may go on behind “公司”, as in “某某合伙企业（有限合伙）”.
        is_whole = wanted in plain(text[match.start() : match.end() + len(like)])
        if wanted and not is_whole and _resembles(found[-len(wanted) :], wanted, least):
            yield match[0]


def _resembles(found: str, wanted: str, least: float) -> bool:
    return SequenceMatcher(None, found, wanted, autojunk=False).ratio() >= least
