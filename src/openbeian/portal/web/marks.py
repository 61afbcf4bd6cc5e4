"""How a state looks: one tone and one icon for every status, always shown beside its word."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from openbeian.core.lifecycle import (
    STATUS_LABELS,
    ApplicationStatus,
    FilingStatus,
    PetitionStatus,
    Status,
)
from openbeian.core.text import Text

__all__ = ["MARKS", "Mark", "mark_of"]


class Mark(NamedTuple):
    """A tone of the stylesheet (`ok`, `wait`, `stop`, `off`, `go`) and an icon of the sprite."""

    tone: str
    icon: str


_A = ApplicationStatus
_F = FilingStatus
_P = PetitionStatus

MARKS: Final[Mapping[Status, Mark]] = {
    _A.DRAFT: Mark("off", "pencil"),
    _A.SUBMITTED: Mark("go", "clock"),
    _A.IN_REVIEW: Mark("go", "eyes"),
    _A.RETEST: Mark("go", "clock"),
    _A.CORRECTION: Mark("wait", "return"),
    _A.PROVINCIAL_DECISION: Mark("go", "seal"),
    _A.NATIONAL_DECISION: Mark("go", "seal"),
    _A.CONFIRMED: Mark("ok", "check"),
    _A.GRANTED: Mark("ok", "check"),
    _A.CERTIFIED: Mark("ok", "check"),
    _A.REFUSED: Mark("stop", "cross"),
    _A.WITHDRAWN: Mark("off", "minus"),
    _F.VALID: Mark("ok", "check"),
    _F.SUSPENDED: Mark("wait", "pause"),
    _F.REVOKED: Mark("stop", "cross"),
    _F.CANCELLED: Mark("off", "minus"),
    _F.EXPIRED: Mark("off", "clock"),
    _P.DRAWN_UP: Mark("off", "pencil"),
    _P.EXAMINED: Mark("go", "eyes"),
    _P.RETURNED: Mark("wait", "return"),
    _P.AT_PROVINCE: Mark("go", "seal"),
    _P.AT_NATION: Mark("go", "seal"),
    _P.GRANTED: Mark("ok", "check"),
    _P.REJECTED: Mark("stop", "cross"),
    _P.DROPPED: Mark("off", "minus"),
}
_BY_VALUE: Final[Mapping[str, Status]] = {status.value: status for status in MARKS}


def mark_of(status: str) -> tuple[Mark, Text]:
    """Return the mark and the word of a status, given as the database keeps it."""
    known = _BY_VALUE[status]
    return MARKS[known], STATUS_LABELS[known]
