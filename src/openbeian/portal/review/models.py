"""What reviewing leaves: conclusions, assignments, clocks, decisions, each decision by two people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.core.standard import Conclusion
from openbeian.portal.applications.models import Application, Correction

__all__ = ["Assignment", "Clock", "CorrectionOrigin", "Decision", "RequirementConclusion"]

_USER = settings.AUTH_USER_MODEL


class Decision(models.Model):
    """A decision at one level: the first person's outcome, then the countersigner's, given unseen."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    version_number = models.PositiveIntegerField()
    level = models.CharField(max_length=12)
    outcome = models.CharField(max_length=40)
    """The name of a step, such as `approve`."""
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    countersigned_outcome = models.CharField(max_length=40, blank=True)
    countersigned_reason_code = models.CharField(max_length=40, blank=True, default="")
    countersigned_reason = models.TextField(blank=True)
    countersigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
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


class RequirementConclusion(models.Model):
    """What a reviewer concluded on one of the requirements A01 to A39, on one version."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="requirement_conclusions")
    version_number = models.PositiveIntegerField()
    requirement = models.CharField(max_length=8)
    conclusion = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    concluded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField()

    class Meta:
        """By requirement, then in the order given; one a version, which may be changed while in review."""

        ordering = ("requirement", "version_number")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "version_number", "requirement"), name="requirement_concluded_once"
            ),
            models.CheckConstraint(
                condition=Q(conclusion__in=[one.value for one in Conclusion]),
                name="requirement_conclusion_is_known",
            ),
            models.CheckConstraint(
                condition=Q(conclusion=Conclusion.CONFORMS.value) | ~Q(reason=""),
                name="requirement_conclusion_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} v{self.version_number} {self.requirement} {self.conclusion}"


class CorrectionOrigin(models.Model):
    """Where an item to correct came from: the reason by code, and the check that found it."""

    correction = models.OneToOneField(Correction, models.PROTECT, related_name="origin")
    reason_code = models.CharField(max_length=40)
    check_id = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return f"{self.correction} · {self.reason_code}"


class Assignment(models.Model):
    """Who works on an application for one office; none where nobody has taken it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    level = models.CharField(max_length=12)
    officer = models.ForeignKey(_USER, models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        """One officer an office."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("application", "level"), name="one_officer_a_level"),
            models.CheckConstraint(
                condition=Q(level__in=["provincial", "national"]), name="assignment_level_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} · {self.officer}"


class Clock(models.Model):
    """The office's legal term for an application; it stands still while the provider corrects."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="clock")
    started_on = models.DateField()
    pauses = models.JSONField(default=list)
    """Pairs of days as ISO texts, from and until; until is null while it stands still."""
    term = models.CharField(max_length=40, blank=True)
    """The term that runs, an id of `terms.yaml`; empty where none does."""
    due_on = models.DateField(null=True, db_index=True)
    """The last day; None while it stands still or is over."""

    def __str__(self) -> str:
        return f"{self.application} · {self.due_on or '—'}"
