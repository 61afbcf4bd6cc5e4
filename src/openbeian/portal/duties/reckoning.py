"""Working out what falls due, and keeping it where lists read it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.timezone import localdate

from openbeian.core.duties import DutyKind, next_due, reassessment_due
from openbeian.portal.duties.cadences import cadences_of
from openbeian.portal.duties.models import Duty, DutyReport, ModelUpdate
from openbeian.portal.filings.models import Filing

__all__ = ["filings_with_duties", "keep_all", "reckon"]

_CHUNK: Final = 500
_Key = tuple[int, str]
_Days = tuple[date | None, date | None]
"""When it falls due, and when it was last done."""


def filings_with_duties() -> QuerySet[Filing]:
    """Return the filings whose providers owe something: valid ones. Registrations rest on a filed model's."""
    return Filing.objects.filter(status="valid", route="filing")


def reckon(filing: Filing) -> None:
    """Keep what one filing's provider owes now; call inside the transaction of what changed it."""
    _keep([filing])


def keep_all() -> int:
    """Keep what every filing's provider owes, above all of new and reinstated ones; return what changed."""
    filings = list(filings_with_duties().order_by("id"))
    return sum(_keep(filings[first : first + _CHUNK]) for first in range(0, len(filings), _CHUNK))


def _keep(filings: Sequence[Filing]) -> int:
    present = {(one.filing_id, one.kind): one for one in Duty.objects.filter(filing__in=filings)}
    new, changed = [], []
    for (filing_id, kind), (due_on, done_on) in _reckoned(filings).items():
        row = present.get((filing_id, kind))
        if row is None:
            new.append(Duty(filing_id=filing_id, kind=kind, due_on=due_on, done_on=done_on))
        elif (row.due_on, row.done_on) != (due_on, done_on):
            row.due_on, row.done_on = due_on, done_on
            changed.append(row)
    Duty.objects.bulk_create(new, ignore_conflicts=True)  # another process may have been faster
    Duty.objects.bulk_update(changed, ["due_on", "done_on"])
    return len(new) + len(changed)


def _reckoned(filings: Sequence[Filing]) -> Mapping[_Key, _Days]:
    done = _last_reports(filings)
    updates, assessed = _updates(filings), _assessments(filings)
    found: dict[_Key, _Days] = {}
    for filing in filings:
        begun_on = max(filing.issued_on, localdate(filing.status_since))
        for kind, cadence in cadences_of(filing.edition).items():
            done_on = done.get((filing.pk, kind.value))
            found[filing.pk, kind.value] = (next_due(begun_on, done_on, cadence), done_on)
        again = DutyKind.REASSESSMENT.value
        due_on = reassessment_due(
            updates[filing.pk], assessed[filing.pk], workdays=settings.BEIAN_REASSESS_WORKDAYS
        )
        found[filing.pk, again] = (due_on, done.get((filing.pk, again)))
    return found


def _last_reports(filings: Sequence[Filing]) -> dict[_Key, date]:
    rows = DutyReport.objects.filter(filing__in=filings).order_by().values("filing_id", "kind")
    return {(row["filing_id"], row["kind"]): row["last"] for row in rows.annotate(last=Max("done_on"))}


def _updates(filings: Sequence[Filing]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    rows = ModelUpdate.objects.filter(filing__in=filings, is_important=True).order_by()
    for filing_id, updated_on in rows.values_list("filing_id", "updated_on"):
        found[filing_id].append(updated_on)
    return found


def _assessments(filings: Sequence[Filing]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    rows = DutyReport.objects.filter(filing__in=filings, kind=DutyKind.REASSESSMENT.value).order_by()
    for filing_id, done_on in rows.values_list("filing_id", "done_on"):
        found[filing_id].append(done_on)
    return found
