"""A made-up register, the same at every run: few large provinces, providers and models, many small ones.

The settings must have been read before this is imported.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction

from openbeian.industries import Industry
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications.models import Application, Correction, Version
from openbeian.portal.filings.models import Filing, Measure, RegisterEntry, Round
from openbeian.portal.log.models import Entry
from openbeian.standards import load_jurisdictions

__all__ = ["AT", "FILED_HERE", "fill", "made_entries"]

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FILED_HERE = 10_000
_BATCH = 5_000
_ROUNDS = 50
_FIRST = date(2023, 8, 15)
_DAYS = 1_195
_STATUSES = ("valid", "suspended", "revoked", "cancelled", "expired")
_TYPES = ("", "model", "assistant", "image", "model", "coding", "search")
_FILINGS = 0.6
"""Which share of the entries are filings; the others are registrations."""


def made_entries(count: int) -> Iterator[RegisterEntry]:
    """Make entries that lists could have published, not saved."""
    chance = random.Random(7)  # noqa: S311  the same at every run
    places, industries = list(load_jurisdictions()), ["", *(one.value for one in Industry)]
    skewed = [1 / (n + 1) for n in range(len(places))]
    days = [None, *(_FIRST + timedelta(days=n) for n in range(_DAYS))]
    for first in range(0, count, _BATCH):
        many = min(_BATCH, count - first)
        drawn = zip(
            chance.choices(("filing", "registration"), (_FILINGS, 1 - _FILINGS), k=many),
            chance.choices(places, skewed, k=many),
            chance.choices(_STATUSES, (90, 3, 2, 3, 2), k=many),
            chance.choices(industries, k=many),
            chance.choices(days, k=many),
            strict=True,
        )
        for n, (route, place, status, industry, on) in enumerate(drawn, first):
            provider = int(chance.paretovariate(0.6)) % (count // 4 + 1)
            yield RegisterEntry(
                key=f"made-{n}",
                number=f"Made-{n}-20260101{n % 10_000:04d}",
                route=route,
                jurisdiction=place,
                service_name=f"服务{n}",
                model_name="" if route == "filing" else f"底座{provider % 3_000}",
                provider_name=f"单位{provider}",
                provider_uscc=f"91{provider:016d}" if provider % 3 else "",
                status=status,
                issued_on=on,
                listed_on=_FIRST,
                industry=industry,
                service_type=_TYPES[n % len(_TYPES)],
            )


def fill(count: int) -> None:
    """Write `count` entries, the first of them filed here, with all that stands behind those."""
    made = made_entries(count)
    filings = iter(_filed_here(min(FILED_HERE, count // 2)))
    meta = RegisterEntry._meta  # noqa: SLF001  Django's public way to a model's fields, in spite of its name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    values = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {meta.db_table} ({columns}) VALUES ({values})"  # noqa: S608  our own names
    with transaction.atomic(), connection.cursor() as cursor:
        while batch := list(islice(made, _BATCH)):
            for entry, filing in zip(batch, filings, strict=False):
                entry.filing, entry.round, entry.route = filing, filing.round, "filing"
                entry.status, entry.issued_on = "valid", filing.issued_on
            cursor.executemany(insert, [_written(entry, fields) for entry in batch])


def _written(entry: RegisterEntry, fields: list[Any]) -> list[Any]:
    """Return the entry as the database driver takes it: a tenth of the time that `bulk_create` needs."""
    return [field.get_db_prep_save(getattr(entry, field.attname), connection) for field in fields]


def _filed_here(count: int) -> list[Filing]:
    chance = random.Random(8)  # noqa: S311  the same at every run
    provider = Organisation.objects.create(kind="provider", name="单位", created_at=AT)
    first, second = (User.objects.create_user(f"{n}@example.com", str(n)) for n in range(2))
    applications = _applications(count, provider, first)
    days = [_FIRST + timedelta(days=chance.randrange(200, _DAYS)) for _ in applications]
    _course(applications, days, first)
    rounds = [
        Round.objects.create(
            series=n + 1, name=f"第{n + 1}批", held_on=_FIRST, planned_by=first, planned_at=AT
        )
        for n in range(_ROUNDS)
    ]
    filings = [
        Filing(
            number=f"Here-{n}",
            application=application,
            provider=provider,
            provider_name=provider.name,
            service_id=application.service_id,
            jurisdiction=application.jurisdiction,
            route="filing",
            status_since=AT,
            issued_on=on,
            round=rounds[n % _ROUNDS],
            certificate={},
            log_entry=entry,
        )
        for n, (application, on, entry) in enumerate(zip(applications, days, _log(count), strict=True))
    ]
    Filing.objects.bulk_create(filings)
    Round.objects.update(published_at=AT)
    _measures(filings[::10], first, second)
    return filings


def _applications(count: int, provider: Organisation, by: User) -> list[Application]:
    chance, places = random.Random(9), list(load_jurisdictions())  # noqa: S311  as above
    return Application.objects.bulk_create(
        Application(
            reference=f"A{n}",
            service_id=f"s{n}",
            provider=provider,
            jurisdiction=chance.choice(places),
            edition="gbt-45654-2025",
            status="certified",
            status_since=AT,
            created_at=AT,
            version=chance.choice((1, 1, 2, 3)),
            prepared_by=by,
        )
        for n in range(count)
    )


def _course(applications: list[Application], days: list[date], by: User) -> None:
    """Write when each was handed in, and a correction for each that was handed in more than once."""
    chance = random.Random(10)  # noqa: S311  the same at every run
    versions = []
    for application, on in zip(applications, days, strict=True):
        begun = datetime.combine(on, AT.timetz()) - timedelta(days=chance.randrange(30, 200))
        versions += [
            Version(
                application=application,
                number=n + 1,
                facts={},
                submitted_by=by,
                submitted_at=begun + timedelta(days=5 * n),
            )
            for n in range(application.version)
        ]
    Version.objects.bulk_create(versions, batch_size=_BATCH)
    Correction.objects.bulk_create(
        Correction(
            application=one, version_number=1, item=f"item-{chance.randrange(40)}", raised_by=by, raised_at=AT
        )
        for one in applications
        if one.version > 1
    )


def _log(count: int) -> list[Entry]:
    return Entry.objects.bulk_create(
        Entry(
            kind="filing.certified",
            at=AT - timedelta(days=n % 900),
            subject=f"Here-{n}",
            body="{}",
            leaf_hash=f"{n:064x}",
            index=n,
            published_at=AT,
        )
        for n in range(count)
    )


def _measures(filings: list[Filing], first: User, second: User) -> None:
    chance = random.Random(11)  # noqa: S311  the same at every run
    Measure.objects.bulk_create(
        Measure(
            filing=one,
            kind=chance.choice(("suspend", "revoke", "expire")),
            cause="c",
            agreed=True,
            decided_by=first,
            decided_at=AT,
            countersigned_by=second,
            countersigned_at=AT - timedelta(days=chance.randrange(700)),
        )
        for one in filings
    )
