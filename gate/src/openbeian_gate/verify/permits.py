"""Sandbox permits, as a snapshot lists them: who may use a service that is not on file, for what, until when.

In a snapshot (`permits`, left out where there are none) each is an object:

    number       of the permit, in a series of its own
    service      base64 of the 16 bytes that stand for the service, as in the index
    begins_at    the first instant, RFC 3339 in UTC
    ends_at      the instant from which it no longer holds
    ended        true where the office ended it before that
    uses         what it is for, by code; a request has to name one of them
    salt         base64 of 16 bytes that go into the testers' hashes
    testers      base64 of the testers' hashes, 16 bytes each, in ascending order
    trial_users  at most so many others may use it
    gates        among how many gates they are divided: one gate counts up to `trial_users // gates`
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.canonical import JSONValue
from openbeian_gate.verify.fields import Fields, format_instant
from openbeian_gate.verify.index import MAX_NUMBER_BYTES, service_hash

__all__ = ["MAX_PERMITS", "MAX_TESTERS", "NO_PERMITS", "Permit", "PermitTable", "hash_tester"]

MAX_PERMITS: Final = 10_000
MAX_TESTERS: Final = 2_000
_MAX_USES: Final = 20
_MAX_USE: Final = 40
_HASH_BYTES: Final = 16
_SALT_BYTES: Final = 16


def hash_tester(salt: bytes, person: str) -> bytes:
    """Return the 16 bytes that stand for a tester in the permit with this salt."""
    return hmac.digest(salt, person.encode("utf-8", "surrogatepass"), hashlib.sha256)[:_HASH_BYTES]


@dataclass(frozen=True, slots=True)
class Permit:
    """One permit."""

    number: str
    service: bytes
    """The hash of the service's id."""
    begins_at: datetime
    ends_at: datetime
    is_ended: bool
    uses: frozenset[str]
    salt: bytes
    testers: frozenset[bytes]
    trial_users: int
    gates: int

    @property
    def quota(self) -> int:
        """How many trial users one gate lets in."""
        return self.trial_users // self.gates

    def holds(self, at: datetime) -> bool:
        """Say whether it has begun and not ended."""
        return self.begins_at <= at < self.ends_at and not self.is_ended

    def to_json(self) -> dict[str, JSONValue]:
        """Return the form on the wire."""
        return {
            "number": self.number,
            "service": base64.b64encode(self.service).decode(),
            "begins_at": format_instant(self.begins_at),
            "ends_at": format_instant(self.ends_at),
            "ended": self.is_ended,
            "uses": [*sorted(self.uses)],
            "salt": base64.b64encode(self.salt).decode(),
            "testers": base64.b64encode(b"".join(sorted(self.testers))).decode(),
            "trial_users": self.trial_users,
            "gates": self.gates,
        }

    @classmethod
    def parse(cls, fields: Fields) -> "Permit":
        """Read one permit.

        Raises:
            MalformedError: It is not one.
        """
        number = fields.text("number", max_length=MAX_NUMBER_BYTES)
        service, salt, testers = (fields.binary(name) for name in ("service", "salt", "testers"))
        hashes = [testers[at : at + _HASH_BYTES] for at in range(0, len(testers), _HASH_BYTES)]
        begins_at, ends_at = fields.instant("begins_at"), fields.instant("ends_at")
        fits = (
            begins_at < ends_at
            and (len(service), len(salt)) == (_HASH_BYTES, _SALT_BYTES)
            and len(testers) % _HASH_BYTES == 0
            and len(hashes) <= MAX_TESTERS
            and all(low < high for low, high in pairwise(hashes))
        )
        uses = fields.strings("uses", max_count=_MAX_USES)
        if not fits or not uses or not all(0 < len(use) <= _MAX_USE for use in uses):
            raise MalformedError("快照中的沙盒许可自相矛盾", "a permit in the snapshot contradicts itself")
        return cls(
            number=number,
            service=service,
            begins_at=begins_at,
            ends_at=ends_at,
            is_ended=fields.boolean("ended"),
            uses=frozenset(uses),
            salt=salt,
            testers=frozenset(hashes),
            trial_users=fields.integer("trial_users"),
            gates=fields.integer("gates", minimum=1),
        )


class PermitTable:
    """The permits of one snapshot, found by service or by number."""

    __slots__ = ("_by_number", "_by_service")

    def __init__(self, permits: Iterable[Permit] = ()) -> None:
        """Take the permits.

        Raises:
            MalformedError: Two have one number.
        """
        listed = list(permits)
        self._by_number = {permit.number: permit for permit in listed}
        if len(self._by_number) != len(listed):
            raise MalformedError("快照中有重号的沙盒许可", "two permits in the snapshot have one number")
        self._by_service: dict[bytes, list[Permit]] = {}
        for permit in sorted(listed, key=lambda one: (one.ends_at, one.number)):
            self._by_service.setdefault(permit.service, []).append(permit)

    @classmethod
    def parse(cls, fields: Fields) -> "PermitTable":
        """Read the permits of a snapshot; older ones, and those without any, have no such member.

        Raises:
            MalformedError: They are not permits, or too many.
        """
        if not fields.has("permits"):
            return NO_PERMITS
        return cls(Permit.parse(one) for one in fields.objects("permits", max_count=MAX_PERMITS))

    def to_json(self) -> list[JSONValue]:
        """Return the form on the wire, in the order of the numbers."""
        return [self._by_number[number].to_json() for number in sorted(self._by_number)]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_number)

    def find(self, subject: str, at: datetime) -> Permit | None:
        """Return the permit of a service, given by its id, or the one with this number.

        Of several permits of one service the one that holds at `at`; else the one that ends last.
        """
        if not self._by_number:
            return None
        of_service = self._by_service.get(service_hash(subject))
        if of_service is None:
            return self._by_number.get(subject)
        return next((permit for permit in of_service if permit.holds(at)), of_service[-1])


NO_PERMITS: Final = PermitTable()
