"""The log's checkpoint that a draw follows from: the first one looked at that holds the commitment."""

from typing import NamedTuple

from django.conf import settings

from openbeian.portal.log.models import Entry
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.retests.models import RetestRun
from openbeian.trust.log_keys import check_checkpoint, parse_log_keys

__all__ = ["CheckedCheckpoint", "checkpoint_after", "is_published"]


class CheckedCheckpoint(NamedTuple):
    """A checkpoint and the verifier key under which its signature held."""

    note: str
    checked_with: str


def is_published(run: RetestRun) -> bool:
    """Say whether the commitment of a re-test stands in the log."""
    return Entry.objects.filter(pk=run.log_entry or 0, index__isnull=False).exists()


def checkpoint_after(run: RetestRun, kept: str = "") -> CheckedCheckpoint | None:
    """Return a signed checkpoint that holds the commitment of a re-test, or the one `kept`; None before.

    Raises:
        BadInputError: Its signature does not hold.
        CouldNotRunError: The log's files are damaged.
    """
    note = kept or _newest(run)
    if note is None:
        return None
    keys = parse_log_keys("keys.json", (settings.BEIAN_HOME / "public" / "keys.json").read_bytes())
    return CheckedCheckpoint(note, check_checkpoint(note, keys))


def _newest(run: RetestRun) -> str | None:
    entry = Entry.objects.filter(pk=run.log_entry or 0, index__isnull=False).first()
    checkpoint = open_log().checkpoint
    if entry is None or entry.index is None or checkpoint is None or checkpoint.size <= entry.index:
        return None
    return checkpoint.note
