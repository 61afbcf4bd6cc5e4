"""What gates report: taken in once, answers by day, unknown services by their hashes, places taken."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.sandbox.models import Permit

__all__ = ["AnswerDay", "GateReport", "PlacesTaken", "ServiceHash", "SightedService", "SightingDay"]

_USER = settings.AUTH_USER_MODEL


class GateReport(models.Model):
    """A report that was taken in; kept so that the same one isn't counted twice, and for its decisions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="gate_reports")
    report_id = models.CharField(max_length=32)
    gate = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
    decisions = models.JSONField(default=list)
    """Refusals in full and a part of the admissions, by hash; empty unless the platform sends them."""
    left_out = models.PositiveIntegerField(default=0)
    sampled = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("organisation", "gate", "received_at"), name="report_of_gate"),)
        constraints = (
            models.UniqueConstraint(fields=("organisation", "report_id"), name="one_report_an_id"),
        )

    def __str__(self) -> str:
        return f"{self.gate} {self.report_id[:8]}"


class AnswerDay(models.Model):
    """How often a platform's gates gave one answer on one day."""

    day = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField()

    class Meta:
        """One row each."""

        ordering = ("day", "answer")
        constraints = (
            models.UniqueConstraint(fields=("day", "organisation", "answer"), name="one_answer_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.answer} {self.count}"


class SightedService(models.Model):
    """A service that is not on file and that gates were asked for, known by its hash alone."""

    hash = models.CharField(max_length=32, unique=True)
    """As in snapshots: half of the SHA-256 of its id."""
    first_day = models.DateField()
    last_day = models.DateField()
    total = models.PositiveBigIntegerField(default=0)
    followed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    followed_at = models.DateTimeField(null=True)
    followed_reason = models.TextField(blank=True)
    """What came of it, in the words of whoever followed it up last."""

    class Meta:
        """Seen last first."""

        ordering = ("-last_day", "-total", "hash")
        indexes = (models.Index(fields=("-last_day", "-total", "hash"), name="sighted_seen_last"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(followed_by__isnull=True, followed_at__isnull=True, followed_reason="")
                | Q(followed_by__isnull=False, followed_at__isnull=False) & ~Q(followed_reason=""),
                name="followed_up_has_person_and_reason",
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="sighted_first_then_last"),
        )

    def __str__(self) -> str:
        return self.hash


class SightingDay(models.Model):
    """How often one gate was asked for one unknown service on one day."""

    service = models.ForeignKey(SightedService, models.PROTECT, related_name="days")
    day = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    gate = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField()

    class Meta:
        """In the order of days."""

        ordering = ("day", "gate")
        constraints = (
            models.UniqueConstraint(
                fields=("service", "day", "organisation", "gate"), name="one_sighting_a_gate_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.service} {self.day} {self.gate} {self.count}"


class PlacesTaken(models.Model):
    """How many trial users have a place under a permit at one gate, as it last reported."""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="places")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    gate = models.CharField(max_length=40)
    trial_users = models.PositiveIntegerField()
    reported_at = models.DateTimeField()

    class Meta:
        """One row for each gate."""

        ordering = ("gate",)
        constraints = (
            models.UniqueConstraint(fields=("permit", "organisation", "gate"), name="one_count_a_gate"),
        )

    def __str__(self) -> str:
        return f"{self.permit} {self.gate} {self.trial_users}"


class ServiceHash(models.Model):
    """By which hash gates know the service of an application."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="service_hash")
    hash = models.CharField(max_length=32, unique=True)

    def __str__(self) -> str:
        return self.hash
