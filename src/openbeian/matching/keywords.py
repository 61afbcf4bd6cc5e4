"""Keyword matching on folded text: which terms stand where in the original.

`KeywordMatcher` compiles its terms once and scans any number of texts together. What folding does not undo
is looked for in the few passages that show a sign of it: separators between letters (`gaps.py`), letters
of other alphabets in mixed words (`lookalikes.py`).
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from openbeian.core.errors import BadInputError
from openbeian.matching.exceptions import Exceptions
from openbeian.matching.folding import Units, fold
from openbeian.matching.gaps import Pairs, find_gaps
from openbeian.matching.joined import Indices, JoinedTexts, join_texts
from openbeian.matching.kinds import Kind, kinds
from openbeian.matching.lookalikes import READINGS, find_lookalikes, read_as
from openbeian.matching.passages import Matches, find_apart, find_replaced
from openbeian.matching.scanning import HyperscanScanner, Scanner, SliceScanner, hyperscan, units_in
from openbeian.matching.spellings import spellings

__all__ = ["Hit", "Keyword", "KeywordEntry", "KeywordMatcher", "Matches"]


class Keyword(NamedTuple):
    """A term that is no hit within its `exceptions`, contexts it is part of, and has other `spellings`."""

    term: str
    risk: str
    exceptions: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()


KeywordEntry = tuple[str, str] | Keyword
"""Term and risk, or more."""

_REACH: Final = 40
"""Units looked at on either side of what is left out or replaced, where no term is shorter."""


class Hit(NamedTuple):
    """A term found in a text; `text[start:end]` is how it is written there."""

    term: str
    risk: str
    start: int
    end: int


class KeywordMatcher:
    """Finds the terms of a keyword library, however they are disguised.

    A term that begins or ends with a Latin letter or a digit is only found where a word begins or ends.
    May be shared between threads; copies made by `fork` or `pickle` work on their own.
    """

    def __init__(
        self, keywords: Iterable[KeywordEntry], *, portable: bool = False, disguises: bool = True
    ) -> None:
        """Compile keywords.

        Args:
            keywords: the terms, each with its risk.
            portable: does without Hyperscan.
            disguises: finds terms with separators between their letters or letters of other alphabets too;
                without it only what folding undoes is undone.

        Raises:
            BadInputError: Nothing is left of a term when it is folded.
        """
        self._keywords = [Keyword(*keyword) for keyword in keywords]
        self._portable = portable or hyperscan is None
        self._disguises = disguises
        meanings: dict[str, list[tuple[str, str]]] = {}
        exceptions: dict[str, list[str]] = {}
        for term, risk, contexts, asked in self._keywords:
            folded = _folded(term, risk)
            for spelling in dict.fromkeys((folded, *spellings(folded, asked))):
                meanings.setdefault(spelling, []).append((term, risk))
            exceptions.setdefault(folded, []).extend(map(fold, contexts))
        self._terms = list(meanings)
        self._meanings = list(meanings.values())
        self._exceptions = Exceptions(exceptions, self._terms)
        looked_for = [*self._terms, *self._exceptions.contexts]
        self._lengths = np.array([units_in(term) for term in looked_for], dtype=np.intp)
        self._reach = int(min(_REACH, self._lengths.max(initial=1)))
        self._pairs = Pairs(self._terms)
        scanner = SliceScanner if self._portable else HyperscanScanner
        self._scanner: Scanner = scanner(looked_for)

    def __len__(self) -> int:
        """Return how many different terms are looked for."""
        return len(self._terms)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the keywords only: a compiled database belongs to the machine it was made on."""
        return _rebuild, (self._keywords, self._portable, self._disguises)

    def find(self, text: str) -> list[Hit]:
        """Return every hit in `text`, in the order of the text."""
        return self.find_many([text])[0]

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return the hits of each of `texts`; one scan over all of them."""
        hits: list[list[Hit]] = [[] for _ in texts]
        if not self._terms or not texts:
            return hits
        joined = join_texts(texts)
        found = self.find_joined(joined)
        owners = joined.owners(found.starts).tolist()
        starts = joined.offsets(found.starts).tolist()
        # The end is behind the last unit's own character: what was dropped after it is not part of it.
        lasts = joined.offsets(found.ends - 1).tolist()
        for number, owner, start, last in zip(found.numbers.tolist(), owners, starts, lasts, strict=True):
            hits[owner] += [Hit(term, risk, start, last + 1) for term, risk in self._meanings[number]]
        for each in hits:
            each.sort(key=lambda hit: (hit.start, hit.end, hit.term, hit.risk))
        return hits

    def find_joined(self, joined: JoinedTexts) -> Matches:
        """Return what is found in texts that are joined and folded already."""
        found = self._whole(joined.units)
        if self._disguises:
            found = _together([found, *self._disguised(joined)])
        return self._exceptions.applied(found)

    def _disguised(self, joined: JoinedTexts) -> Iterable[Matches]:
        units, spots = joined.units, joined.spots
        gaps = find_gaps(units, spots, self._pairs)
        if gaps.wanted.any():
            yield find_apart(units, gaps, self._reach, self._find)
        replaced = find_lookalikes(units, spots.foreign)
        if len(replaced):
            yield _once(
                _together(
                    find_replaced(units, replaced, read_as(units[replaced], reading), self._reach, self._find)
                    for reading in range(READINGS)
                )
            )

    def _find(self, units: Units) -> Matches:
        found = self._whole(units)
        terms = found.numbers < len(self._terms)
        return Matches(*(column[terms] for column in found))

    def _whole(self, units: Units) -> Matches:
        """Return what are terms, and no part of a longer Latin word or number."""
        numbers, ends = self._scanner.scan(units)
        starts = ends - self._lengths[numbers]
        whole = _are_whole(units, starts, ends)
        return Matches(numbers[whole], starts[whole], ends[whole])

    def meanings(self) -> list[list[tuple[str, str]]]:
        """Return, by the number used in `Matches`, the (term, risk) pairs that fold to each folded term."""
        return self._meanings


def _folded(term: str, risk: str) -> str:
    folded = fold(term).strip()
    if not folded:
        raise BadInputError(
            f"关键词「{term}」（{risk}）不含可匹配的字符；请删除或改写。",
            f"The keyword “{term}” ({risk}) has no character to match; remove or rewrite it.",
        )
    return folded


def _rebuild(keywords: list[Keyword], portable: bool, disguises: bool) -> KeywordMatcher:  # noqa: FBT001  pickle's call
    return KeywordMatcher(keywords, portable=portable, disguises=disguises)


def _together(found: Iterable[Matches]) -> Matches:
    return Matches(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _once(found: Matches) -> Matches:
    """Return what was found, each once."""
    return Matches(*np.unique(np.stack(found), axis=1))


def _are_whole(units: Units, starts: Indices, ends: Indices) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Say which hits are no part of a longer Latin word or number."""
    joins = _joining()
    # Before the first text stands nothing; the separator behind the last one joins nothing either.
    before = (starts > 0) & joins[units[starts - 1]] & joins[units[starts]]
    after = joins[units[ends - 1]] & joins[units[ends]]
    return ~(before | after)


@functools.cache
def _joining() -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return which units are letters or digits of the kind that makes words without spaces between."""
    table: np.ndarray[Any, np.dtype[np.bool_]] = kinds() == Kind.LATIN
    return table
