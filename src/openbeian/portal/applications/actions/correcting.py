"""Corrections: asked for item by item, answered item by item, closed item by item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import APPLICATION_STEPS, ApplicationStatus
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import CorrectionsOpenError
from openbeian.core.reasons import check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.editing import open_for_editing
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.applications.steps import begin, facts_of, lock, move, note, raised
from openbeian.standards import load_reasons

__all__ = ["CorrectionItem", "close_correction", "reply", "return_for_correction"]

_RETURN: Final = APPLICATION_STEPS["return_for_correction"]
_RESUBMIT: Final = APPLICATION_STEPS["resubmit"]
_LONGEST_ITEM: Final = 80
_LONGEST_TEXT: Final = 4000


class CorrectionItem(NamedTuple):
    """What is to be corrected: about what, what to do, why by code, and which check found it."""

    item: str
    """A clause, or a field of the form."""
    text: str
    reason_code: str
    check_id: str = ""


@transaction.atomic
def return_for_correction(
    application: Application, *, items: Sequence[CorrectionItem], by: User, at: datetime
) -> Application:
    """Send the application back with `items`.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status, or there is nothing to correct.
        BadInputError: An item is empty or too long, or has no code of a reason for returning.
    """
    cleaned = [one._replace(item=one.item.strip(), text=one.text.strip()) for one in items]
    reason = "; ".join(one.text for one in cleaned)
    locked = begin(application, _RETURN, by=by, reason=reason, more_corrections=len(cleaned))
    _check_items(cleaned)
    made = [
        Correction.objects.create(
            application=locked,
            version_number=locked.version,
            item=one.item,
            text=one.text,
            raised_by=by,
            raised_at=at,
        )
        for one in cleaned
    ]
    raised.send(Correction, corrections=made, items=cleaned)
    codes = [one.reason_code for one in cleaned]
    move(locked, _RETURN, by=by, at=at, items=[one.item for one in cleaned], reason_codes=codes)
    return locked


@transaction.atomic
def reply(correction: Correction, *, text: str, by: User, at: datetime) -> Correction:
    """Answer a correction; until the application is handed in again the answer may be changed.

    Raises:
        NotAllowedError: `by` is no preparer of the provider.
        NotNowError: The application is not with the provider for correction, or the item is closed.
        BadInputError: The answer is empty or too long.
    """
    application = open_for_editing(correction.application, by=by)
    locked = _lock_correction(correction)
    answer = text.strip()
    if not 0 < len(answer) <= _LONGEST_TEXT:
        raise BadInputError(
            f"请写明如何补正（1 至 {_LONGEST_TEXT} 字）。",
            f"Say how it was corrected, in 1 to {_LONGEST_TEXT} characters.",
        )
    locked.reply, locked.replied_by, locked.replied_at = answer, by, at
    locked.status = "answered"
    locked.save(update_fields=["reply", "replied_by", "replied_at", "status"])
    note(application, "correction_answered", by=by, at=at, step=_RESUBMIT, item=locked.item)
    return locked


@transaction.atomic
def close_correction(correction: Correction, *, by: User, at: datetime) -> Correction:
    """Settle a correction that was answered well, or that has become pointless.

    Raises:
        NotAllowedError: `by` does not review for the office in charge.
        NotNowError: The application is not in review, or the item is closed already.
    """
    application = lock(correction.application)
    check_may_take(actor_of(by), _RETURN, facts_of(application))
    if application.state is not ApplicationStatus.IN_REVIEW:
        raise CorrectionsOpenError(
            "只有审查中的申请可以了结补正项；请等待提供者补正后提交。",
            "Corrections are settled while the application is in review; wait until it is handed in again.",
        )
    locked = _lock_correction(correction)
    locked.status, locked.closed_by, locked.closed_at = "closed", by, at
    locked.save(update_fields=["status", "closed_by", "closed_at"])
    note(application, "correction_closed", by=by, at=at, step=_RETURN, item=locked.item)
    return locked


def _lock_correction(correction: Correction) -> Correction:
    locked = Correction.objects.select_for_update().get(pk=correction.pk)
    if locked.status == "closed":
        raise CorrectionsOpenError(
            f"补正项「{locked.item}」已了结，不能再改。",
            f"The correction “{locked.item}” is settled and can't be changed.",
        )
    return locked


def _check_items(items: Sequence[CorrectionItem]) -> None:
    for number, one in enumerate(items, start=1):
        check_reason(load_reasons(), _RETURN.name, one.reason_code)
        if not (0 < len(one.item) <= _LONGEST_ITEM and 0 < len(one.text) <= _LONGEST_TEXT):
            raise BadInputError(
                f"第 {number} 项补正须写明条目（{_LONGEST_ITEM} 字内）和内容（{_LONGEST_TEXT} 字内）。",
                f"Correction {number} needs an item (up to {_LONGEST_ITEM} characters) and a text "
                f"(up to {_LONGEST_TEXT}).",
            )
