"""Long lists: read beside a large register without reading all of it, and written in bulk as one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from openbeian.cli.register_import import get_ready
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.models import ListChange
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.register.standing import Known, known_entries, look_at
from openbeian.portal.register.stored_rows import entries_of, insert_entries, row_of
from openbeian.portal.spreading import processes_beside
from openbeian.portal.tallies.keeping import differences
from openbeian.published import Place, PublishedRow, Reading, Series, Source, load_published_rows, merge
from tests.portal.factories import AT

_SOURCE = Source("名单.csv", "ab" * 32, Place("名单.csv", 1))


def _row(service: str, provider: str = "", number: str = "", **facts: object) -> PublishedRow:
    return PublishedRow(Series.FILING, service, _SOURCE, provider=provider, number=number, **facts)


_ROWS = st.builds(
    PublishedRow,
    series=st.sampled_from(Series),
    service=st.sampled_from(["小舟大模型", "小舟 大模型", "百川助手", "青禾"]),
    source=st.just(_SOURCE),
    provider=st.sampled_from(["", "北京百川科技有限公司", "北京百川科技股份有限公司", "青禾数据有限公司"]),
    number=st.sampled_from(["", "Beijing-A-20240101", "BEIJING-A-20240101", "Beijing-B-20240101"]),
    uscc=st.sampled_from(["", "91110000MA0000000A"]),
    former_names=st.sampled_from([(), ("青禾数据有限公司",)]),
)


class BesideALargeRegister(TestCase):
    """A database that is emptied after every example."""

    @settings(max_examples=8, deadline=None)
    @given(st.lists(_ROWS, max_size=6), st.lists(_ROWS, max_size=4))
    def test_looking_at_those_a_list_may_mean_is_looking_at_all(self, held, given_rows):
        for number, entry in enumerate(entries_of(held)):
            entry.key = str(number)
            entry.save()
        entries = list(RegisterEntry.objects.order_by("pk"))
        every = Known([entry.pk for entry in entries], [row_of(entry) for entry in entries])
        reading = Reading(tuple(given_rows))
        some = known_entries(reading)
        assert set(some.ids) <= set(every.ids)
        assert look_at(reading, some).preview[:4] == look_at(reading, every).preview[:4]


@pytest.mark.django_db
def test_only_what_a_list_may_mean_is_read():
    near = [
        _row("小舟", "甲有限公司", "Beijing-A-20240101"),
        _row("青禾", "甲有限公司", "Beijing-B-20240101"),
    ]
    far = [_row(f"第{n}大模型", f"第{n}有限公司", f"Beijing-X{n}-20240101") for n in range(9)]
    insert_entries([*far, *near])
    found = known_entries(Reading((_row("小舟", "乙有限公司", "Beijing-B-20240101"),)))
    assert [row.service for row in found.rows] == ["小舟", "青禾"]


@pytest.mark.django_db
def test_entries_written_in_bulk_are_those_written_one_by_one():
    rows = [one.entry for one in merge((), Reading(load_published_rows()[:40])).new]
    for entry in entries_of(rows):
        entry.save()
    saved = list(RegisterEntry.objects.order_by("pk").values())
    highest = max(one["id"] for one in saved)
    RegisterEntry.objects.all().delete()
    ids = insert_entries(rows)
    assert min(ids) > highest, "a primary key is never given out again"
    written = list(RegisterEntry.objects.order_by("pk").values())
    assert [one | {"id": 0} for one in written] == [one | {"id": 0} for one in saved]
    assert RegisterEntry.objects.create(key="next", route="filing", listed_on="2026-01-01").pk > max(ids)


@pytest.mark.django_db
def test_words_found_in_other_processes_are_those_found_here():
    rows = [one.entry for one in merge((), Reading(load_published_rows()[:40])).new]
    here = [entry.search_tokens for entry in entries_of(rows)]
    with processes_beside(get_ready) as spread:
        ids = insert_entries(rows, spread)
    written = RegisterEntry.objects.in_bulk(ids)
    assert [written[pk].search_tokens for pk in ids] == here


@pytest.mark.django_db
def test_a_list_taken_over_is_found_counted_and_noted_as_if_row_by_row():
    rows = load_published_rows()[:60]
    done = take_over(Reading(rows), name="名单", by=SYSTEM, at=AT)
    assert differences() == []
    assert ListChange.objects.filter(taken=done.taken, is_new=True, fields=[]).count() == done.taken.new
    entry = RegisterEntry.objects.order_by("pk")[7]
    assert entry in search(Wanted(search=entry.service_name), size=50).entries
    # Whoever writes later finds the triggers in place: the words of a changed entry are looked up anew.
    RegisterEntry.objects.filter(pk=entry.pk).update(search_tokens="鲸 鱼 鲸鱼")
    late = entries_of([_row("白鹭大模型", "白鹭有限公司")])[0]
    late.save()
    assert search(Wanted(search="鲸鱼"), size=9).entries == [entry]
    assert search(Wanted(search="白鹭"), size=9).entries == [late]
    assert differences() == []
