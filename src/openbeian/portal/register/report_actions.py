"""What people report about entries, answered and closed."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.models import ProblemReport
from openbeian.portal.register.reports import ProblemKind, may_answer
from openbeian.portal.register.throttle import TooManyError

__all__ = ["ANONYMOUS", "answer_report", "close_report", "report_problem"]

_MOST_OF_AN_ENTRY: Final = 20
_MOST_A_DAY: Final = 500
_DAY: Final = timedelta(days=1)


class _Anonymous:
    """Somebody among the public: the trail doesn't know who."""

    audit_id = "public"
    audit_name = "公众 · the public"


ANONYMOUS: Final[Person] = _Anonymous()


@transaction.atomic
def report_problem(
    entry: RegisterEntry, *, kind: ProblemKind, text: str, contact: str, by: Person, at: datetime
) -> ProblemReport:
    """Keep what somebody reports about an entry.

    Raises:
        TooManyError: So much is reported already that the offices could not read more.
    """
    waiting = entry.reports.filter(closed_at=None).count()
    today = ProblemReport.objects.filter(reported_at__gt=at - _DAY).count()
    if waiting >= _MOST_OF_AN_ENTRY or today >= _MOST_A_DAY:
        raise TooManyError(
            "待处理的反馈已经很多，暂不接收新的；请过几天再试。",
            "So many reports are waiting that no more are taken for now; try again in a few days.",
        )
    made = ProblemReport.objects.create(
        reference=secrets.token_urlsafe(12),
        entry=entry,
        kind=kind.value,
        text=text,
        contact=contact,
        reported_at=at,
    )
    # What was written stays out of the trail, which is never changed.
    record("report.made", made, by=by, at=at, kind_of_problem=kind.value, entry=entry.key)
    return made


@transaction.atomic
def answer_report(report: ProblemReport, *, text: str, by: User, at: datetime) -> ProblemReport:
    """Answer a report; whoever made it reads the answer at the report's own address.

    Raises:
        NotAllowedError: `by` is of no office in charge.
        NotNowError: It is closed.
        BadInputError: There is nothing in the answer.
    """
    report = _open_report(report, by)
    if not text.strip():
        raise BadInputError("答复是空的；请写明结果。", "The answer is empty; say what came of it.")
    report.answer, report.answered_by, report.answered_at = text.strip(), by, at
    report.save(update_fields=["answer", "answered_by", "answered_at"])
    record("report.answered", report, by=by, at=at)
    return report


@transaction.atomic
def close_report(report: ProblemReport, *, by: User, at: datetime) -> ProblemReport:
    """Close a report for good, and take the contact out.

    Raises:
        NotAllowedError: `by` is of no office in charge.
        NotNowError: It is closed.
    """
    report = _open_report(report, by)
    report.contact, report.closed_by, report.closed_at = "", by, at
    report.save(update_fields=["contact", "closed_by", "closed_at"])
    record("report.closed", report, by=by, at=at)
    return report


def _open_report(report: ProblemReport, by: User) -> ProblemReport:
    """Return the report, held until the transaction ends, if `by` may deal with it and it is open."""
    if not may_answer(by, report):
        raise NotAllowedError(
            "只有国家网信办和属地网信办的人员可以办理这条反馈。",
            "Only members of the national office and of the province's may deal with this report.",
        )
    held = ProblemReport.objects.select_for_update().get(pk=report.pk)
    if held.closed_at is not None:
        raise NotNowError("这条反馈已经办结。", "This report is closed already.")
    return held
