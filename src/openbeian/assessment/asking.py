"""Asking patiently: waits where the target asks for it, tries again a few times, then gives up."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from openbeian.assessment.answers import Answer
from openbeian.assessment.pacing import Pace
from openbeian.assessment.target_errors import TargetError, TargetRateLimitedError
from openbeian.assessment.throttle import Permit, Throttle

__all__ = ["Outcome", "Patience", "ask_patiently"]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a question is tried again."""

    attempts: int = 5
    first_wait_for: timedelta = timedelta(seconds=0.5)
    longest_wait_for: timedelta = timedelta(seconds=30)
    """The cap on every wait, the target's own Retry-After too: none may hold a run for hours."""
    pace: Pace | None = None
    """How many questions a minute may be asked, those tried again included; None for as many as go."""

    def wait_s(self, attempt: int, error: TargetError, salt: bytes) -> float:
        """Return how many seconds to wait after the `attempt`-th try, a little spread by `salt`."""
        longest = self.longest_wait_for.total_seconds()
        doubled = self.first_wait_for.total_seconds() * float(1 << attempt - 1)
        own_s = min(longest, doubled) * (0.5 + zlib.crc32(salt) / 2**33)
        if isinstance(error, TargetRateLimitedError) and error.retry_after is not None:
            # Gateways round a part of a second down to 0, which would use up all attempts at once.
            return min(longest, max(own_s, error.retry_after.total_seconds()))
        return own_s


class Outcome(NamedTuple):
    """An answer, or the error that stands after the last attempt."""

    answer: Answer | None
    error: TargetError | None
    attempts: int
    took_s: float
    """How long the last attempt took."""


async def ask_patiently(
    ask: Callable[[str], Awaitable[Answer]],
    question: str,
    *,
    throttle: Throttle,
    patience: Patience,
    permit: Permit | None = None,
) -> Outcome:
    """Ask until there is an answer, or an error that asking again won't mend.

    While waiting for the next attempt nothing is in flight, so others go ahead. A `permit` that was given
    already is used for the first attempt.
    """
    loop = asyncio.get_running_loop()
    for attempt in range(1, patience.attempts + 1):
        permit = permit or await throttle.acquire()
        began = loop.time()
        try:
            if patience.pace is not None:
                await patience.pace.turn()
                began = loop.time()
            answer = await ask(question)
            took_s = loop.time() - began
            throttle.answered(took_s)
            return Outcome(answer, None, attempt, took_s)
        except TargetError as error:
            outcome = Outcome(None, error, attempt, loop.time() - began)
            if error.pushes_back:
                throttle.pushed_back(permit)
            if not error.retriable or attempt == patience.attempts:
                return outcome
            wait_s = patience.wait_s(attempt, error, question.encode("utf-8", "replace"))
        finally:
            throttle.release()
        permit = None
        await asyncio.sleep(wait_s)
    raise AssertionError("the last attempt returns")
