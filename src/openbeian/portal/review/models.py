"""Decisions on applications; the database itself refuses the same person twice."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.portal.applications.models import Application

__all__ = ["Decision"]


class Decision(models.Model):
    """A decision at one level: the first person's outcome, then the countersigner's, given unseen."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    version_number = models.PositiveIntegerField()
    level = models.CharField(max_length=12)
    outcome = models.CharField(max_length=40)
    """The name of a step, such as `approve`."""
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    countersigned_outcome = models.CharField(max_length=40, blank=True)
    countersigned_reason = models.TextField(blank=True)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    countersigned_at = models.DateTimeField(null=True)
    step_taken = models.CharField(max_length=40, blank=True)
    """The step that followed: the outcome where both agree, else the sending back."""
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """In the order decided."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=["provincial", "national"]), name="decision_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("decided_by")),
                name="decision_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    countersigned_by__isnull=True,
                    countersigned_at__isnull=True,
                    closed_at__isnull=True,
                    countersigned_outcome="",
                    step_taken="",
                )
                | (
                    Q(
                        countersigned_by__isnull=False,
                        countersigned_at__isnull=False,
                        closed_at__isnull=False,
                    )
                    & ~Q(countersigned_outcome="")
                    & ~Q(step_taken="")
                ),
                name="decision_closed_by_countersignature",
            ),
            models.UniqueConstraint(
                fields=("application", "level"),
                condition=Q(closed_at__isnull=True),
                name="one_open_decision_a_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.level} {self.outcome}"
