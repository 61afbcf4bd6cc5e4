"""The outbox of notices, where they go, and what came of each delivery."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.accounts.models import Organisation
from openbeian.portal.audit.models import AuditEvent

__all__ = ["Attempt", "Delivery", "Endpoint", "Notice", "Preference"]

_USER = settings.AUTH_USER_MODEL


class Preference(models.Model):
    """How a person wants to be told; who has none gets Chinese by e-mail."""

    user = models.OneToOneField(_USER, models.PROTECT, related_name="notice_preference")
    language = models.CharField(max_length=2, default="zh")
    by_email = models.BooleanField(default=True)

    class Meta:
        """The languages are those of the pages."""

        constraints = (
            models.CheckConstraint(condition=Q(language__in=["zh", "en"]), name="notice_language_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.language}"


class Endpoint(models.Model):
    """An address that an organisation's notices are posted to; its secret follows from the salt."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="webhooks")
    address = models.CharField(max_length=500)
    note = models.CharField(max_length=80, blank=True)
    salt = models.CharField(max_length=32)
    earlier_salt = models.CharField(max_length=32, blank=True)
    """Of the secret before this one, by which notices are signed too while it is being replaced."""
    earlier_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    """When it last took a notice."""
    off_at = models.DateTimeField(null=True)
    """When it was switched off because it failed for long; None while it is on."""
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """In the order made; an address is entered once."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "address"),
                condition=Q(removed_at__isnull=True),
                name="webhook_address_once",
            ),
        )

    def __str__(self) -> str:
        return self.address


class Notice(models.Model):
    """An event that is told: written in the transaction of what happened, made into deliveries afterwards."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="notice")
    expanded_at = models.DateTimeField(null=True)
    """When its deliveries were made; None while it waits in the outbox."""

    class Meta:
        """In the order written; what waits is found without reading all there is."""

        ordering = ("id",)
        indexes = (
            models.Index(fields=("id",), condition=Q(expanded_at__isnull=True), name="notice_waiting"),
        )

    def __str__(self) -> str:
        return f"notice {self.pk}"

    @property
    def message_id(self) -> str:
        """The id by which receivers recognise it, however often it comes."""
        return f"msg_{self.pk}"


class Delivery(models.Model):
    """One notice on its way to one person or one address."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", null=True)
    state = models.CharField(max_length=10, default="waiting")
    failures = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    """Not to be tried before."""
    claimed_until = models.DateTimeField(null=True)
    """Until when a process that took it has the time to deliver it; then another may."""
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; what is due is found without reading all there is."""

        ordering = ("-id",)
        indexes = (
            models.Index(fields=("next_at",), condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=("endpoint", "-id"), name="delivery_of_endpoint"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=True, endpoint__isnull=False)
                | Q(user__isnull=False, endpoint__isnull=True),
                name="delivery_goes_one_way",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", closed_at__isnull=True)
                | Q(state__in=["delivered", "given_up"], closed_at__isnull=False),
                name="delivery_state_follows",
            ),
            models.UniqueConstraint(fields=("notice", "user"), name="one_delivery_a_person"),
            models.UniqueConstraint(fields=("notice", "endpoint"), name="one_delivery_an_address"),
        )

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Attempt(models.Model):
    """One try, and what came of it. Of an answer only its status is kept."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    status = models.PositiveIntegerField(null=True)
    """Of the HTTP answer; None for e-mail, and where none came."""
    detail = models.CharField(max_length=200, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.delivery} · {self.at:%Y-%m-%d %H:%M}"
