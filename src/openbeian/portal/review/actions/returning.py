"""Returning an application with items to correct, each with its reason by code and the check behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction

from openbeian.core.lifecycle import APPLICATION_STEPS
from openbeian.core.reasons import OTHER, check_reason
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.actions import return_for_correction
from openbeian.portal.applications.models import Application, Correction
from openbeian.portal.review.models import CorrectionOrigin
from openbeian.standards import load_reasons

__all__ = ["CorrectionItem", "return_with_items"]

_STEP: Final = APPLICATION_STEPS["return_for_correction"].name


class CorrectionItem(NamedTuple):
    """What is to be corrected: about what, what to do, why by code, and which check found it."""

    item: str
    text: str
    reason_code: str = OTHER
    check_id: str = ""


@transaction.atomic
def return_with_items(
    application: Application, *, items: Sequence[CorrectionItem], by: User, at: datetime
) -> Application:
    """Send the application back with `items`.

    Raises:
        NotAllowedError: `by` may not.
        NotNowError: Not in this status, or there is nothing to correct.
        BadInputError: An item is empty or too long, or its reason is none for returning.
    """
    codes = [check_reason(load_reasons(), _STEP, one.reason_code) for one in items]
    returned = return_for_correction(application, items=[(one.item, one.text) for one in items], by=by, at=at)
    made = Correction.objects.filter(application=returned).order_by("-pk")[: len(items)]
    CorrectionOrigin.objects.bulk_create(
        CorrectionOrigin(correction=correction, reason_code=code, check_id=one.check_id)
        for correction, one, code in zip(reversed(made), items, codes, strict=True)
    )
    return returned
