"""Asking evenly: at most so many questions a minute, and never a burst."""

import asyncio
from typing import Final

__all__ = ["Pace"]

_MINUTE_S: Final = 60.0


class Pace:
    """Gives a turn to each question, a fixed time apart.

    The first waits too: whoever asked before, in a process that was ended, may have done so a moment ago.
    So no minute holds more questions than allowed, a restart in the middle of it included.
    """

    def __init__(self, a_minute: int) -> None:
        """Allow `a_minute` questions a minute."""
        self._apart_s = _MINUTE_S / a_minute
        self._next_at: float | None = None

    async def turn(self) -> None:
        """Wait for the next turn."""
        now_s = asyncio.get_running_loop().time()
        at_s = now_s + self._apart_s if self._next_at is None else max(self._next_at, now_s)
        self._next_at = at_s + self._apart_s
        await asyncio.sleep(at_s - now_s)
