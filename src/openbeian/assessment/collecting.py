"""Looking for cyclic garbage seldom while questions are asked.

Python looks through its young objects after every 700 made, and an answer makes hundreds that soon go away by
themselves; measured, that took a sixth of a run's processor time and held up what was in flight.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["seldom_collecting"]

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
