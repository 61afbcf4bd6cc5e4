"""What happens by itself, each thing after its own interval; any number of processes may do it at once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError

from openbeian.core.errors import DomainError
from openbeian.portal.duties.drawing import draw_ordered
from openbeian.portal.duties.reminding import remind
from openbeian.portal.notices.delivering import deliver_waiting
from openbeian.portal.operations.scanning import scan_waiting

__all__ = ["JOBS", "Job", "Rota"]

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done again and again."""

    name: str
    act: Callable[..., int]
    """Takes the time as `at`; returns how much it did."""
    every: timedelta


JOBS: Final = (
    Job("deliver", deliver_waiting, timedelta(0)),
    Job("draw", draw_ordered, timedelta(0)),
    Job("scan", scan_waiting, timedelta(minutes=1)),
    Job("remind", remind, timedelta(minutes=10)),
)


class Rota:
    """Does each job when it is due."""

    def __init__(self, jobs: tuple[Job, ...] = JOBS) -> None:
        """Begin with everything due at once."""
        self._jobs = jobs
        self._next: dict[str, datetime] = {}

    def look(self, *, at: datetime) -> dict[str, int]:
        """Do what is due; return how much each job did. One that fails is tried again the next time."""
        done = {}
        for job in self._jobs:
            if at < self._next.get(job.name, at):
                continue
            try:
                done[job.name] = job.act(at=at)
            except (DatabaseError, DomainError, OSError):
                _log.exception("background: %s failed; it is tried again", job.name)
                continue
            self._next[job.name] = at + job.every
        return done
