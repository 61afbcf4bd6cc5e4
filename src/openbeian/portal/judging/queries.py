"""Reading samples: whose they are, what is left for a person, how well people agree."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet

from openbeian.assessment.inspection import Standing
from openbeian.core.retest_rights import judges_for
from openbeian.core.statistics import Interval, cohen_kappa, kappa_interval
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.judging.models import ItemVerdict, JudgingItem, JudgingTask
from openbeian.portal.retests.queries import runs_for

__all__ = [
    "Agreement",
    "agreement_of",
    "can_be_taken_over",
    "last_verdict",
    "left_for",
    "mine",
    "next_items",
    "organisations_of",
    "progress_of",
    "tasks_for",
]

_TWO = 2
_WAITING: Final = (Standing.UNJUDGED.value, Standing.ONE.value, Standing.DISAGREED.value)


def organisations_of(user: User) -> QuerySet[Organisation]:
    """Return the organisations whose samples a person judges."""
    actor = actor_of(user)
    own = [int(m.organisation_id) for m in actor.memberships if judges_for(actor, m.organisation_id)]
    return Organisation.objects.filter(pk__in=own)


def tasks_for(user: User) -> QuerySet[JudgingTask]:
    """Return the samples that a person judges."""
    tasks = JudgingTask.objects.filter(organisation__in=organisations_of(user))
    return tasks.select_related("organisation", "run", "created_by")


def progress_of(user: User, tasks: Sequence[JudgingTask]) -> dict[int, tuple[int, int]]:
    """Return for samples, by their keys, how many items are settled and how many a person can judge."""
    counts: dict[int, Counter[str]] = {task.pk: Counter() for task in tasks}
    standings = JudgingItem.objects.order_by().filter(task__in=counts).values_list("task", "standing")
    for task, standing, count in standings.annotate(count=Count("*")):
        counts[task][standing] = count
    # All that the person said: of some tasks only, PostgreSQL walks through every item up to theirs.
    judged = ItemVerdict.objects.order_by().filter(by=user, undone_at=None)
    given: Counter[int] = Counter()
    for task, standing, count in judged.values_list("item__task", "item__standing").annotate(
        count=Count("*")
    ):
        given[task] += count if standing in _WAITING else 0
    return {
        task: (found[Standing.SETTLED.value], sum(found[one] for one in _WAITING) - given[task])
        for task, found in counts.items()
    }


def left_for(user: User, task: JudgingTask) -> QuerySet[JudgingItem]:
    """Return what a person can judge: what fewer than two have judged, or two disagree on; never twice."""
    given = ItemVerdict.objects.filter(item=OuterRef("pk"), by=user, undone_at=None)
    return task.items.filter(standing__in=_WAITING).exclude(Exists(given)).order_by("number")


def next_items(user: User, task: JudgingTask, *, after: int, limit: int) -> list[JudgingItem]:
    """Return the next items for a person behind a place of the sample, then those left before it."""
    left = left_for(user, task)
    behind = list(left.filter(number__gt=after)[:limit])
    return behind + list(left.filter(number__lte=after)[: limit - len(behind)])


def mine(user: User, *tasks: JudgingTask) -> QuerySet[ItemVerdict]:
    """Return what a person said of samples, as far as it counts."""
    return ItemVerdict.objects.filter(item__task__in=tasks, by=user, undone_at=None)


def last_verdict(user: User, task: JudgingTask) -> ItemVerdict | None:
    """Return what a person said last and may still take back; None where there is nothing."""
    if task.taken_over_at:
        return None
    return mine(user, task).select_related("item").order_by("-id").first()


class Agreement(NamedTuple):
    """How far people are with a sample, and how well two of them agree beyond chance."""

    standings: dict[str, int]
    by_two: int
    disagreed: int
    kappa: float | None
    interval: Interval | None


def agreement_of(task: JudgingTask) -> Agreement:
    """Return it, with Cohen's kappa of the first two verdicts on each item and its 95 % interval."""
    standings = Counter(task.items.values_list("standing", flat=True))
    first, second = _pairs(
        ItemVerdict.objects.filter(item__task=task, undone_at=None, place__lte=_TWO)
        .order_by("item_id", "by_id")
        .values_list("item_id", "value")
    )
    return Agreement(
        {standing.value: standings[standing.value] for standing in Standing},
        len(first),
        sum(a != b for a, b in zip(first, second, strict=True)),
        cohen_kappa(first, second) if first else None,
        kappa_interval(first, second) if first else None,
    )


def can_be_taken_over(user: User, task: JudgingTask) -> bool:
    """Say whether a person could put the verdicts on a sample into the evidence of its re-test now."""
    if task.run_id is None or task.taken_over_at is not None:
        return False
    if task.items.exclude(standing=Standing.SETTLED.value).exists():
        return False
    return runs_for(user).filter(pk=task.run_id, order__recorded_at=None).exists()


def _pairs(rows: Iterable[tuple[int, str]]) -> tuple[list[str], list[str]]:
    by_item: dict[int, list[str]] = {}
    for item, value in rows:
        by_item.setdefault(item, []).append(value)
    pairs = [values for values in by_item.values() if len(values) == _TWO]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
