"""What every part's tests may use."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.simulators.llm import LLMSimulator


@pytest.fixture
def llm() -> Iterator[Callable[..., LLMSimulator]]:
    """Start simulated chat endpoints; they end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, kind=LLMSimulator, **options: stack.enter_context(
            kind(*arguments, **options)
        )
