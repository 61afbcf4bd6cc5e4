"""Samples to be judged, their items (sealed: they may hold questions of a hidden bank), and verdicts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.accounts.models import Organisation
from openbeian.portal.retests.models import RetestRun

__all__ = ["ItemVerdict", "JudgingItem", "JudgingTask"]

_USER = settings.AUTH_USER_MODEL


class JudgingTask(models.Model):
    """One sample that people of one organisation judge."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="judging_tasks")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    """One of `BankKind`, or `corpus`: what can be said of an item."""
    run = models.ForeignKey(RetestRun, models.PROTECT, related_name="judging_tasks", null=True)
    """The re-test whose answers they are."""
    items_count = models.PositiveIntegerField()
    created_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    taken_over_at = models.DateTimeField(null=True)
    """When the verdicts went into the evidence of the re-test; from then on they stand."""

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class JudgingItem(models.Model):
    """One item; what is to be read lies in the box."""

    task = models.ForeignKey(JudgingTask, models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    """Its place in the sample, from 1."""
    key_id = models.CharField(max_length=40)
    box = models.BinaryField()
    standing = models.CharField(max_length=10, default="unjudged")
    """One of `Standing`; follows from the verdicts."""
    value = models.CharField(max_length=20, blank=True)
    """What people settled on."""

    class Meta:
        """In their order."""

        ordering = ("number",)
        indexes = (models.Index(fields=("task", "standing", "number"), name="judging_item_open"),)
        constraints = (
            models.UniqueConstraint(fields=("task", "number"), name="judging_number_once"),
            models.CheckConstraint(
                condition=Q(standing="settled", value__gt="") | (~Q(standing="settled") & Q(value="")),
                name="judging_settled_has_value",
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.number}"


class ItemVerdict(models.Model):
    """What one person said of an item. One that was taken back stays, and counts for nothing."""

    item = models.ForeignKey(JudgingItem, models.PROTECT, related_name="verdicts")
    by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    """1 and 2 judge unseen by one another, 3 decides where they disagree."""
    value = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        """The database itself refuses a second verdict of the same person, and a fourth person."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("item", "by"), condition=Q(undone_at__isnull=True), name="one_verdict_a_person"
            ),
            models.UniqueConstraint(
                fields=("item", "place"), condition=Q(undone_at__isnull=True), name="one_verdict_a_place"
            ),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=3), name="verdict_place_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.value}"
