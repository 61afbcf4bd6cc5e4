"""Duties of filings, what providers reported, reminders given, and draws of filings to be inspected again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.core.duties import DutyKind
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.models import Entry

__all__ = ["CalendarKey", "Duty", "DutyReport", "ModelUpdate", "Reinspection", "ReminderGiven"]

_USER = settings.AUTH_USER_MODEL
_KINDS = [kind.value for kind in DutyKind]


class Duty(models.Model):
    """What a filing's provider owes next of one kind: kept so that lists need not work it out."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=16)
    due_on = models.DateField(null=True)
    """None where nothing is owed at present."""
    done_on = models.DateField(null=True)
    """When it was last done."""

    class Meta:
        """What falls due first comes first."""

        ordering = ("due_on", "id")
        indexes = (models.Index(fields=("due_on",), name="duty_due"),)
        constraints = (
            models.UniqueConstraint(fields=("filing", "kind"), name="one_duty_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="duty_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.filing} · {self.kind}"


class DutyReport(models.Model):
    """A provider's word that it did what it owed, and what shows it."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="duty_reports")
    kind = models.CharField(max_length=16)
    done_on = models.DateField()
    due_on = models.DateField(null=True)
    """When it was due; None where nothing was owed."""
    digest = models.CharField(max_length=64)
    """The SHA-256 of the library's or bank's manifest, or the head of the assessment's evidence."""
    items = models.PositiveIntegerField()
    """How many terms or questions."""
    note = models.CharField(max_length=500, blank=True)
    is_unchanged = models.BooleanField()
    """Whether the digest is that of the report before."""
    is_short = models.BooleanField()
    """Whether there are fewer than the edition says there should be."""
    reported_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("filing", "kind", "-id"), name="duty_report_newest"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="duty_report_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.filing} · {self.kind} · {self.done_on}"

    @property
    def days_late(self) -> int:
        """How many days after it was due it was done; 0 where in time."""
        return 0 if self.due_on is None else max(0, (self.done_on - self.due_on).days)


class ModelUpdate(models.Model):
    """A new version of a filed service's model."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="model_updates")
    version = models.CharField(max_length=80)
    is_important = models.BooleanField()
    summary = models.CharField(max_length=1000)
    updated_on = models.DateField()
    reported_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("filing", "version"), name="model_version_once"),)

    def __str__(self) -> str:
        return f"{self.filing} · {self.version}"


class ReminderGiven(models.Model):
    """That a provider was reminded: each reminder is given once, whatever process gives it."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    due_on = models.DateField()
    stage = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        """Once each."""

        constraints = (
            models.UniqueConstraint(
                fields=("filing", "kind", "due_on", "stage", "number"), name="one_reminder_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing} · {self.kind} · {self.stage} {self.number}"


class CalendarKey(models.Model):
    """What a filing's secret calendar address follows from; another salt makes another address."""

    filing = models.OneToOneField(Filing, models.PROTECT, related_name="calendar_key")
    salt = models.CharField(max_length=32)
    made_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.filing}"


class Reinspection(models.Model):
    """A draw of filings to be inspected again: ordered and logged first, drawn by a later checkpoint."""

    jurisdiction = models.CharField(max_length=4, blank=True)
    """Empty where all of the nation's filings were drawn from."""
    size = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    numbers = models.JSONField()
    """What is drawn from: the numbers of every valid filing at the time, in order."""
    commitment = models.CharField(max_length=64)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    """The log entry that commits to it."""
    ordered_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    checkpoint = models.TextField(blank=True)
    drawn = models.JSONField(default=list)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"R-{self.pk}"
