"""Rounds, filings and measures."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.core.facts import FilingFacts
from openbeian.core.lifecycle import FilingStatus
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.log.models import Entry

__all__ = ["ClassDecision", "Filing", "Measure", "RegisterEntry", "Round", "Seat"]

_USER = settings.AUTH_USER_MODEL


class Round(models.Model):
    """A batch of certificates handed out together, usually at a conference."""

    series = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    place = models.CharField(max_length=80, blank=True)
    held_on = models.DateField()
    planned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-series",)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """An application's place in a round, picked beforehand; once published, the order of its certificates."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="seats")
    application = models.OneToOneField(Application, models.PROTECT, related_name="seat")
    """One application is certified once, so it sits in one round only."""
    place = models.PositiveIntegerField()
    """From 1; the order in which certificates are handed out."""
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        """In the order of the conference."""

        ordering = ("place", "id")

    def __str__(self) -> str:
        return f"{self.round} · {self.place} · {self.application}"


class Filing(models.Model):
    """A service on file. What the public may read stands here by value."""

    number = models.CharField(max_length=80, unique=True)
    application = models.OneToOneField(Application, models.PROTECT, related_name="filing")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="filings")
    provider_name = models.CharField(max_length=100)
    provider_name_en = models.CharField(max_length=160, blank=True)
    provider_uscc = models.CharField(max_length=18, blank=True)
    service_name = models.CharField(max_length=200)
    service_latin = models.CharField(max_length=200, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    service_id = models.CharField(max_length=20, unique=True)
    jurisdiction = models.CharField(max_length=4)
    route = models.CharField(max_length=12)
    edition = models.CharField(max_length=40)
    profile = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, default=FilingStatus.VALID.value)
    status_since = models.DateTimeField()
    status_until = models.DateField(null=True, blank=True)
    """The day a suspension is meant to end; None where none is set."""
    issued_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="filings", null=True)
    """The round it was certified in; None for a registration, which a province numbers by itself."""
    certificate = models.JSONField()
    log_entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        """Newest first; the register is read by province and status."""

        ordering = ("-id",)
        indexes = (
            models.Index(fields=("jurisdiction", "status"), name="filing_jurisdiction_status"),
            models.Index(fields=("issued_on",), name="filing_issued_on"),
            models.Index(fields=("status_until",), name="filing_status_until"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(route__in=["filing", "registration"]), name="filing_route_is_known"
            ),
            models.CheckConstraint(
                condition=Q(route="filing", round__isnull=False)
                | Q(route="registration", round__isnull=True),
                name="filing_is_certified_in_a_round",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> FilingStatus:
        """The status as the rules know it."""
        return FilingStatus(self.status)

    def rule_facts(self, *, first_decision_by: str | None = None) -> FilingFacts:
        """Return the filing as the rules see it."""
        return FilingFacts(
            number=self.number,
            status=self.state,
            jurisdiction=self.jurisdiction,
            provider_id=str(self.provider_id),
            first_decision_by=first_decision_by,
            route=self.route,
        )


class RegisterEntry(models.Model):
    """A service in the public register: filed here, or published by somebody else."""

    key = models.CharField(max_length=90, unique=True)
    """What its address ends with: the number, or the list and place where it has none."""
    filing = models.OneToOneField(Filing, models.PROTECT, null=True, related_name="register_entry")
    """The filing made here; None where somebody else published it."""
    number = models.CharField(max_length=90, blank=True)
    route = models.CharField(max_length=12)
    jurisdiction = models.CharField(max_length=4)
    service_name = models.CharField(max_length=200)
    service_latin = models.CharField(max_length=200, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    provider_name = models.CharField(max_length=200)
    provider_name_en = models.CharField(max_length=200, blank=True)
    provider_uscc = models.CharField(max_length=18, blank=True)
    profile = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, default=FilingStatus.VALID.value)
    status_since = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    """The day of the certificate, or the one published; None where none was published."""
    listed_on = models.DateField()
    """The day it sorts by: that of issue, or of the list it was published in."""
    round = models.ForeignKey(Round, models.PROTECT, related_name="entries", null=True)
    industry = models.CharField(max_length=24, blank=True)
    service_type = models.CharField(max_length=24, blank=True)
    sources = models.JSONField(default=dict, blank=True)
    """For what somebody else published: where each fact was read."""
    base_number = models.CharField(max_length=90, blank=True, default="")
    """The number of the model that it calls or was made from, as stated."""
    base_name = models.CharField(max_length=200, blank=True, default="")
    """The name of the model that it calls, as published."""
    search_tokens = models.TextField(blank=True)
    number_digest = models.CharField(max_length=16, blank=True, default="")
    """What all spellings of its number have in common: `filings.search.digest`; so are the others."""
    name_digest = models.CharField(max_length=16, blank=True, default="")
    model_digest = models.CharField(max_length=16, blank=True, default="")
    """Of the name of the model that is filed, by which applications may name what they call."""
    provider_digest = models.CharField(max_length=16, blank=True, default="")
    base_digest = models.CharField(max_length=16, blank=True, default="")
    """Of the base model's number, or of its name where no number is stated."""

    class Meta:
        """Newest first; the register is read by series, province and status."""

        ordering = ("-listed_on", "-id")
        indexes = (
            models.Index(fields=("route", "jurisdiction", "status"), name="entry_route_place_status"),
            models.Index(fields=("-listed_on", "-id"), name="entry_newest"),
            models.Index(fields=("number",), name="entry_number"),
            models.Index(fields=("number_digest",), name="entry_number_digest"),
            models.Index(fields=("name_digest",), name="entry_name_digest"),
            models.Index(fields=("model_digest",), name="entry_model_digest"),
            models.Index(fields=("base_digest", "id"), name="entry_base_digest"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(route__in=["filing", "registration"]), name="entry_route_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.key


class ClassDecision(models.Model):
    """What an office decided about the industry and service type of an entry; it stands against the rules."""

    entry = models.OneToOneField(RegisterEntry, models.PROTECT, related_name="class_decision")
    industry = models.CharField(max_length=24)
    service_type = models.CharField(max_length=24)
    ruled_industry = models.CharField(max_length=24)
    """What the rules said at the time, however sure they were: to measure how often they are right."""
    ruled_type = models.CharField(max_length=24)
    confidence = models.FloatField()
    """Of the ruled industry, 0 to 1."""
    type_confidence = models.FloatField()
    reason = models.TextField()
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering = ("-decided_at", "-id")

    def __str__(self) -> str:
        return f"{self.entry} · {self.industry} · {self.service_type}"


class Measure(models.Model):
    """A change of a filing's status, proposed by one person and countersigned by another."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12)
    reason_code = models.CharField(max_length=40, blank=True, default="")
    """Why, by code; empty where the measure needs no reason."""
    cause = models.TextField()
    until = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    """Whether the second person agreed; None while open."""
    countersigned_reason = models.TextField(blank=True)
    countersigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        """In the order proposed."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=["suspend", "reinstate", "revoke", "cancel", "expire"]),
                name="measure_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("decided_by")),
                name="measure_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True, countersigned_at__isnull=True, agreed__isnull=True)
                | Q(countersigned_by__isnull=False, countersigned_at__isnull=False, agreed__isnull=False),
                name="measure_closed_by_countersignature",
            ),
            models.UniqueConstraint(
                fields=("filing",), condition=Q(countersigned_at__isnull=True), name="one_open_measure"
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing} {self.kind}"
