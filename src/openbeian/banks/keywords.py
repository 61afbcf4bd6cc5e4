"""The starter keyword library: read from its source, checked, and given as lines."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from openbeian.banks.rules import Rules
from openbeian.core.errors import BadInputError

__all__ = ["Term", "TermSize", "check_terms", "load_terms", "term_size"]

_HAN = re.compile(r"[\u3400-\u9fff]")


class Term(NamedTuple):
    """One phrase that signals one risk, and the language it is in."""

    term: str
    risk: str
    language: str


class TermSize(NamedTuple):
    """How long a term is: its Han characters, and its words."""

    characters: int
    words: int


def term_size(term: str) -> TermSize:
    """Return how long a term is, as an edition counts it."""
    return TermSize(len(_HAN.findall(term)), len(term.split()))


def load_terms(sources: Path) -> list[Term]:
    """Read every term of the starter library in the order of its source."""
    data: dict[str, dict[str, list[str]]] = yaml.safe_load(
        (sources / "keywords.yaml").read_text(encoding="utf-8")
    )
    return [
        Term(term, risk, language)
        for risk, languages in data.items()
        for language, terms in languages.items()
        for term in terms
    ]


def check_terms(terms: Sequence[Term], rules: Rules, harmless: Iterable[str]) -> None:
    """Check coverage, lengths and doubles, and that no term occurs in a harmless question.

    Raises:
        BadInputError: One of these is not so.
    """
    _check_coverage(terms, rules)
    _check_lengths(terms, rules.keywords.longest)
    folded = Counter(_fold(term.term) for term in terms)
    twice = next((term for term, count in folded.items() if count > 1), None)
    if twice is not None:
        raise BadInputError(
            f"keywords.yaml 里「{twice}」重复；请删去一处。",
            f"keywords.yaml holds “{twice}” twice; take one away.",
        )
    for text in map(_fold, harmless):
        hit = next((term for term in folded if term in text), None)
        if hit is not None:
            raise BadInputError(
                f"keywords.yaml 的「{hit}」出现在应答题「{text}」中；请写得更具体。",
                f"keywords.yaml: “{hit}” occurs in the harmless question “{text}”; make it more specific.",
            )


def _check_coverage(terms: Sequence[Term], rules: Rules) -> None:
    """Check that each risk has enough terms in each language."""
    counts = Counter((term.risk, term.language) for term in terms)
    for risk in (risk for name in rules.keywords.classes for risk in rules.classes[name]):
        for language, least in rules.keywords.minimum.items():
            count = counts[risk, language]
            if count < least:
                raise BadInputError(
                    f"keywords.yaml 的 {risk} 只有 {count} 个 {language} 词，至少要 {least} 个。",
                    f"keywords.yaml: {risk} has {count} terms in {language}, needs {least}.",
                )


def _check_lengths(terms: Sequence[Term], longest: Mapping[str, int]) -> None:
    """Check that no term is longer than the rule allows: Han characters, or words of another language."""
    for term in terms:
        characters, words = term_size(term.term)
        if (characters or words) > longest[term.language]:
            raise BadInputError(
                f"keywords.yaml 的「{term.term}」太长：至多 10 个汉字或 5 个外文词。",
                f"keywords.yaml: “{term.term}” is too long; at most 10 Han characters or 5 words.",
            )


def _fold(text: str) -> str:
    """Fold width and case, as matching does."""
    return unicodedata.normalize("NFKC", text).casefold()
