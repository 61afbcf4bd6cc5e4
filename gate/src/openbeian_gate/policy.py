"""The decision: is this service let through, by this snapshot, at this instant? Pure.

| snapshot                  | known valid | known suspended, revoked, ended | not in it              |
|---------------------------|-------------|---------------------------------|------------------------|
| FRESH, age up to the ttl  | admitted    | refused, 403 with the reason    | refused, 403 not_filed |
| STALE, up to the grace    | admitted    | refused, 403 with the reason    | refused, 503           |
| EXPIRED, or ahead of time | refused, 503 `registry_unavailable`, whatever it says                  |||
| none                      | refused, 503 `registry_unavailable`                                    |||

A stale snapshot can't tell that a service is not on file, as it may have been filed since: hence 503.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian_gate.errors import (
    ExpiredError,
    NotFiledError,
    RefusalError,
    RegistryUnavailableError,
    RevokedError,
    SuspendedError,
)
from openbeian_gate.verify.index import Status
from openbeian_gate.verify.snapshot import Snapshot

__all__ = ["MAX_SKEW_FOR", "MAX_SUBJECT", "Admission", "Freshness", "decide", "freshness"]

MAX_SKEW_FOR: Final = timedelta(minutes=5)
"""How far a snapshot may be dated ahead of this machine's clock; beyond, its age can't be judged."""
MAX_SUBJECT: Final = 256
"""The longest service id or filing number looked at."""


class Freshness(StrEnum):
    """How much a snapshot may still be relied on."""

    NONE = "none"
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


class Admission(NamedTuple):
    """The service is let through."""

    subject: str
    number: str
    """The filing number."""
    version: int
    """Of the snapshot that was decided by."""
    freshness: Freshness


_REFUSALS: Final[Mapping[Status, type[RefusalError]]] = {
    Status.SUSPENDED: SuspendedError,
    Status.REVOKED: RevokedError,
    Status.ENDED: ExpiredError,
}


def freshness(snapshot: Snapshot | None, at: datetime) -> Freshness:
    """Return how far `snapshot` may be relied on at `at`."""
    if snapshot is None:
        return Freshness.NONE
    age = at - snapshot.issued_at
    if age > snapshot.grace_for or at > snapshot.expires_at or age < -MAX_SKEW_FOR:
        return Freshness.EXPIRED
    return Freshness.FRESH if age <= snapshot.ttl_for else Freshness.STALE


def decide(snapshot: Snapshot | None, subject: str, at: datetime) -> Admission:
    """Admit a service, named by its id or filing number, or refuse it with the reason.

    Raises:
        RefusalError: It is not let through; the subclass says why.
    """
    state = freshness(snapshot, at)
    if snapshot is None or state is Freshness.EXPIRED:
        raise RegistryUnavailableError(subject)
    found = snapshot.index.find(subject) if len(subject) <= MAX_SUBJECT else None
    if found is None:
        raise (NotFiledError if state is Freshness.FRESH else RegistryUnavailableError)(subject)
    if found.status is not Status.VALID:
        raise _REFUSALS[found.status](subject)
    return Admission(subject, found.number, snapshot.version, state)
