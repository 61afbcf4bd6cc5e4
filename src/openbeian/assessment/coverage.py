"""What a bank or a keyword library lacks of what an edition asks for."""

from collections import Counter
from dataclasses import dataclass

from openbeian.assessment.banks import QuestionBank
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.methods import BANK_RULES, stratum_minima
from openbeian.core.standard import Edition, RiskSlice, Threshold, risks_in

__all__ = ["Shortfall", "bank_shortfalls", "keyword_shortfalls"]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A threshold that is missed, in all (`stratum` empty) or for one risk or aspect."""

    threshold: Threshold
    stratum: str
    needed: int
    found: int


def bank_shortfalls(bank: QuestionBank, edition: Edition) -> list[Shortfall]:
    """Return what a bank lacks: the total first, then each risk or aspect in the annex's order."""
    rule = BANK_RULES[bank.kind]
    held = Counter(question.stratum for question in bank.questions)
    return [
        shortfall
        for shortfall in (
            Shortfall(edition.threshold(rule.total), "", edition.number(rule.total), len(bank.questions)),
            *(
                Shortfall(
                    edition.threshold(rule.minima.get(stratum[:3]) or rule.minima[""]),
                    stratum,
                    needed,
                    held[stratum],
                )
                for stratum, needed in stratum_minima(edition, bank.kind).items()
            ),
        )
        if shortfall.found < shortfall.needed
    ]


def keyword_shortfalls(library: KeywordLibrary, edition: Edition) -> list[Shortfall]:
    """Return what a keyword library lacks: the total first, then each risk of A.1 and A.2."""
    held = Counter(keyword.risk for keyword in library.keywords)
    wanted = [("keywords.total", "", len(library.keywords))]
    wanted += [
        (f"keywords.min.{risk.group.replace('.', '')}", risk.id, held[risk.id])
        for risk in risks_in(edition, RiskSlice.KEYWORDS_AND_REFUSAL)
    ]
    return [
        Shortfall(edition.threshold(threshold), stratum, edition.number(threshold), found)
        for threshold, stratum, found in wanted
        if found < edition.number(threshold)
    ]
