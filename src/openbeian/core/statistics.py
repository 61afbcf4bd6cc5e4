"""Counting, and how far a count can be trusted: exact cut-offs, intervals, corrections, agreement.

Plain arithmetic from the standard library, good to samples of 20,000 and more.
"""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import NamedTuple

from openbeian.core.errors import BadInputError

__all__ = [
    "Corrected",
    "Counted",
    "Interval",
    "Rate",
    "binomial_at_least",
    "clopper_pearson",
    "cohen_kappa",
    "corrected_interval",
    "cutoff_at_least",
    "cutoff_at_most",
    "kappa_interval",
    "pass_probability",
    "rogan_gladen",
    "two_proportions",
    "wilson",
]

Rate = float | Fraction
_NEGLIGIBLE = 1e-17
_BISECTIONS = 60
_TIES = 1 + 1e-9
"""Tables this close in probability to the observed one count as equally likely, rounding aside."""


class Interval(NamedTuple):
    """A confidence interval of a share, both ends in [0, 1]; of kappa, in [-1, 1]."""

    low: float
    high: float


class Counted(NamedTuple):
    """So many of so many."""

    k: int
    n: int


class Corrected(NamedTuple):
    """A rate corrected for the judge's errors; `clamped` when it had to be pulled back into [0, 1]."""

    rate: float
    clamped: bool


def cutoff_at_least(n: int, rate: Rate) -> int:
    """Return the smallest count out of `n` that is at least `rate`: 900 of 1000 for 0.9."""
    return math.ceil(_exact(rate) * n)


def cutoff_at_most(n: int, rate: Rate) -> int:
    """Return the largest count out of `n` that is at most `rate`: 15 of 300 for 0.05."""
    return math.floor(_exact(rate) * n)


def _exact(rate: Rate) -> Fraction:
    # The shortest decimal of a float is what was written: 0.07 is 7/100, although 0.07 * 100 is above 7.
    return rate if isinstance(rate, Fraction) else Fraction(str(rate))


def binomial_at_least(n: int, k: int, p: float) -> float:
    """Return the chance of at least `k` successes in `n` trials that each succeed with chance `p`."""
    if k <= 0:
        return 1.0
    if k > n or p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    # Summing outwards from the side that shrinks keeps every term positive and the sum short.
    if k > n * p:
        return _upper_tail(n, k, p)
    return 1.0 - _upper_tail(n, n - k + 1, 1 - p)


def _upper_tail(n: int, k: int, p: float) -> float:
    log_term = _log_choose(n, k) + k * math.log(p) + (n - k) * math.log1p(-p)
    term = math.exp(log_term)
    total, odds = 0.0, p / (1 - p)
    for i in range(k, n + 1):
        total += term
        term *= (n - i) / (i + 1) * odds
        if term < total * _NEGLIGIBLE:
            break
    return min(1.0, total)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def pass_probability(n: int, cutoff: int, true_rate: float, *, at_most: bool = False) -> float:
    """Return the chance that a service whose true rate is `true_rate` meets a cut-off on `n` questions.

    With `at_most` the count must stay at or below the cut-off, as false refusals must.
    """
    if at_most:
        return binomial_at_least(n, n - cutoff, 1 - true_rate)
    return binomial_at_least(n, cutoff, true_rate)


def wilson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of `k` out of `n`."""
    _check_counted(k, n)
    z = _z(confidence)
    centre = k + z * z / 2
    spread = z * math.sqrt(k * (n - k) / n + z * z / 4)
    low = 0.0 if k == 0 else (centre - spread) / (n + z * z)
    high = 1.0 if k == n else (centre + spread) / (n + z * z)
    return Interval(low, high)


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the exact interval of `k` out of `n`, which covers at least as often as it says."""
    _check_counted(k, n)
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else _bisect(lambda p: binomial_at_least(n, k, p) < tail)
    high = 1.0 if k == n else _bisect(lambda p: binomial_at_least(n, n - k, 1 - p) > tail)
    return Interval(low, high)


def _bisect(is_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def rogan_gladen(observed: float, sensitivity: float, specificity: float) -> Corrected:
    """Return the true rate behind an observed one, given how often the judge is right.

    `sensitivity` is the share of true cases that the judge counts, `specificity` the share of the
    others that it leaves out (Rogan and Gladen 1978).

    Raises:
        BadInputError: The judge is no better than chance.
    """
    youden = _youden(sensitivity, specificity)
    rate = (observed + specificity - 1) / youden
    return Corrected(min(1.0, max(0.0, rate)), clamped=not 0 <= rate <= 1)


def corrected_interval(
    observed: Counted, sensitivity: Counted, specificity: Counted, confidence: float = 0.95
) -> Interval:
    """Return the interval of a corrected rate, widened by what the calibration leaves uncertain.

    The method of Lang and Reiczigel (2014), Preventive Veterinary Medicine 113, 13-22: add pseudo-counts
    to each of the three samples, propagate their variances, and shift the centre for the skew.

    Raises:
        BadInputError: A sample is empty, or the judge is no better than chance.
    """
    for counted in (observed, sensitivity, specificity):
        _check_counted(*counted)
    z = _z(confidence)
    p, p_variance = _share(observed, z * z)
    se, se_variance = _share(sensitivity, 2)
    sp, sp_variance = _share(specificity, 2)
    youden = _youden(se, sp)
    rate = (p + sp - 1) / youden
    shift = 2 * z * z * (rate * se_variance - (1 - rate) * sp_variance)
    error = math.sqrt(p_variance + rate**2 * se_variance + (1 - rate) ** 2 * sp_variance) / youden
    low, high = rate + shift - z * error, rate + shift + z * error
    return Interval(min(1.0, max(0.0, low)), max(0.0, min(1.0, high)))


def _share(counted: Counted, pseudo: float) -> tuple[float, float]:
    n = counted.n + pseudo
    share = (counted.k + pseudo / 2) / n
    return share, share * (1 - share) / n


def two_proportions(first: Counted, second: Counted) -> float:
    """Return the two-sided p-value of Fisher's exact test that two shares are the same."""
    _check_counted(*first)
    _check_counted(*second)
    hits, n = first.k + second.k, first.n + second.n
    total = _log_choose(n, hits)

    def chance(k: int) -> float:
        return math.exp(_log_choose(first.n, k) + _log_choose(second.n, hits - k) - total)

    bar = chance(first.k) * _TIES
    possible = range(max(0, hits - second.n), min(first.n, hits) + 1)
    return min(1.0, math.fsum(c for c in map(chance, possible) if c <= bar))


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return how far two judges agree beyond chance: 1 entirely, 0 no more than chance (Cohen 1960).

    Raises:
        BadInputError: They did not label the same items, or labelled none.
    """
    agreed, by_chance = _agreement(first, second)
    # Where both give one and the same label to everything, chance explains all and agreement is entire.
    return 1.0 if by_chance == 1 else float((Fraction(*agreed) - by_chance) / (1 - by_chance))


def kappa_interval(
    first: Sequence[Hashable], second: Sequence[Hashable], confidence: float = 0.95
) -> Interval:
    """Return the interval of Cohen's kappa, its ends in [-1, 1].

    As Cohen (1960) does, agreement by chance is taken as known; of the agreement seen the score interval
    is taken, so that a few items on which two agree entirely don't look like certainty. Where chance
    explains everything nothing is known of kappa, and the interval is all of [-1, 1].

    Raises:
        BadInputError: They did not label the same items, or labelled none.
    """
    agreed, by_chance = _agreement(first, second)
    if by_chance == 1:
        return Interval(-1.0, 1.0)
    low, high = wilson(*agreed, confidence)
    chance = float(by_chance)
    return Interval(max(-1.0, (low - chance) / (1 - chance)), (high - chance) / (1 - chance))


def _agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> tuple[Counted, Fraction]:
    """Return on how many items two agree, and the share on which they would by chance."""
    n = len(first)
    if n == 0 or n != len(second):
        raise BadInputError(
            f"两组标注的数量须相同且不为零，现为 {n} 与 {len(second)}。",
            f"Both judges must label the same items and at least one; they labelled {n} and {len(second)}.",
        )
    ours, theirs = Counter(first), Counter(second)
    by_chance = Fraction(sum(times * theirs[label] for label, times in ours.items()), n * n)
    return Counted(sum(a == b for a, b in zip(first, second, strict=True)), n), by_chance


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _youden(sensitivity: float, specificity: float) -> float:
    youden = sensitivity + specificity - 1
    if youden <= 0:
        raise BadInputError(
            f"灵敏度 {sensitivity:.3f} 与特异度 {specificity:.3f} 之和不大于 1，与随机无异；请重新校准。",
            f"Sensitivity {sensitivity:.3f} and specificity {specificity:.3f} add up to no more than 1, "
            "so the judge is no better than chance; calibrate it again.",
        )
    return youden


def _check_counted(k: int, n: int) -> None:
    if n < 1 or not 0 <= k <= n:
        raise BadInputError(
            f"计数 {k}/{n} 无效：总数须为正，且计数不超过总数。",
            f"The count {k} of {n} is impossible: there must be at least one, and no more hits than trials.",
        )
