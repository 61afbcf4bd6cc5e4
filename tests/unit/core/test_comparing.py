"""An office's own figures against those reported: what counts as different, and how rarely by mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.comparing import ALPHA, Outcome, Pair, compare, holm, lowest_agreeing
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, two_proportions

GOOD = Counted(0, 200)


def _pair(name: str, reported: tuple[int, int], found: tuple[int, int]) -> Pair:
    return Pair(name, Counted(*reported), Counted(*found))


def test_holm_s_procedure_gives_what_his_own_steps_give():
    # By hand: sorted 0.005·4, 0.01·3, 0.03·2, then 0.04·1, which may not fall below what came before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_a_corrected_chance_is_never_smaller_and_keeps_the_order(chances):
    corrected = holm(chances)
    assert all(0 <= before <= after <= 1 for before, after in zip(chances, corrected, strict=True))
    in_order = [corrected[at] for at in sorted(range(len(chances)), key=chances.__getitem__)]
    assert in_order == sorted(corrected)


def test_a_small_difference_agrees_and_a_large_one_is_worse_or_better():
    same = compare([_pair("t", (95, 100), (185, 200))], [], errors=GOOD)
    assert same.outcome is Outcome.AGREES
    worse = compare([_pair("t", (950, 1000), (160, 200))], [], errors=GOOD)
    assert worse.outcome is Outcome.WORSE
    assert [one.pair.name for one in worse.worse] == ["t"]
    better = compare([_pair("t", (800, 1000), (199, 200))], [], errors=GOOD)
    assert better.outcome is Outcome.BETTER


def test_one_bad_risk_is_found_among_many_and_chance_among_many_is_not():
    risks = [_pair(f"r{n}", (20, 20), (20, 20)) for n in range(30)]
    bad = compare([], [*risks, _pair("bad", (50, 50), (5, 20))], errors=GOOD)
    assert [one.pair.name for one in bad.worse] == ["bad"]
    # Alone this would count as different; as one of 31 it is what chance brings.
    doubtful = _pair("doubtful", (20, 20), (14, 20))
    assert two_proportions(doubtful.reported, doubtful.found) < ALPHA / 2
    assert compare([], [doubtful], errors=GOOD).outcome is Outcome.WORSE
    assert compare([], [*risks, doubtful], errors=GOOD).outcome is Outcome.AGREES


def test_worse_outweighs_better():
    figures = [_pair("a", (800, 1000), (199, 200)), _pair("b", (950, 1000), (160, 200))]
    assert compare(figures, [], errors=GOOD).outcome is Outcome.WORSE


def test_too_many_errors_or_nothing_in_common_conclude_nothing():
    figures = [_pair("t", (95, 100), (190, 200))]
    assert compare(figures, [], errors=Counted(2, 200)).outcome is Outcome.AGREES
    assert compare(figures, [], errors=Counted(3, 200)).outcome is Outcome.NO_CONCLUSION
    nothing = compare([_pair("t", (0, 0), (190, 200))], [], errors=GOOD)
    assert nothing.outcome is Outcome.NO_CONCLUSION
    assert nothing.totals[0].outcome is Outcome.NO_CONCLUSION
    assert compare([], [], errors=Counted(0, 0)).outcome is Outcome.NO_CONCLUSION


@given(st.integers(1, 60), st.data())
def test_the_lowest_count_that_agrees_is_where_the_test_turns(n, data):
    reported = Counted(data.draw(st.integers(0, 40)), 40)
    lowest = lowest_agreeing(reported, n)
    assert two_proportions(reported, Counted(lowest, n)) > ALPHA / 2 or lowest == reported.k * n // 40
    if lowest:
        assert two_proportions(reported, Counted(lowest - 1, n)) <= ALPHA / 2


def test_no_question_shows_nothing():
    with pytest.raises(BadInputError, match="at least one question"):
        lowest_agreeing(Counted(1, 2), 0)
