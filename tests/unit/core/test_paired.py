"""Exact tests on matched answers: right where they can be counted out, and never too ready to find."""

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.paired import MatchedSet, matched_sets, mcnemar
from openbeian.core.statistics import Counted

sets = st.integers(1, 4).flatmap(
    lambda n: st.builds(lambda first, k: MatchedSet(first, Counted(k, n)), st.booleans(), st.integers(0, n))
)


def counted_out(given_sets):
    """Return the p-value by going through every choice of which look was the first, in fractions."""
    looks = [
        [True] * (s.others.k + s.first) + [False] * (s.others.n + 1 - s.others.k - s.first)
        for s in given_sets
    ]
    observed = sum(s.first for s in given_sets)
    p = Fraction(0)
    for firsts in product(*(((True, sum(one)), (False, len(one) - sum(one))) for one in looks)):
        ways = math.prod(n for _, n in firsts)
        if sum(first for first, _ in firsts) >= observed:
            p += Fraction(ways, math.prod(len(one) for one in looks))
    return p


@pytest.mark.parametrize(
    ("only_first", "only_other", "p"),
    [(0, 0, 1), (5, 0, 1 / 32), (0, 5, 1), (9, 1, 11 / 1024), (7, 0, 1 / 128)],
)
def test_mcnemars_exact_p_value_is_that_of_the_binomial(only_first, only_other, p):
    assert mcnemar(only_first, only_other) == pytest.approx(p, rel=1e-12)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemars_two_sides_share_nothing_but_the_table_itself(first, other):
    n = first + other
    table = math.comb(n, first) / 2**n
    assert mcnemar(first, other) + mcnemar(other, first) == pytest.approx(1 + table, rel=1e-9)


@given(st.lists(sets, max_size=5))
def test_matched_sets_are_as_counted_out_in_fractions(given_sets):
    assert matched_sets(given_sets) == pytest.approx(float(counted_out(given_sets)), rel=1e-9)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=80))
def test_with_one_look_each_it_is_mcnemars_test(pairs):
    only_first = sum(first and not other for first, other in pairs)
    only_other = sum(other and not first for first, other in pairs)
    p = matched_sets(MatchedSet(first, Counted(int(other), 1)) for first, other in pairs)
    assert p == pytest.approx(mcnemar(only_first, only_other), rel=1e-9)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 8)), min_size=1, max_size=2),
    st.fractions(Fraction(1, 100), Fraction(1, 2)),
)
@settings(max_examples=40)
def test_where_words_make_no_difference_small_p_values_are_no_more_frequent_than_they_say(items, alpha):
    """Each item has a chance of its own, the same in either words: all outcomes are gone through."""
    chance_of_small = Fraction(0)
    for outcome in product(*(product((False, True), range(n + 1)) for n, _ in items)):
        chance = Fraction(1)
        for (first, k), (n, eighths) in zip(outcome, items, strict=True):
            rate = Fraction(eighths, 8)
            chance *= (rate if first else 1 - rate) * math.comb(n, k) * rate**k * (1 - rate) ** (n - k)
        if chance and matched_sets(
            MatchedSet(first, Counted(k, n)) for (first, k), (n, _) in zip(outcome, items, strict=True)
        ) <= float(alpha) * (1 + 1e-12):
            chance_of_small += chance
    assert chance_of_small <= alpha * (1 + Fraction(1, 10**9))


@given(st.lists(sets, max_size=20), st.integers(0, 19))
def test_one_more_positive_first_never_speaks_against_a_difference(given_sets, at):
    if at < len(given_sets) and not given_sets[at].first:
        more = [*given_sets]
        more[at] = MatchedSet(first=True, others=given_sets[at].others)
        assert matched_sets(more) <= matched_sets(given_sets) + 1e-12


@given(st.lists(sets, max_size=20))
def test_order_is_nothing_and_sets_that_agree_entirely_say_nothing(given_sets):
    agreed = [MatchedSet(first=True, others=Counted(3, 3)), MatchedSet(first=False, others=Counted(0, 2))]
    assert matched_sets([*agreed, *reversed(given_sets)]) == pytest.approx(matched_sets(given_sets), rel=1e-9)


def test_tails_far_out_stay_exact():
    known = [MatchedSet(first=True, others=Counted(0, 2))] * 300
    assert matched_sets(known) == pytest.approx(3.0**-300, rel=1e-9)
    assert matched_sets([]) == 1


@pytest.mark.parametrize("others", [Counted(0, 0), Counted(-1, 2), Counted(3, 2)])
def test_impossible_counts_are_refused(others):
    with pytest.raises(BadInputError, match="is impossible"):
        matched_sets([MatchedSet(first=True, others=others)])
    with pytest.raises(BadInputError, match="can't be negative"):
        mcnemar(-1, 2)
