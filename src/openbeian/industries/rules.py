"""The rules as data, read and checked: class names, words with weights, well-known providers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from openbeian.core.text import Text
from openbeian.industries.classes import Industry, Place, ServiceType
from openbeian.standards.reading import Entry, read_file

__all__ = ["DATA", "KnownProvider", "Label", "Rules", "Word", "load_rules"]

DATA: Final = Path(__file__).parent / "data"
_STRENGTHS: Final = {"strong": 2, "weak": 1}

Label = Industry | ServiceType


@dataclass(frozen=True, slots=True)
class Word:
    """A word that speaks for a class; what it counts is `weight` times the weight of the place."""

    word: str
    label: Label
    weight: int


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A name that a well-known provider is found by, what it is known for, and how we know."""

    name: str
    industry: Industry
    source: Text


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the classifier goes by."""

    words: tuple[Word, ...]
    hides: tuple[str, ...]
    providers: tuple[KnownProvider, ...]
    places: Mapping[Place, int]
    in_doubt: int
    industry_names: Mapping[Industry, Text]
    """In the order in which equal evidence is decided: the first wins."""
    type_names: Mapping[ServiceType, Text]

    def name(self, label: Label) -> Text:
        """Return a class's name."""
        return self.industry_names[label] if isinstance(label, Industry) else self.type_names[label]


@lru_cache
def load_rules(folder: Path = DATA) -> Rules:
    """Return the rules in a folder's `classes.yaml`, `words.yaml` and `providers.yaml`.

    Raises:
        BadInputError: A file is missing, a class is unknown or has no name, or a word stands twice.
    """
    classes, words = read_file(folder / "classes.yaml"), read_file(folder / "words.yaml")
    counted = (Place.SERVICE_NAME, Place.SCOPE, Place.PROVIDER_NAME)
    places = {place: _number(words.entry("places"), place) for place in counted}
    places[Place.KNOWN_PROVIDER] = _number(words, "known_provider")
    return Rules(
        words=(*_words(words, "industries", Industry), *_words(words, "service_types", ServiceType)),
        hides=words.strings("hides"),
        providers=tuple(_providers(read_file(folder / "providers.yaml"))),
        places=MappingProxyType(places),
        in_doubt=_number(words, "in_doubt"),
        industry_names=_names(classes, "industries", Industry),
        type_names=_names(classes, "service_types", ServiceType),
    )


def _names(file: Entry, field: str, kind: type[StrEnum]) -> Mapping:  # type: ignore[type-arg]
    entry = file.entry(field)
    _check_all(entry, kind)
    return MappingProxyType({kind(label): entry.text(label) for label in entry.fields})


def _words(file: Entry, field: str, kind: type[Industry] | type[ServiceType]) -> Iterator[Word]:
    entry = file.entry(field)
    _check_all(entry, kind)
    for label, lists in entry.named():
        seen: set[str] = set()
        for strength, weight in _STRENGTHS.items():
            for word in lists.strings(strength):
                if word in seen:
                    raise lists.error(
                        f"「{word}」重复；请只留一处。", f"“{word}” stands twice; keep it once."
                    )
                seen.add(word)
                yield Word(word, kind(label), weight)


def _check_all(entry: Entry, kind: type[StrEnum]) -> None:
    if set(entry.fields) != set(kind):
        allowed = ", ".join(kind)
        raise entry.error(
            f"应当恰好列出这些类别：{allowed}。", f"It must list exactly these classes: {allowed}."
        )


def _providers(file: Entry) -> Iterator[KnownProvider]:
    for entry in file.entries("groups"):
        industry = entry.choice("industry", Industry)
        for name in entry.strings("names"):
            yield KnownProvider(name, industry, entry.text("source"))


def _number(entry: Entry, name: str) -> int:
    value = entry.fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise entry.error(f"「{name}」应为正整数。", f"“{name}” must be a positive whole number.")
    return value
