"""The queue: what waits for an office, overdue first, by state, route and who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import QueryDict

from openbeian.core.lifecycle import OWNERS, STATUS_LABELS, ApplicationStatus
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.core.workdays import remaining_workdays
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to, waiting_for
from openbeian.portal.review.clocks import pauses_of
from openbeian.portal.review.models import Assignment, Decision
from openbeian.standards import load_terms

__all__ = [
    "PAGE_SIZE",
    "Filters",
    "QueuePage",
    "Queued",
    "queue_for",
    "queue_page",
    "queued",
    "statuses_shown",
]

PAGE_SIZE: Final = 30
Whose = Literal["", "mine", "nobody"]
_OFFICES: Final = frozenset({OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL})


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody wants to see; empty means everything."""

    status: str = ""
    route: str = ""
    whose: str = ""
    overdue: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> "Filters":
        """Read the filters of an address; what means nothing is left out."""
        status, route, whose = (asked.get(name, "") for name in ("status", "route", "whose"))
        return cls(
            status=status if status in {one.value for one in ApplicationStatus} else "",
            route=route if route in {"filing", "registration"} else "",
            whose=whose if whose in {"mine", "nobody"} else "",
            overdue=asked.get("overdue") == "1",
        )

    @property
    def query(self) -> str:
        """The filters as the address of a page names them."""
        named = {"status": self.status, "route": self.route, "whose": self.whose}
        return urlencode({name: value for name, value in named.items() if value} | self._overdue())

    def _overdue(self) -> dict[str, str]:
        return {"overdue": "1"} if self.overdue else {}


class Queued(NamedTuple):
    """An application that waits: since when, how much of the legal term is left, and who has it."""

    application: Application
    days: int
    """Working days it has stood where it stands."""
    left: int | None
    """Working days left of the term; below 0 it is overdue; None where no clock runs."""
    term: Text | None
    due_on: date | None
    officer: str
    awaits_countersignature: bool

    @property
    def over(self) -> int:
        """By how many working days it is overdue."""
        return -min(self.left or 0, 0)

    @property
    def is_overdue(self) -> bool:
        """Whether the term is over."""
        return self.left is not None and self.left < 0


def queue_for(user: User, *, filters: Filters | None = None, on: date) -> QuerySet[Application]:
    """Return what waits for the organisations a person belongs to: overdue first, then what is due next."""
    wanted = filters or Filters()
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(user)}
    statuses = [s.value for s in ApplicationStatus if OWNERS[s] in kinds and wanted.status in {"", s.value}]
    assigned = Assignment.objects.filter(application=OuterRef("pk"), level=_level(kinds))
    waiting = visible_to(user).filter(status__in=statuses)
    if wanted.route:
        waiting = waiting.filter(route=wanted.route)
    if wanted.overdue:
        waiting = waiting.filter(clock__due_on__lt=on)
    if wanted.whose == "mine":
        waiting = waiting.filter(Exists(assigned.filter(officer=user)))
    elif wanted.whose == "nobody":
        waiting = waiting.filter(~Exists(assigned))
    return waiting.order_by(F("clock__due_on").asc(nulls_last=True), "status_since", "id")


def _level(kinds: set[OrganisationKind]) -> str:
    return "national" if OrganisationKind.NATIONAL in kinds else "provincial"


class QueuePage(NamedTuple):
    """A page of the queue."""

    page: "Page[Application]"
    items: Sequence[Queued]


def queue_page(user: User, *, filters: Filters, number: object, on: date) -> QueuePage:
    """Return a page of the queue, read in a fixed number of queries; `number` is what an address holds."""
    rows = queue_for(user, filters=filters, on=on).select_related("provider", "clock")
    rows = rows.defer("facts", "findings")  # they are long, and a line of the queue says nothing of them
    page = Paginator(rows, PAGE_SIZE).get_page(number)  # type: ignore[arg-type]  # it takes anything
    shown = list(page.object_list)
    officers = _officers(shown)
    undecided = Decision.objects.filter(application__in=shown, closed_at=None)
    open_ids = set(undecided.values_list("application_id", flat=True))
    items = [
        queued(one, on=on, officer=officers.get(_key(one), ""), open_decision=one.pk in open_ids)
        for one in shown
    ]
    return QueuePage(page, items)


def _officers(shown: Sequence[Application]) -> dict[tuple[int, str], str]:
    given = Assignment.objects.filter(application__in=shown).select_related("officer")
    return {(one.application_id, one.level): one.officer.name for one in given}


def _key(application: Application) -> tuple[int, str]:
    owner = OWNERS[application.state]
    return application.pk, "" if owner is None else owner.value


def queued(application: Application, *, on: date, officer: str = "", open_decision: bool = False) -> Queued:
    """Return an application with its clock on a day."""
    clock = getattr(application, "clock", None)
    term = load_terms()[clock.term] if clock is not None and clock.term else None
    return Queued(
        application,
        waiting_for(application, on=on),
        left=remaining_workdays(clock.started_on, term.days, pauses_of(clock), on)
        if clock and term
        else None,
        term=None if term is None else term.text,
        due_on=clock.due_on if clock else None,
        officer=officer,
        awaits_countersignature=open_decision,
    )


def statuses_shown(user: User) -> list[tuple[str, Text]]:
    """Return the statuses in which something may wait for a person's offices, with their names."""
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(user)} & _OFFICES
    return [(one.value, STATUS_LABELS[one]) for one in ApplicationStatus if OWNERS[one] in kinds]
