"""Petitions, their files and decisions, and the versions of a filing that granted ones made."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openbeian.core.facts import PetitionFacts
from openbeian.core.petitions import PETITION_RULES, PetitionKind, PetitionRule
from openbeian.core.statuses import ApplicationStatus, FilingStatus, PetitionStatus
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.models import Entry

__all__ = ["FilingVersion", "Petition", "PetitionAssignment", "PetitionDecision", "PetitionFile"]

_USER = settings.AUTH_USER_MODEL


class Petition(models.Model):
    """What a provider asks about a refused application or a filing."""

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=24)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="petitions")
    application = models.ForeignKey(Application, models.PROTECT, related_name="petitions")
    filing = models.ForeignKey(Filing, models.PROTECT, related_name="petitions", null=True)
    """The filing it is about; None where it is about a refused application."""
    jurisdiction = models.CharField(max_length=4)
    levels = models.JSONField()
    """Who decides, in turn: `provincial`, `national`."""
    status = models.CharField(max_length=12, default=PetitionStatus.DRAWN_UP.value)
    status_since = models.DateTimeField()
    grounds = models.TextField(blank=True)
    happened_on = models.DateField(null=True)
    """The day of the change, of the end of the service, or of the decision it is about."""
    changes = models.JSONField(default=dict)
    """Entries of the form that become others, and what they become."""
    before = models.JSONField(default=dict)
    """What those entries were when it was handed in."""
    findings = models.JSONField(default=list)
    report = models.JSONField(null=True)
    """The figures recomputed from new evidence; None where there is none."""
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    handed_in_on = models.DateField(null=True)
    ask_by = models.DateField(null=True)
    """The last day on which it was to be handed in; None where no law sets one."""
    due_on = models.DateField(null=True, db_index=True)
    """By when it has to be decided; None while it is with the provider or over."""
    pauses = models.JSONField(default=list)
    examined_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    examination = models.TextField(blank=True)
    return_code = models.CharField(max_length=40, blank=True)
    return_reason = models.TextField(blank=True)

    class Meta:
        """Newest first; one open petition of a kind about the same thing."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("jurisdiction", "status"), name="petition_queue"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in PetitionKind]), name="petition_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in PetitionStatus]), name="petition_status_is_known"
            ),
            models.UniqueConstraint(
                fields=("application", "kind"),
                condition=~Q(status__in=["granted", "rejected", "dropped"]),
                name="one_open_petition_a_kind",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> PetitionStatus:
        """The status as the rules know it."""
        return PetitionStatus(self.status)

    @property
    def asked(self) -> PetitionKind:
        """The kind as the rules know it."""
        return PetitionKind(self.kind)

    @property
    def rule(self) -> PetitionRule:
        """What holds for its kind."""
        return PETITION_RULES[self.asked]

    @property
    def subject_status(self) -> ApplicationStatus | FilingStatus:
        """The status of what it is about."""
        return self.application.state if self.filing is None else self.filing.state

    def rule_facts(
        self,
        *,
        reviewed_by: frozenset[str],
        first_decision_by: str | None,
        provincial_deciders: frozenset[str],
    ) -> PetitionFacts:
        """Return the petition as the rules see it, with what the caller knows of its course."""
        return PetitionFacts(
            id=self.reference,
            status=self.state,
            jurisdiction=self.jurisdiction,
            provider_id=str(self.provider_id),
            levels=tuple(self.levels),
            prepared_by=f"user:{self.asked_by_id}",
            reviewed_by=reviewed_by,
            first_decision_by=first_decision_by,
            provincial_deciders=provincial_deciders,
        )


class PetitionAssignment(models.Model):
    """Who works on a petition for one office; none where nobody has taken it."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="assignments")
    level = models.CharField(max_length=12)
    officer = models.ForeignKey(_USER, models.PROTECT, related_name="petition_assignments")
    assigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()

    class Meta:
        """One officer an office."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("petition", "level"), name="one_petition_officer_a_level"),
            models.CheckConstraint(
                condition=Q(level__in=["provincial", "national"]), name="petition_assignment_level_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.petition} · {self.officer}"


class PetitionFile(models.Model):
    """A file that goes with a petition; its bytes lie in the upload store under their hash."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """In the order added; one present file of a name."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("petition", "name"), condition=Q(removed_at__isnull=True), name="petition_file_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PetitionDecision(models.Model):
    """A decision at one level: the first person's outcome, then the countersigner's, given unseen."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="decisions")
    level = models.CharField(max_length=12)
    outcome = models.CharField(max_length=40)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    countersigned_outcome = models.CharField(max_length=40, blank=True)
    countersigned_reason_code = models.CharField(max_length=40, blank=True)
    countersigned_reason = models.TextField(blank=True)
    countersigned_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    countersigned_at = models.DateTimeField(null=True)
    step_taken = models.CharField(max_length=40, blank=True)
    """The step that followed: the outcome where both agree, else back to be examined."""

    class Meta:
        """In the order decided; the database itself refuses the same person twice."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=["provincial", "national"]), name="petition_decision_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True) | ~Q(countersigned_by=F("decided_by")),
                name="petition_decision_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_by__isnull=True, countersigned_at__isnull=True, step_taken="")
                | (Q(countersigned_by__isnull=False, countersigned_at__isnull=False) & ~Q(step_taken="")),
                name="petition_decision_closed_by_countersignature",
            ),
            models.UniqueConstraint(
                fields=("petition", "level"),
                condition=Q(countersigned_at__isnull=True),
                name="one_open_petition_decision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.petition} {self.level} {self.outcome}"


class FilingVersion(models.Model):
    """What became other on file, by a granted petition: the register's history beside the log's."""

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    """From 2: the first is what was certified."""
    petition = models.OneToOneField(Petition, models.PROTECT, related_name="filing_version")
    changes = models.JSONField()
    """Each entry that changed: `field`, `before`, `after`."""
    accepted_at = models.DateTimeField()
    log_entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")

    class Meta:
        """In the order accepted."""

        ordering = ("filing_id", "number")
        constraints = (models.UniqueConstraint(fields=("filing", "number"), name="filing_version_once"),)

    def __str__(self) -> str:
        return f"{self.filing} v{self.number}"
