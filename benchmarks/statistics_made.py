"""A made-up register, the same at every run: few large provinces, providers and models, many small ones.

The settings must have been read before this is imported.
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from openbeian.industries import Industry
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications.models import Application, Correction, Version
from openbeian.portal.filings.models import Filing, Measure, RegisterEntry, Round
from openbeian.portal.log.models import Entry
from openbeian.standards import load_jurisdictions

__all__ = ["AT", "FILED_HERE", "fill", "write_published"]

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FILED_HERE = 10_000
_BATCH = 5_000
_ROUNDS = 50
_FIRST = date(2023, 8, 15)
_DAYS = 1_195
_INDUSTRIES = ("", *(one.value for one in Industry))
_LISTS = {
    "place": ("BJ", "BJ", "BJ", "GD", "GD", "SH", "SH", "ZJ", "JS", *load_jurisdictions()),
    "standing": ("valid",) * 18 + ("suspended", "revoked", "cancelled", "expired"),
    "class": _INDUSTRIES,
}
"""What is drawn from evenly; what stands in it several times comes as often."""


def fill(count: int) -> None:
    """Write `count` entries, the first of them filed here, with all that stands behind those."""
    filings = _filed_here(min(FILED_HERE, count // 2))
    RegisterEntry.objects.bulk_create(
        RegisterEntry(
            key=filing.number,
            number=filing.number,
            filing=filing,
            route="filing",
            jurisdiction=filing.jurisdiction,
            service_name=f"服务{n}",
            provider_name=filing.provider_name,
            issued_on=filing.issued_on,
            listed_on=filing.issued_on,
            round=filing.round,
            industry=_INDUSTRIES[n % len(_INDUSTRIES)],
        )
        for n, filing in enumerate(filings)
    )
    write_published("made", count - len(filings))


def write_published(prefix: str, count: int) -> None:
    """Write entries that lists could have published, made by the database itself: that is the fastest way."""
    values = _values(prefix)
    for field in RegisterEntry._meta.concrete_fields:  # noqa: SLF001  Django's public way to a model's fields
        if not field.primary_key and field.column not in values:
            values[field.column] = (
                "NULL" if field.null else "'{}'" if "JSON" in type(field).__name__ else "''"
            )
    lists = ", ".join(f"{name} (i, v) AS (VALUES {_listed(of)})" for name, of in _LISTS.items())
    joins = " ".join(
        f"JOIN {name} ON {name}.i = ((n * {step}) % 1000003) % {len(of)}"
        for step, (name, of) in zip((7919, 104729, 1299709), _LISTS.items(), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE seq (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < {count}),"  # noqa: S608
            f" {lists} INSERT INTO {RegisterEntry._meta.db_table} ({', '.join(values)})"  # noqa: SLF001
            f" SELECT {', '.join(values.values())} FROM seq {joins}"
        )


def _values(prefix: str) -> dict[str, str]:
    """Return each column as SQL over `n`, the number of the entry; few providers have many entries."""
    is_filing = "(n * 31) % 10 < 6"
    provider = "CASE WHEN n % 4 = 0 THEN (n * 17) % 50 ELSE (n * 7919) % 1000003 % 200000 END"
    day = "(n * 7919) % 1000003 % 1195"
    after = {
        "sqlite": f"date('2023-08-15', '+' || ({day}) || ' days')",
        "postgresql": f"DATE '2023-08-15' + ({day})",
    }
    return {
        "key": f"'{prefix}-' || n",
        "number": f"'{prefix}-' || n || '-20260101'",
        "route": f"CASE WHEN {is_filing} THEN 'filing' ELSE 'registration' END",
        "jurisdiction": "place.v",
        "service_name": "'服务' || n",
        "model_name": f"CASE WHEN {is_filing} THEN '' ELSE '底座' || ((n * 13) % 1000003 % 3000) END",
        "provider_name": f"'单位' || ({provider})",
        "provider_uscc": f"CASE WHEN n % 3 = 0 THEN '' ELSE '91' || (10000000 + ({provider})) END",
        "status": "standing.v",
        "issued_on": f"CASE WHEN n % 20 = 0 THEN NULL ELSE {after[connection.vendor]} END",
        "listed_on": "'2023-08-15'" if connection.vendor == "sqlite" else "DATE '2023-08-15'",
        "industry": "class.v",
        "service_type": "CASE n % 3 WHEN 0 THEN '' WHEN 1 THEN 'model' ELSE 'assistant' END",
    }


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"({n}, '{value}')" for n, value in enumerate(values))


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
