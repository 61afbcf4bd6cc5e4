"""What a worker writes as it carries a re-test on; it acts for the portal, so no person is asked for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from openbeian.assessment import Report
from openbeian.core.errors import CouldNotRunError
from openbeian.core.text import Text
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.actions import record
from openbeian.portal.log.outbox import append
from openbeian.portal.retests.models import OPEN, RetestRun, RunStatus

__all__ = [
    "beat",
    "begin",
    "claim",
    "commit",
    "fail",
    "finish",
    "give_back",
    "keep_checkpoint",
    "mark_queued",
    "pause",
]


def claim(run_pk: int, token: str, *, dead_before: datetime, at: datetime) -> RetestRun | None:
    """Take a re-test for a worker; None where another has it, or nothing is to be done.

    Nobody asks a channel that another re-test is asking: together they would ask it more than either may.
    """
    free = Q(worker="") | Q(beat_at__lt=dead_before)
    asking = RetestRun.objects.filter(
        address=OuterRef("address"), status=RunStatus.RUNNING, beat_at__gte=dead_before
    ).exclude(worker="")
    is_asked = Exists(asking.exclude(pk=OuterRef("pk")))
    taken = RetestRun.objects.filter(free, ~is_asked, pk=run_pk, status__in=OPEN, stop_asked_at=None).update(
        worker=token, beat_at=at, queued_at=None
    )
    return RetestRun.objects.select_related("application", "order").get(pk=run_pk) if taken else None


def give_back(run: RetestRun, token: str) -> None:
    """Let others take it."""
    RetestRun.objects.filter(pk=run.pk, worker=token).update(worker="")


def mark_queued(run: RetestRun, *, at: datetime) -> None:
    """Remember that it stands in the queue."""
    RetestRun.objects.filter(pk=run.pk).update(queued_at=at)


@transaction.atomic
def commit(run: RetestRun, digest: str, *, at: datetime) -> None:
    """Commit to banks, library, edition and channel, in the public log, before anything is drawn."""
    entry = append(
        "retest.committed",
        run.application.reference,
        facts={"jurisdiction": run.application.jurisdiction},
        hashes={"commitment": digest},
        at=at,
    )
    run.commitment, run.log_entry, run.status = digest, entry.pk, RunStatus.COMMITTED
    run.save(update_fields=["commitment", "log_entry", "status"])
    _note("committed", run, at=at, commitment=digest)


def keep_checkpoint(run: RetestRun, note: str) -> None:
    """Keep the checkpoint that the seed comes from; it is never exchanged."""
    run.checkpoint = note
    run.save(update_fields=["checkpoint"])


@transaction.atomic
def begin(run: RetestRun, digest: str, *, at: datetime) -> None:
    """Begin to ask, or go on.

    Raises:
        CouldNotRunError: Something that was committed to is no longer the same.
    """
    if digest != run.commitment:
        raise CouldNotRunError(
            "题库、版本或通道与承诺不符，不能继续；请重新发起复测。",
            "Banks, edition or channel are no longer what was committed to; ask for a new re-test.",
        )
    run.status, run.started_at = RunStatus.RUNNING, run.started_at or at
    run.save(update_fields=["status", "started_at"])
    _note("began", run, at=at)


def beat(run: RetestRun, progress: dict[str, Any] | None, *, at: datetime) -> bool:
    """Say that the worker is at it and how far; return whether it is to go on."""
    changes = {"beat_at": at} | ({"progress": progress} if progress else {})
    going_on = RetestRun.objects.filter(pk=run.pk, worker=run.worker, stop_asked_at=None)
    return bool(going_on.update(**changes))


@transaction.atomic
def pause(run: RetestRun, *, at: datetime) -> None:
    """Leave a re-test half-way: stopped where somebody asked for it, else waiting for another worker."""
    locked = RetestRun.objects.select_for_update().get(pk=run.pk)
    locked.status = RunStatus.STOPPED if locked.stop_asked_at else RunStatus.WAITING
    locked.save(update_fields=["status"])
    _note("paused", locked, at=at)


@transaction.atomic
def fail(run: RetestRun, why: Text, *, at: datetime) -> None:
    """Leave a re-test because it can't go on; somebody has to look."""
    run.status, run.failure = RunStatus.FAILED, why._asdict()
    run.save(update_fields=["status", "failure"])
    _note("failed", run, at=at)


@transaction.atomic
def finish(run: RetestRun, report: Report, evidence_sha256: str, *, at: datetime) -> None:
    """Keep the figures; questions and answers stay in the sealed evidence."""
    run.status, run.report, run.ended_at = RunStatus.DONE, report.as_json(), at
    run.evidence_sha256, run.retries_errors = evidence_sha256, False
    run.save(update_fields=["status", "report", "ended_at", "evidence_sha256", "retries_errors"])
    _note("finished", run, at=at, evidence=evidence_sha256, head=report.evidence.head)


def _note(kind: str, run: RetestRun, *, at: datetime, **detail: object) -> None:
    record(f"retest.{kind}", run, by=SYSTEM, at=at, organisation_id=str(run.office_id), **detail)
