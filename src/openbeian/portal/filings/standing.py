"""The one place where a filing's status changes: the row, the public entry, the log."""

from datetime import date, datetime

from openbeian.core.lifecycle import Step, next_status
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.register_entries import follow
from openbeian.portal.log.outbox import append

__all__ = ["change_status", "lock_filing"]


def lock_filing(filing: Filing) -> Filing:
    """Return the filing as it is now, held until the transaction ends."""
    return Filing.objects.select_for_update().get(pk=filing.pk)


def change_status(filing: Filing, step: Step, *, at: datetime, until: date | None = None) -> None:
    """Take `step` on a locked filing, inside the transaction of what it follows from.

    Raises:
        TransitionNotAllowedError: The step does not lead away from the present status.
    """
    filing.status = next_status(filing.state, step).value
    filing.status_since, filing.status_until = at, until
    filing.save(update_fields=["status", "status_since", "status_until"])
    follow(filing)
    append(
        f"filing.{step.name}",
        filing.number,
        facts={
            "jurisdiction": filing.jurisdiction,
            "service_id": filing.service_id,
            "status": filing.status,
            "until": None if until is None else until.isoformat(),
        },
        hashes={},
        at=at,
    )
