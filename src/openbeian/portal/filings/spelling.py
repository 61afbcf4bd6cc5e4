"""How Chinese is spelled in pinyin, without tones: 重庆 is `chong qing`, 小舟 is `xiao zhou`.

Readings come from pypinyin's tables. Only phrases in which a character isn't read as it usually is are
looked for, the longest first; cutting whole texts into words, as that package does, takes ten times as long.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

__all__ = ["syllables"]

_LONGEST: Final = 4


@lru_cache(maxsize=1 << 16)
def syllables(run: str) -> tuple[str, ...]:
    """Return one syllable for each Han character of `run`; a character without a reading is left out."""
    phrases = _unusual_phrases()
    found: list[str] = []
    at = 0
    while at < len(run):
        longest = min(_LONGEST, len(run) - at)
        lengths = range(longest, 1, -1)
        length = next((each for each in lengths if run[at : at + each] in phrases), 0)
        if length:
            found += phrases[run[at : at + length]]
        elif usual := _usual(run[at]):
            found.append(usual)
        at += length or 1
    return tuple(found)


@lru_cache(maxsize=1 << 13)
def _plain(reading: str) -> str:
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415  only where something is spelled

    return str(to_normal(reading))


@lru_cache(maxsize=1 << 15)
def _usual(character: str) -> str:
    """Return how a character is read on its own: the first reading of the table, `lü` written `lv`."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415  its tables take half a second to load

    return _plain(PINYIN_DICT.get(ord(character), "").split(",")[0])


@lru_cache
def _unusual_phrases() -> Mapping[str, tuple[str, ...]]:
    """Return the short phrases in which a character is read otherwise: 重庆, 银行, 音乐."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT  # noqa: PLC0415  the same

    several = {chr(code) for code, readings in PINYIN_DICT.items() if "," in readings}
    unusual: dict[str, tuple[str, ...]] = {}
    for phrase, readings in PHRASES_DICT.items():
        if 1 < len(phrase) <= _LONGEST and len(readings) == len(phrase) and not several.isdisjoint(phrase):
            spelled = tuple(_plain(each[0]) for each in readings)
            if any(_usual(character) != one for character, one in zip(phrase, spelled, strict=True)):
                unusual[phrase] = spelled
    return unusual
