"""Reading the log."""

from django.db.models import QuerySet

from openbeian.portal.log.models import Entry, Snapshot

__all__ = ["entries_about", "latest_snapshot", "recent_entries"]


def entries_about(subject: str) -> QuerySet[Entry]:
    """Return the entries about one application or filing, oldest first."""
    return Entry.objects.filter(subject=subject)


def recent_entries() -> QuerySet[Entry]:
    """Return the entries that are in the log, newest first."""
    return Entry.objects.filter(index__isnull=False).order_by("-index")


def latest_snapshot() -> Snapshot | None:
    """Return the snapshot published last."""
    return Snapshot.objects.first()
