"""Measures: a status on file changes only by two people of the office that put it there.

A filing is the nation's, a registration the province's that granted it: `core.lifecycle.measures_of`.
"""

from datetime import date, datetime

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import Step, measures_of
from openbeian.core.permissions import check_may_countersign, check_may_take
from openbeian.core.policy import ReasonMissingError, check_countersign_now, check_step_now
from openbeian.core.reasons import check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import acting_organisation, actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.bases import tell_hanging
from openbeian.portal.filings.models import Filing, Measure
from openbeian.portal.filings.queries import facts_of
from openbeian.portal.filings.standing import change_status, lock_filing
from openbeian.standards import load_reasons

__all__ = ["countersign_measure", "propose_measure"]


@transaction.atomic
def propose_measure(
    filing: Filing,
    *,
    kind: str,
    cause: str = "",
    reason_code: str = "",
    until: date | None = None,
    by: User,
    at: datetime,
) -> Measure:
    """Propose to suspend, reinstate, revoke, cancel or expire a filing; it takes effect when countersigned.

    Raises:
        NotAllowedError: `by` may not decide this.
        NotNowError: Not in this status, or a measure waits already.
        BadInputError: There is no such measure, the cause is missing, its code is none for it, or the end
            lies in the past.
    """
    locked = lock_filing(filing)
    step = _find_step(kind, locked)
    facts = facts_of(locked)
    check_may_take(actor_of(by), step, facts)
    check_step_now(facts, step, reason=cause)
    code = check_reason(load_reasons(), step.name, reason_code)
    if until is not None and (kind != "suspend" or until <= at.date()):
        raise BadInputError(
            "只有暂停可以设期限，且须在今天之后。", "Only a suspension has an end, and it has to lie ahead."
        )
    measure = Measure.objects.create(
        filing=locked,
        kind=kind,
        reason_code=code,
        cause=cause.strip(),
        until=until,
        decided_by=by,
        decided_at=at,
    )
    _record("measure_proposed", measure, step, by=by, at=at)
    return measure


@transaction.atomic
def countersign_measure(
    measure: Measure, *, agree: bool, reason: str = "", by: User, at: datetime
) -> Measure:
    """Agree to a measure, which takes effect at once, or reject it, with a reason.

    Raises:
        NotAllowedError: `by` may not countersign this; above all nobody their own.
        NotNowError: There is nothing to countersign.
        BadInputError: A rejection has no reason.
    """
    filing = lock_filing(measure.filing)
    step = _find_step(measure.kind, filing)
    locked = Measure.objects.select_for_update().get(pk=measure.pk)
    facts = facts_of(filing)
    check_may_countersign(actor_of(by), step, facts)
    check_countersign_now(facts, step)
    if not agree and not reason.strip():
        raise ReasonMissingError("不同意须写明理由。", "Not to agree needs a reason; write it down.")
    locked.agreed, locked.countersigned_reason = agree, reason.strip()
    locked.countersigned_by, locked.countersigned_at = by, at
    locked.save()
    if agree:
        change_status(filing, step, until=locked.until, at=at)
        tell_hanging(filing, by=by, at=at)
    _record("measure_taken" if agree else "measure_rejected", locked, step, by=by, at=at)
    return locked


def _find_step(kind: str, filing: Filing) -> Step:
    measures = measures_of(filing.route)
    step = measures.get(kind)
    if step is None:
        raise BadInputError(
            f"没有「{kind}」这一措施；可选：{'、'.join(measures)}。",
            f"There is no measure “{kind}”; choose from: {', '.join(measures)}.",
        )
    return step


def _record(kind: str, measure: Measure, step: Step, *, by: User, at: datetime) -> None:
    filing = measure.filing
    organisation_id = acting_organisation(
        by, step.office, provider_id=str(filing.provider_id), jurisdiction=filing.jurisdiction
    )
    record(
        f"filing.{kind}",
        filing,
        by=by,
        at=at,
        organisation_id=organisation_id,
        measure=measure.kind,
        number=filing.number,
    )
