"""What every part's tests may use, and how they are run."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import hypothesis
import pytest

from tests.simulators.llm import LLMSimulator

# Limits on the time of an example would fail on a busy machine; `HYPOTHESIS_PROFILE=thorough` looks further.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=30)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

_LONGEST = ("browser", "postgres", "whole_demo")
"""The marks of modules that take a minute or more."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest modules begin first, so that no worker has one left when the others are done."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in _LONGEST))


def pytest_collection_finish() -> None:
    """Keep what was collected, which stays to the end, out of every later collection of garbage."""
    gc.freeze()


@pytest.fixture
def llm() -> Iterator[Callable[..., LLMSimulator]]:
    """Start simulated chat endpoints; they end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, kind=LLMSimulator, **options: stack.enter_context(
            kind(*arguments, **options)
        )
