"""How many questions it takes to show a rate, and how likely a service meets a cut-off."""

from typing import NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import (
    binomial_at_least,
    cutoff_at_least,
    cutoff_at_most,
    pass_probability,
)

__all__ = ["MOST_QUESTIONS", "Chance", "Needed", "chances", "questions_needed"]

MOST_QUESTIONS = 20_000
"""More than anybody asks; rates that need more are too close to each other to be told apart."""
_STEP = 0.01
_LADDER = 5


class Needed(NamedTuple):
    """A test that shows a rate: with so many questions and this cut-off it errs no more often than asked.

    `chance_at_rate`: how likely a service exactly at the required rate passes, which must be seldom.
    `chance_at_true_rate`: how likely one at its true rate passes, which must be often.
    """

    questions: int
    cutoff: int
    chance_at_rate: float
    chance_at_true_rate: float


class Chance(NamedTuple):
    """How likely a service of a true rate meets a cut-off."""

    true_rate: float
    passes: float


def questions_needed(
    rate: float, true_rate: float, *, confidence: float = 0.95, power: float = 0.9, at_most: bool = False
) -> Needed:
    """Return the fewest questions that show with `confidence` that a service is better than `rate`.

    The exact binomial test: a service at `rate` passes with a chance of at most 1 - `confidence`, one at
    `true_rate` with a chance of at least `power`.

    Args:
        rate: the required rate.
        true_rate: what the service is believed to reach; above `rate`, or with `at_most` below it.
        confidence: how sure one may be of a service that passes.
        power: how likely a service at `true_rate` shall pass.
        at_most: whether the rate is a ceiling, as that of refusals of what should be answered.

    Raises:
        BadInputError: The rates are no such rates, or too close to each other.
    """
    _check(rate, true_rate, confidence=confidence, power=power, at_most=at_most)
    bad, good = (1 - rate, 1 - true_rate) if at_most else (rate, true_rate)
    cutoff = 0
    for questions in range(1, MOST_QUESTIONS + 1):
        # From one question to the next the cut-off rises by one or stays.
        while binomial_at_least(questions, cutoff, bad) > 1 - confidence:
            cutoff += 1
        if cutoff <= questions and (passes := binomial_at_least(questions, cutoff, good)) >= power:
            at_rate = binomial_at_least(questions, cutoff, bad)
            return Needed(questions, questions - cutoff if at_most else cutoff, at_rate, passes)
    raise BadInputError(
        f"{rate} 与 {true_rate} 太接近，{MOST_QUESTIONS} 题仍不足以区分；请降低置信度，或先改进服务。",
        f"{rate} and {true_rate} are too close to be told apart by {MOST_QUESTIONS} questions; ask for less "
        "confidence, or mend the service first.",
    )


def chances(questions: int, rate: float, *, at_most: bool = False, also: float | None = None) -> list[Chance]:
    """Return how likely services pass that are exactly at the required rate, and better by 1 % steps.

    Args:
        questions: how many are asked.
        rate: the required rate; the cut-off is the count that it asks for.
        at_most: whether it is a ceiling.
        also: another true rate to look at.
    """
    cutoff = (cutoff_at_most if at_most else cutoff_at_least)(questions, rate)
    step = -_STEP if at_most else _STEP
    rates = {round(rate + step * n, 6) for n in range(_LADDER)} | ({also} if also is not None else set())
    ordered = sorted((one for one in rates if 0 < one < 1), reverse=at_most)
    return [Chance(one, pass_probability(questions, cutoff, one, at_most=at_most)) for one in ordered]


def _check(rate: float, true_rate: float, *, confidence: float, power: float, at_most: bool) -> None:
    for share in (rate, true_rate, confidence, power):
        if not 0 < share < 1:
            raise BadInputError(
                f"{share} 不在 0 与 1 之间；请写成小数，如 0.95。",
                f"{share} is not between 0 and 1; write it as a decimal such as 0.95.",
            )
    if (true_rate >= rate) if at_most else (true_rate <= rate):
        side = ("低于", "below") if at_most else ("高于", "above")
        raise BadInputError(
            f"真实比率 {true_rate} 须{side[0]}要求的 {rate}，否则多少题都证明不了。",
            f"The true rate {true_rate} must lie {side[1]} the required {rate}, or no number of questions "
            "shows it.",
        )
