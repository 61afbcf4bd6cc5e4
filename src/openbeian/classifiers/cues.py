"""Read texts as sequences of cue families, many texts at once.

`CueReader(families).read(texts)` returns one short string a text: one character for each literal met, in the
order in which they begin. The character says the family. N-grams of this string are features that hold for
wordings no training text contained.

How it works. All texts are one array of folded code points. The prefixes of all literals are kept as hashes
in one sorted table; a bitmap over hashes of two characters picks the few places where a literal can begin,
and from there all places walk along at once, dropping out where no literal goes on. The cost hardly depends
on the number of literals. Folding makes spaces of line feeds, so they are written as `¶` before it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from openbeian.classifiers.features import fold, is_word

__all__ = ["FIRST_MARK", "CueReader"]

FIRST_MARK = 0xE000
"""Family 0 is written as this private-use character, family 1 as the next, …"""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_LIKELY_BITS = 18
_LIKELY_SHIFT = np.uint64(64 - _LIKELY_BITS)
"""A bitmap over the first bits of the hashes spares most places the search in the table."""
_GAP = "\0"
_LINE_FEED = "¶"
_Codes = npt.NDArray[np.uint32]


class CueReader:
    """Finds the literals of some families; build it once and keep it."""

    def __init__(self, families: Mapping[str, Sequence[str]]) -> None:
        """Prepare the tables; `families` maps a name to its literals, in the order of the marks."""
        literals = {
            _as_string(_fold_lines(literal)): number
            for number, group in enumerate(families.values())
            for literal in group
        }
        self._longest = max(map(len, literals))
        prefixes = {literal[:length]: -1 for literal in literals for length in range(1, len(literal) + 1)}
        hashes = np.array([_hash(prefix) for prefix in prefixes | literals], dtype=np.uint64)
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._families = np.array(list((prefixes | literals).values()), dtype=np.int64)[order]
        self._likely = np.zeros(1 << _LIKELY_BITS, dtype=np.bool_)
        self._likely[self._hashes >> _LIKELY_SHIFT] = True
        self._begins = np.zeros(1 << 16, dtype=np.bool_)
        self._alone = np.zeros(1 << 16, dtype=np.bool_)
        for literal in literals:
            if len(literal) == 1:
                self._alone[ord(literal) & 0xFFFF] = True
            else:
                self._begins[_pair(_fold_lines(literal[:2]))] = True

    def read(self, texts: Sequence[str]) -> list[str]:
        """Return the cues of each text as a string of marks."""
        if not texts:
            return []
        gap = _GAP * self._longest
        codes = _fold_lines(gap.join(texts) + gap)
        lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
        places, families = self._find(codes)
        marks = _as_string(families + np.uint32(FIRST_MARK))
        stops = np.searchsorted(places, np.cumsum(lengths + len(gap))).tolist()
        return [marks[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]

    def _find(self, codes: _Codes) -> tuple[npt.NDArray[np.intp], _Codes]:
        """Return where literals begin, in order, and the family of the longest one there."""
        possible = self._alone[codes & np.uint32(0xFFFF)]
        possible[:-1] |= self._begins[_pair(codes)]
        inside = is_word(codes)
        possible[1:] &= ~(inside[:-1] & inside[1:])
        places = np.flatnonzero(possible)
        families = np.full(len(places), -1, dtype=np.int64)
        walking = np.arange(len(places))
        hashes = np.zeros(len(places), dtype=np.uint64)
        for length in range(self._longest):
            hashes = hashes * _BASE + codes[places[walking] + length]
            likely = self._likely[hashes >> _LIKELY_SHIFT]
            walking, hashes = walking[likely], hashes[likely]
            spots = np.searchsorted(self._hashes, hashes)
            spots[spots == len(self._hashes)] = 0
            on = self._hashes[spots] == hashes
            walking, hashes, met = walking[on], hashes[on], self._families[spots[on]]
            families[walking[met >= 0]] = met[met >= 0]
            if not len(walking):
                break
        kept = families >= 0
        return places[kept], families[kept].astype(np.uint32)


def _fold_lines(text: str) -> _Codes:
    return fold(text.replace("\n", _LINE_FEED))


def _pair(codes: _Codes) -> npt.NDArray[np.uint16]:
    """Return a small hash of each two neighbouring characters."""
    small = codes.astype(np.uint16)
    return small[:-1] * np.uint16(0x9E35) + small[1:]


def _hash(prefix: str) -> int:
    value = 0
    for character in prefix:
        value = (value * int(_BASE) + ord(character)) & 0xFFFF_FFFF_FFFF_FFFF
    return value


def _as_string(codes: _Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le")
