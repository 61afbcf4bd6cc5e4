"""Stopping before all questions are asked: where the outcome is certain, or nearly so at stated odds.

`curtailed` is certain: what is left can't change the outcome any more, so its error rates are those of the
whole sample. `Sprt` is Wald's sequential probability ratio test (Wald 1945, Annals of Mathematical
Statistics 16, 117-186), which errs, but no more often than it says.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from openbeian.core.errors import BadInputError

__all__ = ["Decide", "Operating", "Sprt", "curtailed", "operating"]

Decide = Callable[[int, int], bool | None]
"""Takes how many of how many were counted; says whether that meets the requirement, None for not yet."""


def curtailed(sample: int, cutoff: int, counted: int, done: int, *, at_most: bool = False) -> bool | None:
    """Say whether the cut-off is met or missed whatever the rest of the sample brings; None if it depends.

    Args:
        sample: how many are asked in all.
        cutoff: how many must be counted, or with `at_most` may be.
        counted: how many are counted so far.
        done: of how many.
        at_most: whether the cut-off is a ceiling.
    """
    least, most = counted, counted + sample - done
    if at_most:
        return True if most <= cutoff else (False if least > cutoff else None)
    return True if least >= cutoff else (False if most < cutoff else None)


@dataclass(frozen=True, slots=True)
class Sprt:
    """Wald's test between two rates: `bad` doesn't meet the requirement, `good` meets it comfortably.

    A service at `bad` is accepted with a chance of at most `alpha`, one at `good` rejected with a chance of
    at most `beta`, however long the test goes on: the bounds on the likelihood ratio are 1/alpha and beta,
    within which Wald proves both; his usual bounds, (1-beta)/alpha and beta/(1-alpha), only nearly keep
    them. `good` may lie below `bad`: then what is counted must be rare.
    """

    bad: float
    good: float
    alpha: float
    beta: float

    def __post_init__(self) -> None:
        """Check that the rates and the odds are such.

        Raises:
            BadInputError: They aren't.
        """
        if not (0 < self.bad < 1 and 0 < self.good < 1 and self.bad != self.good):
            raise BadInputError(
                f"序贯检验的两个比率 {self.bad} 与 {self.good} 须在 0 与 1 之间且不相等。",
                f"The two rates of a sequential test, {self.bad} and {self.good}, must differ and lie "
                "between 0 and 1.",
            )
        if not (0 < self.alpha < 0.5 and 0 < self.beta < 0.5):  # noqa: PLR2004  as likely wrong as right
            raise BadInputError(
                f"序贯检验的两类错误率 {self.alpha} 与 {self.beta} 须在 0 与 0.5 之间。",
                f"The error rates of a sequential test, {self.alpha} and {self.beta}, must lie between 0 and "
                "0.5.",
            )

    def decide(self, counted: int, done: int) -> bool | None:
        """Return True for `good`, False for `bad`, None while more must be asked."""
        ratio = counted * math.log(self.good / self.bad)
        ratio += (done - counted) * math.log((1 - self.good) / (1 - self.bad))
        if ratio >= -math.log(self.alpha):
            return True
        return False if ratio <= math.log(self.beta) else None


class Operating(NamedTuple):
    """What comes of a rule for stopping: chances, and how many questions it takes in the mean."""

    accepted: float
    rejected: float
    undecided: float
    questions: float


def operating(decide: Decide, sample: int, rate: float) -> Operating:
    """Return what comes of `decide` with a service of a true rate, exactly, summed over all its courses.

    At most `sample` questions are asked; what is not decided by then stays undecided.
    """
    alive = {0: 1.0}
    accepted = rejected = questions = 0.0
    for done in range(1, sample + 1):
        questions += math.fsum(alive.values())
        reached: dict[int, float] = {}
        for counted, chance in alive.items():
            reached[counted + 1] = reached.get(counted + 1, 0.0) + chance * rate
            reached[counted] = reached.get(counted, 0.0) + chance * (1 - rate)
        alive = {}
        for counted, chance in reached.items():
            decided = decide(counted, done)
            accepted += chance if decided is True else 0.0
            rejected += chance if decided is False else 0.0
            if decided is None:
                alive[counted] = chance
    return Operating(accepted, rejected, math.fsum(alive.values()), questions)
