"""Counting tokens and telling languages, by the script of each character.

The rule for tokens: a Han character or kana is one; any other letters and digits without anything
between are one; everything else is none. A document's language is the script that most of 64
characters, taken at even distances, are letters of; Han is Chinese unless a twentieth is kana.
"""

import functools
import unicodedata
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from openbeian.matching import Indices

__all__ = [
    "LANGUAGES",
    "PROBES",
    "PROBE_BITS",
    "VOTES_OF",
    "Script",
    "languages",
    "languages_of",
    "script_table",
    "scripts",
    "token_starts",
]  # fmt: skip

Scripts = npt.NDArray[np.uint8]
Votes = npt.NDArray[np.uint64]
"""A count of units of each script in a byte."""


class Script(IntEnum):
    """What a character counts as; those from HANGUL on make words."""

    OTHER = 0
    HAN = 1
    KANA = 2
    HANGUL = 3
    LATIN = 4
    CYRILLIC = 5
    ARABIC = 6
    LETTER = 7
    DIGIT = 8


LANGUAGES: Final = ("zh", "ja", "ko", "latin", "cyrillic", "arabic", "other", "none")
PROBE_BITS: Final = 6
PROBES: Final = 1 << PROBE_BITS
_KANA_SHARE: Final = 20
_PIECE: Final = 1 << 14
_BY_NAME: Final = (
    ("HANGUL", Script.HANGUL),
    ("LATIN", Script.LATIN),
    ("CYRILLIC", Script.CYRILLIC),
    ("ARABIC", Script.ARABIC),
    ("HIRAGANA", Script.KANA),
    ("KATAKANA", Script.KANA),
    ("CJK", Script.HAN),
)
VOTES_OF: Final = np.array([0, *(1 << 8 * script for script in range(1, 8)), 0], dtype="<u8")
"""For each script, a vote in the byte of that number; what is no letter has none."""
_HAN_ABOVE: Final = slice(0xD840, 0xD890)
"""First halves of the surrogate pairs of planes 2 and 3, which hold Han characters only."""


def scripts(units: npt.NDArray[np.uint16]) -> Scripts:
    """Return what each unit of folded text counts as."""
    table = script_table()
    found = np.empty(len(units), dtype=np.uint8)
    for start in range(0, len(units), _PIECE):
        piece = units[start : start + _PIECE].astype(np.intp)
        np.take(table, piece, out=found[start : start + _PIECE], mode="clip")
    return found


def token_starts(found: Scripts) -> npt.NDArray[np.bool_]:
    """Return where tokens begin."""
    words = found >= Script.HANGUL
    begins = words.copy()
    begins[1:] &= ~words[:-1]
    begins |= (found == Script.HAN) | (found == Script.KANA)
    return begins


def languages(units: npt.NDArray[np.uint16], starts: Indices, ends: Indices) -> npt.NDArray[np.intp]:
    """Return, for the folded text between each start and end, its index in LANGUAGES."""
    probes = starts[:, None] + ((ends - starts)[:, None] * np.arange(PROBES) >> PROBE_BITS)
    seen = scripts(units[probes.ravel()]).reshape(probes.shape)
    return languages_of(VOTES_OF[seen].sum(axis=1))


def languages_of(votes: Votes) -> npt.NDArray[np.intp]:
    """Return the index in LANGUAGES of texts with these sums of votes."""
    counts = votes.view(np.uint8).reshape(-1, 8)[:, 1:].astype(np.intp)
    han, kana = counts[:, 0], counts[:, 1]
    is_japanese = kana * _KANA_SHARE > han + kana
    chinese = np.where(is_japanese, 0, han)
    japanese = np.where(is_japanese, han + kana, 0)
    votes_of_languages = np.column_stack((chinese, japanese, counts[:, 2:]))
    return np.where(votes_of_languages.any(axis=1), votes_of_languages.argmax(axis=1), len(LANGUAGES) - 1)


@functools.cache
def script_table() -> Scripts:
    table = np.array([_script(chr(code)) for code in range(1 << 16)], dtype=np.uint8)
    table[_HAN_ABOVE] = Script.HAN
    return table


def _script(character: str) -> Script:
    if character.isdigit():
        return Script.DIGIT
    if not character.isalpha():
        return Script.OTHER
    name = unicodedata.name(character, "")
    return next((script for word, script in _BY_NAME if name.startswith(word)), Script.LETTER)
