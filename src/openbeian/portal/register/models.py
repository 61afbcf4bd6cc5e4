"""The published lists that were taken over."""

from django.db import models

__all__ = ["TakenList"]


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
