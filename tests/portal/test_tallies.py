"""The tallies: whatever is written, by whatever way, they equal a count from zero and a count by hand."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.filings.actions import countersign_measure, propose_measure
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.register_entries import follow
from openbeian.portal.log.models import Entry
from openbeian.portal.log.outbox import append
from openbeian.portal.register.actions import take_over
from openbeian.portal.tallies import keeping
from openbeian.portal.tallies.breakdowns import BREAKDOWNS, ENTRIES
from openbeian.portal.tallies.models import Tally, TallyChange
from openbeian.portal.tallies.queries import cells, largest, spread
from openbeian.published import Place, PublishedRow, Reading, Series, Source
from tests.portal.factories import AT, Cast, filing_at

LATE = datetime(2026, 11, 30, 17, tzinfo=UTC)
"""The first of December in China."""

pytestmark = pytest.mark.django_db


def entry(n: int, **facts: object) -> RegisterEntry:
    values = {
        "key": f"list-{n}",
        "route": "filing",
        "jurisdiction": "GD",
        "service_name": f"服务{n}",
        "provider_name": "单位",
        "listed_on": date(2026, 1, 1),
        **facts,
    }
    return RegisterEntry(**values)


ON_FILE = {"valid", "suspended"}


def by_hand(row: RegisterEntry) -> list[tuple[str, ...]]:
    """Return the cells that a row counts in, worked out without SQL."""
    month = f"{row.issued_on:%Y-%m}" if row.issued_on else ""
    year = month[:4]
    origin = "filed_here" if row.filing_id else "published_elsewhere"
    found = [
        ("month", row.route, month),
        ("place", row.route, row.jurisdiction, row.status, year),
        ("origin", row.route, row.status, origin, row.profile),
        ("class", row.route, year, row.industry, row.service_type),
    ]
    if row.round_id:
        found.append(("round", row.route, str(row.round_id)))
    if row.status in ON_FILE:
        found.append(("industry", row.route, row.jurisdiction, row.industry))
        if row.route == "filing":
            provider = row.provider_uscc or row.provider_name
            found += [("provider", provider), ("name", provider, row.provider_name)]
        else:
            found.append(("base_model", row.sources.get("base_number", ""), row.model_name))
    return found


def kept() -> Counter[tuple[str, ...]]:
    return Counter({(name, *parts): count for name in BREAKDOWNS for parts, count in cells(name)})


def check_entries() -> None:
    expected = Counter(cell for row in RegisterEntry.objects.all() for cell in by_hand(row))
    of_entries = {name for name, one in BREAKDOWNS.items() if one.table == ENTRIES}
    assert {cell: count for cell, count in kept().items() if cell[0] in of_entries} == expected
    assert keeping.differences() == []


FACTS = st.fixed_dictionaries(
    {
        "route": st.sampled_from(["filing", "registration"]),
        "jurisdiction": st.sampled_from(["GD", "BJ"]),
        "status": st.sampled_from(["valid", "suspended", "revoked"]),
        "issued_on": st.none() | st.dates(date(2023, 8, 1), date(2027, 2, 1)),
        "industry": st.sampled_from(["", "general", "finance"]),
        "service_type": st.sampled_from(["", "model"]),
        "profile": st.sampled_from(["", "demo"]),
        "provider_uscc": st.sampled_from(["", "91440101MA9DEM0016"]),
        "provider_name": st.sampled_from(["", "甲", "乙'"]),
        "model_name": st.sampled_from(["", "底座"]),
        "sources": st.sampled_from([{}, {"base_number": "Beijing-YunQue-20230821"}]),
    }
)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "change", "change all", "remove"]), FACTS), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_after_any_writes_the_tallies_equal_a_count_from_zero_and_by_hand(db, steps):
    RegisterEntry.objects.all().delete()
    for n, (step, facts) in enumerate(steps):
        rows = list(RegisterEntry.objects.order_by("pk"))
        if step == "add":
            RegisterEntry.objects.bulk_create([entry(n, **facts), entry(n + 100, jurisdiction="ZJ")])
        elif step == "change all":
            RegisterEntry.objects.update(**facts)
        elif rows and step == "change":
            for name, value in facts.items():
                setattr(rows[0], name, value)
            RegisterEntry.objects.bulk_update(rows[:2], list(facts))
        elif rows:
            rows[-1].delete()
    check_entries()
    incremental = kept()
    keeping.rebuild()
    assert kept() == incremental


def test_what_people_do_is_counted_as_it_is_done(cast: Cast):
    filing = filing_at(cast)
    filing_at(cast, place="zj")
    source = Source("名单.xlsx", "ab" * 32, Place("名单.xlsx", 1))
    row = PublishedRow(Series.FILING, "某大模型", source, provider="北京某科技有限公司", jurisdiction="BJ")
    for number in ("", "Beijing-Mou-20240101"):
        take_over(Reading((replace(row, number=number),)), name="n", by=SYSTEM, at=AT)
    measure = propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    check_entries()
    countersign_measure(measure, agree=True, by=cast.national_countersigner, at=LATE)
    follow(filing)
    check_entries()
    assert cells("measure") == [(("suspend", "2026-12"), 1)]
    assert sorted(cells("days")) == [(("GD", "0"), 1), (("ZJ", "0"), 1)]
    assert (cells("status"), cells("times")) == ([(("certified",), 2)], [(("1",), 2)])
    assert dict(cells("log_day"))["2026-12-01",] == 1
    assert sum(count for _, count in cells("log_day")) == Entry.objects.count()


def test_a_transaction_that_is_taken_back_counts_nothing():
    entry(1).save()
    with transaction.atomic():
        entry(2).save()
        assert spread("provider").entries == 2
        transaction.set_rollback(True)
    assert spread("provider") == (1, 1)
    check_entries()


@pytest.fixture
def six(db):
    """Six filings of three providers, and one of nobody known."""
    for n, name in enumerate("甲甲甲乙乙丙"):
        entry(n, provider_name=name).save()
    entry(9, provider_name="").save()


def test_the_largest_are_found_and_those_without_a_name_left_out(six):
    assert largest("provider", 2) == [("甲", 3), ("乙", 2)]
    assert spread("provider") == (3, 6)


def test_the_largest_are_found_with_changes_that_wait(six):
    if connection.vendor != "postgresql":
        pytest.skip("nothing waits on SQLite")
    for part, by in (("丙", 3), ("乙", -2), ("丁", 1)):
        TallyChange.objects.create(breakdown="provider", part1=part, part2="", part3="", part4="", entries=by)
    assert largest("provider", 2) == [("丙", 4), ("甲", 3)]
    assert spread("provider") == (3, 8)


def test_a_tally_that_is_wrong_is_found_and_mended():
    entry(1).save()
    Tally.objects.filter(breakdown="industry").update(entries=5)
    assert keeping.differences() == [("industry", ("filing", "GD", ""), 4)]
    keeping.rebuild()
    assert keeping.differences() == []


def test_triggers_that_are_lost_come_back_with_the_next_migration_and_everything_is_counted(db):
    keeping.before_migrating(using="default", plan=[object()])
    entry(1).save()
    assert cells("month") == []
    call_command("migrate", verbosity=0)
    assert cells("month") == [(("filing", ""), 1)]
    entry(2).save()
    check_entries()
    keeping.before_migrating(using="default", plan=[])
    keeping.after_migrating(using="default")
    assert cells("month") == [(("filing", ""), 2)]


@pytest.mark.django_db(transaction=True)
def test_no_count_is_lost_between_two_writers_and_neither_waits():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    first_wrote, second_done = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            entry(1).save()
            first_wrote.set()
            assert second_done.wait(20), "the second writer waited for the first"
        connection.close()

    def second() -> None:
        assert first_wrote.wait(20)
        entry(2).save()
        second_done.set()
        connection.close()

    threads = [threading.Thread(target=one) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert TallyChange.objects.exists()
    assert spread("provider") == (1, 2)
    check_entries()
    entry(3).save()
    assert not TallyChange.objects.exists()
    check_entries()


def test_an_emptied_database_has_no_tallies(db):
    append("test.kind", "s", facts={}, hashes={}, at=AT + timedelta(days=1))
    assert cells("log_day") == [(("2026-11-24",), 1)]
    Entry.objects.all().delete()
    Tally.objects.create(breakdown="month", part1="x", part2="", part3="", part4="", entries=-1)
    keeping.after_migrating(using="default")
    assert not Tally.objects.exists()
