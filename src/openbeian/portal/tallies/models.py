"""Counts by breakdown, and changes of them that wait to be added in."""

from django.db import models

__all__ = ["Tally", "TallyChange", "TallyVersion"]


class _Counted(models.Model):
    """A number of rows that have all parts of a breakdown in common."""

    breakdown = models.CharField(max_length=24)
    part1 = models.TextField()
    part2 = models.TextField()
    part3 = models.TextField()
    part4 = models.TextField()
    entries = models.BigIntegerField()

    class Meta:
        """Never a table of its own."""

        abstract = True

    @property
    def cell(self) -> str:
        """What it counts, in one line."""
        return " ".join(filter(None, (self.breakdown, self.part1, self.part2, self.part3, self.part4)))


class Tally(_Counted):
    """How many rows there are, once for each cell of a breakdown."""

    class Meta:
        """One row a cell; the largest are found without looking at the others."""

        constraints = (
            models.UniqueConstraint(
                fields=("breakdown", "part1", "part2", "part3", "part4"), name="tally_once_a_cell"
            ),
        )
        indexes = (models.Index(fields=("breakdown", "-entries"), name="tally_largest"),)

    def __str__(self) -> str:
        return f"{self.cell}: {self.entries}"


class TallyChange(_Counted):
    """What is to be added to a tally: only PostgreSQL needs it, so that no writer waits for another."""

    class Meta:
        """Found by breakdown."""

        indexes = (models.Index(fields=("breakdown",), name="tally_change_breakdown"),)

    def __str__(self) -> str:
        return f"{self.cell}: {self.entries:+}"


class TallyVersion(models.Model):
    """Which state the tallies are in: drawn by chance with every change, so that none is ever had again.

    One row on SQLite; on PostgreSQL one for each change since somebody last tidied up, so that no writer
    waits for another. All rows together are the version.
    """

    mark = models.BigIntegerField()
    at = models.DateTimeField()
    """When that was, by the clock of the database."""

    def __str__(self) -> str:
        return f"{self.mark:x}"
