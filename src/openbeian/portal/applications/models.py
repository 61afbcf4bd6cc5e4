"""Applications, their versions, attachments, corrections and re-tests."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.upload_models import Confirmation, Screening, Upload

__all__ = [
    "Application",
    "Attachment",
    "Confirmation",
    "Correction",
    "Retest",
    "Screening",
    "Serial",
    "Upload",
    "Version",
]

_USER = settings.AUTH_USER_MODEL


class Serial(models.Model):
    """A running number: of applications in a year, of filings of a province on a day."""

    name = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Application(models.Model):
    """What a provider asks for. The columns beside `facts` repeat what lists and searches need."""

    reference = models.CharField(max_length=20, unique=True)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    jurisdiction = models.CharField(max_length=4)
    route = models.CharField(max_length=12, default="filing")
    """Follows from the model: what only calls a filed one is registered."""
    base_key = models.CharField(max_length=90, blank=True, default="")
    """What all spellings of the number of the model it calls, or was made from, have in common."""
    edition = models.CharField(max_length=40)
    profile = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=24, default=ApplicationStatus.DRAFT.value)
    status_since = models.DateTimeField()
    service_name = models.CharField(max_length=200, blank=True)
    service_latin = models.CharField(max_length=200, blank=True)
    model_name = models.CharField(max_length=200, blank=True)
    service_id = models.CharField(max_length=20, unique=True)
    """What gates ask for: made once, never reused, says nothing about the service."""
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    """The number of the version handed in last; 0 before the first."""
    prepared_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list)
    """What the validator found when the provider last tried to hand in."""
    findings_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first; lists are read by province and status."""

        ordering = ("-id",)
        indexes = (
            models.Index(fields=("jurisdiction", "status", "status_since"), name="application_queue"),
            models.Index(fields=("provider", "status"), name="application_of_provider"),
            models.Index(fields=("base_key",), name="application_base"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(route__in=["filing", "registration"]), name="route_is_known"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> ApplicationStatus:
        """The status as the rules know it."""
        return ApplicationStatus(self.status)

    def rule_facts(
        self,
        *,
        open_corrections: int = 0,
        reviewed_by: frozenset[str] = frozenset(),
        first_decision_by: str | None = None,
        provincial_deciders: frozenset[str] = frozenset(),
        base_status: str = "",
    ) -> ApplicationFacts:
        """Return the application as the rules see it, with what the caller knows of its course."""
        return ApplicationFacts(
            id=self.reference,
            status=self.state,
            jurisdiction=self.jurisdiction,
            provider_id=str(self.provider_id),
            profile=self.profile,
            open_corrections=open_corrections,
            version=self.version,
            prepared_by=f"user:{self.prepared_by_id}",
            reviewed_by=reviewed_by,
            first_decision_by=first_decision_by,
            provincial_deciders=provincial_deciders,
            route=self.route,
            base_status=base_status,
        )


class Version(models.Model):
    """What was handed in at one moment, word for word, with what the validator found."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    files = models.JSONField(default=list)
    """The attachments as they were: kind, name, sha256, size."""
    salt = models.CharField(max_length=32)
    """Goes into the digest, so that nobody can find out by guessing what was handed in."""
    digest = models.CharField(max_length=64)
    findings = models.JSONField(default=list)
    report = models.JSONField(null=True)
    """The assessment's figures, recomputed from the evidence; None where none could be."""
    submitted_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    recommendation = models.TextField(blank=True)
    recommended_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    recommended_at = models.DateTimeField(null=True)

    class Meta:
        """In the order handed in."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("application", "number"), name="version_number_once"),
            models.CheckConstraint(
                condition=Q(recommended_by__isnull=True, recommended_at__isnull=True)
                | Q(recommended_by__isnull=False, recommended_at__isnull=False),
                name="recommendation_has_person_and_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} v{self.number}"

    @property
    def evidence_head(self) -> str | None:
        """The hash of the evidence's last line, which names the whole assessment."""
        return None if self.report is None else str(self.report["evidence"]["head"])


class Attachment(models.Model):
    """A file of the application; its bytes lie in the upload store under their hash.

    Of a file that came in a dossier's folder, the name is its path there, from `dossier.yaml` on.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    version_number = models.PositiveIntegerField()
    """The version it was added for; it stays with later versions until removed."""
    kind = models.CharField(max_length=24)
    in_folder = models.BooleanField(default=False)
    """Whether it came in a dossier's folder, and so is looked at together with the rest of it."""
    name = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order added; one present file of a name."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("application", "name"),
                condition=Q(removed_at__isnull=True),
                name="attachment_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Correction(models.Model):
    """One item an office asks the provider to correct."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="corrections")
    version_number = models.PositiveIntegerField()
    item = models.CharField(max_length=80)
    """A clause, or a field of the form."""
    text = models.TextField()
    raised_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    replied_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, default="open")

    class Meta:
        """In the order raised; the status follows from what happened."""

        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status="open", replied_at__isnull=True, closed_at__isnull=True)
                | Q(status="answered", replied_at__isnull=False, closed_at__isnull=True)
                | Q(status="closed", closed_at__isnull=False),
                name="correction_status_follows",
            ),
            models.CheckConstraint(
                condition=Q(replied_by__isnull=True, replied_at__isnull=True)
                | Q(replied_by__isnull=False, replied_at__isnull=False),
                name="correction_reply_has_person_and_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="correction_close_has_person_and_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.item}"


class Retest(models.Model):
    """A technical re-test ordered by the office, and its result."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="retests")
    version_number = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    ordered_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    """Whether the office's own figures agree with the provider's; None until recorded."""
    summary = models.TextField(blank=True)
    recorded_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        """In the order ordered; one running at a time."""

        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=Q(recorded_at__isnull=True), name="one_retest_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=True, recorded_at__isnull=True, agrees__isnull=True)
                | Q(recorded_by__isnull=False, recorded_at__isnull=False, agrees__isnull=False),
                name="retest_result_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} re-test"
