"""The outbox of the transparency log, the snapshots given out, and what witnesses of the log answered."""

from django.db import models
from django.db.models import Q

__all__ = ["Entry", "Snapshot", "WitnessState"]


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


class WitnessState(models.Model):
    """A witness of the log, and what it answered when it was last asked."""

    name = models.CharField(max_length=200)
    verifier_key = models.CharField(max_length=400, unique=True)
    """Name, hash and key on one line (C2SP signed-note); another key is another witness."""
    address = models.CharField(max_length=500)
    is_asked = models.BooleanField(default=True)
    """Whether it is among those configured now."""
    outcome = models.CharField(max_length=20, blank=True)
    """One of `Outcome`; empty before it was first asked."""
    detail_zh = models.CharField(max_length=500, blank=True)
    detail_en = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True)
    """Not to be asked again before; None where it may be asked at any time."""
    failures = models.PositiveIntegerField(default=0)
    """How often in a row it gave no cosignature."""
    cosigned_size = models.BigIntegerField(null=True)
    """The size of the log it last cosigned."""
    cosigned_at = models.DateTimeField(null=True)
    contradicted_at = models.DateTimeField(null=True)
    """When it last had seen another history of this log; never forgotten."""
    contradicted_size = models.BigIntegerField(null=True)

    class Meta:
        """By name."""

        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
