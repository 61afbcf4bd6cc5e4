"""Garbage is looked for seldom while questions are asked, and as usual afterwards."""

import gc

import pytest

from openbeian.assessment.collecting import not_collecting, seldom_collecting


@pytest.fixture
def thresholds():
    before = gc.get_threshold()
    yield gc.set_threshold
    gc.set_threshold(*before)


def test_the_habit_of_the_process_comes_back_whatever_happens(thresholds):
    thresholds(700, 10, 10)
    seen = []

    def fail():
        seen.append(gc.get_threshold())
        raise KeyError

    with pytest.raises(KeyError), seldom_collecting():
        fail()
    assert (seen, gc.get_threshold()) == ([(50_000, 10, 10)], (700, 10, 10))


@pytest.mark.parametrize("chosen", [(0, 10, 10), (90_000, 5, 5)])
def test_a_process_that_looks_even_less_often_is_left_alone(thresholds, chosen):
    thresholds(*chosen)
    with seldom_collecting():
        assert gc.get_threshold() == chosen


def _fail() -> None:
    assert not gc.isenabled()
    raise KeyError


@pytest.mark.parametrize("was_on", [True, False])
def test_no_garbage_is_looked_for_meanwhile_and_then_as_before_whatever_happens(was_on):
    before = gc.isenabled()
    try:
        gc.enable() if was_on else gc.disable()
        with pytest.raises(KeyError), not_collecting():
            _fail()
        assert gc.isenabled() == was_on
    finally:
        gc.enable() if before else gc.disable()
