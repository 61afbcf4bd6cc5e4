"""The lists that checks go by, from the data beside them: phrases, marks, forms of secrets, helper files."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.standards.reading import read_file

__all__ = [
    "Claim",
    "Found",
    "Secret",
    "find_claims",
    "find_placeholders",
    "load_claims",
    "load_secrets",
    "stray_text",
]

DATA: Final = Path(__file__).parent / "data"
_BEFORE: Final = 6
"""So many characters before a phrase may take it back."""
_PAUSE: Final = re.compile(r"[，。；：、,.;:！!？?\n]")
_SHOWN: Final = 40


class Claim(NamedTuple):
    """A phrase that promises too much: why it is sent back and what to write instead."""

    id: str
    pattern: re.Pattern[str]
    reason: Text
    better: Text


class Found(NamedTuple):
    """A phrase that was found, and the words around it."""

    claim: Claim
    phrase: str
    around: str


class Secret(NamedTuple):
    """A form in which secrets come; `everywhere` if it is sure enough for files that nobody reads."""

    id: str
    pattern: re.Pattern[str]
    text: Text
    everywhere: bool


@lru_cache
def _claims() -> tuple[tuple[str, ...], tuple[Claim, ...]]:
    file = read_file(DATA / "claims.yaml")
    claims = tuple(
        Claim(
            one.string("id"),
            re.compile(one.string("pattern"), re.IGNORECASE),
            one.text("reason"),
            one.text("better"),
        )
        for one in file.entries("claims")
    )
    return tuple(str(word) for word in file.strings("unless")), claims


def load_claims() -> tuple[Claim, ...]:
    """Return the phrases that promise too much."""
    return _claims()[1]


def find_claims(text: str) -> Iterator[Found]:
    """Yield the phrases in a text that promise too much, each kind once; denied ones are none."""
    unless, claims = _claims()
    plain = "".join(text.split()).lower()
    for claim in claims:
        for match in claim.pattern.finditer(plain):
            before = _PAUSE.split(plain[max(0, match.start() - _BEFORE) : match.start()])[-1]
            if not any(word in before for word in unless):
                start = max(0, match.start() - _SHOWN // 2)
                yield Found(claim, match[0], plain[start : match.end() + _SHOWN // 2])
                break


@lru_cache
def _placeholders() -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, read_file(DATA / "placeholders.yaml").strings("placeholders")))


def find_placeholders(lines: Sequence[str]) -> Iterator[str]:
    """Yield what stands where somebody still has to write, in the order of the text."""
    for line in lines:
        for pattern in _placeholders():
            match = pattern.search(line)
            if match:
                yield match[0][:_SHOWN]
                break


@lru_cache
def load_secrets() -> tuple[tuple[Secret, ...], tuple[re.Pattern[str], ...]]:
    """Return the forms of secrets, and what looks like one and only marks where one goes."""
    file = read_file(DATA / "secrets.yaml")
    secrets = tuple(
        Secret(
            one.string("id"),
            re.compile(one.string("pattern")),
            one.text("text"),
            one.flag("everywhere", default=False),
        )
        for one in file.entries("secrets")
    )
    return secrets, tuple(map(re.compile, file.strings("placeholders")))


@lru_cache
def _strays() -> tuple[tuple[str, Text], ...]:
    entries = read_file(DATA / "strays.yaml").entries("strays")
    return tuple((one.string("pattern"), one.text("text")) for one in entries)


def stray_text(name: str) -> Text | None:
    """Return what a file or folder of this name is, if a helper program left it; else None."""
    return next((text for pattern, text in _strays() if fnmatchcase(name, pattern)), None)
