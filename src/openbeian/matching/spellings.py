"""Other ways to write a Chinese term that a list may ask for: in pinyin, by its initials, characters split.

They are off unless a list asks, for each finds more that is innocent; how much is measured and printed in
`docs/reference/matching.md`.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["SPELLING_LABELS", "Spelling", "spellings"]

_FEWEST_INITIALS: Final = 3
"""Two initials are too often something else."""
_MOST_SYLLABLES: Final = 8
_FIRST_HAN, _AFTER_HAN = "\u3400", "\ua000"


class Spelling(StrEnum):
    """An optional way to write a term."""

    PINYIN = "pinyin"
    INITIALS = "initials"
    SPLIT = "split"


SPELLING_LABELS: Final = {
    Spelling.PINYIN: Text("拼音", "pinyin"),
    Spelling.INITIALS: Text("拼音首字母", "initials of pinyin"),
    Spelling.SPLIT: Text("拆字", "characters split"),
}


def spellings(term: str, asked: Iterable[str]) -> Iterator[str]:
    """Yield the other ways to write a folded term that are asked for.

    Raises:
        BadInputError: There is no such way.
    """
    for way in asked:
        if way not in _WAYS:
            ways = ", ".join(Spelling)
            raise BadInputError(
                f"变体「{way}」不存在；可用：{ways}。", f"There is no spelling “{way}”; use one of {ways}."
            )
        yield from _WAYS[Spelling(way)](term)


def _pinyin(term: str) -> Iterator[str]:
    """Yield `faxing`, `fa xing`, `fa星`, `发xing`."""
    if not _is_han(term) or len(term) > _MOST_SYLLABLES:
        return
    syllables = _syllables(term)
    yield "".join(syllables)
    yield " ".join(syllables)
    yield from _one_replaced(term, syllables)


def _initials(term: str) -> Iterator[str]:
    """Yield `flg` for a term of three characters, not for one of two."""
    if _is_han(term) and _FEWEST_INITIALS <= len(term) <= _MOST_SYLLABLES:
        yield "".join(syllable[0] for syllable in _syllables(term))


def _split(term: str) -> Iterator[str]:
    """Yield the term with each of its characters split, and with all that can be."""
    parts = [_splits().get(character, character) for character in term]
    yield from _one_replaced(term, parts)
    if (whole := "".join(parts)) != term:
        yield whole


def _one_replaced(term: str, parts: list[str]) -> Iterator[str]:
    """Yield the term with one of its characters replaced, each in turn."""
    for at, part in enumerate(parts):
        if part != term[at]:
            yield term[:at] + part + term[at + 1 :]


def _is_han(term: str) -> bool:
    return len(term) > 1 and all(_FIRST_HAN <= character < _AFTER_HAN for character in term)


def _syllables(term: str) -> list[str]:
    # Its tables take a while to load, and most lists ask for nothing.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(term, style=Style.NORMAL, v_to_u=False)


@functools.cache
def _splits() -> Mapping[str, str]:
    lines = (Path(__file__).parent / "data" / "splits.txt").read_text("utf-8").splitlines()
    entries = " ".join(line for line in lines if not line.startswith("#")).split()
    return {entry[0]: entry[1:] for entry in entries}


_WAYS: Final[Mapping[Spelling, Callable[[str], Iterator[str]]]] = {
    Spelling.PINYIN: _pinyin,
    Spelling.INITIALS: _initials,
    Spelling.SPLIT: _split,
}
