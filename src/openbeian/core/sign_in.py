"""When failed sign-ins lock an account, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["KEPT_FOR", "LOCKED_FOR", "MOST_FAILURES", "MOST_FROM_ONE_NETWORK", "Failure", "locked_until"]

MOST_FROM_ONE_NETWORK: Final = 5
"""So many failures within `LOCKED_FOR` lock an account for the network they came from."""
MOST_FAILURES: Final = 30
"""So many, wherever from, lock it for everybody: guessing from many places is slowed as well."""
LOCKED_FOR: Final = timedelta(minutes=15)
KEPT_FOR: Final = 2 * LOCKED_FOR
"""For how long a failure can matter; older ones need not be kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed sign-in to one account: when, and whether from the network that asks now."""

    at: datetime
    is_from_here: bool


def locked_until(failures: Sequence[Failure], *, at: datetime) -> datetime | None:
    """Return until when an account is locked for whoever asks at `at`; None where it is open.

    What is tried while it is locked is not counted, so that the lock ends by itself.
    """
    every = sorted(failure.at for failure in failures)
    here = sorted(failure.at for failure in failures if failure.is_from_here)
    ends = [
        end
        for end in (_end(here, MOST_FROM_ONE_NETWORK), _end(every, MOST_FAILURES))
        if end is not None and end > at
    ]
    return max(ends, default=None)


def _end(times: Sequence[datetime], most: int) -> datetime | None:
    if not times:
        return None
    last = times[-1]
    if sum(time > last - LOCKED_FOR for time in times) < most:
        return None
    return last + LOCKED_FOR
