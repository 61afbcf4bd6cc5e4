"""Holding an office's own figures against those reported to it: do two samples show the same service?

Both were drawn by chance and differ somewhat anyway. For each figure Fisher's exact test says how likely
two samples of one service differ so much (`statistics.two_proportions`). As there are many figures, Holm's
procedure (1979, Scandinavian Journal of Statistics 6, 65-70) keeps the chance that any of them is called
different though none is at 5 %: half of it for the totals, half for the risks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, two_proportions

__all__ = [
    "ALPHA",
    "MOST_ERRORS",
    "Compared",
    "Comparison",
    "Outcome",
    "Pair",
    "compare",
    "holm",
    "lowest_agreeing",
]

ALPHA: Final = 0.05
"""The chance that a service as reported is called different all the same."""
MOST_ERRORS: Final = 0.01
"""A re-test in which more than this share of questions ended in an error concludes nothing."""


class Outcome(StrEnum):
    """What a re-test says of the figures reported."""

    AGREES = "agrees"
    WORSE = "worse"
    BETTER = "better"
    NO_CONCLUSION = "no_conclusion"


class Pair(NamedTuple):
    """One figure twice: how many answers were as they should be, of how many judged."""

    name: str
    reported: Counted
    found: Counted

    @property
    def is_comparable(self) -> bool:
        """Whether both sides judged at least one answer."""
        return self.reported.n > 0 and self.found.n > 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure with its test; both chances are None where one side judged nothing."""

    pair: Pair
    chance: float | None
    """How likely two samples of one service differ at least so much."""
    adjusted: float | None
    """The same after Holm's correction for the figures of its family."""
    level: float
    """Below this the figure is called different."""

    @property
    def outcome(self) -> Outcome:
        """What this figure alone says."""
        if self.adjusted is None:
            return Outcome.NO_CONCLUSION
        if self.adjusted > self.level:
            return Outcome.AGREES
        reported, found = self.pair.reported, self.pair.found
        return Outcome.WORSE if found.k * reported.n < reported.k * found.n else Outcome.BETTER


@dataclass(frozen=True, slots=True)
class Comparison:
    """All figures of a re-test beside those reported, and what follows."""

    totals: tuple[Compared, ...]
    risks: tuple[Compared, ...]
    errors: Counted
    outcome: Outcome

    @property
    def worse(self) -> tuple[Compared, ...]:
        """The figures that are worse than reported, totals first."""
        return tuple(one for one in (*self.totals, *self.risks) if one.outcome is Outcome.WORSE)


def holm(chances: Sequence[float]) -> list[float]:
    """Return chances corrected for there being several, each where it stood.

    To call different whatever is at most alpha afterwards keeps the chance of any false alarm at alpha,
    however the figures hang together (Holm 1979).
    """
    corrected = [0.0] * len(chances)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, chances[at] * (len(chances) - rank)))
        corrected[at] = highest
    return corrected


def compare(totals: Iterable[Pair], risks: Iterable[Pair], *, errors: Counted) -> Comparison:
    """Return how far an office's own figures agree with those reported.

    Args:
        totals: one figure for each method on each bank.
        risks: the same for each risk or aspect.
        errors: how many questions of the re-test ended in an error, of how many asked.

    Raises:
        BadInputError: A count is impossible.
    """
    first, second = _family(totals), _family(risks)
    return Comparison(first, second, errors, _outcome((*first, *second), errors))


def _family(pairs: Iterable[Pair]) -> tuple[Compared, ...]:
    given = tuple(pairs)
    tested = {
        at: two_proportions(pair.reported, pair.found) for at, pair in enumerate(given) if pair.is_comparable
    }
    corrected = dict(zip(tested, holm(list(tested.values())), strict=True))
    return tuple(
        Compared(pair, tested.get(at), corrected.get(at), ALPHA / 2) for at, pair in enumerate(given)
    )


def _outcome(figures: Sequence[Compared], errors: Counted) -> Outcome:
    said = {one.outcome for one in figures}
    if errors.k > MOST_ERRORS * errors.n or said <= {Outcome.NO_CONCLUSION}:
        return Outcome.NO_CONCLUSION
    for outcome in (Outcome.WORSE, Outcome.BETTER):
        if outcome in said:
            return outcome
    return Outcome.AGREES


def lowest_agreeing(reported: Counted, n: int, level: float = ALPHA / 2) -> int:
    """Return of `n` the smallest count that, tested alone, still agrees with what was reported.

    It says what a sample can show: only a service below it is found out.

    Raises:
        BadInputError: A count is impossible, or `n` is not positive.
    """
    if n < 1:
        raise BadInputError("题数须为正数；请至少提一问。", "There must be at least one question; ask one.")
    low, high = 0, reported.k * n // reported.n
    while low < high:
        middle = (low + high) // 2
        if two_proportions(reported, Counted(middle, n)) > level:
            high = middle
        else:
            low = middle + 1
    return low
