"""Published lists in the register: taken over once, changed by later ones; what was filed here stays."""

from dataclasses import replace
from datetime import date

import pytest

from openbeian.core.errors import NotAllowedError
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.models import TakenList
from openbeian.portal.register.queries import entries, find_published, totals
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.register.stored_rows import FIRST_DAY, row_of
from openbeian.published import FIELDS, Place, PublishedRow, Reading, Series, Source, load_published_rows
from tests.portal.factories import AT, Cast, filing_at

pytestmark = pytest.mark.django_db


def row(n: int, **facts: object) -> PublishedRow:
    source = Source("名单.xlsx", "ab" * 32, Place("名单.xlsx", n, "sheet", "备案"))
    values = {"provider": f"北京第{n}科技有限公司", "jurisdiction": "BJ", "sequence": n, **facts}
    return PublishedRow(Series.FILING, f"第{n}大模型", source, **values)


def taken(*rows: PublishedRow, by: object = SYSTEM):
    return take_over(Reading(rows), name="名单.xlsx", by=by, at=AT)


def test_what_was_taken_over_is_found_counted_and_classified():
    numbered = row(1, number="Beijing-DiYi-20230821", filed_on=date(2023, 8, 31))
    taken(numbered, row(2, provider="某商业银行股份有限公司"))
    assert totals().filings == 2
    assert totals().published_elsewhere == 2
    first, second = entries()
    assert (first.key, first.issued_on) == ("Beijing-DiYi-20230821", date(2023, 8, 31))
    assert (second.issued_on, second.listed_on) == (None, FIRST_DAY)
    assert second.key.startswith("published-")
    assert second.industry == "finance"
    assert search(Wanted(industry="finance"), size=9).entries == [second]
    assert search(Wanted(search="第1大"), size=9).entries == [first]
    assert find_published("beijing－diyi-20230821") == first


def test_what_an_entry_keeps_is_the_row_that_was_read():
    given = row(
        1, filed_on=date(2023, 8, 31), former_names=("旧名",), base_model="底座", printed_place="北京市"
    )
    taken(given)
    kept = row_of(RegisterEntry.objects.get())
    assert replace(kept, taken=()) == given
    assert all(kept.source_of(field) == given.source for field in FIELDS if kept.value(field))


def test_the_same_list_again_changes_nothing():
    reading = Reading(load_published_rows())
    first = take_over(reading, name="shipped", by=SYSTEM, at=AT)
    before = list(RegisterEntry.objects.order_by("pk").values())
    again = take_over(reading, name="shipped", by=SYSTEM, at=AT)
    assert len(first.preview.new) == len(before)
    assert (again.preview.new, again.preview.changed) == ((), ())
    assert list(RegisterEntry.objects.order_by("pk").values()) == before
    assert TakenList.objects.all()[0].new == 0


def test_a_later_list_adds_what_was_not_known_and_says_where_it_stands():
    taken(row(1), row(2))
    key = RegisterEntry.objects.get(service_name="第1大模型").key
    later = Source("后来的名单.csv", "cd" * 32, Place("后来的名单.csv", 7))
    outcome = taken(replace(row(1, number="Beijing-DiYi-202308210001"), source=later))
    assert [[change.field for change in one.changes] for one in outcome.preview.changed] == [["number"]]
    entry = RegisterEntry.objects.get(service_name="第1大模型")
    assert (entry.number, entry.key) == ("Beijing-DiYi-202308210001", key)
    assert row_of(entry).source_of("number") == later
    assert row_of(entry).source_of("provider").name == "名单.xlsx"
    assert find_published("Beijing-DiYi-202308210001") == entry


def test_what_was_filed_here_is_never_touched_by_a_list(cast: Cast):
    filing = filing_at(cast)
    outcome = taken(row(1, number=filing.number))
    assert [one.number for one in outcome.filed_here] == [filing.number]
    assert RegisterEntry.objects.get().filing == filing


def test_a_publisher_may_take_a_list_over_and_it_stands_in_the_audit_trail(cast: Cast):
    taken(row(1), by=cast.publisher)
    event = AuditEvent.objects.get(kind="register.list_taken_over")
    assert (event.subject_name, event.by_name, event.detail["new"]) == (
        "名单.xlsx",
        cast.publisher.audit_name,
        1,
    )
    with pytest.raises(NotAllowedError, match="Only a publisher"):
        taken(row(2), by=cast.gd_decider)
    assert not RegisterEntry.objects.filter(service_name="第2大模型").exists()


def test_the_page_of_a_published_entry_says_where_each_fact_was_read(client):
    taken(row(1))
    entry = RegisterEntry.objects.get()
    html = client.get(f"/register/{entry.key}/?lang=en").content.decode()
    assert "it was not filed here" in html
    assert "名单.xlsx" in html
    assert "row 1" in html
    assert client.get("/register/published-000000000000/").status_code == 404
    answer = client.get(f"/api/v1/register/entries/{entry.key}").json()
    assert (answer["origin"], answer["round"], answer["service_id"]) == ("published_elsewhere", None, "")
    assert answer["sources"]["fields"]["service"]["row"] == 1


def test_a_published_number_is_answered_on_the_look_up_page(client):
    taken(row(1, number="Beijing-DiYi-20230821"))
    html = client.get("/check/?q=Beijing-DiYi-20230821&lang=en").content.decode()
    assert "It is on a published list." in html
    answer = client.get("/register/beijing-diyi-20230821/")
    assert answer.headers["Location"] == "/register/Beijing-DiYi-20230821/"
