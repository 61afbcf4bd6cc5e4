"""Looking for many folded terms at once: with Hyperscan, or slice by slice where it is not installed."""

import contextlib
import ctypes
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from openbeian.matching.folding import Units

hyperscan: ModuleType | None
try:
    import hyperscan
except ImportError:  # pragma: no cover - the wheel exists for every platform the checks run on
    hyperscan = None

__all__ = ["HyperscanScanner", "Scanner", "SliceScanner", "hyperscan", "units_in"]

Indices = npt.NDArray[np.intp]


class Scanner(Protocol):
    """Finds terms."""

    def scan(self, units: Units) -> tuple[Indices, Indices]:
        """Return the number and the end of every occurrence of every term, overlapping ones too."""


class HyperscanScanner:
    """All terms in one database; a scratch for every thread, which Hyperscan doesn't let two share."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Compile."""
        self._local = threading.local()
        self._database = _compile([_pattern(term) for term in terms]) if terms else None

    def scan(self, units: Units) -> tuple[Indices, Indices]:
        """Return the number and the end of every occurrence of every term."""
        numbers: list[int] = []
        ends: list[int] = []

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            # A match that ends within a unit is an accident of its bytes.
            if not end & 1:
                numbers.append(number)
                ends.append(end >> 1)

        if self._database is not None:
            self._database.scan(units.tobytes(), match_event_handler=on_match, scratch=self._scratch())
        return np.array(numbers, dtype=np.intp), np.array(ends, dtype=np.intp)

    def _scratch(self) -> Any:  # noqa: ANN401  hyperscan has no types
        assert hyperscan is not None
        if not hasattr(self._local, "scratch"):
            self._local.scratch = hyperscan.Scratch(self._database)
        return self._local.scratch


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

    def __init__(self, terms: Sequence[str]) -> None:
        """Sort the terms by length."""
        by_length: dict[int, dict[str, list[int]]] = {}
        for number, term in enumerate(terms):
            by_length.setdefault(units_in(term), {}).setdefault(_one_per_unit(term), []).append(number)
        self._by_length = by_length

    def scan(self, units: Units) -> tuple[Indices, Indices]:
        """Return the number and the end of every occurrence of every term."""
        text = "".join(map(chr, units.tolist()))
        found = [
            (number, start + length)
            for length, numbers in self._by_length.items()
            for start in range(len(text) - length + 1)
            for number in numbers.get(text[start : start + length], ())
        ]
        numbers, ends = np.array(found, dtype=np.intp).reshape(-1, 2).T
        return numbers, ends


def units_in(term: str) -> int:
    """Return how many units of UTF-16 a term has."""
    return len(term.encode("utf-16-le", "surrogatepass")) // 2


def _one_per_unit(term: str) -> str:
    return "".join(map(chr, np.frombuffer(term.encode("utf-16-le", "surrogatepass"), "<u2").tolist()))


def _pattern(term: str) -> bytes:
    """Return the term's UTF-16 bytes as a pattern that means just them."""
    return "".join(f"\\x{byte:02x}" for byte in term.encode("utf-16-le", "surrogatepass")).encode()
