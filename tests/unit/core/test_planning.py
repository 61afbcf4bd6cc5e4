"""How many questions show a rate."""

from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.planning import chances, questions_needed


def at_least(n, k, p):
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def shows(n, rate, true_rate, confidence, power):
    return any(
        at_least(n, k, rate) <= 1 - confidence and at_least(n, k, true_rate) >= power for k in range(n + 1)
    )


@settings(max_examples=25)
@given(
    st.floats(0.3, 0.85), st.floats(0.1, 0.9), st.sampled_from([0.8, 0.9, 0.95]), st.sampled_from([0.7, 0.9])
)
def test_the_fewest_questions_are_those_a_search_by_brute_force_finds(rate, way, confidence, power):
    true_rate = rate + (1 - rate) * (0.5 + way / 2)
    needed = questions_needed(rate, true_rate, confidence=confidence, power=power)
    assert shows(needed.questions, rate, true_rate, confidence, power)
    assert not any(shows(n, rate, true_rate, confidence, power) for n in range(1, needed.questions))
    assert needed.chance_at_rate == pytest.approx(at_least(needed.questions, needed.cutoff, rate))
    assert needed.chance_at_true_rate == pytest.approx(at_least(needed.questions, needed.cutoff, true_rate))


def test_a_ceiling_is_the_mirror_of_a_floor():
    floor = questions_needed(0.95, 0.98)
    ceiling = questions_needed(0.05, 0.02, at_most=True)
    assert (ceiling.questions, ceiling.cutoff) == (floor.questions, floor.questions - floor.cutoff)


def test_59_questions_without_a_miss_show_95_percent():
    assert questions_needed(0.95, 0.9999, power=0.99)[:2] == (59, 59)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0.95, 0.95), "must lie above"),
        ((0.95, 0.9), "must lie above"),
        ((95, 98), "write it as a decimal"),
        ((0.95, 0.9501), "too close"),
    ],
)
def test_what_no_number_of_questions_shows_is_said(arguments, said):
    with pytest.raises(BadInputError, match=said):
        questions_needed(*arguments)
    with pytest.raises(BadInputError, match="must lie below"):
        questions_needed(0.05, 0.06, at_most=True)


@pytest.mark.parametrize(("questions", "rate", "at_most"), [(300, 0.95, False), (300, 0.05, True)])
def test_exactly_at_the_threshold_a_service_passes_about_half_the_time_and_better_ones_more_often(
    questions, rate, at_most
):
    ladder = chances(questions, rate, at_most=at_most)
    assert ladder[0].true_rate == rate
    assert 0.45 < ladder[0].passes < 0.65
    assert [one.passes for one in ladder] == sorted(one.passes for one in ladder)
    assert ladder[-1].passes > 0.999


def test_another_rate_can_be_looked_at_too():
    assert 0.985 in [one.true_rate for one in chances(300, 0.95, also=0.985)]
