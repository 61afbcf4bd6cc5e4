"""How the public log stands: what its newest checkpoint says, and what waits to be published."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from openbeian.portal.log.models import Entry
from openbeian.portal.log.queries import asked_witnesses, latest_snapshot, published_size
from openbeian.portal.log.witnessing import WITNESS_KEYS_NAME
from openbeian.portal.statistics.sheets import AsOf
from openbeian.portal.tallies.queries import cells
from openbeian_gate.errors import GateError
from openbeian_gate.verify.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from openbeian_gate.verify.cosignatures import verify_cosignatures
from openbeian_gate.verify.keys import load_keys

__all__ = ["LogState", "as_of", "entries_by_day", "log_state"]


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands at a moment."""

    size: int
    root: str
    """The root of the newest checkpoint, in hex; empty where there is none that holds."""
    checkpoint_at: datetime | None
    """When that checkpoint was signed."""
    witnesses: int
    """How many witnesses have cosigned it."""
    witnesses_asked: int
    """How many are asked to."""
    contradicted: int
    """How many witnesses ever saw another history of this log."""
    waiting: int
    """How many entries are in the outbox."""
    snapshot_at: datetime | None
    """When the newest snapshot was issued."""


def log_state() -> LogState:
    """Return how the log stands, from its newest checkpoint, checked against the published keys."""
    checkpoint, snapshot, witnesses = _newest_checkpoint(), latest_snapshot(), list(asked_witnesses())
    return LogState(
        size=published_size() if checkpoint is None else checkpoint.size,
        root="" if checkpoint is None else checkpoint.root.hex(),
        checkpoint_at=None if checkpoint is None else checkpoint.at,
        witnesses=0 if checkpoint is None else _witnesses(checkpoint),
        witnesses_asked=sum(one.is_asked for one in witnesses),
        contradicted=sum(one.contradicted_at is not None for one in witnesses),
        waiting=Entry.objects.filter(index=None).count(),
        snapshot_at=None if snapshot is None else snapshot.issued_at,
    )


def as_of(at: datetime) -> AsOf:
    """Return at which state of the log figures counted at `at` were taken."""
    checkpoint = _newest_checkpoint()
    if checkpoint is None:
        return AsOf(published_size(), "", at)
    return AsOf(checkpoint.size, checkpoint.root.hex(), at)


def entries_by_day(days: int) -> list[tuple[str, int]]:
    """Return how many entries were written on each of the newest days that have any, the oldest first."""
    return sorted((day, count) for (day,), count in cells("log_day"))[-days:]


def _newest_checkpoint() -> Checkpoint | None:
    public = settings.BEIAN_HOME / "public"
    try:
        signed = parse_checkpoint((public / "log" / "checkpoint").read_bytes())
        return verify_checkpoint(signed, load_keys(public / "keys.json"), origin=settings.BEIAN_LOG_ORIGIN)
    except (GateError, OSError):
        # No checkpoint yet, or one that doesn't hold: the figures are then as of no checkpoint.
        return None


def _witnesses(checkpoint: Checkpoint) -> int:
    """Return how many of the witnesses whose keys are published have cosigned, each cosignature checked."""
    try:
        keys = load_keys(settings.BEIAN_HOME / "public" / WITNESS_KEYS_NAME)
        return len(verify_cosignatures(parse_checkpoint(checkpoint.note.encode()), keys))
    except (GateError, OSError):
        return 0
