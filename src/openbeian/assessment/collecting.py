"""Looking for cyclic garbage seldom, or not at all, where a lot is made.

Python looks through its young objects after every 700 made, and an answer makes hundreds that soon go away by
themselves; measured, that took a sixth of a run's processor time and held up what was in flight. What a long
list is read into stays until it is written: looking for garbage in it took a tenth, and found little.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["not_collecting", "seldom_collecting"]

_YOUNG = 50_000


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let 50,000 young objects gather before garbage is looked for; as before afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(max(_YOUNG, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Look for no cyclic garbage meanwhile; as before afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
