"""Ordering a draw of filings to be inspected again, and drawing once the log has committed to it."""

import logging
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from openbeian.core.duty_rights import check_may_order_reinspection
from openbeian.core.errors import BadInputError
from openbeian.evidence.reinspections import Reinspection as Draw
from openbeian.evidence.reinspections import commitment_of
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.audit.actions import record
from openbeian.portal.duties.models import Reinspection
from openbeian.portal.duties.reckoning import filings_with_duties
from openbeian.portal.filings.models import Filing
from openbeian.portal.log.outbox import append

__all__ = ["draw_ordered", "draw_record", "order_reinspection"]

_log: Final = logging.getLogger(__name__)


@transaction.atomic
def order_reinspection(*, jurisdiction: str, size: int, reason: str, by: User, at: datetime) -> Reinspection:
    """Order a draw among the valid filings of a province, or of all for an empty code.

    What is drawn from is committed to in the public log now; the draw follows from a later checkpoint.

    Raises:
        NotAllowedError: `by` may not.
        BadInputError: There are fewer filings than are to be drawn, or no reason is given.
    """
    membership = check_may_order_reinspection(actor_of(by), jurisdiction)
    among = filings_with_duties()
    if jurisdiction:
        among = among.filter(jurisdiction=jurisdiction)
    numbers = sorted(among.values_list("number", flat=True))
    if not 0 < size <= len(numbers) or not reason.strip():
        raise BadInputError(
            f"有效备案共 {len(numbers)} 项；抽取数量须在 1 与它之间，并写明理由。",
            f"{len(numbers)} filings are valid; draw at least 1 and at most so many, and say why.",
        )
    commitment = commitment_of(numbers, size)
    ordered = Reinspection(
        jurisdiction=jurisdiction,
        size=size,
        reason=reason.strip(),
        numbers=numbers,
        commitment=commitment,
        ordered_by=by,
        ordered_at=at,
    )
    ordered.entry = append(
        "reinspection.ordered",
        f"R-{commitment[:12]}",
        facts={"jurisdiction": jurisdiction or None, "filings": len(numbers), "size": size},
        hashes={"population": commitment},
        at=at,
    )
    ordered.save()
    record(
        "reinspection.ordered", ordered, by=by, at=at, organisation_id=membership.organisation_id, size=size
    )
    return ordered


def draw_ordered(*, at: datetime) -> int:
    """Draw what was ordered and is in the log by now; return how many draws that were."""
    waiting = Reinspection.objects.filter(drawn_at=None, entry__index__isnull=False).values_list(
        "pk", flat=True
    )
    return sum(_draw(pk, at=at) for pk in waiting)


@transaction.atomic
def _draw(pk: int, *, at: datetime) -> bool:
    ordered = Reinspection.objects.select_for_update().select_related("entry").get(pk=pk)
    checkpoint = _checkpoint_covering(ordered)
    if ordered.drawn_at is not None or checkpoint is None:
        return False
    drawn = Draw.draw(ordered.numbers, ordered.size, checkpoint).drawn
    ordered.checkpoint, ordered.drawn, ordered.drawn_at = checkpoint, list(drawn), at
    ordered.save(update_fields=["checkpoint", "drawn", "drawn_at"])
    record("reinspection.done", ordered, by=SYSTEM, at=at, drawn=ordered.drawn)
    for filing in Filing.objects.filter(number__in=ordered.drawn):
        record("reinspection.drawn", filing, by=SYSTEM, at=at, draw=str(ordered))
    return True


def draw_record(ordered: Reinspection) -> Draw:
    """Return a draw that was made, as its file tells it."""
    return Draw(
        tuple(ordered.numbers), ordered.size, ordered.commitment, ordered.checkpoint, tuple(ordered.drawn)
    )


def _checkpoint_covering(ordered: Reinspection) -> str | None:
    """Return the log's present checkpoint, if it covers the entry that commits to the draw."""
    try:
        note: str = (settings.BEIAN_HOME / "public" / "log" / "checkpoint").read_text(encoding="utf-8")
        size = int(note.split("\n")[1])
    except (OSError, ValueError, IndexError) as error:
        _log.warning("reinspection: the log's checkpoint can't be read (%s)", type(error).__name__)
        return None
    index = ordered.entry.index
    return note if index is not None and index < size else None
