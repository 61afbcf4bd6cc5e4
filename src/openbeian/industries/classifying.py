"""`classify`: the industry and service type of a register entry, by words and well-known providers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from openbeian.core.text import Text
from openbeian.industries.classes import (
    PLACE_LABELS,
    Classification,
    Correction,
    Corrections,
    Industry,
    Place,
    Reason,
    ServiceType,
)
from openbeian.industries.rules import Label, Rules, load_rules
from openbeian.matching import Hit, KeywordMatcher

__all__ = ["Classifier", "Entry", "classify", "classify_many"]

_NO_CORRECTIONS: Final = Corrections()
_NEW_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where a Latin word begins inside a name such as MedGPT or PowerLawGLM."""
_HIDES: Final = ""
_DECISIVE: Final = 1000
"""What the office's decision is shown to weigh; it decides whatever else was found."""
_UNNAMED: Final = ServiceType.MODEL
"""What an entry is whose name says nothing: the official lists call all they list models (模型名称)."""

_Numbers = tuple[int, ...]
_L = TypeVar("_L", Industry, ServiceType)


class Entry(NamedTuple):
    """What is known of a register entry."""

    service_name: str
    provider_name: str
    scope: str = ""


class Classifier:
    """Goes by one set of rules; build it once and keep it. May be shared between threads."""

    def __init__(self, rules: Rules) -> None:
        """Compile the words of the rules."""
        self._rules = rules
        # The same words give the same reasons, thousands of times in a long list. Classes of both kinds may
        # have the same value, so types count.
        self._reason = lru_cache(maxsize=1 << 12, typed=True)(self._build_reason)
        self._concluded = lru_cache(maxsize=1 << 12)(self._conclude_from)
        # Names of services and companies are not disguised.
        hides = [(word, _HIDES) for word in rules.hides]
        numbered = [(word.word, str(number)) for number, word in enumerate(rules.words)]
        industries = sum(isinstance(word.label, Industry) for word in rules.words)
        self._industries = KeywordMatcher([*numbered[:industries], *hides], disguises=False)
        self._types = KeywordMatcher([*numbered[industries:], *hides], disguises=False)
        self._providers = KeywordMatcher(
            [(provider.name, str(number)) for number, provider in enumerate(rules.providers)],
            disguises=False,
        )

    def classify(
        self,
        service_name: str,
        provider_name: str,
        scope: str = "",
        *,
        corrections: Corrections = _NO_CORRECTIONS,
    ) -> Classification:
        """Return what an entry is by its names and its stated scope, or as the office has decided."""
        entry = Entry(service_name, provider_name, scope)
        return self.classify_many([entry], corrections=corrections)[0]

    def classify_many(
        self, entries: Sequence[Entry], *, corrections: Corrections = _NO_CORRECTIONS
    ) -> list[Classification]:
        """Return what each entry is; far quicker than one by one, best by the thousand."""
        names = [entry.service_name for entry in entries]
        scopes = [entry.scope for entry in entries]
        providers = [entry.provider_name for entry in entries]
        # A provider's name says what field it works in and nothing of what this service does.
        found = zip(
            _found(self._industries, names),
            _found(self._types, names),
            _found(self._industries, scopes),
            _found(self._types, scopes),
            _found(self._industries, providers),
            _found(self._providers, providers),
            strict=True,
        )
        concluded = (self._concluded(numbers) for numbers in found)
        decided = (corrections.find(entry.service_name, entry.provider_name) for entry in entries)
        return [
            self._corrected(one, decision) if decision else one
            for one, decision in zip(concluded, decided, strict=True)
        ]

    def _conclude_from(self, found: tuple[_Numbers, ...]) -> Classification:
        """Return what an entry is by the numbers of the words, or providers, that stand in its texts."""
        industries, types, scope_industries, scope_types, provider_industries, providers = found
        reasons = chain(
            self._word_reasons((*industries, *types), Place.SERVICE_NAME),
            self._word_reasons((*scope_industries, *scope_types), Place.SCOPE),
            self._word_reasons(provider_industries, Place.PROVIDER_NAME),
            self._provider_reasons(providers),
        )
        return self._conclude([*reasons])

    def _word_reasons(self, numbers: _Numbers, place: Place) -> Iterator[Reason]:
        weight = self._rules.places[place]
        for word in (self._rules.words[number] for number in numbers):
            yield self._reason(word.label, word.word, place, word.weight * weight)

    def _provider_reasons(self, numbers: _Numbers) -> Iterator[Reason]:
        weight = self._rules.places[Place.KNOWN_PROVIDER]
        found = [self._rules.providers[number] for number in numbers]
        known = sorted(found, key=lambda provider: -len(provider.name))[:1]
        return (self._reason(one.industry, one.name, Place.KNOWN_PROVIDER, weight) for one in known)

    def _build_reason(self, label: Label, word: str, place: Place, weight: int) -> Reason:
        zh, en = self._rules.name(label)
        where = PLACE_LABELS[place]
        text = Text(f"{where.zh}含「{word}」：{zh} +{weight}", f"“{word}” in {where.en}: {en} +{weight}")
        if place is Place.KNOWN_PROVIDER:
            text = Text(
                f"提供者「{word}」以此知名：{zh} +{weight}",
                f"the provider “{word}” is known for it: {en} +{weight}",
            )
        return Reason(label, word, place, weight, text)

    def _conclude(self, reasons: Sequence[Reason]) -> Classification:
        industry, confidence = self._winner(reasons, self._rules.industry_names, Industry.OTHER)
        service_type, type_confidence = self._winner(reasons, self._rules.type_names, _UNNAMED)
        return Classification(industry, service_type, _in_order(reasons), confidence, type_confidence)

    def _winner(self, reasons: Sequence[Reason], labels: Iterable[_L], default: _L) -> tuple[_L, float]:
        """Return the label with most evidence, the first of equals, and its share; without any, `default`."""
        scores = dict.fromkeys(labels, 0)
        for reason in reasons:
            if isinstance(reason.speaks_for, type(default)):
                scores[reason.speaks_for] += reason.weight
        best = max(scores, key=scores.__getitem__)
        total = sum(scores.values())
        return (best, scores[best] / (total + self._rules.in_doubt)) if total else (default, 0.0)

    def _corrected(self, found: Classification, decided: Correction) -> Classification:
        industry, service_type = decided.industry, decided.service_type
        reasons = tuple(
            Reason(label, decided.service_name, Place.OFFICE, _DECISIVE, self._decision(label))
            for label in (industry, service_type)
            if label is not None
        )
        return Classification(
            industry=industry or found.industry,
            service_type=service_type or found.service_type,
            reasons=_in_order((*reasons, *found.reasons)),
            confidence=found.confidence if industry is None else 1.0,
            type_confidence=found.type_confidence if service_type is None else 1.0,
        )

    def _decision(self, label: Label) -> Text:
        zh, en = self._rules.name(label)
        return Text(f"网信办决定为：{zh}", f"decided by the office: {en}")


def classify(
    service_name: str, provider_name: str, scope: str = "", *, corrections: Corrections = _NO_CORRECTIONS
) -> Classification:
    """Return what an entry is by the rules of this package, or as the office has decided."""
    return _default().classify(service_name, provider_name, scope, corrections=corrections)


def classify_many(
    entries: Sequence[Entry], *, corrections: Corrections = _NO_CORRECTIONS
) -> list[Classification]:
    """Return what each entry is by the rules of this package; best by the thousand."""
    return _default().classify_many(entries, corrections=corrections)


@lru_cache
def _default() -> Classifier:
    return Classifier(load_rules())


def _in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return industries before service types, the heaviest first, what weighs the same as it was found."""
    return tuple(sorted(reasons, key=lambda each: (isinstance(each.speaks_for, ServiceType), -each.weight)))


def _found(matcher: KeywordMatcher, texts: Sequence[str]) -> list[_Numbers]:
    """Return for each text the numbers of what stands in it, but for what only stands inside longer words."""
    if not any(texts):
        return [()] * len(texts)
    spaced = [_NEW_WORD.sub(" ", text) for text in texts]
    # Both ways of writing are scanned: DeepSeek is a word of its own, MedGPT is two.
    apart = [number for number, text in enumerate(texts) if spaced[number] != text]
    hits = matcher.find_many([*texts, *(spaced[number] for number in apart)])
    numbers = [{int(hit.risk) for hit in _outermost(each)} for each in hits]
    for number, more in zip(apart, numbers[len(texts) :], strict=True):
        numbers[number] |= more
    return [tuple(sorted(each)) for each in numbers[: len(texts)]]


def _outermost(hits: Sequence[Hit]) -> Iterator[Hit]:
    for hit in hits:
        length = hit.end - hit.start
        inside = any(
            other.start <= hit.start and hit.end <= other.end and other.end - other.start > length
            for other in hits
        )
        if not inside and hit.risk != _HIDES:
            yield hit
