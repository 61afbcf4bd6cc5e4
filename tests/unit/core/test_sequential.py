"""Stopping early: certainty is certain, and Wald's test errs no more often than it says."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.core.errors import BadInputError
from openbeian.core.sequential import Sprt, curtailed, operating
from openbeian.core.statistics import pass_probability

courses = st.lists(st.booleans(), min_size=1, max_size=40)


@given(courses, st.data(), st.booleans())
def test_what_is_certain_comes_true_and_what_is_open_can_end_either_way(course, data, at_most):
    sample = len(course)
    cutoff = data.draw(st.integers(0, sample))
    done = data.draw(st.integers(0, sample))
    counted = sum(course[:done])
    said = curtailed(sample, cutoff, counted, done, at_most=at_most)
    ends = {
        (counted + more <= cutoff) if at_most else (counted + more >= cutoff)
        for more in range(sample - done + 1)
    }
    assert ends == ({said} if said is not None else {True, False})


@given(st.integers(1, 40), st.data(), st.floats(0.05, 0.95), st.booleans())
def test_stopping_when_certain_passes_exactly_as_often_as_asking_everything(sample, data, rate, at_most):
    cutoff = data.draw(st.integers(0, sample))
    found = operating(
        lambda counted, done: curtailed(sample, cutoff, counted, done, at_most=at_most), sample, rate
    )
    assert found.accepted == pytest.approx(pass_probability(sample, cutoff, rate, at_most=at_most))
    assert found.undecided == 0
    assert found.questions <= sample + 1e-9


TESTS = [
    Sprt(0.95, 0.975, 0.05, 0.05),
    Sprt(0.90, 0.95, 0.05, 0.10),
    Sprt(0.05, 0.025, 0.01, 0.05),
    Sprt(0.80, 0.95, 0.10, 0.10),
]


@pytest.mark.parametrize("test", TESTS)
def test_walds_test_keeps_both_error_rates_however_long_it_goes_on(test):
    for sample in (100, 300, 600):
        assert operating(test.decide, sample, test.bad).accepted <= test.alpha
        assert operating(test.decide, sample, test.good).rejected <= test.beta


@pytest.mark.parametrize("test", TESTS)
def test_a_simulation_finds_the_error_rates_and_lengths_that_are_computed(test):
    chance = random.Random(20261123)
    tries, sample = 1000, 300

    def ends(rate):
        counted = 0
        for done in range(1, sample + 1):
            counted += chance.random() < rate
            if (decided := test.decide(counted, done)) is not None:
                return decided, done
        return None, sample

    for rate, wrong, most in ((test.bad, True, test.alpha), (test.good, False, test.beta)):
        found = [ends(rate) for _ in range(tries)]
        computed = operating(test.decide, sample, rate)
        errs = sum(decided is wrong for decided, _ in found) / tries
        # Three standard errors of a simulated share.
        assert errs <= most + 3 * (most * (1 - most) / tries) ** 0.5
        assert errs == pytest.approx(computed.accepted if wrong else computed.rejected, abs=0.03)
        assert sum(done for _, done in found) / tries == pytest.approx(computed.questions, rel=0.1)


def test_a_service_far_from_the_threshold_is_told_after_a_few_questions():
    test = Sprt(0.90, 0.95, 0.05, 0.05)
    assert operating(test.decide, 1000, 0.5).questions < 20
    assert operating(test.decide, 1000, 0.999).questions < 70


@settings(max_examples=50)
@given(st.floats(0.02, 0.98), st.floats(0.01, 0.99), st.integers(1, 60))
def test_every_course_ends_somewhere(bad, rate, sample):
    found = operating(Sprt(bad, (1 + bad) / 2, 0.05, 0.05).decide, sample, rate)
    assert found.accepted + found.rejected + found.undecided == pytest.approx(1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.9, 0.9, 0.05, 0.05), "must differ"),
        ((0.9, 1.0, 0.05, 0.05), "between 0 and 1"),
        ((0.9, 0.95, 0.5, 0.05), "error rates"),
        ((0.9, 0.95, 0.05, 0.0), "error rates"),
    ],
)
def test_a_test_between_no_two_rates_is_refused(values, said):
    with pytest.raises(BadInputError, match=said):
        Sprt(*values)
