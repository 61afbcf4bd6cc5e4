"""Uploads in pieces, what the malware scanner said of a file, and who stands for what is handed in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

__all__ = ["Confirmation", "Screening", "Upload"]

_USER = settings.AUTH_USER_MODEL


class Confirmation(models.Model):
    """A signatory stands for exactly this content of an application."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="confirmations")
    post = models.CharField(max_length=24)
    """The role in which it was given, such as `legal_representative`."""
    content = models.CharField(max_length=64)
    """The hash of entries and files; another content asks for another confirmation."""
    by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Once a post and content."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "post", "content"), name="confirmed_once"),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.post}"


class Screening(models.Model):
    """What the scanner said of a file's bytes, wherever they are attached."""

    sha256 = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10)
    """`waiting` while the scanner could not be asked, then `clean` or `infected`."""
    threat = models.CharField(max_length=200, blank=True)
    """What the scanner calls what it found."""
    at = models.DateTimeField()

    class Meta:
        """The states are three."""

        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "clean", "infected"]), name="screening_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.state}"


class Upload(models.Model):
    """A file on its way: announced with size and hash, sent in pieces, and then taken or refused."""

    key = models.CharField(max_length=32, unique=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=24)
    """`dossier` for a whole folder as one archive, else what an attachment may be."""
    name = models.CharField(max_length=160)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.PositiveBigIntegerField(default=0)
    """How many bytes have arrived; the next piece begins here."""
    started_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        """The oldest first; one of the same bytes at a time."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(received__lte=F("size")), name="upload_is_no_longer_than_said"
            ),
            models.UniqueConstraint(
                fields=("application", "kind", "name", "sha256"), name="upload_of_same_bytes_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.received}/{self.size}"
