"""Comparing answers to the same questions, asked in their own words and in others: exact tests.

Plain arithmetic from the standard library.
"""

from collections.abc import Iterable
from typing import NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, binomial_at_least

__all__ = ["MatchedSet", "matched_sets", "mcnemar"]


class MatchedSet(NamedTuple):
    """One item looked at once in the first condition and a few times in the other.

    `first`: whether it was positive in the first; `others`: how often, of how often, in the other.
    """

    first: bool
    others: Counted


def mcnemar(only_first: int, only_other: int) -> float:
    """Return the one-sided p-value of McNemar's exact test: is the first condition positive more often?

    Pairs on which both conditions agree say nothing. Of those on which they differ, as many should be
    positive in one as in the other (McNemar 1947, Psychometrika 12, 153-157; exact by the binomial).

    Args:
        only_first: how many pairs are positive in the first condition only.
        only_other: how many in the other only.

    Raises:
        BadInputError: A count is negative.
    """
    if min(only_first, only_other) < 0:
        raise BadInputError(
            f"不一致的对数 {only_first} 与 {only_other} 不能为负；请核对计数。",
            f"The numbers of differing pairs, {only_first} and {only_other}, can't be negative; count anew.",
        )
    return binomial_at_least(only_first + only_other, only_first, 0.5)


def matched_sets(sets: Iterable[MatchedSet]) -> float:
    """Return the one-sided exact p-value that the first condition is positive more often, several to one.

    McNemar's test where each item has any number of looks in the other condition. If the condition makes no
    difference, then of an item's looks, `r` of `m` positive, each is as likely the first as any other: the
    first is positive with the chance `r/m`. How many firsts are positive in all is then a sum of
    independent events of known chances, whose tail is added up exactly (Miettinen 1969, Biometrics 25,
    339-355). Looks at one item depend on each other, so counting them as pairs of their own would find
    differences where there are none.

    Raises:
        BadInputError: A set has nothing in the other condition, or more positives than looks.
    """
    given = list(sets)
    for one in given:
        _check(one.others)
    if all(one.others.n == 1 for one in given):
        only_first = sum(one.first and not one.others.k for one in given)
        return mcnemar(only_first, sum(one.others.k for one in given if not one.first))
    chances: list[float] = []
    observed = 0
    for one in given:
        positive, looks = one.others.k + one.first, one.others.n + 1
        if 0 < positive < looks:
            chances.append(positive / looks)
            observed += one.first
    return _at_least(observed, chances)


def _at_least(observed: int, chances: Iterable[float]) -> float:
    """Return the chance that at least so many of independent events happen."""
    if observed <= 0:
        return 1.0
    # `happened[k]` is the chance that k have happened; the last holds all from `observed` on, so that
    # nothing is subtracted and small tails stay exact.
    happened = [1.0] + [0.0] * observed
    for chance in chances:
        happened[observed] += happened[observed - 1] * chance
        for k in range(observed - 1, 0, -1):
            happened[k] = happened[k] * (1 - chance) + happened[k - 1] * chance
        happened[0] *= 1 - chance
    return min(1.0, happened[observed])


def _check(others: Counted) -> None:
    if others.n < 1 or not 0 <= others.k <= others.n:
        raise BadInputError(
            f"对照计数 {others.k}/{others.n} 无效：每题至少要有一个对照，且计数不超过总数。",
            f"The count {others.k} of {others.n} is impossible: each item needs at least one look in the "
            "other condition, and no more positives than looks.",
        )
