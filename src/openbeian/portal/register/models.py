"""Published lists, brought in and taken over; what people decided where they conflict; what they report."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.filings.models import RegisterEntry

__all__ = ["BroughtList", "ListChange", "ProblemReport", "RowDecision", "TakenBack", "TakenList"]

_USER = settings.AUTH_USER_MODEL


class BroughtList(models.Model):
    """A file that was brought in to be taken over; its bytes lie in the upload store under their SHA-256."""

    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    series = models.CharField(max_length=12, blank=True)
    """What it is of, where whoever brought it had to say so."""
    brought_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    """None: the operator of the machine, by command."""
    brought_at = models.DateTimeField()

    class Meta:
        """Newest first; the same file is brought in once."""

        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("sha256", "series"), name="one_list_for_the_same_file"),
        )

    def __str__(self) -> str:
        return self.name


class TakenList(models.Model):
    """One list that was taken over, and what came of it; who did it stands in the audit trail."""

    name = models.CharField(max_length=200)
    brought = models.ForeignKey(BroughtList, models.PROTECT, related_name="takings", null=True)
    """The file; None for the entries that ship."""
    taken_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    conflicting = models.PositiveIntegerField()
    """Conflicts that nobody had decided."""
    decided = models.PositiveIntegerField(default=0)
    """Rows that people had decided about, now or when an earlier list was taken over."""
    filed_here = models.PositiveIntegerField(default=0)
    """Rows left out because the register itself filed what they name."""

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


class ListChange(models.Model):
    """What taking a list over did to one entry."""

    taken = models.ForeignKey(TakenList, models.PROTECT, related_name="changes")
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="list_changes")
    is_new = models.BooleanField()
    fields = models.JSONField(default=list)
    """For a changed entry: `{"field", "before", "after"}` each."""

    class Meta:
        """In the order written."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.taken} · {self.entry}"


class RowDecision(models.Model):
    """What a person decided about a row that conflicted; remembered for every list that has the same row."""

    row_sha256 = models.CharField(max_length=64, unique=True)
    row = models.JSONField()
    """What the row states."""
    conflict_sha256 = models.CharField(max_length=64)
    """What whoever decided had before them."""
    verdict = models.CharField(max_length=4)
    entry = models.ForeignKey(RegisterEntry, models.PROTECT, related_name="row_decisions", null=True)
    """The entry to rewrite, or the one made of the row."""
    reason = models.TextField()
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    applied_in = models.ForeignKey(TakenList, models.PROTECT, related_name="decisions", null=True)
    """None until the list is taken over; the decision can be changed so long."""
    before = models.JSONField(default=dict)
    """What the entry was before the row was taken into it, as `stored_rows.row_as_json` writes it."""

    class Meta:
        """In the order decided."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(verdict__in=["keep", "take", "own"]), name="verdict_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.verdict} {self.row_sha256[:12]}"


class TakenBack(models.Model):
    """A decision that had taken effect and was taken back: what was decided, by whom and why, and why not."""

    taken = models.ForeignKey(TakenList, models.PROTECT, related_name="taken_back")
    """The list with which it had taken effect."""
    row = models.JSONField()
    verdict = models.CharField(max_length=4)
    entry_key = models.CharField(max_length=90, blank=True)
    """The entry that was rewritten, or made and is gone."""
    decided_reason = models.TextField()
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.TextField()
    taken_back_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField()

    class Meta:
        """In the order taken back."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.verdict} {self.entry_key}"
