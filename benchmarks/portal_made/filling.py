"""Fills a portal: one of everything by the actions people use, then copies of its rows in bulk."""

import itertools
import random
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, Final

from django.db import models, transaction
from tests.portal.pages.world import World

from openbeian.clock import now
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing, RegisterEntry, Round
from openbeian.portal.judging.models import JudgingItem, JudgingTask
from openbeian.portal.log.models import Entry
from openbeian.portal.sightings.models import ServiceHash
from openbeian.trust.snapshots import service_hash

__all__ = ["ITEMS_A_TASK", "multiply"]

ITEMS_A_TASK: Final = 3_000
_PROVIDERS: Final = 400
_OWN: Final = 40
"""How many applications the provider has whose pages are looked at."""
_AT_ONCE: Final = 500
_LEFT: Final = {
    *("filing", "seat", "permits", "petitions", "retest_runs", "service_hash", "uploads"),
    *("register_entry", "calendar_key", "model_updates"),
}
"""What is numbered by itself, or filed once only."""
_FILINGS: Final = 2_000
_ROUNDS: Final = 40


def multiply(world: World, applications: int, answers: int) -> None:
    """Copy applications with all that hangs on them, filings with duties, and samples with their answers."""
    providers = _providers(world)
    with transaction.atomic():
        _copy_applications(list(world.applications.values()), providers, applications)
        _copy_filings(world.valid, providers)
        _copy_samples(world.sample, answers)


def _providers(world: World) -> list[Organisation]:
    own = [world.cast.organisations["gd_provider"], world.cast.organisations["zj_provider"]]
    made = []
    for number in range(_PROVIDERS):
        one = copy(own[number % 2])
        one.pk, one.name, one.name_en = None, f"第{number}号科技有限公司", f"Company {number}"
        one.uscc = ""
        made.append(one)
    return Organisation.objects.bulk_create(made)


def _copy_applications(originals: Sequence[Application], providers: list[Organisation], count: int) -> None:
    chance = random.Random(11)  # noqa: S311  the same portal at every run
    for start in range(0, count, _AT_ONCE):
        copies, of = [], []
        for number in range(start, min(start + _AT_ONCE, count)):
            original = originals[number % len(originals)]
            one = copy(original)
            one.pk, one.reference = None, f"{original.reference[:9]}{900_000 + number}"
            one.service_id = f"svc-{100_000 + number}"
            one.service_name = f"{original.service_name or '新申请'}{number}"
            if number >= _OWN:
                one.provider = chance.choice(providers)
                one.jurisdiction = one.provider.jurisdiction
            copies.append(one)
            of.append(original.pk)
        made = Application.objects.bulk_create(copies)
        # As the last report of a gate leaves them.
        ServiceHash.objects.bulk_create(
            [ServiceHash(application=one, hash=service_hash(one.service_id).hex()) for one in made]
        )
        _copy_children(Application, list(zip(of, made, strict=True)))
        _copy_trail(originals, list(zip(of, made, strict=True)))


def _copy_children(parent: type[models.Model], pairs: Sequence[tuple[int, Any]]) -> None:
    """Copy every row that points at an original alone, for each of its copies."""
    for relation in parent._meta.related_objects:  # noqa: SLF001  Django's documented API
        child, name = relation.related_model, relation.field.name
        if relation.get_accessor_name() in _LEFT or _points_elsewhere(child, name):
            continue
        rows: dict[int, list[Any]] = {}
        for row in child.objects.filter(**{f"{name}__in": {pk for pk, _ in pairs}}):
            rows.setdefault(getattr(row, f"{name}_id"), []).append(row)
        child.objects.bulk_create(_children(rows, pairs, name), batch_size=_AT_ONCE)


def _children(rows: dict[int, list[Any]], pairs: Sequence[tuple[int, Any]], name: str) -> Iterator[Any]:
    for original, made in pairs:
        for row in rows.get(original, ()):
            one = copy(row)
            one.pk = None
            setattr(one, name, made)
            yield one


def _points_elsewhere(child: type[models.Model], name: str) -> bool:
    """Say whether a row can't be copied alone: it is one of something else, or has a name of its own."""
    fields = child._meta.concrete_fields  # noqa: SLF001  the same
    return any(field.unique and not field.primary_key and field.name != name for field in fields)


def _copy_trail(originals: Sequence[Application], pairs: Sequence[tuple[int, Application]]) -> None:
    trail: dict[str, list[AuditEvent]] = {}
    for event in AuditEvent.objects.filter(subject_id__in=[one.reference for one in originals]):
        trail.setdefault(event.subject_id, []).append(event)
    by_pk = {one.pk: one.reference for one in originals}
    copies = []
    for original, made in pairs:
        for event in trail.get(by_pk[original], ()):
            one = copy(event)
            one.pk, one.subject_id = None, made.reference
            copies.append(one)
    AuditEvent.objects.bulk_create(copies, batch_size=_AT_ONCE)


def _copy_filings(original: Filing, providers: list[Organisation]) -> None:
    """Copy a filing for a certified application of each copy, with its entries in log and register."""
    entry, register = original.log_entry, original.register_entry
    index = itertools.count(1_000_000)
    rounds = Round.objects.bulk_create(
        _renewed(original.round, series=1_000 + n, name=f"第{1_000 + n}批") for n in range(_ROUNDS)
    )
    for start in range(0, _FILINGS, _AT_ONCE):
        numbers = range(start, start + _AT_ONCE)
        entries = Entry.objects.bulk_create(
            [_renewed(entry, index=next(index), subject=f"{original.number}{n:05}") for n in numbers]
        )
        held = [
            _renewed(
                original.application,
                reference=f"{original.application.reference[:9]}{800_000 + n}",
                service_id=f"svc-{800_000 + n}",
                provider=providers[n % len(providers)],
            )
            for n in numbers
        ]
        held = Application.objects.bulk_create(held)
        _copy_children(Application, [(original.application.pk, one) for one in held])
        filings = [
            _renewed(
                original,
                number=f"{original.number}{n:05}",
                service_id=f"svc-{800_000 + n}",
                provider=providers[n % len(providers)],
                application=held[at],
                round=rounds[n % _ROUNDS],
                log_entry=entries[at],
            )
            for at, n in enumerate(numbers)
        ]
        filings = Filing.objects.bulk_create(filings)
        RegisterEntry.objects.bulk_create(
            _renewed(
                register,
                key=one.number,
                number=one.number,
                number_digest=f"{n:016x}",
                filing=one,
                round=rounds[n % _ROUNDS],
            )
            for n, one in zip(numbers, filings, strict=True)
        )
        _copy_children(Filing, [(original.pk, one) for one in filings])


def _copy_samples(original: JudgingTask, answers: int) -> None:
    items = list(original.items.all())
    for number in range(answers // ITEMS_A_TASK):
        task = _renewed(original, title=f"{original.title} {number}", items_count=ITEMS_A_TASK)
        task.created_at = now()
        task.save()
        made = (
            _renewed(items[at % len(items)], task=task, number=at + 1, standing="unjudged", value="")
            for at in range(ITEMS_A_TASK)
        )
        JudgingItem.objects.bulk_create(made, batch_size=_AT_ONCE)


def _renewed(row: Any, **changes: object) -> Any:  # noqa: ANN401  a row of any model
    one = copy(row)
    one.pk = None
    one._state = copy(row._state)  # noqa: SLF001  else both would share their cached relations
    one._state.fields_cache = dict(row._state.fields_cache)  # noqa: SLF001
    for name, value in changes.items():
        setattr(one, name, value)
    return one
