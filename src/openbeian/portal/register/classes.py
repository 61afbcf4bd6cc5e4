"""What is said about the classes of entries: the rules' guesses with their reasons, or the office's word."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from django.db.models import F, Q, QuerySet

from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.industries import Classification, Industry, ServiceType, load_rules
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.filings.models import ClassDecision, RegisterEntry
from openbeian.portal.filings.register_entries import rules_on

__all__ = [
    "Agreement",
    "Guess",
    "Proposal",
    "Said",
    "agreement",
    "correction_rows",
    "in_charge_of",
    "named",
    "proposals",
    "said_of",
    "to_be_classified",
]

_GUESSES: Final = 3
_REASONS: Final = 3


class Guess(NamedTuple):
    """A class that something speaks for, and how much of all evidence does."""

    id: str
    label: Text
    weight: int


class Proposal(NamedTuple):
    """An entry with what the rules make of it."""

    entry: RegisterEntry
    industries: tuple[Guess, ...]
    """The best first; none where no word says anything."""
    types: tuple[Guess, ...]
    reasons: tuple[Text, ...]
    industry: str
    """What one click sets: what stands in the entry, else the best guess; empty where there is none."""
    service_type: str


class Said(NamedTuple):
    """What the public is told of an entry's classes, and why they are these."""

    industry: Text | None
    service_type: Text | None
    decision: ClassDecision | None
    reasons: tuple[Text, ...]
    """Of the rules, for the classes the entry has; none where the office has decided."""


class Agreement(NamedTuple):
    """In how many of the offices' decisions the rules had said the same."""

    decided: int
    industries: int
    types: int


def in_charge_of(user: User) -> QuerySet[RegisterEntry]:
    """Return the entries whose classes are for a person's offices to decide, or for an auditor to read."""
    wanted = Q(pk__in=())
    for membership in actor_of(user).memberships:
        if membership.kind in {OrganisationKind.NATIONAL, OrganisationKind.AUDITOR}:
            wanted |= ~Q(pk__in=())
        elif membership.kind is OrganisationKind.PROVINCIAL:
            wanted |= Q(jurisdiction=membership.jurisdiction)
    return RegisterEntry.objects.filter(wanted).select_related(
        "filing__application", "class_decision__decided_by", "class_decision__office"
    )


def to_be_classified(user: User) -> QuerySet[RegisterEntry]:
    """Return the entries that the rules were not sure enough about, newest first."""
    return in_charge_of(user).filter(Q(industry="") | Q(service_type=""))


def named(words: str, entries: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    """Return the entries that have every word in their service's or company's name or their number."""
    for word in words.split():
        is_there = Q(service_name__icontains=word) | Q(provider_name__icontains=word)
        entries = entries.filter(is_there | Q(number__icontains=word))
    return entries


def proposals(entries: Sequence[RegisterEntry]) -> list[Proposal]:
    """Return what the rules make of each entry."""
    return [_proposal(entry, found) for entry, found in zip(entries, rules_on(entries), strict=True)]


def _proposal(entry: RegisterEntry, found: Classification) -> Proposal:
    industries, types = (tuple(_guesses(found, kind)) for kind in (Industry, ServiceType))
    # The lists call everything a model, so where no word says more than that, a model is what it is.
    usual = industries and not types
    return Proposal(
        entry,
        industries,
        types,
        tuple(reason.text for reason in found.reasons),
        entry.industry or (industries[0].id if industries else ""),
        entry.service_type or (types[0].id if types else ServiceType.MODEL.value if usual else ""),
    )


def _guesses(found: Classification, kind: type[Industry] | type[ServiceType]) -> Iterator[Guess]:
    scored = sorted(((found.score(one), one) for one in kind), key=lambda each: -each[0])
    for weight, one in scored[:_GUESSES]:
        if weight > 0:
            yield Guess(one.value, load_rules().name(one), weight)


def said_of(entry: RegisterEntry) -> Said:
    """Return what the public is told of an entry's classes."""
    rules = load_rules()
    industry = Industry(entry.industry) if entry.industry else None
    service_type = ServiceType(entry.service_type) if entry.service_type else None
    decision = ClassDecision.objects.filter(entry=entry).select_related("office").first()
    reasons: tuple[Text, ...] = ()
    if decision is None:
        (found,) = rules_on([entry])
        # `coding` is in both enumerations, and the two are equal as strings.
        speaking = [
            one for one in found.reasons if one.speaks_for is industry or one.speaks_for is service_type
        ]
        reasons = tuple(one.text for one in speaking[:_REASONS])
    return Said(
        None if industry is None else rules.name(industry),
        None if service_type is None else rules.name(service_type),
        decision,
        reasons,
    )


def agreement() -> Agreement:
    """Count how often the rules had said what the offices decided."""
    decided = ClassDecision.objects.all()
    return Agreement(
        decided.count(),
        decided.filter(ruled_industry=F("industry")).count(),
        decided.filter(ruled_type=F("service_type")).count(),
    )


def correction_rows(user: User) -> Iterator[tuple[object, ...]]:
    """Yield the decisions in a person's charge as a table, headings first.

    The first five columns are those of `openbeian/industries/labelled`, so that the rules can be measured on
    them and improved.
    """
    yield (
        *("service_name", "provider_name", "industry", "service_type", "source"),
        *("ruled_industry", "ruled_type", "confidence", "type_confidence"),
        *("office", "decided_at", "reason"),
    )
    mine = ClassDecision.objects.filter(entry__in=in_charge_of(user)).select_related("entry", "office")
    for one in mine.order_by("decided_at", "pk").iterator(chunk_size=500):
        yield (
            *(one.entry.service_name, one.entry.provider_name, one.industry, one.service_type, "office"),
            *(one.ruled_industry, one.ruled_type, f"{one.confidence:.4f}", f"{one.type_confidence:.4f}"),
            *(one.office.name, one.decided_at.isoformat(timespec="seconds"), one.reason),
        )
