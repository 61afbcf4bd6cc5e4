"""When something that could not be delivered is tried again: waits that grow, and an end."""

from datetime import timedelta
from typing import Final

__all__ = ["MOST_TRIES", "WAITS", "next_wait"]

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first failure, the second, and so on: about three days and three hours in all."""

MOST_TRIES: Final = len(WAITS) + 1


def next_wait(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures, at least 1; None when there is no other try."""
    return WAITS[failures - 1] if failures <= len(WAITS) else None
