"""How Chinese is spelled in pinyin, without tones: 重庆 is `chong qing`, 小舟 is `xiao zhou`.

Readings come from pypinyin's tables. Only phrases in which a character isn't read as it usually is are
looked for, the longest first; cutting whole texts into words, as that package does, takes ten times as long.
"""

from collections.abc import Mapping
from functools import lru_cache
from operator import add
from typing import Final

__all__ = ["syllables"]

_LONGEST: Final = 4


@lru_cache(maxsize=1 << 10)
def syllables(run: str) -> tuple[str, ...]:
    """Return one syllable for each Han character of `run`; a character without a reading is left out."""
    phrases, lengths_from = _unusual_phrases(), _lengths()
    if lengths_from.keys().isdisjoint(map(add, run, run[1:])):
        return tuple([read for read in [_USUAL[character] for character in run] if read])
    found: list[str] = []
    at = 0
    while at < len(run):
        for length in lengths_from.get(run[at : at + 2], ()):
            if read := phrases.get(run[at : at + length]):
                found += read
                at += length
                break
        else:
            if usual := _USUAL[run[at]]:
                found.append(usual)
            at += 1
    return tuple(found)


@lru_cache
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """Return by its first two characters how long an unusual phrase can be, the longest first."""
    lengths: dict[str, set[int]] = {}
    for phrase in _unusual_phrases():
        lengths.setdefault(phrase[:2], set()).add(len(phrase))
    return {head: tuple(sorted(found, reverse=True)) for head, found in lengths.items()}


@lru_cache(maxsize=1 << 13)
def _plain(reading: str) -> str:
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415  only where something is spelled

    return str(to_normal(reading))


class _Usual(dict[str, str]):
    """How each character is read on its own: the first reading of the table, `lü` written `lv`."""

    def __missing__(self, character: str) -> str:
        from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415  its tables take half a second to load

        self[character] = _plain(PINYIN_DICT.get(ord(character), "").split(",")[0])
        return self[character]


_USUAL: Final = _Usual()


@lru_cache
def _unusual_phrases() -> Mapping[str, tuple[str, ...]]:
    """Return the short phrases in which a character is read otherwise: 重庆, 银行, 音乐."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT  # noqa: PLC0415  the same

    several = {chr(code) for code, readings in PINYIN_DICT.items() if "," in readings}
    unusual: dict[str, tuple[str, ...]] = {}
    for phrase, readings in PHRASES_DICT.items():
        if 1 < len(phrase) <= _LONGEST and len(readings) == len(phrase) and not several.isdisjoint(phrase):
            spelled = tuple(_plain(each[0]) for each in readings)
            if spelled != tuple([_USUAL[character] for character in phrase]):
                unusual[phrase] = spelled
    return unusual
