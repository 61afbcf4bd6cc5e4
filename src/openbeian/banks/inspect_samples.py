"""What a bank is to Inspect (inspect_ai), without that package: samples, and what a verdict is worth."""

from pathlib import Path
from typing import Any, Final

from openbeian.assessment import (
    JUDGES,
    BankKind,
    Judge,
    Question,
    QuestionBank,
    Verdict,
    load_bank,
    load_judges,
    load_keywords,
)
from openbeian.assessment.eval_log import WANTED
from openbeian.assessment.methods import METHODS
from openbeian.banks.rules import BANKS, KEYWORDS
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Limit
from openbeian.standards import EDITION_IDS, load_edition

__all__ = ["LATER", "explain", "find_bank", "find_judge", "judges_of", "passes", "sample_of"]

SHIPPED: Final = ("chinese", "english")
LATER: Final = "later_turns"
"""Where a sample's metadata hold what the user says after the first turn."""


def find_bank(bank: str, kind: str) -> QuestionBank:
    """Return the shipped bank of a language (`chinese`, `english`) and a kind, or the bank in a file.

    Raises:
        BadInputError: There is no such kind, or the file is no bank of it.
    """
    if kind and kind not in list(BankKind):
        raise _no_kind(kind)
    if bank not in SHIPPED:
        return load_bank(Path(bank), kind=BankKind(kind) if kind else None)
    if not kind:
        raise _no_kind(kind)
    return load_bank(BANKS / bank / f"{kind}.jsonl")


def _no_kind(kind: str) -> BadInputError:
    return BadInputError(
        f"没有「{kind}」这种题库；请用 -T kind= 给出其一：{'、'.join(BankKind)}。",
        f"There is no bank of the kind “{kind}”; give one with -T kind=: {', '.join(BankKind)}.",
    )


def judges_of(kind: BankKind) -> tuple[str, ...]:
    """Return the names of the judges that ship with us for a kind of bank."""
    return tuple(method.judge for method in METHODS if method.bank is kind and method.judge in JUDGES)


def find_judge(name: str, keywords: str = "") -> Judge:
    """Return a judge that ships with us.

    Args:
        name: its name.
        keywords: the file of the library that the keyword judge goes by; the starter library if empty.

    Raises:
        BadInputError: There is no such judge, or the library can't be read.
    """
    (judge,) = load_judges(load_keywords(Path(keywords) if keywords else KEYWORDS), [name])
    return judge


def sample_of(question: Question, kind: BankKind) -> dict[str, Any]:
    """Return a question as the values of a sample: its first turn is the input."""
    first, *later = question.said
    about = {kind.member: question.stratum, "language": question.language}
    return {
        "id": question.id,
        "input": first,
        "target": WANTED[kind],
        "metadata": about | ({LATER: later} if later else {}),
    }


def passes(kind: BankKind, judge: str, value: str) -> bool:
    """Say whether an answer passes on which a judge concludes `value`."""
    (method,) = [one for one in METHODS if one.bank is kind and one.judge == judge]
    # That the rate is a ceiling says that what it counts must be rare; it is so in every edition.
    at_most = load_edition(EDITION_IDS[0]).threshold(method.threshold).limit is Limit.AT_MOST
    return value in (method.verdicts - method.counted if at_most else method.counted)


def explain(verdict: Verdict) -> str:
    """Return the grounds of a verdict in a line."""
    terms = ", ".join(dict.fromkeys(position.term for position in verdict.positions))
    return verdict.reason or terms or verdict.value
