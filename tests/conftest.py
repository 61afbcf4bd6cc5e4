"""What every part's tests may use."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.simulators.llm import LLMSimulator


@pytest.fixture
def llm() -> Iterator[Callable[..., LLMSimulator]]:
    """Start simulated chat endpoints; they end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(LLMSimulator(*arguments, **options))


_BEING_RETRAINED = (
    "tests/unit/classifiers/test_harm.py",
    "tests/unit/classifiers/test_refusal.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the models' tests fail while texts and weights are made anew (docs/decisions/plan.md)."""
    for item in items:
        if item.nodeid.startswith(_BEING_RETRAINED):
            item.add_marker(
                pytest.mark.xfail(reason="texts and weights are out of step: train anew", strict=False)
            )
