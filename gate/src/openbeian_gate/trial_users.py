"""Trial users of sandbox permits: how many there have been at this gate, without keeping who they are.

A user is kept as sixteen bytes of a hash under a key that this gate made for itself: nobody who sees them can
tell whose they are, not even with the list of all users, unless they have the key too. The first
`permit.quota` different users have a place for good; nobody after them is let in. With a folder, places last
over restarts and are shared by the processes of one machine; without one each process counts for itself, from
its start. What other gates let in is not known here: that is why a permit divides its places among gates.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from openbeian_gate.refusals import PermitUncountedError
from openbeian_gate.verify.permits import Permit

__all__ = ["TrialUsers"]

_FILE: Final = "trial-users.sqlite3"
_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 16
_WAIT_S: Final = 2.0
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS secret (only INTEGER PRIMARY KEY CHECK (only = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS place (permit TEXT, rank INTEGER, person BLOB UNIQUE, PRIMARY KEY (permit, rank));
"""


class TrialUsers:
    """The places taken."""

    def __init__(self, folder: Path | None = None) -> None:
        """Go on from what `folder` holds; without one, from nothing and in memory only.

        Raises:
            OSError: The folder can't be written to.
        """
        self._file = None if folder is None else folder / _FILE
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._ranks: dict[bytes, int] = {}
        self._taken = Counter[str]()
        self._forgotten: set[str] = set()
        self._lock = threading.Lock()
        # Held by another thread at the moment of a fork, it would never be let go in the child.
        os.register_at_fork(after_in_child=partial(_renew_lock, weakref.ref(self)))
        if self._file is not None:
            self._prepare(self._file)

    def admits(self, permit: Permit, user: str) -> bool:
        """Say whether `user` has a place under `permit`, having taken one if there was one left.

        Raises:
            PermitUncountedError: The places can't be read or written now.
        """
        person = self._hash(permit, user)
        rank = self._ranks.get(person)
        if rank is None:
            rank = self._take(permit, person)
        return rank < permit.quota

    def would_admit(self, permit: Permit, user: str) -> bool:
        """Say whether `admits` would say yes, and take no place.

        Raises:
            PermitUncountedError: The places can't be read now.
        """
        person = self._hash(permit, user)
        with self._lock, self._places() as places:
            return self._rank(places, permit.number, person) < permit.quota

    def forget(self, number: str) -> None:
        """Erase the places taken under a permit that has ended."""
        if number in self._forgotten:
            return
        with self._lock, self._places() as places:
            del self._taken[number]
            self._ranks.clear()  # of other permits they are read again
            if places is not None:
                places.execute("DELETE FROM place WHERE permit = ?", (number,))
        self._forgotten.add(number)

    def counts(self) -> dict[str, int]:
        """Return how many places are taken, by the permit's number.

        Raises:
            PermitUncountedError: They can't be read now.
        """
        with self._lock, self._places() as places:
            if places is None:
                return dict(self._taken)
            return dict(places.execute("SELECT permit, count(*) FROM place GROUP BY permit ORDER BY permit"))

    def _take(self, permit: Permit, person: bytes) -> int:
        with self._lock, self._places() as places:
            rank = self._rank(places, permit.number, person)
            if rank < permit.quota and person not in self._ranks:
                self._ranks[person] = rank
                self._taken[permit.number] = max(self._taken[permit.number], rank + 1)
                if places is not None:
                    row = (permit.number, rank, person)
                    places.execute("INSERT OR IGNORE INTO place (permit, rank, person) VALUES (?, ?, ?)", row)
            return rank

    def _rank(self, places: sqlite3.Connection | None, number: str, person: bytes) -> int:
        """Return the place somebody has, or the one they would get."""
        if places is None:
            return self._ranks.get(person, self._taken[number])
        held = places.execute("SELECT rank FROM place WHERE person = ?", (person,)).fetchone()
        found = held or places.execute("SELECT count(*) FROM place WHERE permit = ?", (number,)).fetchone()
        return int(found[0])

    def _hash(self, permit: Permit, user: str) -> bytes:
        named = f"{permit.number}\0{user}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, named, hashlib.sha256)[:_HASH_BYTES]

    @contextmanager
    def _places(self) -> Iterator[sqlite3.Connection | None]:
        """Open the file in a transaction that no other process shares; None where places are in memory."""
        if self._file is None:
            yield None
            return
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT_S, isolation_level=None)) as places:
                places.execute("BEGIN IMMEDIATE")
                yield places
                places.execute("COMMIT")
        except sqlite3.Error as error:
            raise PermitUncountedError from error

    def _prepare(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            with closing(sqlite3.connect(file, timeout=_WAIT_S)) as places, places:
                places.executescript(_TABLES)
                places.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (self._key,))
                (self._key,) = places.execute("SELECT key FROM secret").fetchone()
        except sqlite3.Error as error:
            raise OSError(f"{file} is no file of trial users ({error})") from error


def _renew_lock(users: "weakref.ref[TrialUsers]") -> None:
    held = users()
    if held is not None:
        held._lock = threading.Lock()  # noqa: SLF001  its own class
