"""Reading the log."""

from django.db.models import Max, Q, QuerySet

from openbeian.portal.log.models import Entry, Snapshot, WitnessState

__all__ = ["asked_witnesses", "entries_about", "latest_snapshot", "published_size", "recent_entries"]


def entries_about(subject: str) -> QuerySet[Entry]:
    """Return the entries about one application or filing, oldest first."""
    return Entry.objects.filter(subject=subject)


def recent_entries() -> QuerySet[Entry]:
    """Return the entries that are in the log, newest first."""
    return Entry.objects.filter(index__isnull=False).order_by("-index")


def published_size() -> int:
    """Return how many entries the database knows to be in the log."""
    last: int | None = Entry.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else last + 1


def latest_snapshot() -> Snapshot | None:
    """Return the snapshot published last."""
    return Snapshot.objects.first()


def asked_witnesses() -> QuerySet[WitnessState]:
    """Return the witnesses that are asked, and any that once saw another history of this log."""
    return WitnessState.objects.filter(Q(is_asked=True) | Q(contradicted_at__isnull=False))
