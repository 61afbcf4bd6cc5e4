"""Reading duties; what somebody may not see is not found."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from openbeian.core.duties import DUTY_LABELS, DutyKind, DutyStanding, standing_on
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.duties.models import CalendarKey, Duty, Reinspection
from openbeian.portal.duties.reckoning import filings_with_duties
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.queries import readable_by

__all__ = [
    "ShownDuty",
    "calendar_token",
    "draws_shown_to",
    "duties_shown_to",
    "filing_of_calendar",
    "filings_shown_to",
    "shown",
]


@dataclass(frozen=True, slots=True)
class ShownDuty:
    """A duty as pages show it."""

    duty: Duty
    label: Text
    standing: DutyStanding | None
    """None where nothing is owed at present."""
    days: int
    """Until it falls due; overdue, since."""


def shown(duty: Duty, on: date) -> ShownDuty:
    """Return how a duty is shown on a day."""
    kind = DutyKind(duty.kind)
    if duty.due_on is None:
        return ShownDuty(duty, DUTY_LABELS[kind], None, 0)
    return ShownDuty(
        duty, DUTY_LABELS[kind], standing_on(kind, duty.due_on, on), abs((duty.due_on - on).days)
    )


def filings_shown_to(user: User) -> QuerySet[Filing]:
    """Return the filings whose duties a person may read: of their provider, of their office, or all."""
    return readable_by(user).filter(route="filing")


def duties_shown_to(
    user: User, *, on: date, kind: str = "", jurisdiction: str = "", only_overdue: bool = False
) -> QuerySet[Duty]:
    """Return what is owed, soonest first."""
    filings = filings_shown_to(user) & filings_with_duties()
    if jurisdiction:
        filings = filings.filter(jurisdiction=jurisdiction)
    found = Duty.objects.filter(filing__in=filings.values("pk"), due_on__isnull=False)
    if kind:
        found = found.filter(kind=kind)
    if only_overdue:
        found = found.filter(due_on__lt=on)
    return found.select_related("filing").order_by("due_on", "id")


def draws_shown_to(user: User) -> QuerySet[Reinspection]:
    """Return the draws a person may read: the nation and auditors all, a province its own."""
    places = set()
    for membership in memberships_of(user):
        match OrganisationKind(membership.organisation.kind):
            case OrganisationKind.NATIONAL | OrganisationKind.AUDITOR:
                return Reinspection.objects.all()
            case OrganisationKind.PROVINCIAL:
                places.add(membership.organisation.jurisdiction)
            case _:
                pass
    return Reinspection.objects.filter(jurisdiction__in=places)


def calendar_token(key: CalendarKey) -> str:
    """Return the secret part of a calendar's address."""
    return salted_hmac("openbeian.calendar", f"{key.filing_id}.{key.salt}", algorithm="sha256").hexdigest()[
        :40
    ]


def filing_of_calendar(number: str, token: str) -> Filing | None:
    """Return the filing whose calendar has this address; None where there is none."""
    key = CalendarKey.objects.select_related("filing").filter(filing__number=number).first()
    if key is None or not constant_time_compare(calendar_token(key), token):
        return None
    return key.filing
