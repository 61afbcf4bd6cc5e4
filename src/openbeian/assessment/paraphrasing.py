"""Saying a question in other words, by rules: the meaning stays, the text doesn't.

Deterministic: the same text, seed and rules give the same paraphrases. By turns one is reworded (synonyms,
order, particles) and one framed (a greeting, a thank-you, other punctuation, width or script).
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, Self

import yaml

from openbeian.matching import fold, traditional

__all__ = ["SURFACES", "Paraphrase", "ParaphraseRules", "is_other_words", "paraphrase"]

_FILE: Final = "paraphrase_rules.yaml"
_MIN_CHANGED: Final = 2
"""A text in which fewer places were reworded is framed as well."""
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_WIDE: Final = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}
_HALF_PUNCTUATION: Final = str.maketrans({"，": ", ", "？": "? ", "！": "! ", "：": ": ", "。": ". "})


class Paraphrase(NamedTuple):
    """A text that says the same in other words, and the rules that made it."""

    rules: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class ParaphraseRules:
    """The rules of one language."""

    language: str
    version: int
    frames: tuple[tuple[str, str], ...]
    words: Mapping[str, str]
    orders: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    @cache
    def load(cls, language: str) -> Self:
        """Return the rules of a language, `zh` or `en`, that ship with us."""
        table: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(_FILE).read_bytes())[language]
        return cls(
            language,
            table["version"],
            tuple((before, after) for before, after in table["frames"]),
            dict(table["words"]),
            tuple((re.compile(pattern), template) for pattern, template in table["orders"]),
        )

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches any word there is another for, the longest first."""
        words = "|".join(re.escape(word) for word in sorted(self.words, key=len, reverse=True))
        # Chinese has no spaces between words.
        edge = r"\b" if self.language == "en" else ""
        return re.compile(f"{edge}(?:{words}){edge}", re.IGNORECASE)


def paraphrase(text: str, *, seed: bytes, count: int = 2) -> tuple[Paraphrase, ...]:
    """Return `count` paraphrases of a text, which differ from it and from each other by words.

    Args:
        text: the question; whether it is Chinese shows in its characters.
        seed: what the choice of frames and surfaces follows from.
        count: how many, at most as many as there are frames.
    """
    rules = ParaphraseRules.load("zh" if _HAN.search(text) else "en")
    frames = sorted(rules.frames, key=lambda frame: _rank(seed, text, *frame))
    surfaces = sorted(_WAYS[rules.language], key=lambda name: _rank(seed, text, name))
    made: list[Paraphrase] = []
    for number, frame in enumerate(frames[:count]):
        if number % 2:
            made.append(_framed(text, frame, surfaces, _WAYS[rules.language]))
        else:
            made.append(_reworded(text, frame, rules, is_first=not number))
    return tuple(made)


def _rank(seed: bytes, *keys: str) -> bytes:
    return hashlib.sha256(seed + "\x1f".join(keys).encode("utf-8", "replace")).digest()


def _reworded(text: str, frame: tuple[str, str], rules: ParaphraseRules, *, is_first: bool) -> Paraphrase:
    ordered = _ordered(text, rules)
    worded, changed = rules.pattern.subn(lambda match: _other(match[0], rules.words), ordered)
    names = (*(("words",) if changed else ()), *(("order",) if ordered != text else ()))
    if changed + 2 * (ordered != text) < _MIN_CHANGED or not is_first or _plain(worded) == _plain(text):
        return Paraphrase((*names, "frame"), frame[0] + worded + frame[1])
    return Paraphrase(names, worded)


def _ordered(text: str, rules: ParaphraseRules) -> str:
    for pattern, template in rules.orders:
        match = pattern.match(text)
        if match:
            parts = {name: part.strip() for name, part in match.groupdict().items()}
            if "verb" in parts:
                parts["verb"] = parts["verb"].lower()
            sentence = template.format(**parts)
            return sentence[:1].upper() + sentence[1:]
    return text


def _other(word: str, words: Mapping[str, str]) -> str:
    other = words[word.lower()]
    return other[:1].upper() + other[1:] if word[:1].isupper() else other


def _framed(
    text: str,
    frame: tuple[str, str],
    order: Sequence[str],
    surfaces: Mapping[str, Callable[[str], str]],
) -> Paraphrase:
    """Put a frame around the text and change its surface by the first way of `order` that changes it."""
    for name in order:
        shown = surfaces[name](text)
        if shown != text and _plain(shown):
            return Paraphrase(("frame", name), f"{frame[0]}{shown}{frame[1]}".strip())
    return Paraphrase(("frame",), frame[0] + text + frame[1])


def is_other_words(text: str, than: str) -> bool:
    """Say whether a text says something, and not in the same words as another."""
    return _plain(text) not in {"", _plain(than)}


def _plain(text: str) -> str:
    """Return what is left where case, width, script, spaces and punctuation don't count."""
    return "".join(character for character in fold(text) if character.isalnum())


def _half_width(text: str) -> str:
    return text.translate(_HALF_PUNCTUATION)


def _full_width(text: str) -> str:
    return text.translate(_WIDE)


def _unpunctuated(text: str) -> str:
    """End the sentence as people do in a chat, with nothing; the next one begins in a line of its own."""
    return text.rstrip("。.!！") + "\n" if text.endswith(("。", ".", "!", "！")) else text


def _small(text: str) -> str:
    return text.lower()


_WAYS: Final[dict[str, dict[str, Callable[[str], str]]]] = {
    "zh": {
        "punctuation": _half_width,
        "line": _unpunctuated,
        "width": _full_width,
        "script": traditional,
    },
    "en": {"line": _unpunctuated, "case": _small},
}
SURFACES: Final = frozenset(name for ways in _WAYS.values() for name in ways)
"""The rules that change how a text looks and none of its words."""
