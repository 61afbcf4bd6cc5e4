"""The work of a worker: a re-test is claimed, carried on, given back; who is killed is followed by another.

What stands in the rows and in the journals is the truth; a place in the queue is only a hint to look.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django_tasks import task

from openbeian.assessment import Progress
from openbeian.assessment.asking import Patience
from openbeian.assessment.pacing import Pace
from openbeian.clock import now
from openbeian.core.errors import DomainError
from openbeian.core.text import Text
from openbeian.portal.retests.actions import working
from openbeian.portal.retests.checkpoints import checkpoint_after, is_published
from openbeian.portal.retests.models import OPEN, RetestRun, RunStatus
from openbeian.portal.retests.plans import environment_of, plan_of
from openbeian.portal.retests.running import carry_out
from openbeian.portal.retests.verdicts import sign_head
from openbeian.portal.signing import load_signer

__all__ = ["QUEUE", "STOPPING", "carry_on", "wake", "work_on"]

QUEUE: Final = "retests"
_log: Final = logging.getLogger("openbeian.portal")
_DEAD_AFTER: Final = timedelta(seconds=60)
_INTERNAL: Final = Text(
    "复测因内部错误（{kind}）中断；请联系系统管理员，之后可继续。",
    "The re-test broke off by an internal error ({kind}); tell the administrator, then go on.",
)
STOPPING: Final = threading.Event()
"""Set when this worker is to end; what it works on is given back."""


@task(queue_name=QUEUE)
def carry_on(run_pk: int) -> None:
    """Carry a re-test on, unless somebody else does."""
    work_on(run_pk)


def work_on(run_pk: int) -> None:
    """Claim a re-test and take it as far as it goes; nothing that went wrong is logged but its kind."""
    token = secrets.token_hex(16)
    run = working.claim(run_pk, token, dead_before=now() - _DEAD_AFTER, at=now())
    if run is None:
        return
    try:
        _advance(run)
    except DomainError as error:
        _log.warning("re-test %s failed: %s", run.pk, error.code)
        working.fail(run, error.text, at=now())
    except Exception as error:  # noqa: BLE001  its words could hold a question; they go nowhere
        _log.error("re-test %s failed: %s", run.pk, type(error).__name__)
        working.fail(run, _INTERNAL.fill(kind=type(error).__name__), at=now())
    finally:
        working.give_back(run, token)


def _advance(run: RetestRun) -> None:
    if run.status == RunStatus.WAITING and not run.commitment:
        working.commit(run, plan_of(run).commitment.digest, at=now())
    if not run.checkpoint:
        found = checkpoint_after(run)
        if found is None:
            return
        working.keep_checkpoint(run, found.note)
    _ask(run)


def _ask(run: RetestRun) -> None:
    checked = checkpoint_after(run, run.checkpoint)
    assert checked is not None, "it was checked as it was kept"
    plan = plan_of(run, checkpoint=checked.note, checked_with=checked.checked_with)
    working.begin(run, plan.commitment.digest, at=now())
    finished = carry_out(
        run.pk,
        plan,
        environ=environment_of(run, plan.target),
        retries_errors=run.retries_errors,
        patience=Patience(pace=Pace(run.questions_a_minute)),
        at_clock=now,
        beat=lambda progress: _beat(run, progress),
    )
    if finished.report is None or not finished.report.evidence.complete:
        working.pause(run, at=now())
    else:
        working.finish(run, finished.report, finished.evidence_sha256, at=now())
        sign_head(run.pk, finished.report, signer=load_signer(), at=now())


def _beat(run: RetestRun, progress: Progress | None) -> bool:
    """Say that this worker is at it, and whether it is to go on."""
    return working.beat(run, _plain(progress), at=now()) and not STOPPING.is_set()


def _plain(progress: Progress | None) -> dict[str, object] | None:
    if progress is None:
        return None
    return {
        "done": progress.done,
        "total": progress.total,
        "errors": progress.errors,
        "per_s": round(progress.answers_per_s, 2),
        "left_s": None if progress.left_for is None else round(progress.left_for.total_seconds()),
        "banks": {name: list(done) for name, done in progress.banks.items()},
    }


def wake(*, at: datetime) -> int:
    """Put every re-test that waits and is nobody's into the queue again; return how many."""
    count = 0
    for run in _asleep(at):
        if run.status != RunStatus.COMMITTED or is_published(run):
            working.mark_queued(run, at=at)
            carry_on.enqueue(run.pk)
            count += 1
    return count


def _asleep(at: datetime) -> Iterator[RetestRun]:
    nobodys = Q(worker="") | Q(beat_at__lt=at - _DEAD_AFTER)
    unqueued = Q(queued_at=None) | Q(queued_at__lt=at - _DEAD_AFTER)
    waiting = RetestRun.objects.filter(nobodys, unqueued, status__in=OPEN)
    yield from waiting.order_by("id")
