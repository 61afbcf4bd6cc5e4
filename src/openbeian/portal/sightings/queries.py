"""Reading what gates have seen: for the offices, and counted for everybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate

from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.sightings.models import AnswerDay, ServiceHash, SightedService, SightingDay
from openbeian.trust.snapshots import service_hash

__all__ = [
    "TREND_DAYS",
    "DayOfAnswers",
    "Match",
    "answers_by_day",
    "match_of",
    "matches",
    "sighted",
    "trends",
]

TREND_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class DayOfAnswers:
    """What all gates that report answered on one day."""

    day: date
    platforms: int
    """How many platforms' gates have reported."""
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Match:
    """What the register knows of a sighted service."""

    label: Text
    number: str
    """Its number in the register; empty while it has none."""
    name: str
    """What it is called; empty where only the public's part may be said and there is none."""


def sighted(*, include_followed: bool) -> QuerySet[SightedService]:
    """Return the services gates have seen, with how many gates that were; seen last first.

    One that was followed up is left out, unless a gate has seen it after that day.
    """
    gate = Concat(Cast("days__organisation_id", CharField()), Value("/"), "days__gate")
    found = SightedService.objects.annotate(gates=Count(gate, distinct=True))
    found = found.order_by("-last_day", "-total", "hash")  # counting loses the model's own order
    waits = Q(followed_at=None) | Q(last_day__gt=TruncDate("followed_at"))
    return found if include_followed else found.filter(waits)


def trends(services: Iterable[SightedService], *, on: date) -> dict[int, list[int]]:
    """Return the counts of the last `TREND_DAYS` days of each service, oldest first, by its key."""
    first = on - timedelta(days=TREND_DAYS - 1)
    pks = [service.pk for service in services]
    counts: Counter[tuple[int, date]] = Counter()
    rows = SightingDay.objects.order_by().filter(service__in=pks, day__gte=first)
    for pk, day, count in rows.values_list("service", "day", "count"):
        counts[pk, day] += count
    days = [first + timedelta(days=n) for n in range(TREND_DAYS)]
    return {pk: [counts[pk, day] for day in days] for pk in pks}


def matches(hashes: Sequence[str]) -> dict[str, Match]:
    """Return what the register knows of services, by hash; what it doesn't know is left out."""
    known = ServiceHash.objects.filter(hash__in=hashes).select_related("application__filing")
    found = {row.hash: row.application for row in known}
    # Those that came since the last report; that one notes all there are.
    rows = Application.objects.order_by().filter(service_hash=None).values_list("pk", "service_id")
    asked = frozenset(hashes)
    came = {pk: hashed for pk, service_id in rows if (hashed := service_hash(service_id).hex()) in asked}
    for application in Application.objects.filter(pk__in=came).select_related("filing"):
        found[came[application.pk]] = application
    return {hashed: match for hashed, one in found.items() if (match := match_of(one)) is not None}


def match_of(application: Application) -> Match | None:
    """Return what may be said of an application to every office; of a draft nothing."""
    filing = getattr(application, "filing", None)
    if filing is not None:
        return Match(Text("已备案", "On file"), filing.number, filing.service_name)
    if application.state is ApplicationStatus.DRAFT:
        return None
    return Match(Text("已申请，尚未备案", "Applied for, not on file"), "", "")


def answers_by_day(days: int) -> list[DayOfAnswers]:
    """Return what gates answered on each of the newest days that have any, the oldest first."""
    newest = AnswerDay.objects.order_by("-day").values("day").distinct()[:days]
    counts: dict[date, Counter[str]] = {}
    platforms: dict[date, set[int]] = {}
    rows = AnswerDay.objects.order_by("day", "answer").filter(day__in=newest)
    for day, platform, answer, count in rows.values_list("day", "organisation", "answer", "count"):
        counts.setdefault(day, Counter())[answer] += count
        platforms.setdefault(day, set()).add(platform)
    return [DayOfAnswers(day, len(platforms[day]), answers) for day, answers in counts.items()]
