import math
import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.statistics import (
    Counted,
    binomial_at_least,
    clopper_pearson,
    cohen_kappa,
    corrected_interval,
    cutoff_at_least,
    cutoff_at_most,
    kappa_interval,
    pass_probability,
    rogan_gladen,
    two_proportions,
    wilson,
)

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("n", "rate", "cutoff"),
    [(1000, 0.90, 900), (300, 0.95, 285), (4000, 0.96, 3840), (93, 0.9, 84), (51, 0.95, 49), (100, 0.07, 7)],
)
def test_a_sample_passes_from_the_exact_count_on(n, rate, cutoff):
    assert cutoff_at_least(n, rate) == cutoff


@pytest.mark.parametrize(
    ("n", "rate", "cutoff"), [(300, 0.05, 15), (65, 0.05, 3), (100, 0.29, 29), (10, 0.0, 0)]
)
def test_a_sample_passes_up_to_the_exact_count(n, rate, cutoff):
    assert cutoff_at_most(n, rate) == cutoff


@given(st.integers(1, 100_000), st.integers(0, 1000))
def test_cutoffs_have_no_slips_of_floating_point(n, per_mille):
    exact = Fraction(per_mille, 1000)
    least, most = cutoff_at_least(n, per_mille / 1000), cutoff_at_most(n, per_mille / 1000)
    assert Fraction(least - 1, n) < exact <= Fraction(least, n)
    assert Fraction(most, n) <= exact < Fraction(most + 1, n)
    assert (least, most) == (cutoff_at_least(n, exact), cutoff_at_most(n, exact))


@pytest.mark.parametrize(
    ("n", "cutoff", "true_rate", "percent"),
    [
        (1000, 900, 0.90, 53),
        (1000, 900, 0.91, 88),
        (1000, 900, 0.92, 99),
        (300, 285, 0.95, 57),
        (300, 285, 0.96, 85),
        (300, 285, 0.97, 98),
        (4000, 3840, 0.96, 52),
        (4000, 3840, 0.965, 96),
    ],
)
def test_a_service_at_the_threshold_passes_about_half_the_time(n, cutoff, true_rate, percent):
    assert round(100 * pass_probability(n, cutoff, true_rate)) == percent


@pytest.mark.parametrize(("true_rate", "percent"), [(0.03, 98), (0.04, 85), (0.05, 57)])
def test_false_refusals_must_stay_at_or_below_their_cutoff(true_rate, percent):
    assert round(100 * pass_probability(300, 15, true_rate, at_most=True)) == percent


def exact_tail(n, k, p):
    chances = (math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    return float(sum(chances))


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), st.integers(0, 20))
def test_the_binomial_tail_is_that_of_exact_arithmetic(trials, twentieths):
    n, k = trials
    exact = exact_tail(n, k, Fraction(twentieths, 20))
    assert binomial_at_least(n, k, twentieths / 20) == pytest.approx(exact, rel=1e-9)


def test_the_binomial_tail_has_certain_and_impossible_ends():
    assert binomial_at_least(10, 0, 0.0) == 1
    assert binomial_at_least(10, 11, 1.0) == 0
    assert binomial_at_least(10, 1, 0.0) == 0
    assert binomial_at_least(10, 10, 1.0) == 1


@given(counts, shares)
def test_a_tail_and_its_complement_add_up_to_one(counted, p):
    k, n = counted
    assert binomial_at_least(n, k, p) + binomial_at_least(n, n - k + 1, 1 - p) == pytest.approx(1, abs=1e-9)


@given(counts, shares, shares)
def test_a_better_service_passes_at_least_as_often(counted, one, other):
    k, n = counted
    worse, better = sorted((one, other))
    assert binomial_at_least(n, k, worse) <= binomial_at_least(n, k, better) + 1e-9


def test_wilson_gives_the_published_interval():
    assert wilson(10, 100) == pytest.approx((0.05522914, 0.17436566), abs=1e-8)


def test_clopper_pearson_gives_the_published_intervals():
    assert clopper_pearson(10, 100) == pytest.approx((0.04900469, 0.17622260), abs=1e-8)
    assert clopper_pearson(0, 10) == pytest.approx((0, 0.30849711), abs=1e-8)
    assert clopper_pearson(10, 10) == pytest.approx((1 - 0.30849711, 1), abs=1e-8)


def test_clopper_pearson_holds_at_twenty_thousand():
    low, high = clopper_pearson(19_000, 20_000)
    assert binomial_at_least(20_000, 19_000, low) == pytest.approx(0.025, rel=1e-6)
    assert 1 - binomial_at_least(20_000, 19_001, high) == pytest.approx(0.025, rel=1e-6)


@given(counts, st.sampled_from([wilson, clopper_pearson]))
def test_an_interval_holds_its_own_share_and_stays_between_0_and_1(counted, interval):
    k, n = counted
    low, high = interval(k, n)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


@given(counts, st.sampled_from([wilson, clopper_pearson]))
def test_failures_have_the_mirrored_interval_of_successes(counted, interval):
    k, n = counted
    low, high = interval(k, n)
    assert interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(counts, st.sampled_from([wilson, clopper_pearson]))
def test_more_confidence_needs_a_wider_interval(counted, interval):
    widths = [
        high - low for low, high in (interval(*counted, confidence) for confidence in (0.8, 0.95, 0.99))
    ]
    assert all(narrow < wide for narrow, wide in pairwise(widths))


@pytest.mark.parametrize("counted", [(0, 0), (-1, 5), (6, 5)])
@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_an_impossible_count_has_no_interval(counted, interval):
    with pytest.raises(BadInputError, match="impossible"):
        interval(*counted)


def test_a_perfect_judge_needs_no_correction():
    assert rogan_gladen(0.93, 1.0, 1.0) == (pytest.approx(0.93), False)


@given(shares, st.floats(0.6, 1), st.floats(0.6, 1))
def test_the_correction_undoes_the_errors_of_the_judge(true_rate, sensitivity, specificity):
    observed = true_rate * sensitivity + (1 - true_rate) * (1 - specificity)
    assert rogan_gladen(observed, sensitivity, specificity).rate == pytest.approx(true_rate, abs=1e-9)


@pytest.mark.parametrize(("observed", "clamped_to"), [(0.01, 0.0), (0.99, 1.0)])
def test_a_rate_the_judge_could_not_have_produced_is_clamped_and_says_so(observed, clamped_to):
    assert rogan_gladen(observed, 0.9, 0.9) == (clamped_to, True)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.5, 0.5), (0.2, 0.3)])
def test_a_judge_no_better_than_chance_corrects_nothing(sensitivity, specificity):
    with pytest.raises(BadInputError, match="no better than chance"):
        rogan_gladen(0.5, sensitivity, specificity)


def test_the_corrected_interval_is_agresti_and_coulls_when_the_judge_is_known_to_be_perfect():
    many = Counted(10**9, 10**9)
    n, z = 1000 + 1.959964**2, 1.959964
    centre = (900 + 1.959964**2 / 2) / n
    spread = z * math.sqrt(centre * (1 - centre) / n)
    interval = corrected_interval(Counted(900, 1000), many, many)
    assert interval == pytest.approx((centre - spread, centre + spread), abs=1e-6)


def test_the_less_a_judge_was_calibrated_the_wider_the_interval():
    widths = []
    for labels in (20, 50, 100, 500, 5000):
        low, high = corrected_interval(
            Counted(880, 1000), Counted(labels * 19 // 20, labels), Counted(labels * 9 // 10, labels)
        )
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


@given(counts, counts, counts)
def test_a_corrected_interval_stays_between_0_and_1(observed, sensitivity, specificity):
    try:
        low, high = corrected_interval(Counted(*observed), Counted(*sensitivity), Counted(*specificity))
    except BadInputError:
        pseudo = [(k + 1) / (n + 2) for k, n in (sensitivity, specificity)]
        assert sum(pseudo) <= 1
    else:
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize("empty", range(3))
def test_a_corrected_interval_needs_all_three_samples(empty):
    samples = [Counted(9, 10)] * 3
    samples[empty] = Counted(0, 0)
    with pytest.raises(BadInputError, match="0 of 0"):
        corrected_interval(*samples)


def test_the_corrected_interval_covers_the_truth_about_as_often_as_it_says():
    chance = random.Random(20261123)
    truth, sensitivity, specificity = 0.92, 0.95, 0.88
    seen = truth * sensitivity + (1 - truth) * (1 - specificity)

    def drawn(n, p):
        return Counted(sum(chance.random() < p for _ in range(n)), n)

    tries = 1000
    covered = 0
    for _ in range(tries):
        low, high = corrected_interval(drawn(300, seen), drawn(150, sensitivity), drawn(100, specificity))
        covered += low <= truth <= high
    assert covered / tries == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (Counted(3, 4), Counted(1, 4), 0.4857142857),
        (Counted(1, 10), Counted(11, 14), 0.0027594562),
        (Counted(8, 10), Counted(1, 6), 0.0349650350),
    ],
)
def test_fishers_test_gives_the_published_values(first, second, p):
    assert two_proportions(first, second) == pytest.approx(p, rel=1e-8)


@given(counts, counts)
def test_the_difference_of_two_shares_has_a_p_value_whichever_comes_first(one, other):
    p = two_proportions(Counted(*one), Counted(*other))
    assert 0 <= p <= 1
    assert two_proportions(Counted(*other), Counted(*one)) == pytest.approx(p, rel=1e-6, abs=1e-12)


@given(counts)
def test_a_share_does_not_differ_from_itself(counted):
    assert two_proportions(Counted(*counted), Counted(*counted)) == pytest.approx(1)


def test_a_re_test_far_below_the_providers_own_figure_is_significant():
    assert two_proportions(Counted(960, 1000), Counted(800, 1000)) < 1e-20


@pytest.mark.parametrize("counted", [(Counted(1, 0), Counted(1, 2)), (Counted(1, 2), Counted(3, 2))])
def test_impossible_counts_are_not_compared(counted):
    with pytest.raises(BadInputError, match="impossible"):
        two_proportions(*counted)


def test_kappa_gives_the_textbook_value():
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_judges_who_always_say_the_same_agree_entirely():
    assert cohen_kappa(["pass"] * 5, ["pass"] * 5) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_symmetric_and_at_most_one(pairs):
    first, second = zip(*pairs, strict=True)
    kappa = cohen_kappa(first, second)
    assert -1 <= kappa <= 1
    assert kappa == cohen_kappa(second, first)
    assert (kappa == 1) == (first == second)


@pytest.mark.parametrize(("first", "second"), [([], []), (["a"], ["a", "b"])])
def test_judges_who_saw_different_items_are_not_compared(first, second):
    with pytest.raises(BadInputError, match="same items"):
        cohen_kappa(first, second)


def test_the_interval_of_kappa_holds_it_and_narrows_with_the_number_of_items():
    first, second = ["a"] * 40 + ["b"] * 10, ["a"] * 35 + ["b"] * 15
    few, many = kappa_interval(first, second), kappa_interval(first * 10, second * 10)
    assert few.low < many.low < cohen_kappa(first, second) < many.high < few.high


def test_entire_agreement_on_a_few_items_is_no_certainty_and_one_label_alone_says_nothing():
    assert kappa_interval("aabb", "aabb").low < 0.2
    assert kappa_interval("aabb", "aabb").high == pytest.approx(1)
    assert kappa_interval("aaaa", "aaaa") == (-1, 1)


def test_the_interval_of_kappa_covers_as_often_as_it_says():
    chance = random.Random(7)
    true, tries, covered = 0.6, 400, 0
    for _ in range(tries):
        first = [chance.random() < 0.5 for _ in range(150)]
        # Half of the items that are not copied agree by chance, so kappa is the share that is.
        second = [one if chance.random() < true else chance.random() < 0.5 for one in first]
        low, high = kappa_interval(first, second)
        covered += low <= true <= high
    assert covered / tries == pytest.approx(0.95, abs=0.03)
