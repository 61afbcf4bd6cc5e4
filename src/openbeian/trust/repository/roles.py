"""The roles of the repository: what each signs, how long that holds, and who holds the keys. No I/O.

| role | signs | keys | valid |
|---|---|---|---|
| root | who may sign for every role | offline, 2 of 3 people | 1 year |
| targets | rules for gates, public keys, the register role | offline, 2 of n people | 180 days |
| register | the snapshot of the filings and the status list | online, 1 or 2 machines | 7 days |
| snapshot | which versions belong together | online | 7 days |
| timestamp | that this is the present | online | 15 minutes |

The algorithm is a field of every key (`keytype`, `scheme`). Ed25519 is what is written today; SM2 with SM3 is
the next one: a key type of its own in `keys`, made known to the TUF library of the gates first, then named by
a root that asks for keys of both kinds. A client that does not know a type can't read a root that names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from openbeian_gate.verify.repository_names import (
    DEVELOPMENT,
    ISSUED_AT,
    KEYS,
    POLICY,
    REGISTER_ROLE,
    SNAPSHOT,
    STATUSES,
)

__all__ = [
    "DEVELOPMENT",
    "ISSUED_AT",
    "KEYS",
    "LIFETIMES",
    "OFFLINE",
    "ONLINE",
    "POLICY",
    "REGISTER_ROLE",
    "ROLES",
    "SNAPSHOT",
    "STATUSES",
    "Lifetimes",
    "Role",
    "is_half_over",
    "whole_second",
]

Role = Literal["root", "targets", "register", "snapshot", "timestamp"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
OFFLINE: Final[tuple[Role, ...]] = ("root", "targets")
ONLINE: Final[tuple[Role, ...]] = ("register", "snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long what a role signs is valid."""

    of: Mapping[Role, timedelta] = field(
        default_factory=lambda: {
            "root": timedelta(days=365),
            "targets": timedelta(days=180),
            "register": timedelta(days=7),
            "snapshot": timedelta(days=7),
            "timestamp": timedelta(minutes=15),
        }
    )

    def expiry(self, role: Role, at: datetime) -> datetime:
        """Return when what `role` signs at `at` runs out, to the second as TUF has it."""
        return whole_second(at + self.of[role])


LIFETIMES: Final = Lifetimes()


def whole_second(at: datetime) -> datetime:
    """Return the second that `at` lies in."""
    return at.replace(microsecond=0)


def is_half_over(role: Role, expires: datetime, *, at: datetime, lifetimes: Lifetimes) -> bool:
    """Say whether half the time of what `role` signed is over, so that it is due to be signed again."""
    return at + lifetimes.of[role] / 2 >= expires
