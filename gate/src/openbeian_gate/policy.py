"""The decision: is this service let through, by this snapshot, at this instant? Pure.

| snapshot                  | known valid | known suspended, revoked, ended | not in it              |
|---------------------------|-------------|---------------------------------|------------------------|
| FRESH, age up to the ttl  | admitted    | refused, 403 with the reason    | refused, 403 not_filed |
| STALE, up to the grace    | admitted    | refused, 403 with the reason    | refused, 503           |
| EXPIRED, or ahead of time | refused, 503 `registry_unavailable`, whatever it says                  |||
| none                      | refused, 503 `registry_unavailable`                                    |||

A stale snapshot can't tell that a service is not on file, as it may have been filed since: hence 503.

A service that is not in it may have a sandbox permit. While the permit holds, its testers are admitted, and
as many trial users as the gate's quota says; for the uses it lists, and nobody the platform doesn't name.
How a filing stands always comes first: no permit lets through what is suspended or revoked.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian_gate.refusals import (
    ExpiredError,
    NotATesterError,
    NotFiledError,
    PermitEndedError,
    PermitFullError,
    PermitNotBegunError,
    RefusalError,
    RegistryUnavailableError,
    RevokedError,
    SuspendedError,
    UseNotPermittedError,
)
from openbeian_gate.verify.index import Status
from openbeian_gate.verify.permits import Permit, hash_tester
from openbeian_gate.verify.snapshot import Snapshot

__all__ = [
    "MAX_SKEW_FOR",
    "MAX_SUBJECT",
    "NOBODY",
    "Admission",
    "Freshness",
    "Visitor",
    "decide",
    "freshness",
]

MAX_SKEW_FOR: Final = timedelta(minutes=5)
"""How far a snapshot may be dated ahead of this machine's clock; beyond, its age can't be judged."""
MAX_SUBJECT: Final = 256
"""The longest service id or filing number looked at."""
_MAX_USER: Final = 256
"""The longest name of a user looked at."""


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
    """The filing number; empty where a sandbox permit lets the service through."""
    version: int
    """Of the snapshot that was decided by."""
    freshness: Freshness
    permit: str = ""
    """The number of the sandbox permit; empty for a service on file."""


class Visitor(NamedTuple):
    """Who uses a service, and for what, as the platform says; only sandbox permits ask."""

    user: str = ""
    use: str = ""


NOBODY: Final = Visitor()


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


def decide(
    snapshot: Snapshot | None,
    subject: str,
    at: datetime,
    visitor: Visitor = NOBODY,
    admits: Callable[[Permit, str], bool] | None = None,
) -> Admission:
    """Admit a service, named by its id or filing number, or refuse it with the reason.

    Args:
        snapshot: What is known of the register.
        subject: The service's id, or its filing or permit number.
        at: When.
        visitor: Who uses it, for what.
        admits: Says whether a trial user has a place under a permit; None admits none.

    Raises:
        RefusalError: It is not let through; the subclass says why.
    """
    state = freshness(snapshot, at)
    if snapshot is None or state is Freshness.EXPIRED:
        raise RegistryUnavailableError(subject)
    found = snapshot.index.find(subject) if len(subject) <= MAX_SUBJECT else None
    if found is not None:
        if found.status is not Status.VALID:
            raise _REFUSALS[found.status](subject)
        return Admission(subject, found.number, snapshot.version, state)
    permit = snapshot.permits.find(subject, at) if len(subject) <= MAX_SUBJECT else None
    if permit is None:
        raise (NotFiledError if state is Freshness.FRESH else RegistryUnavailableError)(subject)
    _check_permit(permit, subject, at, visitor, admits)
    return Admission(subject, "", snapshot.version, state, permit.number)


def _check_permit(
    permit: Permit, subject: str, at: datetime, visitor: Visitor, admits: Callable[[Permit, str], bool] | None
) -> None:
    if permit.is_ended or at >= permit.ends_at:
        raise PermitEndedError(subject)
    if at < permit.begins_at:
        raise PermitNotBegunError(subject)
    if visitor.use not in permit.uses:
        raise UseNotPermittedError(subject)
    if not 0 < len(visitor.user) <= _MAX_USER:
        raise NotATesterError(subject)
    if hash_tester(permit.salt, visitor.user) in permit.testers:
        return
    if not permit.quota or admits is None:
        raise NotATesterError(subject)
    if not admits(permit, visitor.user):
        raise PermitFullError(subject)
