"""Asking for a re-test, stopping it, going on with it, recording its result, releasing its questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.comparing import Outcome
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.retest_rights import check_keeps_banks, check_may_retest
from openbeian.core.standard import FULL_PROFILE
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import facts_of, lock
from openbeian.portal.audit.actions import record
from openbeian.portal.outbound import check_address
from openbeian.portal.retests.banks import KEYWORDS
from openbeian.portal.retests.channels import channel_named
from openbeian.portal.retests.keyring import seal
from openbeian.portal.retests.models import USUAL_A_MINUTE, HiddenBank, RetestRun, RunStatus
from openbeian.standards.lists import PROFILE_NAMES

__all__ = [
    "MOST_A_MINUTE",
    "MOST_IN_FLIGHT",
    "Asked",
    "ask_retest",
    "go_on",
    "lock_run",
    "note",
    "note_answers_read",
    "record_result",
    "release",
    "stop_run",
]

MOST_IN_FLIGHT: Final = 64
MOST_A_MINUTE: Final = 60_000
_GOES_ON: Final = (RunStatus.STOPPED, RunStatus.FAILED)


@dataclass(frozen=True)
class Asked:
    """What a tester asks for."""

    channel: str
    model: str
    sample: str
    banks: Sequence[HiddenBank]
    concurrency: int = 4
    a_minute: int = USUAL_A_MINUTE
    """At most so many questions a minute."""
    key: str = ""
    """The channel's key; sealed at once."""


@transaction.atomic
def ask_retest(application: Application, asked: Asked, *, by: User, at: datetime) -> RetestRun:
    """Ask for a run of hidden banks against a channel that the provider declared.

    Raises:
        NotAllowedError: `by` is no tester in charge, or a bank is another office's.
        NotNowError: No re-test of this application was ordered.
        BadInputError: The channel is none or not public, or the banks don't go together.
    """
    locked = lock(application)
    check_may_retest(actor_of(by), facts_of(locked))
    order = locked.retests.filter(recorded_at=None).first()
    if locked.state is not ApplicationStatus.RETEST or order is None:
        raise NotNowError(
            "此件目前没有安排技术复测；请由审查员先安排。",
            "No re-test of this application is ordered now; a reviewer has to order one first.",
        )
    office = _office_of(asked.banks, by)
    channel = channel_named(locked, asked.channel)
    check_address(channel.address)
    _check(asked, at)
    sealed = seal(asked.key.encode(), f"channel:{order.pk}") if asked.key else None
    run = RetestRun.objects.create(
        order=order,
        application=locked,
        office_id=office,
        channel=channel.name,
        address=channel.address,
        model=asked.model,
        sample=asked.sample,
        concurrency=asked.concurrency,
        questions_a_minute=asked.a_minute,
        key_id=sealed.key_id if sealed else "",
        key_box=sealed.box if sealed else None,
        asked_by=by,
        asked_at=at,
    )
    run.banks.set(asked.banks)
    note("asked", run, by=by, at=at, channel=channel.name, sample=asked.sample)
    _queue(run, at)
    return run


@transaction.atomic
def stop_run(run: RetestRun, *, by: User, at: datetime) -> RetestRun:
    """Stop a re-test; what was answered stays, and `go_on` asks the rest.

    Raises:
        NotAllowedError: `by` is no tester in charge.
        NotNowError: It is not going on.
    """
    locked = lock_run(run, by)
    if not locked.is_open:
        raise NotNowError(
            "复测没有在进行，无须停止。", "The re-test is not going on, so there is nothing to stop."
        )
    locked.stop_asked_at = at
    if not locked.worker:
        locked.status = RunStatus.STOPPED
    locked.save(update_fields=["stop_asked_at", "status"])
    note("stopped", locked, by=by, at=at)
    return locked


@transaction.atomic
def go_on(run: RetestRun, *, retry_errors: bool = False, by: User, at: datetime) -> RetestRun:
    """Go on with a re-test that stopped; with `retry_errors` ask again what ended in an error.

    Raises:
        NotAllowedError: `by` is no tester in charge.
        NotNowError: There is nothing left to ask, or its result was recorded.
    """
    locked = lock_run(run, by)
    again = locked.status == RunStatus.DONE and retry_errors
    if (locked.status not in _GOES_ON and not again) or locked.order.recorded_at is not None:
        raise NotNowError(
            "没有可以继续的内容：复测正在进行、已经完成，或结果已记录。",
            "There is nothing to go on with: the re-test is going on, done, or its result is recorded.",
        )
    locked.status, locked.stop_asked_at, locked.failure = RunStatus.WAITING, None, {}
    locked.retries_errors = retry_errors
    locked.save(update_fields=["status", "stop_asked_at", "failure", "retries_errors"])
    note("went_on", locked, by=by, at=at, retry_errors=retry_errors)
    _queue(locked, at)
    return locked


@transaction.atomic
def record_result(run: RetestRun, *, outcome: Outcome, summary: str, by: User, at: datetime) -> RetestRun:
    """Record the result of the re-test that was ordered, in the words of the tester.

    Raises:
        NotAllowedError: `by` may not record it.
        NotNowError: It is not done, or concludes nothing.
        BadInputError: The summary is empty.
    """
    locked = lock_run(run, by)
    if locked.status != RunStatus.DONE or outcome is Outcome.NO_CONCLUSION:
        raise NotNowError(
            "这次复测没有结论，不能据以记录；请先重试出错的题目，或手工录入。",
            "This re-test concludes nothing, so nothing can be recorded from it; ask the failed questions "
            "again, or enter the result by hand.",
        )
    applications.record_retest(
        locked.application, agrees=outcome is not Outcome.WORSE, summary=summary, by=by, at=at
    )
    locked.key_box, locked.key_id = None, ""
    locked.save(update_fields=["key_box", "key_id"])
    note("recorded", locked, by=by, at=at, outcome=outcome.value)
    return locked


@transaction.atomic
def release(run: RetestRun, *, by: User, at: datetime) -> RetestRun:
    """Let the provider read the questions and answers of this run; it can't be taken back.

    Raises:
        NotAllowedError: `by` is no tester in charge.
        NotNowError: It is not done, its result is not recorded, or it was released before.
    """
    locked = lock_run(run, by)
    if locked.status != RunStatus.DONE or locked.released_at or locked.order.recorded_at is None:
        raise NotNowError(
            "结果记录之后才能公开题目，且只公开一次。",
            "Questions are released once, after the result is recorded.",
        )
    locked.released_by, locked.released_at = by, at
    locked.save(update_fields=["released_by", "released_at"])
    note("released", locked, by=by, at=at)
    return locked


@transaction.atomic
def note_answers_read(run: RetestRun, *, by: User, at: datetime) -> None:
    """Write down that somebody reads the questions and answers of a run; call it before they are shown."""
    note("answers_read", run, by=by, at=at)


def lock_run(run: RetestRun, by: User) -> RetestRun:
    """Return a re-test held until the transaction ends, for a tester in charge.

    Raises:
        NotAllowedError: `by` is none.
    """
    locked = RetestRun.objects.select_for_update().get(pk=run.pk)
    check_may_retest(actor_of(by), facts_of(locked.application))
    check_keeps_banks(actor_of(by), str(locked.office_id))
    return locked


def _office_of(banks: Sequence[HiddenBank], by: User) -> int:
    offices = {bank.office_id for bank in banks}
    if len(offices) != 1:
        raise BadInputError(
            "请选择同一单位的题库，至少一个。", "Choose banks of one office, at least one of them."
        )
    office = offices.pop()
    check_keeps_banks(actor_of(by), str(office))
    return office


def _check(asked: Asked, at: datetime) -> None:
    kinds = [bank.kind for bank in asked.banks]
    if len(set(kinds)) < len(kinds) or set(kinds) <= {KEYWORDS}:
        raise BadInputError(
            "每种题库至多选一个，且至少要有一个不是关键词库。",
            "Choose at most one bank of each kind, and at least one that is no keyword library.",
        )
    if any(bank.retired_at and bank.retired_at <= at for bank in asked.banks):
        raise BadInputError("所选题库已停用；请换一个。", "A bank chosen was retired; choose another.")
    if asked.sample not in {FULL_PROFILE, *PROFILE_NAMES}:
        raise BadInputError(
            "没有这种样本量；请从列表中选择。", "There is no such sample; choose one of the list."
        )
    if not 1 <= asked.a_minute <= MOST_A_MINUTE:
        raise BadInputError(
            f"每分钟提问数应为 1 至 {MOST_A_MINUTE}。",
            f"Between 1 and {MOST_A_MINUTE} questions a minute may be asked.",
        )
    if not 1 <= asked.concurrency <= MOST_IN_FLIGHT or not asked.model.strip():
        raise BadInputError(
            f"并发数应为 1 至 {MOST_IN_FLIGHT}，且须写明模型名称。",
            f"Between 1 and {MOST_IN_FLIGHT} questions may be in flight, and the model must be named.",
        )


def _queue(run: RetestRun, at: datetime) -> None:
    from openbeian.portal.retests.jobs import carry_on  # noqa: PLC0415  jobs calls what workers do here

    RetestRun.objects.filter(pk=run.pk).update(queued_at=at)
    transaction.on_commit(lambda: carry_on.enqueue(run.pk))


def note(kind: str, run: RetestRun, *, by: User, at: datetime, **detail: object) -> None:
    """Write an audit event about a re-test, on behalf of its office."""
    record(f"retest.{kind}", run, by=by, at=at, organisation_id=str(run.office_id), **detail)
