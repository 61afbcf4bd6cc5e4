"""Folding: texts that look alike become alike, and every position can be traced back.

Folded are case and width (NFKC), traditional characters (`data/traditional.txt`), letters with
diacritics, what looks like a letter of ASCII or another Han character wherever it stands
(`data/lookalikes.txt`), white space; dropped are zero-width and directional characters, variation
selectors, tags and combining marks. A character becomes one character or none, never several, so a position
in the folded text names one position in the original. What would need several (`ﬁ`, `㎒`) stays as it is.

Works on UTF-16 in numpy: one table look-up for the characters of the basic plane, a second one, only
where a text has any, for those above it.
"""

import functools
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from openbeian.matching.resemblance import alike_everywhere

__all__ = [
    "DROPPED",
    "SEPARATOR",
    "Folded",
    "Units",
    "above_table",
    "basic_table",
    "fold",
    "fold_basic",
    "fold_pairs",
    "fold_units",
    "surrogate_pairs",
    "traditional",
]

SEPARATOR: Final = "\x01"
"""Never found in folded text, so it may stand between texts that are scanned together."""

Units = npt.NDArray[np.uint16]
_Positions = npt.NDArray[np.int64]

DROPPED: Final = 0
"""What a character becomes that leaves no trace."""
_KEPT_ABOVE: Final = 1
_PIECE: Final = 1 << 14
_SHORT: Final = 200
_BASIC_PLANE: Final = 0x10000
_CODES: Final = 0x110000
_HIGH, _LOW, _SURROGATE_MASK = 0xD800, 0xDC00, 0xFC00
_IDEOGRAPHS = range(0x3400, 0xA000)
_UNCHANGED = range(0xAC00, 0xF900)
"""Hangul syllables, surrogates, private use."""
_FOLDED_ABOVE: Final = (range(0x10000, 0x20000), range(0x2F800, 0x2FA20), range(0xE0000, 0xE1000))
"""Where anything above the basic plane folds: styled letters, compatibility ideographs, tags."""
_ZERO_WIDTH: Final = (
    (0x00, 0x00), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip
_COMBINING: Final = (
    (0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
"""Only the general blocks: the marks of Thai, Arabic or Devanagari are letters of those scripts."""


class Folded(NamedTuple):
    """A folded text; `positions[i]` is where its i-th UTF-16 unit stands in the original `str`."""

    units: Units
    positions: _Positions

    @property
    def text(self) -> str:
        """The folded text as a string."""
        return self.units.tobytes().decode("utf-16-le", "surrogatepass")


def fold(text: str) -> str:
    """Return `text` folded."""
    if len(text) <= _SHORT:
        try:
            return text.translate(_CHARACTERS)
        except _HalfOfAPairError:
            pass
    return fold_units(text).text


class _HalfOfAPairError(ValueError):
    """What half of a surrogate pair becomes depends on its neighbour."""


class _Characters(dict[int, str]):
    """What single characters become, looked up once: setting numpy up takes longer than a name does."""

    def __missing__(self, code: int) -> str:
        if code & ~0x7FF == _HIGH:
            raise _HalfOfAPairError
        self[code] = fold_units(chr(code)).text
        return self[code]


_CHARACTERS: Final = _Characters()


def fold_units(text: str) -> Folded:
    """Return `text` folded, with the way back to the original offsets."""
    raw = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    units = fold_basic(raw)
    positions = np.arange(len(raw)) if len(raw) == len(text) else _fold_above(raw, units)
    kept = units != DROPPED
    return Folded(units, positions) if kept.all() else Folded(units[kept], positions[kept])


def fold_basic(raw: Units) -> Units:
    """Return what each unit becomes, surrogates themselves."""
    table = basic_table()
    units = np.empty(len(raw), dtype=np.uint16)
    # In pieces that fit the processor's cache: numpy makes wide indices of what it looks up.
    for start in range(0, len(raw), _PIECE):
        piece = raw[start : start + _PIECE].astype(np.intp)
        np.take(table, piece, out=units[start : start + _PIECE], mode="clip")
    return units


def surrogate_pairs(raw: Units) -> npt.NDArray[np.intp]:
    """Return where the pairs in `raw` begin."""
    # A lone low surrogate after a lone high one would be a pair, so neighbours decide.
    return np.flatnonzero((raw[:-1] & _SURROGATE_MASK == _HIGH) & (raw[1:] & _SURROGATE_MASK == _LOW))


def fold_pairs(raw: Units, units: Units, pairs: npt.NDArray[np.intp]) -> None:
    """Fold the characters above the basic plane in `units` in place."""
    codes = ((raw[pairs].astype(np.intp) - _HIGH) << 10) + (raw[pairs + 1] - _LOW)
    folded = above_table()[codes]
    changed = folded != _KEPT_ABOVE
    units[pairs[changed]] = folded[changed]
    units[pairs[changed] + 1] = DROPPED


def _fold_above(raw: Units, units: Units) -> _Positions:
    """Fold the surrogate pairs in `units` in place; return the code point each unit belongs to."""
    pairs = surrogate_pairs(raw)
    fold_pairs(raw, units, pairs)
    starts = np.ones(len(raw), dtype=np.int64)
    starts[pairs + 1] = 0
    return np.cumsum(starts) - 1


@functools.cache
def basic_table() -> Units:
    """Return what each unit of the basic plane becomes (0: dropped); surrogates stay."""
    table = np.arange(_BASIC_PLANE, dtype=np.uint16)
    for code, folded in _folds(range(_BASIC_PLANE)):
        # A few compatibility ideographs stand for one above the plane: they stay as they are.
        if folded < _BASIC_PLANE:
            table[code] = folded
    table[ord(SEPARATOR)] = ord(" ")
    return table


@functools.cache
def above_table() -> Units:
    """Return what each code point from U+10000 becomes: one unit, dropped, or kept as the pair it is."""
    table = np.full(_CODES - _BASIC_PLANE, _KEPT_ABOVE, dtype=np.uint16)
    for codes in _FOLDED_ABOVE:
        for code, folded in _folds(codes):
            if folded < _BASIC_PLANE:
                table[code - _BASIC_PLANE] = folded
    return table


def _folds(codes: range) -> Iterator[tuple[int, int]]:
    """Yield each code point that does not stay, with the code point it becomes (0: dropped)."""
    simplified, alike = _simplified(), alike_everywhere()
    counts_as = simplified | alike
    dropped = {code for first, last in (*_ZERO_WIDTH, *_COMBINING) for code in range(first, last + 1)}
    for code in codes:
        if code in dropped:
            yield code, DROPPED
        elif target := alike.get(chr(code)):
            yield code, ord(target)
        elif code in _IDEOGRAPHS:
            # Nothing but the table of traditional characters changes these, and they are a third of all.
            yield code, ord(simplified.get(chr(code), chr(code)))
        elif code not in _UNCHANGED and (folded := _fold_character(chr(code), counts_as)) != chr(code):
            yield code, ord(folded)


def _fold_character(character: str, counts_as: Mapping[str, str]) -> str:
    """Return the one character this one becomes, itself where that would take several."""
    lowered = _normal(_normal(character).lower())
    plain = counts_as.get(lowered, lowered)
    if plain.isspace():
        return " "
    return plain if len(plain) == 1 else character


def _normal(character: str) -> str:
    """Return the compatibility form without the general combining marks: `é` is `e`, `ガ` is itself."""
    decomposed = unicodedata.normalize("NFKD", character)
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not _is_mark(ord(c))))


def _is_mark(code: int) -> bool:
    return any(first <= code <= last for first, last in _COMBINING)


@functools.cache
def _simplified() -> dict[str, str]:
    """Return traditional → simplified."""
    path = Path(__file__).parent / "data" / "traditional.txt"
    lines = path.read_text("utf-8").splitlines()
    pairs = " ".join(line for line in lines if not line.startswith("#")).split()
    return {pair[0]: pair[1] for pair in pairs}


def traditional(text: str) -> str:
    """Return a simplified text in traditional characters; one that has several is left as it is."""
    return text.translate(_traditional())


@functools.cache
def _traditional() -> dict[int, str]:
    """Return simplified → traditional where there is one only, and the simplified isn't one itself."""
    found: dict[str, list[str]] = {}
    for old, new in _simplified().items():
        found.setdefault(new, []).append(old)
    return {ord(new): old[0] for new, old in found.items() if len(old) == 1 and not _in_big5(new)}


def _in_big5(character: str) -> bool:
    """Say whether a character is in the character set of traditional Chinese, as 家 and 了 are."""
    try:
        return bool(character.encode("big5"))
    except UnicodeEncodeError:
        return False
