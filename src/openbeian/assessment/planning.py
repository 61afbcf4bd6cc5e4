"""Planning a sample: what an edition's own samples can tell of a service."""

from collections.abc import Iterator
from typing import NamedTuple

from openbeian.assessment.methods import BANK_RULES, METHODS
from openbeian.assessment.stopping import StopRule, sequential_test
from openbeian.core.planning import Chance, chances
from openbeian.core.sequential import operating
from openbeian.core.standard import Edition, Limit
from openbeian.core.statistics import cutoff_at_least, cutoff_at_most
from openbeian.core.text import Text

__all__ = ["Sample", "edition_samples", "sample_of"]


class Sample(NamedTuple):
    """One sample against one required rate: the cut-off, and how likely services meet it."""

    text: Text
    clause: str
    rate: float
    at_most: bool
    questions: int
    cutoff: int
    chances: tuple[Chance, ...]
    sequential_means: tuple[float, ...]
    """How many questions Wald's test takes in the mean with services at those rates."""


def edition_samples(edition: Edition, also: float | None = None) -> Iterator[Sample]:
    """Yield the samples that an edition prescribes, each rate once."""
    seen = set()
    for method in METHODS:
        threshold = edition.threshold(method.threshold)
        questions = edition.number(BANK_RULES[method.bank].sample)
        rate, at_most = float(edition.rate(method.threshold)), threshold.limit is Limit.AT_MOST
        if (questions, rate, at_most) not in seen:
            seen.add((questions, rate, at_most))
            yield sample_of(
                questions, rate, at_most=at_most, also=also, text=threshold.text, clause=threshold.clause
            )


def sample_of(
    questions: int,
    rate: float,
    *,
    at_most: bool,
    also: float | None = None,
    text: Text = Text("", ""),  # noqa: B008  a named tuple never changes
    clause: str = "",
) -> Sample:
    """Return what a sample of so many questions can tell of a rate.

    Args:
        questions: how many are asked.
        rate: the required rate.
        at_most: whether it is a ceiling.
        also: another true rate to look at.
        text: what is required.
        clause: where.
    """
    ladder = tuple(chances(questions, rate, at_most=at_most, also=also))
    test = sequential_test(StopRule("sprt"), rate, at_most=at_most)
    means = tuple(operating(test.decide, questions, one.true_rate).questions for one in ladder)
    cutoff = (cutoff_at_most if at_most else cutoff_at_least)(questions, rate)
    return Sample(text, clause, rate, at_most, questions, cutoff, ladder, means)
