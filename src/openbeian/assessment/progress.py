"""How far a run is: a value to show, and the meter that makes it. Showing it is the command's business."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from openbeian.core.text import Text

__all__ = ["Done", "Meter", "Progress"]

_WINDOW_S: Final = 10.0
_EVERY_S: Final = 0.1


class Done(NamedTuple):
    """So many of so many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; answers and errors both count as done."""

    banks: Mapping[str, Done]
    answers_per_s: float
    in_flight: int
    concurrency: int
    errors: int
    left_for: timedelta | None
    """How long the rest takes at this rate; None while nothing can be said."""
    notes: tuple[Text, ...] = ()
    """What the reader should know, such as a line that was cut off and dropped."""

    @property
    def done(self) -> int:
        """How many questions are done in all banks."""
        return sum(bank.done for bank in self.banks.values())

    @property
    def total(self) -> int:
        """How many questions there are in all banks."""
        return sum(bank.total for bank in self.banks.values())


class Meter:
    """Counts what is done and works out the rate over the last ten seconds."""

    def __init__(self, banks: Mapping[str, Done], *, errors: int = 0, notes: tuple[Text, ...] = ()) -> None:
        """Go on from what is done already."""
        self._banks = dict(banks)
        self._errors = errors
        self._notes = notes
        self._recent: deque[float] = deque()
        self._began_s: float | None = None
        self._shown_s = float("-inf")

    def count(self, bank: str, now_s: float, *, is_error: bool) -> None:
        """Count one question as done."""
        done = self._banks[bank]
        self._banks[bank] = Done(done.done + 1, done.total)
        self._errors += is_error
        self._recent.append(now_s)

    def is_due(self, now_s: float) -> bool:
        """Say whether it is time to show progress again."""
        if now_s - self._shown_s < _EVERY_S:
            return False
        self._shown_s = now_s
        return True

    def read(self, now_s: float, *, in_flight: int, concurrency: int) -> Progress:
        """Return where the run stands."""
        self._began_s = now_s if self._began_s is None else self._began_s
        while self._recent and now_s - self._recent[0] > _WINDOW_S:
            self._recent.popleft()
        over_s = min(_WINDOW_S, now_s - self._began_s)
        rate = len(self._recent) / over_s if over_s > 0 else 0.0
        left = sum(bank.total - bank.done for bank in self._banks.values())
        left_for = timedelta(seconds=round(left / rate)) if rate else None
        return Progress(dict(self._banks), rate, in_flight, concurrency, self._errors, left_for, self._notes)
