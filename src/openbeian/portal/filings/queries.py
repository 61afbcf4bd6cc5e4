"""Reading rounds, filings and measures."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from openbeian.core.errors import BadInputError
from openbeian.core.facts import FilingFacts
from openbeian.core.lifecycle import ApplicationStatus, FilingStatus, Step, measures_of, steps_from
from openbeian.core.numbering import FilingNumber, RegistrationNumber
from openbeian.core.permissions import may_countersign, may_take
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.models import Filing, Measure, Round, Seat
from openbeian.portal.filings.search import digest
from openbeian.trust.snapshots import FilingRow, Status

__all__ = [
    "canonical_number",
    "confirmed_applications",
    "facts_of",
    "find_entry",
    "matching",
    "measures_possible",
    "open_measure_of",
    "open_measures",
    "readable_by",
    "seats_of",
    "sees_open_measures",
    "snapshot_rows",
    "suspensions_over",
    "taker_of",
    "unseated_applications",
]

_STATUS: Final = {
    FilingStatus.VALID: Status.VALID,
    FilingStatus.SUSPENDED: Status.SUSPENDED,
    FilingStatus.REVOKED: Status.REVOKED,
    FilingStatus.CANCELLED: Status.ENDED,
    FilingStatus.EXPIRED: Status.ENDED,
}


def open_measure_of(filing: Filing) -> Measure | None:
    """Return the measure that waits for its countersignature."""
    return filing.measures.filter(countersigned_at=None).first()


def open_measures(user: User) -> QuerySet[Measure]:
    """Return the measures that wait for a person's offices to countersign them; all of them for an auditor.

    Those on filings wait for the nation, those on registrations for the province.
    """
    theirs = Q(pk__in=())
    for membership in memberships_of(user):
        match OrganisationKind(membership.organisation.kind):
            case OrganisationKind.PROVINCIAL:
                here = membership.organisation.jurisdiction
                theirs |= Q(filing__route="registration", filing__jurisdiction=here)
            case OrganisationKind.NATIONAL:
                theirs |= Q(filing__route="filing")
            case OrganisationKind.AUDITOR:
                theirs |= ~Q(pk__in=())
            case _:
                pass
    waiting = Measure.objects.filter(theirs, countersigned_at=None)
    return waiting.select_related("filing", "decided_by").order_by("decided_at", "id")


def facts_of(filing: Filing) -> FilingFacts:
    """Return the filing as the rules see it."""
    measure = open_measure_of(filing)
    return filing.rule_facts(first_decision_by=f"user:{measure.decided_by_id}" if measure else None)


def confirmed_applications() -> QuerySet[Application]:
    """Return the applications that can go into the next round, longest waiting first."""
    confirmed = Application.objects.filter(status=ApplicationStatus.CONFIRMED.value)
    return confirmed.select_related("provider").order_by("status_since", "id")


def unseated_applications() -> QuerySet[Application]:
    """Return the confirmed applications that sit in no round yet, longest waiting first."""
    return confirmed_applications().filter(seat=None)


def seats_of(round_: Round) -> QuerySet[Seat]:
    """Return the seats of a round in their order, with what a list says of them."""
    return round_.seats.select_related("application__provider", "application__filing")


def snapshot_rows() -> Iterator[FilingRow]:
    """Yield every filing there has ever been, as snapshots list them."""
    rows = Filing.objects.order_by("id").values_list("service_id", "number", "status")
    for service_id, number, status in rows.iterator():
        yield FilingRow(service_id, number, _STATUS[FilingStatus(status)])


def suspensions_over(on: date) -> QuerySet[Filing]:
    """Return the filings whose suspension was to end before `on`, unless a measure waits on them."""
    waiting = Measure.objects.filter(filing=OuterRef("pk"), countersigned_at=None)
    over = Filing.objects.filter(status=FilingStatus.SUSPENDED.value, status_until__lt=on)
    return over.exclude(Exists(waiting)).order_by("pk")


def readable_by(user: User) -> QuerySet[Filing]:
    """Return the filings whose measures a person may read: the query form of `core.permissions.may_see`."""
    wanted = Q(pk__in=())
    for membership in memberships_of(user):
        organisation = membership.organisation
        match OrganisationKind(organisation.kind):
            case OrganisationKind.PROVIDER:
                wanted |= Q(provider=organisation)
            case OrganisationKind.PROVINCIAL:
                wanted |= Q(jurisdiction=organisation.jurisdiction)
            case OrganisationKind.NATIONAL | OrganisationKind.AUDITOR:
                wanted |= ~Q(pk__in=())
            case _:
                pass
    return Filing.objects.filter(wanted).select_related("round", "provider")


def measures_possible(user: User, filing: Filing) -> tuple[Step, ...]:
    """Return the measures this person may propose now or, where one waits, countersign."""
    facts, actor = facts_of(filing), actor_of(user)
    pending = open_measure_of(filing)
    steps = steps_from(filing.state, route=filing.route)
    if pending is not None:
        return tuple(s for s in steps if s.name == pending.kind and may_countersign(actor, s, facts))
    return tuple(step for step in steps if may_take(actor, step, facts))


def matching(filings: QuerySet[Filing], words: str) -> QuerySet[Filing]:
    """Return those of `filings` with this number, or with these words in the name of service or provider."""
    if not words:
        return filings
    number = Q(register_entry__number_digest=digest("number", words))
    return filings.filter(number | Q(service_name__icontains=words) | Q(provider__name__icontains=words))


def sees_open_measures(user: User, filing: Filing) -> bool:
    """Say whether a person is told of a measure that waits for its countersignature: its provider is not."""
    return all(m.organisation_id != filing.provider_id for m in memberships_of(user))


def taker_of(filing: Filing) -> OrganisationKind:
    """Return the kind of office that takes measures on what is on file."""
    return measures_of(filing.route)["suspend"].office


def canonical_number(written: str) -> str:
    """Return a number as the register writes it; what is no number comes back as it is."""
    for kind in (FilingNumber, RegistrationNumber):
        try:
            return str(kind.parse(written))
        except BadInputError:
            continue
    return written


def find_entry(number: str) -> Filing | None:
    """Return the entry with this number, however it is written; a service id will do as well."""
    with_round = Filing.objects.select_related("round", "log_entry")
    by_number = with_round.filter(register_entry__number_digest=digest("number", number)).first()
    return by_number or with_round.filter(service_id=number).first()
