"""Keyword matching on folded text: which terms stand where in the original.

`KeywordMatcher` compiles its terms once into a Hyperscan database of literals and scans any number of
texts together. Where Hyperscan is not installed the same hits are found by looking up every slice of
the folded text that is as long as some term.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from openbeian.core.errors import BadInputError
from openbeian.matching.folding import SEPARATOR, Folded, fold, fold_units

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # pragma: no cover - the wheel exists for every platform the checks run on
    hyperscan = None

__all__ = ["Hit", "KeywordMatcher"]

_LAST_LATIN: Final = 0x24F


class Hit(NamedTuple):
    """A term found in a text; `text[start:end]` is how it is written there."""

    term: str
    risk: str
    start: int
    end: int


class _Found(NamedTuple):
    """A folded term found in folded text: its number, and its units."""

    number: int
    start: int
    end: int


class _Scanner(Protocol):
    def scan(self, folded: Folded) -> Iterable[_Found]:
        """Find every occurrence of every term, overlapping ones too."""


class KeywordMatcher:
    """Finds the terms of a keyword library, however they are disguised by what folding undoes.

    A term that begins or ends with a Latin letter or a digit is only found where a word begins or ends.
    May be shared between threads; copies made by `fork` or `pickle` work on their own.
    """

    def __init__(self, keywords: Iterable[tuple[str, str]], *, portable: bool = False) -> None:
        """Compile (term, risk) pairs; `portable` does without Hyperscan.

        Raises:
            BadInputError: Nothing is left of a term when it is folded.
        """
        self._keywords = list(keywords)
        self._portable = portable or hyperscan is None
        meanings: dict[str, list[tuple[str, str]]] = {}
        for term, risk in self._keywords:
            folded = fold(term).strip()
            if not folded:
                raise BadInputError(
                    f"关键词「{term}」（{risk}）不含可匹配的字符；请删除或改写。",
                    f"The keyword “{term}” ({risk}) has no character to match; remove or rewrite it.",
                )
            meanings.setdefault(folded, []).append((term, risk))
        self._terms = list(meanings)
        self._meanings = list(meanings.values())
        self._scanner: _Scanner = (_SliceScanner if self._portable else _HyperscanScanner)(self._terms)

    def __len__(self) -> int:
        """Return how many different terms are looked for."""
        return len(self._terms)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the keywords only: a compiled database belongs to the machine it was made on."""
        return _rebuild, (self._keywords, self._portable)

    def find(self, text: str) -> list[Hit]:
        """Return every hit in `text`, in the order of the text."""
        return self.find_many([text])[0]

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return the hits of each of `texts`; one scan over all of them."""
        hits: list[list[Hit]] = [[] for _ in texts]
        if not self._terms or not texts:
            return hits
        folded, ends = _joined(texts)
        found = [one for one in self._scanner.scan(folded) if _is_whole(folded, one)]
        owners = np.searchsorted(ends, [one.start for one in found], side="right")
        for one, owner in zip(found, owners.tolist(), strict=True):
            start = int(folded.positions[one.start])
            # The end is behind the last unit's own character: what was dropped after it is not part of it.
            end = int(folded.positions[one.end - 1]) + 1
            hits[owner] += [Hit(term, risk, start, end) for term, risk in self._meanings[one.number]]
        for each in hits:
            each.sort(key=lambda hit: (hit.start, hit.end, hit.term, hit.risk))
        return hits


def _rebuild(keywords: list[tuple[str, str]], portable: bool) -> KeywordMatcher:  # noqa: FBT001  pickle's call
    return KeywordMatcher(keywords, portable=portable)


def _joined(texts: Sequence[str]) -> tuple[Folded, "np.ndarray[Any, np.dtype[np.intp]]"]:
    """Return all texts folded with a separator after each, and where each text ends in the folded units."""
    separator = np.array([ord(SEPARATOR)], dtype=np.uint16)
    nowhere = np.array([-1], dtype=np.int64)
    parts = [fold_units(text) for text in texts]
    folded = Folded(
        np.concatenate([array for part in parts for array in (part.units, separator)]),
        np.concatenate([array for part in parts for array in (part.positions, nowhere)]),
    )
    return folded, np.cumsum([len(part.units) + 1 for part in parts])


def _is_whole(folded: Folded, found: _Found) -> bool:
    """Say whether a hit is no part of a longer Latin word or number."""
    units = folded.units
    before = found.start > 0 and _joins(units[found.start - 1]) and _joins(units[found.start])
    after = found.end < len(units) and _joins(units[found.end - 1]) and _joins(units[found.end])
    return not before and not after


def _joins(unit: np.uint16) -> bool:
    """Say whether a unit is a letter or digit of the kind that makes words without spaces between."""
    return bool(unit <= _LAST_LATIN) and chr(unit).isalnum()


class _HyperscanScanner:
    """All terms in one database; a scratch for every thread, which Hyperscan doesn't let two share."""

    def __init__(self, terms: Sequence[str]) -> None:
        assert hyperscan is not None
        self._lengths = [_units_in(term) for term in terms]
        self._local = threading.local()
        self._database: Any = None
        if terms:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=[_escaped(term) for term in terms],
                ids=list(range(len(terms))),
                elements=len(terms),
                flags=[0] * len(terms),
            )

    def scan(self, folded: Folded) -> Iterator[_Found]:
        assert hyperscan is not None
        if not hasattr(self._local, "scratch"):
            self._local.scratch = hyperscan.Scratch(self._database)
        ends: list[tuple[int, int]] = []

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends.append((number, end))

        self._database.scan(folded.units.tobytes(), match_event_handler=on_match, scratch=self._local.scratch)
        for number, end in ends:
            # A match that ends within a unit is an accident of its bytes.
            if not end & 1:
                yield _Found(number, (end >> 1) - self._lengths[number], end >> 1)


class _SliceScanner:
    """Looks up every slice of the text that is as long as some term."""

    def __init__(self, terms: Sequence[str]) -> None:
        by_length: dict[int, dict[str, int]] = {}
        for number, term in enumerate(terms):
            by_length.setdefault(_units_in(term), {})[_one_per_unit(term)] = number
        self._by_length = by_length

    def scan(self, folded: Folded) -> Iterator[_Found]:
        text = "".join(map(chr, folded.units.tolist()))
        for length, numbers in self._by_length.items():
            for start in range(len(text) - length + 1):
                number = numbers.get(text[start : start + length])
                if number is not None:
                    yield _Found(number, start, start + length)


def _units_in(term: str) -> int:
    return len(term.encode("utf-16-le", "surrogatepass")) // 2


def _one_per_unit(term: str) -> str:
    return "".join(map(chr, np.frombuffer(term.encode("utf-16-le", "surrogatepass"), "<u2").tolist()))


def _escaped(term: str) -> bytes:
    """Return the term's UTF-16 bytes as a pattern that means just them."""
    return "".join(f"\\x{byte:02x}" for byte in term.encode("utf-16-le", "surrogatepass")).encode()
