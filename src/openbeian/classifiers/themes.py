"""Themes of a short request: which kinds of things it speaks of, and in which order.

A linear model over n-grams knows only the words it was trained on. A hand-written lexicon gathers words of
one kind in both languages (`violence`, `state`, `age`, `protect`, …), so that what was learned about one
word holds for its neighbours. `ThemeLexicon.mark` appends to a text one private-use character for each theme,
written as pairs: every two themes that occur together, then every two that follow one another. The n-grams
of those characters are features like any other. The file is JSON lines of `{"theme", "lang", "terms"}`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations_with_replacement, pairwise, product
from pathlib import Path
from typing import Final, Self

from openbeian.core.errors import BadInputError

__all__ = ["ThemeLexicon"]

_TOGETHER: Final = 0xE000
_FOLLOWING: Final = 0xE100
_MOST_THEMES: Final = _FOLLOWING - _TOGETHER
_FIRST_HAN: Final = "\u3400"
_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_APOSTROPHE = str.maketrans("\u2018\u2019", "''")
_VOWELS: Final = "aeiou"


class ThemeLexicon:
    """Terms by theme, ready to be found in a text; immutable once made."""

    def __init__(self, rows: Iterable[tuple[str, str, Iterable[str]]]) -> None:
        """Take `(theme, language, terms)` rows; English terms are found in all their regular forms."""
        listed = [(theme, lang, list(terms)) for theme, lang, terms in rows]
        self.names: Final = tuple(sorted({theme for theme, _, _ in listed}))
        self._english: dict[str, frozenset[int]] = {}
        self._chinese: dict[str, frozenset[int]] = {}
        for theme, lang, terms in listed:
            number = frozenset({self.names.index(theme)})
            table, forms = (self._english, _forms) if lang == "en" else (self._chinese, _alone)
            for form in (form for term in terms for form in forms(term)):
                table[form] = table.get(form, frozenset()) | number
        self._most_words = max((len(_WORD.findall(form)) for form in self._english), default=0)
        self._most_characters = max(map(len, self._chinese), default=0)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a lexicon; a file that is anything else is refused."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            rows = [(row["theme"], row["lang"], row["terms"]) for row in map(json.loads, lines)]
            lexicon = cls(rows)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInputError(
                zh=f"{path} 不是主题词表（JSON 行：theme、lang、terms），请重新安装。",
                en=f"{path} is no theme lexicon (JSON lines of theme, lang, terms); reinstall.",
            ) from error
        if not 0 < len(lexicon.names) <= _MOST_THEMES:
            raise BadInputError(
                zh=f"{path} 有 {len(lexicon.names)} 个主题，应为 1 至 {_MOST_THEMES} 个。",
                en=f"{path} has {len(lexicon.names)} themes; 1 to {_MOST_THEMES} are possible.",
            )
        return lexicon

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return `(position, theme number)` of everything found, in the order of the text."""
        folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_APOSTROPHE).lower()
        return sorted({*self._find_english(folded), *self._find_chinese(folded)})

    def mark(self, text: str) -> str:
        """Return the text with its themes appended."""
        by_position: dict[int, list[int]] = {}
        for position, theme in self.find(text):
            by_position.setdefault(position, []).append(theme)
        present = sorted({theme for themes in by_position.values() for theme in themes})
        together = [_pair(_TOGETHER, *pair) for pair in combinations_with_replacement(present, 2)]
        neighbours = pairwise(by_position.values())
        following = [_pair(_FOLLOWING, *pair) for both in neighbours for pair in product(*both)]
        return f"{text}\n{' '.join([*together, *dict.fromkeys(following)])}"

    def _find_english(self, text: str) -> Iterator[tuple[int, int]]:
        words = list(_WORD.finditer(text))
        for number, first in enumerate(words):
            phrase = first.group()
            for following in range(1, self._most_words + 1):
                yield from ((first.start(), theme) for theme in self._english.get(phrase, ()))
                if number + following >= len(words):
                    break
                phrase += f" {words[number + following].group()}"

    def _find_chinese(self, text: str) -> Iterator[tuple[int, int]]:
        for start, character in enumerate(text):
            if character < _FIRST_HAN:
                continue
            for length in range(1, self._most_characters + 1):
                yield from ((start, theme) for theme in self._chinese.get(text[start : start + length], ()))


def _pair(base: int, first: int, second: int) -> str:
    return chr(base + first) + chr(base + second)


def _alone(term: str) -> Iterator[str]:
    yield term


def _forms(term: str) -> Iterator[str]:
    """Yield the term with its first, and with its last, word in each regular form."""
    words = term.split(" ")
    for form in _inflections(words[-1]):
        yield " ".join([*words[:-1], form])
    for form in _inflections(words[0]):
        yield " ".join([form, *words[1:]])


def _inflections(word: str) -> Iterator[str]:
    """Yield the regular forms of an English word, and a few that don't exist and so never occur."""
    yield word
    for ending in ("s", "'s", "es", "ed", "ing", "er", "ers"):
        yield word + ending
    if word.endswith("e"):
        for ending in ("d", "r", "rs"):
            yield word + ending
        yield word[:-1] + "ing"
    elif word.endswith("y"):
        for ending in ("ies", "ied"):
            yield word[:-1] + ending
    elif len(word) > 1 and word[-1] not in _VOWELS and word[-2] in _VOWELS:
        for ending in ("ed", "ing", "er", "ers"):
            yield word + word[-1] + ending
