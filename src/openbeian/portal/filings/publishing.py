"""What the sequencer does each time round: the log, its witnesses, then, when due, the snapshot over it."""

from collections.abc import Sequence
from datetime import datetime

from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.filings.actions.lifting import lift_suspensions
from openbeian.portal.filings.queries import snapshot_rows
from openbeian.portal.log.models import Snapshot
from openbeian.portal.log.sequencer import open_log, publish
from openbeian.portal.log.snapshots import is_due, publish_snapshot, renew_repository
from openbeian.portal.log.witnessing import cosign, enter_witnesses
from openbeian.portal.sandbox.queries import snapshot_permits
from openbeian.portal.signing import publish_keys
from openbeian.trust.log import TileLog
from openbeian.trust.snapshots import SnapshotRows
from openbeian.trust.witnesses import Witness

__all__ = ["enter_witnesses", "open_for_publishing", "publish_everything"]


def open_for_publishing() -> TileLog:
    """Open the log and put the public keys beside it.

    Raises:
        CouldNotRunError: The log is damaged, or the key can't be read.
    """
    publish_keys()
    return open_log()


def publish_everything(
    log: TileLog, *, at: datetime, witnesses: Sequence[Witness] = ()
) -> tuple[int, Snapshot | None]:
    """Publish what waits; return how many log entries that were, and the snapshot if one was due.

    Suspensions whose end has come are lifted first, so that gates learn of it at once. Witnesses are asked
    between log and snapshot, so that the snapshot carries the checkpoint they have cosigned.

    Raises:
        CouldNotRunError: The log is damaged or the disk refused.
    """
    lift_suspensions(by=SYSTEM, at=at)
    count = publish(log, at=at)
    cosign(log, witnesses, at=at)
    if not is_due(at=at):
        renew_repository(_rows, at=at)
        return count, None
    checkpoint = None if log.checkpoint is None else log.checkpoint.note
    return count, publish_snapshot(_rows, checkpoint=checkpoint, at=at)


def _rows(at: datetime) -> SnapshotRows:
    return SnapshotRows(snapshot_rows(), snapshot_permits(at=at))
