"""Permits and the decisions on them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.core.permits import PermitFacts, PermitStatus, PermitTerms, PermitUse
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application

__all__ = ["Permit", "PermitDecision"]

_USER = settings.AUTH_USER_MODEL


class Permit(models.Model):
    """A permit from when it is asked for. What the public may read stands here by value.

    Of testers only hashes are kept, under the permit's own salt; `purpose` stays between provider and office.
    """

    number = models.CharField(max_length=64, blank=True)
    """Empty until granted."""
    application = models.ForeignKey(Application, models.PROTECT, related_name="permits")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="permits")
    provider_name = models.CharField(max_length=100)
    provider_name_en = models.CharField(max_length=160, blank=True)
    service_name = models.CharField(max_length=200)
    service_id = models.CharField(max_length=20)
    service_hash = models.CharField(max_length=32, db_index=True)
    """By which snapshots and gates know the service."""
    jurisdiction = models.CharField(max_length=4)
    purpose = models.TextField()
    uses = models.JSONField(default=list)
    salt = models.CharField(max_length=32)
    testers = models.JSONField(default=list)
    """The hashes of whom the provider has named."""
    office_testers = models.JSONField(default=list)
    """The hashes of the office's own."""
    trial_users = models.PositiveIntegerField(default=0)
    gates = models.PositiveIntegerField(default=1)
    begins_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=12, default=PermitStatus.ASKED.value)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """When the office ended it early; None where it runs its time."""

    class Meta:
        """Newest first; one number is given once, and whatever was granted has one."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("jurisdiction", "status"), name="permit_jurisdiction_status"),)
        constraints = (
            models.UniqueConstraint(fields=("number",), condition=~Q(number=""), name="one_permit_a_number"),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "granted", "refused", "withdrawn", "ended"]),
                name="permit_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["granted", "ended"], granted_at__isnull=False) & ~Q(number="")
                | Q(status__in=["asked", "refused", "withdrawn"], granted_at__isnull=True, number=""),
                name="permit_granted_has_number",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False)
                | ~Q(status="ended") & Q(ended_at__isnull=True),
                name="permit_ended_has_time",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="permit_ends_after_begin"),
            models.CheckConstraint(condition=Q(gates__gte=1), name="permit_has_a_gate"),
        )

    def __str__(self) -> str:
        return self.number or f"{self.service_id} {self.begins_on}"

    @property
    def terms(self) -> PermitTerms:
        """What it lets happen, as the rules know it."""
        return PermitTerms(
            uses=frozenset(map(PermitUse, self.uses)),
            testers=self.named,
            trial_users=self.trial_users,
            gates=self.gates,
            begins_on=self.begins_on,
            ends_on=self.ends_on,
        )

    @property
    def named(self) -> int:
        """How many testers there are."""
        return len({*self.testers, *self.office_testers})

    def rule_facts(self, *, first_decision_by: str | None = None) -> PermitFacts:
        """Return the permit as the rules see it."""
        return PermitFacts(
            status=PermitStatus(self.status),
            jurisdiction=self.jurisdiction,
            provider_id=str(self.provider_id),
            asked_by=f"user:{self.asked_by_id}",
            begins_on=self.begins_on,
            ends_on=self.ends_on,
            first_decision_by=first_decision_by,
        )


class PermitDecision(models.Model):
    """A decision on a permit: by one person, and countersigned by another before it takes effect."""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="decisions")
    grants = models.BooleanField()
    reason = models.TextField()
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    """Whether the second person agreed; None while open."""
    countersigned_reason = models.TextField(blank=True)
    countersigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        """In the order decided."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("decided_by")),
                name="permit_decision_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True, countersigned_at__isnull=True, agreed__isnull=True)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False, agreed__isnull=False),
                name="permit_decision_closed_by_countersignature",
            ),
            models.UniqueConstraint(
                fields=("permit",),
                condition=Q(countersigned_at__isnull=True),
                name="one_open_permit_decision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.permit} {'granted' if self.grants else 'refused'}"
