"""The outbox of the transparency log, and the snapshots given out."""

from django.db import models
from django.db.models import Q

__all__ = ["Entry", "Snapshot"]


class Entry(models.Model):
    """A log entry, written in the transaction of what it tells of, published by the sequencer afterwards."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    subject = models.CharField(max_length=80, db_index=True)
    body = models.TextField()
    """The canonical JSON whose bytes are the leaf."""
    leaf_hash = models.CharField(max_length=64, db_index=True)
    index = models.BigIntegerField(null=True, unique=True)
    """The place in the log; None until published."""
    published_at = models.DateTimeField(null=True)

    class Meta:
        """In the order written."""

        ordering = ("id",)
        verbose_name_plural = "entries"
        constraints = (
            models.CheckConstraint(
                condition=Q(index__isnull=True, published_at__isnull=True)
                | Q(index__isnull=False, published_at__isnull=False),
                name="entry_published_has_index",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Snapshot(models.Model):
    """A signed snapshot that was published."""

    version = models.BigIntegerField(unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    after_entry = models.BigIntegerField(default=0)
    """The id of the last log entry about a filing that it takes into account."""

    class Meta:
        """Newest first."""

        ordering = ("-version",)

    def __str__(self) -> str:
        return f"snapshot {self.version}"
