"""Reporting duties done and new versions of a model; the address of a calendar."""

import re
import secrets
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from openbeian.core.duties import DUTY_LABELS, DutyKind
from openbeian.core.duty_rights import check_may_report_duty
from openbeian.core.errors import BadInputError, NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.duties.cadences import minimum_of
from openbeian.portal.duties.models import CalendarKey, Duty, DutyReport, ModelUpdate
from openbeian.portal.duties.reckoning import filings_with_duties, reckon
from openbeian.portal.filings.models import Filing

__all__ = ["renew_calendar", "report_duty", "report_update"]

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def report_duty(
    filing: Filing,
    *,
    kind: DutyKind,
    done_on: date,
    digest: str,
    items: int,
    note: str = "",
    by: User,
    at: datetime,
) -> DutyReport:
    """Report that a duty was done, with the hash of what shows it and how many items that holds.

    Raises:
        NotAllowedError: `by` does not report for this provider.
        NotNowError: The filing is not valid, or is a registration: nothing is owed.
        BadInputError: The day lies ahead, before the certificate or before the last report, the hash is none,
            or nothing is counted.
    """
    locked = _lock(filing, by)
    last = DutyReport.objects.filter(filing=locked, kind=kind.value).first()
    _check_day(locked, done_on, last, today=localdate(at))
    if not _SHA256.fullmatch(digest) or items < 1:
        raise BadInputError(
            "请给出清单文件的 SHA-256（64 位十六进制小写）和条目数（至少 1）。",
            "Give the SHA-256 of the manifest (64 hexadecimal digits, in small letters) and a count above 0.",
        )
    reckon(locked)
    owed = Duty.objects.get(filing=locked, kind=kind.value)
    report = DutyReport.objects.create(
        filing=locked,
        kind=kind.value,
        done_on=done_on,
        due_on=owed.due_on,
        digest=digest,
        items=items,
        note=note,
        is_unchanged=last is not None and last.digest == digest,
        is_short=items < minimum_of(locked.edition, kind),
        reported_by=by,
        reported_at=at,
    )
    reckon(locked)
    _record("duty.reported", locked, by=by, at=at, duty=kind.value, digest=digest, items=items)
    return report


@transaction.atomic
def report_update(
    filing: Filing,
    *,
    version: str,
    is_important: bool,
    summary: str,
    updated_on: date,
    by: User,
    at: datetime,
) -> ModelUpdate:
    """Report a new version of the model; after an important one the assessment has to be done again.

    Raises:
        NotAllowedError: `by` does not report for this provider.
        NotNowError: The filing is not valid, or is a registration.
        BadInputError: The day lies ahead or before the certificate, the version was reported or has no name.
    """
    locked = _lock(filing, by)
    _check_day(locked, updated_on, None, today=localdate(at))
    name = version.strip()
    if not name or ModelUpdate.objects.filter(filing=locked, version=name).exists():
        raise BadInputError(
            f"版本「{name}」是空的或已报告过；请写新的版本号。",
            f"The version “{name}” is empty or was reported before; give the new one’s name.",
        )
    update = ModelUpdate.objects.create(
        filing=locked,
        version=name,
        is_important=is_important,
        summary=summary.strip(),
        updated_on=updated_on,
        reported_by=by,
        reported_at=at,
    )
    reckon(locked)
    _record(
        "duty.update_reported" if is_important else "duty.small_update_reported",
        locked,
        by=by,
        at=at,
        version=name,
    )
    return update


@transaction.atomic
def renew_calendar(filing: Filing, *, by: User, at: datetime) -> CalendarKey:
    """Make the secret address of a filing's calendar; one there was before stops working.

    Raises:
        NotAllowedError: `by` does not report for this provider.
    """
    check_may_report_duty(actor_of(by), str(filing.provider_id))
    key, _ = CalendarKey.objects.update_or_create(
        filing=filing, defaults={"salt": secrets.token_hex(16), "made_by": by, "made_at": at}
    )
    _record("duty.calendar_renewed", filing, by=by, at=at)
    return key


def _lock(filing: Filing, by: User) -> Filing:
    locked = Filing.objects.select_for_update().get(pk=filing.pk)
    check_may_report_duty(actor_of(by), str(locked.provider_id))
    if not filings_with_duties().filter(pk=locked.pk).exists():
        raise NotNowError(
            "该备案目前无效，或属登记，没有要报告的义务。",
            "This filing is not valid at present, or is a registration; no duty is to be reported.",
        )
    return locked


def _check_day(filing: Filing, day: date, last: DutyReport | None, *, today: date) -> None:
    earliest = filing.issued_on if last is None else last.done_on
    if not earliest <= day <= today:
        raise BadInputError(
            f"日期须在 {earliest} 与 {today} 之间；请改正。",
            f"The day has to lie between {earliest} and {today}; correct it.",
        )


def _record(kind: str, filing: Filing, *, by: User, at: datetime, **detail: object) -> None:
    named = DUTY_LABELS.get(detail.get("duty"))  # type: ignore[call-overload]  # a kind, or nothing
    words = {} if named is None else {"duty_zh": named.zh, "duty_en": named.en}
    record(kind, filing, by=by, at=at, organisation_id=str(filing.provider_id), **detail, **words)
