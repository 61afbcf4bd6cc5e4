"""Bulletins, as drafts and as published."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.portal.filings.models import Round
from openbeian.portal.log.models import Entry

__all__ = ["Bulletin", "PublishedForGoodError"]

_USER = settings.AUTH_USER_MODEL


class PublishedForGoodError(TypeError):
    """Somebody's code tried to change or remove a published bulletin."""


class Bulletin(models.Model):
    """A bulletin of one round or one period; its document says everything a reader sees."""

    slug = models.SlugField(max_length=60, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="bulletins", null=True)
    period = models.CharField(max_length=8, blank=True)
    jurisdiction = models.CharField(max_length=4, blank=True)
    """Empty for all of them."""
    document = models.JSONField()
    signatures = models.JSONField(default=list, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, related_name="corrections", null=True)
    drafted_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    published_at = models.DateTimeField(null=True)
    log_entry = models.OneToOneField(Entry, models.PROTECT, related_name="+", null=True)

    class Meta:
        """The newest first."""

        ordering = ("-published_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(round__isnull=False, period="") | (Q(round__isnull=True) & ~Q(period="")),
                name="bulletin_of_round_or_period",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True, published_at__isnull=True, log_entry__isnull=True)
                | Q(published_by__isnull=False, published_at__isnull=False, log_entry__isnull=False),
                name="bulletin_published_is_logged",
            ),
        )

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django's
        """Write it; what is published in the database already is refused."""
        if (
            not self._state.adding
            and type(self).objects.filter(pk=self.pk, published_at__isnull=False).exists()
        ):
            raise PublishedForGoodError("a published bulletin is never changed; publish one that corrects it")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ANN401  as Django's
        """Discard a draft; what is published is refused."""
        if self.is_published:
            raise PublishedForGoodError("a published bulletin is never removed")
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        """Whether it is public, and never changes again."""
        return self.published_at is not None
