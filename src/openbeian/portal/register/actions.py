"""Taking published lists over into the register; what people report about entries, answered and closed."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import holds
from openbeian.portal.audit.actions import Person, record
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.register.models import ProblemReport, TakenList
from openbeian.portal.register.reports import ProblemKind, may_answer
from openbeian.portal.register.stored_rows import entries_of, row_of, take
from openbeian.portal.register.throttle import TooManyError
from openbeian.published import FIELDS, Preview, PublishedRow, Reading, merge

__all__ = ["ANONYMOUS", "TakenOver", "answer_report", "close_report", "report_problem", "take_over"]

_AT_ONCE = 2_000
_MOST_OF_AN_ENTRY: Final = 20
_MOST_A_DAY: Final = 500
_DAY: Final = timedelta(days=1)


class _Anonymous:
    """Somebody among the public: the trail doesn't know who."""

    audit_id = "public"
    audit_name = "公众 · the public"


ANONYMOUS: Final[Person] = _Anonymous()


class TakenOver(NamedTuple):
    """What taking a list over did."""

    preview: Preview
    filed_here: tuple[PublishedRow, ...]
    """Rows left out because the register itself filed what they name."""


@transaction.atomic
def take_over(reading: Reading, *, name: str, by: Person, at: datetime) -> TakenOver:
    """Take a list over: new entries are made, changed ones changed, what conflicts is left as it is.

    The same list taken over again changes nothing. What was filed here is never touched.

    Raises:
        NotAllowedError: `by` is neither the operator of this machine nor a publisher of the national office.
    """
    if by is not SYSTEM and not (
        isinstance(by, User) and holds(by, OrganisationKind.NATIONAL, Role.PUBLISHER)
    ):
        raise NotAllowedError(
            "只有国家机关的发布人可以收入名单。",
            "Only a publisher of the national office may take lists over.",
        )
    known = list(RegisterEntry.objects.select_for_update().filter(filing=None).order_by("pk"))
    rows, filed_here = _without_filed_here(reading.rows)
    before = [row_of(entry) for entry in known]
    preview = merge(before, reading._replace(rows=rows))
    changed = _changed(known, before, preview)
    new = entries_of([one.entry for one in preview.new])
    RegisterEntry.objects.bulk_update(changed, _WRITTEN, batch_size=_AT_ONCE)
    # In the order of the register, which its search index takes in several times faster.
    new.sort(key=lambda entry: entry.listed_on)
    RegisterEntry.objects.bulk_create(new, batch_size=_AT_ONCE)
    taken = TakenList.objects.create(
        name=name,
        taken_at=at,
        rows=len(reading.rows),
        **preview.counts,
    )
    record("register.list_taken_over", taken, by=by, at=at, new=len(new), changed=len(changed))
    return TakenOver(preview, filed_here)


_WRITTEN = (
    *("route", "jurisdiction", "service_name", "model_name", "provider_name", "provider_uscc", "number"),
    *("issued_on", "listed_on", "sources", "search_tokens", "base_number", "base_name"),
    *("number_digest", "name_digest", "model_digest", "provider_digest", "base_digest"),
)


def _changed(known: list[RegisterEntry], before: list[PublishedRow], preview: Preview) -> list[RegisterEntry]:
    """Write the changes into the entries they are of: the old entries stand first and in their order."""
    changed = []
    for entry, was, after in zip(known, before, preview.entries, strict=False):
        if any(was.value(field) != after.value(field) for field in FIELDS):
            take(entry, after)
            changed.append(entry)
    return changed


def _without_filed_here(
    rows: Iterable[PublishedRow],
) -> tuple[tuple[PublishedRow, ...], tuple[PublishedRow, ...]]:
    numbers = set(Filing.objects.values_list("number", flat=True))
    left: list[PublishedRow] = []
    filed_here: list[PublishedRow] = []
    for row in rows:
        (filed_here if row.number in numbers else left).append(row)
    return tuple(left), tuple(filed_here)


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
