"""The published lists that were taken over, and what people report about entries."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.filings.models import RegisterEntry

__all__ = ["ProblemReport", "TakenList"]

_USER = settings.AUTH_USER_MODEL


class TakenList(models.Model):
    """One list that was taken over, and what came of it; who did it stands in the audit trail."""

    name = models.CharField(max_length=200)
    taken_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    conflicting = models.PositiveIntegerField()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class ProblemReport(models.Model):
    """What somebody reports about an entry. Nothing is kept of who they are but a contact, if they gave one.

    The contact is taken out when the report is closed.
    """

    reference = models.CharField(max_length=24, unique=True)
    """What its own page's address ends with; only the reporter is told."""
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20)
    text = models.TextField()
    contact = models.CharField(max_length=120, blank=True)
    reported_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Oldest first: who has waited longest is answered first."""

        ordering = ("id",)
        indexes = (models.Index(fields=("closed_at", "reported_at"), name="report_open"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["wrong_facts", "not_as_filed", "gate_refuses", "other"]),
                name="report_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True, answer="")
                | (Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="report_answer_has_author",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False, contact=""),
                name="report_closed_keeps_no_contact",
            ),
        )

    def __str__(self) -> str:
        return self.reference
