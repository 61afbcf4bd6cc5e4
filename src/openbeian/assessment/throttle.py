"""How many questions are in flight: fixed, or found by adding one at a time and halving on push-back."""

import asyncio
from collections import deque
from typing import Final, NamedTuple

__all__ = ["MOST_IN_FLIGHT", "Permit", "Throttle"]

MOST_IN_FLIGHT: Final = 256
_FIRST: Final = 4
_BASELINE: Final = 8
_TOO_SLOW: Final = 4.0
_MEMORY: Final = 0.1


class Permit(NamedTuple):
    """The right to have one question in flight, given in `epoch`."""

    epoch: int


class Throttle:
    """Bounds what is in flight.

    Fixed at `concurrency`, or adaptive where that is None: it begins with a few, adds one for each
    answer until the target first pushes back (429, 5xx, time-out), from then one for each round. A push-back
    halves the number, once for all that were in flight together. It also stops growing while answers take
    four times as long as the first ones did: then the target's own queue has grown, not its rate.
    """

    def __init__(self, concurrency: int | None) -> None:
        """Allow `concurrency` in flight, or find out how many."""
        self._adaptive = concurrency is None
        self._limit = float(concurrency or _FIRST)
        self._epoch = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._answers = 0
        self._first_s = 0.0
        self._recent_s = 0.0
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """How many may be in flight now."""
        return int(self._limit)

    @property
    def most(self) -> int:
        """How many there may ever be."""
        return MOST_IN_FLIGHT if self._adaptive else self.limit

    async def acquire(self) -> Permit:
        """Wait until one more may be in flight."""
        while self.in_flight >= self.limit:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        self.in_flight += 1
        return Permit(self._epoch)

    def release(self) -> None:
        """Say that one less is in flight."""
        self.in_flight -= 1
        free = self.limit - self.in_flight
        while self._waiting and free > 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1

    def answered(self, took_s: float) -> None:
        """Learn from an answer that took so many seconds."""
        if not self._adaptive:
            return
        self._answers += 1
        if self._answers <= _BASELINE:
            self._first_s += (took_s - self._first_s) / self._answers
            self._recent_s = self._first_s
        self._recent_s += _MEMORY * (took_s - self._recent_s)
        if self._recent_s <= _TOO_SLOW * self._first_s:
            step = 1.0 if self._epoch == 0 else 1.0 / self._limit
            self._limit = min(float(MOST_IN_FLIGHT), self._limit + step)

    def pushed_back(self, permit: Permit) -> None:
        """Learn that the target is asked too much at once."""
        if self._adaptive and permit.epoch == self._epoch:
            self._epoch += 1
            self._limit = max(1.0, self._limit / 2)
