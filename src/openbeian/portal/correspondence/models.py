"""Messages and the files that come with them. Once sent, a message is never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application

__all__ = ["Message", "MessageFile"]

_USER = settings.AUTH_USER_MODEL


class Message(models.Model):
    """What somebody of one side wrote to the other."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="messages")
    side = models.CharField(max_length=10)
    """The side that wrote it: `provider` or `office`."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.TextField()
    sent_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    read_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    """Who of the other side opened it first; None until then."""
    read_at = models.DateTimeField(null=True)

    class Meta:
        """In the order sent; what is unread is found without reading all there is."""

        ordering = ("id",)
        indexes = (
            models.Index(fields=("application", "id"), name="message_of_application"),
            models.Index(
                fields=("side", "application"), condition=Q(read_at__isnull=True), name="message_unread"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(side__in=["provider", "office"]), name="message_side_is_known"
            ),
            models.CheckConstraint(
                condition=Q(read_by__isnull=True, read_at__isnull=True)
                | Q(read_by__isnull=False, read_at__isnull=False),
                name="message_read_has_person_and_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} · {self.pk}"


class MessageFile(models.Model):
    """A file that came with a message; its bytes lie in the upload store under their hash."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="files")
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()

    class Meta:
        """In the order given."""

        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
