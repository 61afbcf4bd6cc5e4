"""What kind of character each unit of folded text is, for finding terms that were taken apart."""

import functools
import unicodedata
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["FIRST_HAN", "HAN", "MARKS", "Kind", "kinds"]

FIRST_HAN: Final = 0x3400
"""No unit below it is a Han character, but 〇."""
HAN: Final = range(FIRST_HAN, 0xA000)
_LAST_LATIN: Final = 0x24F
_ZERO: Final = 0x3007
_ORDINARY: Final = "<>…‥"
"""What Unicode does not call punctuation, or folding leaves of several signs."""
_BETWEEN_WORDS: Final = ".-/·・‧"
_MARKS: Final = "*#$%&+=@\\^_`|~•"
_EMOJI: Final = range(0xD83C, 0xD83F)
"""The first halves of the surrogate pairs of emoji."""
_SECOND_HALVES: Final = range(0xDC00, 0xE000)


class Kind(IntEnum):
    """What a unit is; the higher of what stands between letters, the less often clean text has it there."""

    OTHER = 0
    HAN = 1
    LATIN = 2
    """A letter or digit of the kind that makes words without spaces between."""
    ORDINARY = 3
    """Punctuation and white space, found between any two words."""
    BETWEEN_WORDS = 4
    """What clean text has between two words that belong together, or two numbers."""
    MARK = 5
    """What clean text hardly ever has between two Han characters."""


_BY_CATEGORY: Final = {"P": Kind.ORDINARY, "Z": Kind.ORDINARY, "S": Kind.MARK}

MARKS: Final = (
    *_BETWEEN_WORDS,
    *_MARKS,
    *"¤§°±×÷¥£№℃‰′″∶∧∨∑∏∪∩∈∷√⊥∥∠⌒⊙∫∮≡≌≈∽∝≠≮≯≤≥∞∵∴〓",
    *"★☆●○◎◆◇■□▲△▼▽※→←↑↓↔⇒♀♂♠♡♣♥♦♪♫☀☁☂☎☺✓✔✕✖✗✘✦✧✨✿❀❤➜─━│┃║═┆┊╱╲╳",
    *map(chr, _EMOJI),
)
"""The units that are looked for behind a Han character; other symbols count beside them only."""


@functools.cache
def kinds() -> npt.NDArray[np.uint8]:
    """Return the kind of each of the 65,536 units."""
    table = np.zeros(1 << 16, dtype=np.uint8)
    table[HAN.start : HAN.stop] = Kind.HAN
    table[_ZERO] = Kind.HAN
    latin = [code for code in range(_LAST_LATIN + 1) if chr(code).isalnum()]
    table[latin] = Kind.LATIN
    for code in range(ord(" "), 1 << 16):
        table[code] = _BY_CATEGORY.get(unicodedata.category(chr(code))[0], table[code])
    for kind, characters in (
        (Kind.ORDINARY, _ORDINARY), (Kind.BETWEEN_WORDS, _BETWEEN_WORDS), (Kind.MARK, _MARKS)
    ):  # fmt: skip
        table[[ord(character) for character in characters]] = kind
    for codes in (_EMOJI, _SECOND_HALVES):
        table[codes.start : codes.stop] = Kind.MARK
    return table
