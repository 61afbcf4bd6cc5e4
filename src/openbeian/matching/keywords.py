"""Keyword matching on folded text: which terms stand where in the original.

`KeywordMatcher` compiles its terms once into a Hyperscan database of literals and scans any number of
texts together. Where Hyperscan is not installed the same hits are found by looking up every slice of
the folded text that is as long as some term.
"""

import contextlib
import ctypes
import functools
import threading
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from openbeian.core.errors import BadInputError
from openbeian.matching.folding import Units, fold
from openbeian.matching.joined import Indices, JoinedTexts, join_texts

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # pragma: no cover - the wheel exists for every platform the checks run on
    hyperscan = None

__all__ = ["Hit", "KeywordMatcher", "Matches"]

_LAST_LATIN: Final = 0x24F


class Hit(NamedTuple):
    """A term found in a text; `text[start:end]` is how it is written there."""

    term: str
    risk: str
    start: int
    end: int


class Matches(NamedTuple):
    """Folded terms found in folded texts, column by column: which, and which units; in no order."""

    numbers: Indices
    starts: Indices
    ends: Indices


class _Scanner(Protocol):
    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        """Return the number and the end of every occurrence of every term, overlapping ones too."""


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
        self._lengths = np.array([_units_in(term) for term in self._terms], dtype=np.intp)
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
        numbers, ends = self._scanner.scan(joined.units)
        found = np.array(numbers, dtype=np.intp)
        after = np.array(ends, dtype=np.intp)
        before = after - self._lengths[found]
        whole = _are_whole(joined.units, before, after)
        return Matches(found[whole], before[whole], after[whole])

    def meanings(self) -> list[list[tuple[str, str]]]:
        """Return, by the number used in `Matches`, the (term, risk) pairs that fold to each folded term."""
        return self._meanings


def _rebuild(keywords: list[tuple[str, str]], portable: bool) -> KeywordMatcher:  # noqa: FBT001  pickle's call
    return KeywordMatcher(keywords, portable=portable)


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
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[: _LAST_LATIN + 1] = [chr(code).isalnum() for code in range(_LAST_LATIN + 1)]
    return table


class _HyperscanScanner:
    """All terms in one database; a scratch for every thread, which Hyperscan doesn't let two share."""

    def __init__(self, terms: Sequence[str]) -> None:
        assert hyperscan is not None
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
            _give_memory_back()

    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        assert hyperscan is not None
        if not hasattr(self._local, "scratch"):
            self._local.scratch = hyperscan.Scratch(self._database)
        numbers: list[int] = []
        ends: list[int] = []

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            # A match that ends within a unit is an accident of its bytes.
            if not end & 1:
                numbers.append(number)
                ends.append(end >> 1)

        self._database.scan(units.tobytes(), match_event_handler=on_match, scratch=self._local.scratch)
        return numbers, ends


def _give_memory_back() -> None:
    """Hand what compiling used for a while, many times the database, back to the system where it can be."""
    with contextlib.suppress(OSError, AttributeError):  # Only the GNU library has it.
        ctypes.CDLL(None).malloc_trim(0)


class _SliceScanner:
    """Looks up every slice of the text that is as long as some term."""

    def __init__(self, terms: Sequence[str]) -> None:
        by_length: dict[int, dict[str, int]] = {}
        for number, term in enumerate(terms):
            by_length.setdefault(_units_in(term), {})[_one_per_unit(term)] = number
        self._by_length = by_length

    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        text = "".join(map(chr, units.tolist()))
        found = [
            (number, start + length)
            for length, numbers in self._by_length.items()
            for start in range(len(text) - length + 1)
            if (number := numbers.get(text[start : start + length])) is not None
        ]
        return [number for number, _ in found], [end for _, end in found]


def _units_in(term: str) -> int:
    return len(term.encode("utf-16-le", "surrogatepass")) // 2


def _one_per_unit(term: str) -> str:
    return "".join(map(chr, np.frombuffer(term.encode("utf-16-le", "surrogatepass"), "<u2").tolist()))


def _escaped(term: str) -> bytes:
    """Return the term's UTF-16 bytes as a pattern that means just them."""
    return "".join(f"\\x{byte:02x}" for byte in term.encode("utf-16-le", "surrogatepass")).encode()
