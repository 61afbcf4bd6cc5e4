"""Hidden banks, and re-tests with them; what is secret lies in them sealed (`keyring`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application, Retest

__all__ = ["USUAL_A_MINUTE", "HiddenBank", "RetestRun", "RunStatus"]

_USER = settings.AUTH_USER_MODEL


USUAL_A_MINUTE = 120
"""What a channel is asked a minute unless its tester says otherwise: two a second."""


class RunStatus(models.TextChoices):
    """Where a re-test stands."""

    WAITING = "waiting"
    """For a worker."""
    COMMITTED = "committed"
    """For a checkpoint of the log that holds the commitment: the seed of the draw comes from it."""
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


OPEN: tuple[str, ...] = (RunStatus.WAITING, RunStatus.COMMITTED, RunStatus.RUNNING)


class HiddenBank(models.Model):
    """A bank, or a keyword library, that no provider has seen."""

    office = models.ForeignKey(Organisation, models.PROTECT, related_name="hidden_banks")
    kind = models.CharField(max_length=20)
    """One of `BankKind`, or `keywords`."""
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    items = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    """Of its canonical form: what a re-test commits to."""
    key_id = models.CharField(max_length=40)
    box = models.BinaryField()
    added_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; an office keeps the same bank once."""

        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("office", "sha256"), name="hidden_bank_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class RetestRun(models.Model):
    """One run of hidden banks against one channel; a re-test that was ordered may have several."""

    order = models.ForeignKey(Retest, models.PROTECT, related_name="runs")
    application = models.ForeignKey(Application, models.PROTECT, related_name="retest_runs")
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="retest_runs")
    """Whose testers run it."""
    banks: "models.ManyToManyField[HiddenBank, models.Model]" = models.ManyToManyField(
        HiddenBank, related_name="runs"
    )
    channel = models.CharField(max_length=10)
    """`bare` or `guarded`: which of the declared channels."""
    address = models.CharField(max_length=500)
    model = models.CharField(max_length=120)
    sample = models.CharField(max_length=40)
    """A profile of the edition, or `full`."""
    concurrency = models.PositiveSmallIntegerField(default=4)
    """At most so many questions are in flight."""
    questions_a_minute = models.PositiveIntegerField(default=USUAL_A_MINUTE, db_default=USUAL_A_MINUTE)
    """At most so many questions a minute are put to the channel, those tried again included."""
    key_id = models.CharField(max_length=40, blank=True)
    key_box = models.BinaryField(null=True)
    """The channel's key, sealed; gone once the run is done."""
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.WAITING)
    commitment = models.CharField(max_length=64, blank=True)
    log_entry = models.PositiveBigIntegerField(null=True)
    """The id of the log entry that holds the commitment."""
    checkpoint = models.TextField(blank=True)
    """The log's signed checkpoint that the seed comes from."""
    retries_errors = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    worker = models.CharField(max_length=40, blank=True)
    beat_at = models.DateTimeField(null=True)
    """When the worker last said that it is at it."""
    queued_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    failure = models.JSONField(default=dict)
    """Why it stopped, in both languages; never a question or an answer."""
    report = models.JSONField(null=True)
    """The figures, by risk; neither questions nor answers."""
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", null=True)
    released_at = models.DateTimeField(null=True)
    """When the office let the provider see questions and answers."""

    class Meta:
        """Newest first; figures exist when it is done, and only then can anything be released."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("status", "beat_at"), name="retest_run_open"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(status=RunStatus.DONE) | Q(report__isnull=False, ended_at__isnull=False),
                name="retest_run_done_has_report",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(status=RunStatus.DONE, released_by__isnull=False),
                name="retest_run_released_when_done",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} re-test {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether a worker has it, or will."""
        return self.status in OPEN

    @property
    def failure_text(self) -> Text | None:
        """Why it stopped."""
        return Text(self.failure["zh"], self.failure["en"]) if self.failure else None
