"""Why an item is to be corrected, by code, and which check found it; kept as the item is asked for."""

from collections.abc import Sequence
from typing import Any

from openbeian.portal.applications.actions import CorrectionItem
from openbeian.portal.applications.models import Correction
from openbeian.portal.review.models import CorrectionOrigin

__all__ = ["keep_origins"]


def keep_origins(
    sender: object,  # noqa: ARG001  as Django's signals are received
    *,
    corrections: Sequence[Correction],
    items: Sequence[CorrectionItem],
    **_more: Any,  # noqa: ANN401
) -> None:
    """Keep the origin of each correction; inside the transaction that asks for them."""
    CorrectionOrigin.objects.bulk_create(
        CorrectionOrigin(correction=correction, reason_code=one.reason_code, check_id=one.check_id)
        for correction, one in zip(corrections, items, strict=True)
    )
