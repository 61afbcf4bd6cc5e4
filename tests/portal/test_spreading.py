"""Work spread over processes beside this one: the same answers in order, and one sentence when one ends."""

import os
from collections.abc import Iterable

import pytest

from openbeian.core.errors import CouldNotRunError
from openbeian.portal import spreading
from openbeian.portal.spreading import processes_beside


def _nothing() -> None:
    """Set nothing up."""


def _where(number: int) -> tuple[int, int]:
    return number, os.getpid()


def _end(_number: int) -> None:
    os._exit(9)


def test_answers_come_in_order_from_other_processes():
    with processes_beside(_nothing) as spread:
        answers = list(spread(_where, range(6)))
    assert [number for number, _ in answers] == list(range(6))
    assert os.getpid() not in {process for _, process in answers}


def test_with_one_core_the_work_is_done_here(monkeypatch):
    monkeypatch.setattr(spreading.os, "cpu_count", lambda: 1)
    with processes_beside(_nothing) as spread:
        assert list(spread(_where, range(2))) == [(0, os.getpid()), (1, os.getpid())]


def test_a_process_that_is_ended_is_told_with_the_remedy():
    with pytest.raises(CouldNotRunError, match="free memory and run it again"):  # noqa: SIM117
        with processes_beside(_nothing) as spread:
            list(spread(_end, range(2)))


def _write(answers: Iterable[object]) -> None:
    """Fail while answers are still to come, as a full disk does."""
    next(iter(answers))
    raise OSError("disk full")


def test_what_goes_wrong_here_waits_for_nobody():
    with pytest.raises(OSError, match="disk full"), processes_beside(_nothing) as spread:
        _write(spread(_where, range(4)))
