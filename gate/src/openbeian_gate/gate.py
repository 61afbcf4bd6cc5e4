"""The gate: answers for services and their users, and tells whoever watches what was answered.

    gate = Gate(client, trials=TrialUsers(Path("/var/lib/beian-gate")))
    gate.admit("svc-001", clock.now(), Visitor("user-17", "trial"))

It adds to a `SnapshotClient` what needs a memory: the trial users of sandbox permits, and the watchers, such
as the decision log and what is reported to the register. Watchers can't change an answer, nor hold one up.
"""

import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from openbeian_gate.client import SnapshotClient
from openbeian_gate.measures import Measure
from openbeian_gate.policy import NOBODY, Admission, Visitor, decide
from openbeian_gate.refusals import (
    NotFiledError,
    PermitEndedError,
    PermitUncountedError,
    RefusalError,
    RegistryUnavailableError,
)
from openbeian_gate.trial_users import TrialUsers

__all__ = ["ADMITTED", "ADMITTED_BY_PERMIT", "Decided", "Gate", "Watcher"]

ADMITTED: Final = "admitted"
ADMITTED_BY_PERMIT: Final = "admitted_by_permit"
_log: Final = logging.getLogger("openbeian_gate")


class Decided(NamedTuple):
    """One answer that was given."""

    subject: str
    answer: str
    """`ADMITTED`, `ADMITTED_BY_PERMIT`, or the code of the refusal."""
    version: int | None
    """Of the snapshot that was decided by; None where there was none."""
    at: datetime
    permit: str = ""


class Watcher(Protocol):
    """Whoever is told of every answer; returns at once."""

    def saw(self, decided: Decided) -> None:
        """Take note."""

    def start(self) -> None:
        """Begin work in the background, if there is any and it has not begun."""

    def stop(self) -> None:
        """End it."""

    def measures(self) -> Iterable[Measure]:
        """Return what is measured, for Prometheus."""


class Gate:
    """A snapshot client with trial users and watchers."""

    def __init__(
        self,
        client: SnapshotClient,
        *,
        trials: TrialUsers | None = None,
        watchers: Iterable[Watcher] = (),
    ) -> None:
        """Answer by the snapshots of `client`.

        Args:
            client: What is known of the register.
            trials: The trial users that have been let in; None counts from now on, in memory.
            watchers: Who is told what was answered.
        """
        self.client = client
        self.trials = trials or TrialUsers()
        self._watchers = tuple(watchers)

    @classmethod
    def of(cls, client: "SnapshotClient | Gate") -> "Gate":
        """Return the gate itself, or one before a client."""
        return client if isinstance(client, Gate) else cls(client)

    def start(self) -> None:
        """Begin to follow the register, and let the watchers begin, if not begun already."""
        self.client.start()
        for watcher in self._watchers:
            watcher.start()

    def stop(self) -> None:
        """Cease to follow the register; let the watchers finish."""
        self.client.stop()
        for watcher in self._watchers:
            watcher.stop()

    def decide(self, subject: str, at: datetime, visitor: Visitor = NOBODY) -> Admission:
        """Decide at once, from what is at hand; a trial user who is let in takes a place. Nobody is told.

        Raises:
            RefusalError: The service is not let through.
        """
        try:
            return decide(self.client.snapshot, subject, at, visitor, self.trials.admits)
        except PermitEndedError:
            self._forget(subject, at)
            raise

    def ask(self, subject: str, at: datetime, visitor: Visitor = NOBODY) -> Admission:
        """Say what `decide` would say, and let nobody take a place.

        Raises:
            RefusalError: The service would not be let through.
        """
        return decide(self.client.snapshot, subject, at, visitor, self.trials.would_admit)

    def admit(self, subject: str, at: datetime, visitor: Visitor = NOBODY) -> Admission:
        """Decide, and where the answer may be out of date look at the source once more first; see the client.

        Raises:
            RefusalError: The service is not let through.
        """
        try:
            admission = self.decide_again(subject, at, visitor)
        except RefusalError as refusal:
            self.refused(refusal, at)
            raise
        self.admitted(admission, at)
        return admission

    def decide_again(self, subject: str, at: datetime, visitor: Visitor = NOBODY) -> Admission:
        """Decide as `admit` does, and tell nobody.

        Raises:
            RefusalError: The service is not let through.
        """
        try:
            return self.decide(subject, at, visitor)
        except (NotFiledError, RegistryUnavailableError):
            if not self.client.ask_again(at):
                raise
        return self.decide(subject, at, visitor)

    def admitted(self, admission: Admission, at: datetime) -> None:
        """Tell the watchers of an admission."""
        answer = ADMITTED_BY_PERMIT if admission.permit else ADMITTED
        self._tell(Decided(admission.subject, answer, admission.version, at, admission.permit))

    def refused(self, refusal: RefusalError, at: datetime) -> None:
        """Tell the watchers of a refusal."""
        held = self.client.snapshot
        self._tell(Decided(refusal.subject, refusal.code, None if held is None else held.version, at))

    def measures(self) -> Iterable[Measure]:
        """Return what is measured beside decisions and snapshot."""
        with contextlib.suppress(PermitUncountedError):
            places = {f'{{permit="{_label(number)}"}}': n for number, n in self.trials.counts().items()}
            yield Measure("trial_users", "gauge", "Trial users with a place, by permit.", places)
        for watcher in self._watchers:
            yield from watcher.measures()

    def _tell(self, decided: Decided) -> None:
        for watcher in self._watchers:
            try:
                watcher.saw(decided)
            except Exception:  # noqa: BLE001  a decision is a decision, whatever goes wrong in telling of it
                _log.exception("a decision was not noted")

    def _forget(self, subject: str, at: datetime) -> None:
        held = self.client.snapshot
        permit = None if held is None else held.permits.find(subject, at)
        if permit is not None:
            with contextlib.suppress(PermitUncountedError):  # tried again at the next request
                self.trials.forget(permit.number)


def _label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
