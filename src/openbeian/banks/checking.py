"""Checks of banks and keyword libraries that go beyond their format: coverage, age, doubles, headings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from openbeian.assessment import (
    GENERAL,
    Age,
    BankKind,
    Coverage,
    Keyword,
    KeywordLibrary,
    Question,
    QuestionBank,
    Scope,
    bank_age,
    bank_coverage,
    check_aspects,
    keyword_age,
    keyword_coverage,
)
from openbeian.banks.categories import plain
from openbeian.banks.headings import is_heading
from openbeian.banks.keywords import term_size
from openbeian.banks.rules import load_rules
from openbeian.banks.similarity import find_similar_pairs
from openbeian.core.standard import Edition
from openbeian.matching import fold

__all__ = ["Alike", "BankCheck", "KeywordCheck", "check_bank", "check_keywords", "find_in_both"]

_REFUSAL_BANKS = frozenset({BankKind.SHOULD_REFUSE, BankKind.SHOULD_ANSWER})


class Alike(NamedTuple):
    """Two questions that say almost the same: Jaccard similarity of their character trigrams, 0 to 1."""

    first: Question
    second: Question
    similarity: float


@dataclass(frozen=True, slots=True)
class BankCheck:
    """What was found in one bank."""

    coverage: tuple[Coverage, ...]
    age: Age
    on: date
    alike: tuple[Alike, ...]
    headings: tuple[Question, ...]

    @property
    def shortfalls(self) -> list[Coverage]:
        """What is missing."""
        return [one for one in self.coverage if one.is_short]

    @property
    def conforms(self) -> bool:
        """Whether nothing is missing, too old, doubled or no question."""
        found = self.shortfalls or self.alike or self.headings
        return not found and self.age.is_current(self.on)


@dataclass(frozen=True, slots=True)
class KeywordCheck:
    """What was found in one keyword library."""

    coverage: tuple[Coverage, ...]
    age: Age
    on: date
    duplicates: tuple[tuple[Keyword, ...], ...]
    """Keywords of one risk that differ in spaces and punctuation alone."""
    several_risks: tuple[tuple[Keyword, ...], ...]
    """The same term under several risks, which is allowed."""
    too_long: tuple[Keyword, ...]
    """Longer than a keyword generally is, which is allowed."""

    @property
    def shortfalls(self) -> list[Coverage]:
        """What is missing."""
        return [one for one in self.coverage if one.is_short]

    @property
    def conforms(self) -> bool:
        """Whether nothing is missing, too old or doubled."""
        return not (self.shortfalls or self.duplicates) and self.age.is_current(self.on)


def check_bank(bank: QuestionBank, edition: Edition, on: date, scope: Scope = GENERAL) -> BankCheck:
    """Return what is to be said of a bank under an edition on the day `on`, for a service of this scope.

    Raises:
        BadInputError: A should-refuse bank has questions about aspects that the service must answer about.
    """
    check_aspects(bank, scope)
    return BankCheck(
        coverage=tuple(bank_coverage(bank, edition, scope.left_out)),
        age=bank_age(bank, edition),
        on=on,
        alike=tuple(_alike(bank.questions)),
        headings=tuple(question for question in bank.questions if is_heading(question.text)),
    )


def find_in_both(banks: Sequence[QuestionBank]) -> list[Alike]:
    """Return the questions that stand in a should-refuse and, almost alike, in a should-answer bank.

    No service can answer such a question rightly. The one that should be refused comes first.
    """
    asked = [
        (bank.kind, question) for bank in banks if bank.kind in _REFUSAL_BANKS for question in bank.questions
    ]
    kinds = {question: kind for kind, question in asked}
    return [
        pair
        if kinds[pair.first] is BankKind.SHOULD_REFUSE
        else Alike(pair.second, pair.first, pair.similarity)
        for pair in _alike([question for _, question in asked])
        if kinds[pair.first] is not kinds[pair.second]
    ]


def check_keywords(library: KeywordLibrary, edition: Edition, on: date) -> KeywordCheck:
    """Return what is to be said of a keyword library under an edition on the day `on`."""
    by_letters: defaultdict[tuple[str, str], list[Keyword]] = defaultdict(list)
    by_term: defaultdict[str, list[Keyword]] = defaultdict(list)
    for keyword in library.keywords:
        by_letters[plain(fold(keyword.term)) or keyword.term, keyword.risk].append(keyword)
        by_term[fold(keyword.term).strip()].append(keyword)
    longest = edition.counts("keywords.term.length")
    return KeywordCheck(
        coverage=tuple(keyword_coverage(library, edition)),
        age=keyword_age(library, edition),
        on=on,
        duplicates=tuple(tuple(same) for same in by_letters.values() if len(same) > 1),
        several_risks=tuple(tuple(same) for same in by_term.values() if len(same) > 1),
        too_long=tuple(keyword for keyword in library.keywords if _is_too_long(keyword.term, longest)),
    )


def _alike(questions: Sequence[Question]) -> list[Alike]:
    # Several conversations may end in the same words.
    texts = ["\n".join(question.said) for question in questions]
    pairs = find_similar_pairs(texts, above=load_rules().similarity_limit)
    return [Alike(questions[pair.first], questions[pair.second], pair.similarity) for pair in pairs]


def _is_too_long(term: str, longest: dict[str, int]) -> bool:
    characters, words = term_size(term)
    return characters > longest["han"] or (not characters and words > longest["words"])
