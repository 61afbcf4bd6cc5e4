"""Looking for many folded terms at once: with Hyperscan, or slice by slice where it is not installed."""

import contextlib
import ctypes
import re
import threading
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Final, Protocol

import numpy as np

from openbeian.matching.folding import Units
from openbeian.matching.kinds import FIRST_HAN, MARKS, SIGNS

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # pragma: no cover - the wheel exists for every platform the checks run on
    hyperscan = None

__all__ = ["HyperscanScanner", "Scanner", "SliceScanner", "hyperscan", "units_in"]

_BEHIND_HAN: Final = rb"[\x34-\x9f]"
"""The second byte of a Han character."""
_SINGLE: Final = rb"[0-9a-z]\x00"
"""A letter or digit, mostly by itself."""
_SAMPLED: Final = 64
_MARKED: Final = re.compile(
    f"(?<=[\u3400-\u9fff])[{re.escape(''.join(MARKS))}]"
    f"|(?<=[\u3400-\u9fff][0-9a-z])(?=(.)..)(?:[{re.escape(SIGNS)}])[0-9a-z]\\1",
    re.DOTALL,
)


class Scanner(Protocol):
    """Finds terms; if it was made to, marks between Chinese characters too."""

    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        """Return the number and the end of every occurrence of every term, overlapping ones too.

        Behind the last term's is the number of a mark behind a Han character, and of the second of two equal
        signs behind one and single letters.
        """


class HyperscanScanner:
    """All terms in one database; a scratch for every thread, which Hyperscan doesn't let two share.

    Text without any Han character is scanned with a database without marks, compiled when first there is
    such text: full stops and hyphens are many in English, and each would be looked at.
    """

    def __init__(self, terms: Sequence[str], *, marks: bool) -> None:
        """Compile; `marks` finds those too."""
        self._local = threading.local()
        self._terms = [_pattern(term) for term in terms]
        self._with_marks = self._without = None
        if terms:
            if marks:
                self._with_marks = _compile([*self._terms, *_mark_patterns()])
            else:
                self._without = _compile(self._terms)

    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        """Return the number and the end of every occurrence of every term."""
        numbers: list[int] = []
        ends: list[int] = []
        database = self._database_for(units)
        behind_last = len(self._terms)

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            # A match that ends within a unit is an accident of its bytes.
            if not end & 1:
                numbers.append(min(number, behind_last))
                ends.append(end >> 1)

        database.scan(units.tobytes(), match_event_handler=on_match, scratch=self._scratch_of(database))
        return numbers, ends

    def _database_for(self, units: Units) -> Any:  # noqa: ANN401  hyperscan has no types
        if self._with_marks is not None and _has_han(units):
            return self._with_marks
        if self._without is None:
            self._without = _compile(self._terms)
        return self._without

    def _scratch_of(self, database: Any) -> Any:  # noqa: ANN401
        assert hyperscan is not None
        scratches = self._local.__dict__.setdefault("scratches", {})
        if id(database) not in scratches:
            scratches[id(database)] = hyperscan.Scratch(database)
        return scratches[id(database)]


def _mark_patterns() -> Iterator[bytes]:
    yield from (_BEHIND_HAN + _pattern(mark) for mark in MARKS)
    yield from (_BEHIND_HAN + 2 * (_SINGLE + _pattern(sign)) for sign in SIGNS)


def _has_han(units: Units) -> bool:
    """Say whether any unit may be Chinese; where it is, a few of many show it."""
    return bool((units[::_SAMPLED] >= FIRST_HAN).any() or (units >= FIRST_HAN).any())


def _compile(patterns: Sequence[bytes]) -> Any:  # noqa: ANN401
    assert hyperscan is not None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    numbers = list(range(len(patterns)))
    database.compile(expressions=patterns, ids=numbers, elements=len(numbers), flags=[0] * len(numbers))
    _give_memory_back()
    return database


def _give_memory_back() -> None:
    """Hand what compiling used for a while, many times the database, back to the system where it can be."""
    with contextlib.suppress(OSError, AttributeError):  # Only the GNU library has it.
        ctypes.CDLL(None).malloc_trim(0)


class SliceScanner:
    """Looks up every slice of the text that is as long as some term."""

    def __init__(self, terms: Sequence[str], *, marks: bool) -> None:
        """Sort the terms by length; `marks` finds those too."""
        self._behind_last = len(terms)
        self._finds_marks = marks
        by_length: dict[int, dict[str, list[int]]] = {}
        for number, term in enumerate(terms):
            by_length.setdefault(units_in(term), {}).setdefault(_one_per_unit(term), []).append(number)
        self._by_length = by_length

    def scan(self, units: Units) -> tuple[list[int], list[int]]:
        """Return the number and the end of every occurrence of every term."""
        text = "".join(map(chr, units.tolist()))
        found = [
            (number, start + length)
            for length, numbers in self._by_length.items()
            for start in range(len(text) - length + 1)
            for number in numbers.get(text[start : start + length], ())
        ]
        if self._finds_marks:
            found += [(self._behind_last, match.end()) for match in _MARKED.finditer(text)]
        return [number for number, _ in found], [end for _, end in found]


def units_in(term: str) -> int:
    """Return how many units of UTF-16 a term has."""
    return len(term.encode("utf-16-le", "surrogatepass")) // 2


def _one_per_unit(term: str) -> str:
    return "".join(map(chr, np.frombuffer(term.encode("utf-16-le", "surrogatepass"), "<u2").tolist()))


def _pattern(term: str) -> bytes:
    """Return the term's UTF-16 bytes as a pattern that means just them."""
    return "".join(f"\\x{byte:02x}" for byte in term.encode("utf-16-le", "surrogatepass")).encode()
