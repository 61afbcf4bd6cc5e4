"""The queue of petitions: what waits for an office, overdue first, by kind, status and who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from openbeian.core.lifecycle import STATUS_LABELS, PetitionStatus
from openbeian.core.petition_steps import PETITION_OWNERS
from openbeian.core.petitions import PETITION_RULES, PetitionKind
from openbeian.core.text import Text
from openbeian.core.workdays import workdays_left
from openbeian.portal.accounts.models import User
from openbeian.portal.petitions.models import Petition, PetitionAssignment, PetitionDecision
from openbeian.portal.petitions.officers import level_at
from openbeian.portal.petitions.queries import petitions_waiting_for
from openbeian.standards import load_terms

__all__ = [
    "KINDS",
    "STATUSES",
    "PetitionFilters",
    "PetitionQueue",
    "QueuedPetition",
    "petition_queue",
    "queue",
]

_ON_A_PAGE: Final = 30
KINDS: Final = [(kind.value, rule.label) for kind, rule in PETITION_RULES.items()]
STATUSES: Final = [(one.value, STATUS_LABELS[one]) for one in PetitionStatus if PETITION_OWNERS[one]]
"""What a petition may wait in."""


@dataclass(frozen=True, slots=True)
class PetitionFilters:
    """What somebody wants to see; empty means everything."""

    kind: str = ""
    status: str = ""
    whose: str = ""
    overdue: bool = False

    @classmethod
    def of(cls, asked: QueryDict) -> "PetitionFilters":
        """Read the filters of an address; what means nothing is left out."""
        known = {
            "kind": {one.value for one in PetitionKind},
            "status": {one.value for one in PetitionStatus},
            "whose": {"mine", "nobody"},
        }
        given = {name: asked.get(name, "") for name in known}
        told = {name: value for name, value in given.items() if value in known[name]}
        return cls(**told, overdue=asked.get("overdue") == "1")

    @property
    def query(self) -> str:
        """The filters as the address of a page names them."""
        named = {"kind": self.kind, "status": self.status, "whose": self.whose}
        told = {name: value for name, value in named.items() if value}
        return urlencode(told | ({"overdue": "1"} if self.overdue else {}))


class QueuedPetition(NamedTuple):
    """A petition that waits: how much of the legal term is left, and who has it."""

    petition: Petition
    left: int | None
    """Working days left of the term; below 0 it is overdue; None while it is with the provider."""
    officer: str
    awaits_countersignature: bool

    @property
    def due_on(self) -> date | None:
        """The last day of the term."""
        return self.petition.due_on

    @property
    def term(self) -> Text:
        """The term that runs."""
        return load_terms()[self.petition.rule.decide_within].text

    @property
    def over(self) -> int:
        """By how many working days it is overdue."""
        return -min(self.left or 0, 0)

    @property
    def is_overdue(self) -> bool:
        """Whether the term is over."""
        return self.left is not None and self.left < 0


class PetitionQueue(NamedTuple):
    """A page of the queue."""

    page: "Page[Petition]"
    items: Sequence[QueuedPetition]


def queue(user: User, *, filters: PetitionFilters, on: date) -> QuerySet[Petition]:
    """Return what waits for a person's organisations: overdue first, then what is due next."""
    waiting = petitions_waiting_for(user)
    if filters.kind:
        waiting = waiting.filter(kind=filters.kind)
    if filters.status:
        waiting = waiting.filter(status=filters.status)
    if filters.overdue:
        waiting = waiting.filter(due_on__lt=on)
    given = PetitionAssignment.objects.filter(petition=OuterRef("pk"))
    if filters.whose == "mine":
        waiting = waiting.filter(Exists(given.filter(officer=user)))
    elif filters.whose == "nobody":
        waiting = waiting.filter(~Exists(given))
    return waiting


def petition_queue(user: User, *, filters: PetitionFilters, number: object, on: date) -> PetitionQueue:
    """Return a page of the queue, read in a fixed number of queries; `number` is what an address holds."""
    page = Paginator(queue(user, filters=filters, on=on), _ON_A_PAGE).get_page(number)  # type: ignore[arg-type]  # it takes anything
    shown = list(page.object_list)
    officers = {
        (one.petition_id, one.level): one.officer.name
        for one in PetitionAssignment.objects.filter(petition__in=shown).select_related("officer")
    }
    undecided = PetitionDecision.objects.filter(petition__in=shown, countersigned_at=None)
    open_ids = set(undecided.values_list("petition_id", flat=True))
    items = [
        QueuedPetition(
            one,
            None if one.due_on is None else workdays_left(one.due_on, on),
            officers.get((one.pk, level_at(one.state)), ""),
            one.pk in open_ids,
        )
        for one in shown
    ]
    return PetitionQueue(page, items)
