"""Searching and counting the register."""

import pytest

from openbeian.portal.filings.actions import countersign_measure, propose_measure
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.queries import canonical_number, find_entry, history_of, totals
from openbeian.portal.register.searching import Wanted, search
from tests.portal.factories import AT, Cast, filing_at


@pytest.fixture
def three(cast: Cast):
    """Two in Guangdong, one of them suspended, and one in Zhejiang."""
    suspended = filing_at(cast, service__name="百灵助手", service__latin_name="BaiLing")
    measure = propose_measure(
        suspended, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    return [suspended, filing_at(cast), filing_at(cast, place="zj", service__name="文心一言")]


SEARCHES = [
    ({}, [2, 1, 0]),
    ({"search": "百灵"}, [0]),
    ({"search": "灵"}, [0]),
    ({"search": "一言"}, [2]),
    ({"search": "文心一言"}, [2]),
    ({"search": "心一 xiao"}, [2]),
    ({"search": "BAILING"}, [0]),
    ({"search": "bail"}, [0]),
    ({"search": "iling"}, []),
    ({"search": "Zhejiang-XiaoZhou-2026"}, [2]),
    ({"search": "没有"}, []),
    ({"search": "％ ' _"}, [2, 1, 0]),
    ({"jurisdiction": "GD"}, [1, 0]),
    ({"status": "suspended"}, [0]),
    ({"route": "registration"}, []),
    ({"jurisdiction": "GD", "status": "valid"}, [1]),
]


def test_entries_are_found_by_words_place_and_status(three, subtests):
    for wanted, found in SEARCHES:
        with subtests.test(wanted=wanted):
            page = search(Wanted(**wanted), size=9)
            assert [one.filing for one in page.entries] == [three[at] for at in found]
            assert (page.count, page.is_more, page.cursor) == (len(found), False, None)


@pytest.mark.parametrize("written", ["guangdong－BAILING－202611230001", " Guangdong-bailing-202611230001"])
def test_an_entry_is_found_however_its_number_is_written(three, written: str):
    assert find_entry(written) == three[0]


def test_an_entry_is_found_by_its_service_id_and_nothing_by_nonsense(three):
    assert find_entry(three[1].service_id) == three[1]
    assert find_entry("nonsense") is None
    assert canonical_number("nonsense") == "nonsense"
    assert canonical_number("guangdong-x-r202611230001") == "Guangdong-x-R202611230001"


def test_totals_count_filings_by_status_and_place(three):
    counted = totals()
    assert (counted.filings, counted.registrations) == (3, 0)
    assert counted.by_status == {"suspended": 1, "valid": 2}
    assert counted.by_jurisdiction == {"GD": 2, "ZJ": 1}


def test_registrations_are_counted_apart(three):
    RegisterEntry.objects.filter(filing=three[2]).update(route="registration")
    counted = totals()
    assert (counted.filings, counted.registrations) == (2, 1)
    assert counted.by_jurisdiction == {"GD": 2}


def test_the_history_of_an_entry_is_its_log(three):
    assert [entry.kind for entry in history_of(three[0])] == ["filing.certified", "filing.suspend"]


def test_revoked_filings_are_not_counted_as_on_file(cast: Cast):
    filing = filing_at(cast)
    measure = propose_measure(
        filing, kind="revoke", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    assert totals().by_jurisdiction == {}
