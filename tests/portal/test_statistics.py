"""The statistics: every figure is the register's own, counted again."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest

from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from tests.portal.factories import AT, Cast, filing_at

pytestmark = pytest.mark.django_db


def published(n: int, **facts: object) -> RegisterEntry:
    values = {
        "key": f"list-{n}",
        "route": "filing",
        "jurisdiction": "GD",
        "service_name": f"服务{n}",
        "provider_name": f"单位{n % 3}",
        "issued_on": date(2025, 1, 31) + timedelta(days=20 * n),
        "listed_on": date(2026, 1, 1),
        **facts,
    }
    return RegisterEntry.objects.create(**values)


@pytest.fixture
def register(cast: Cast):
    filing_at(cast)
    filing_at(cast, place="zj", service__name="文心一言")
    for n in range(9):
        published(n, industry="general" if n < 5 else "health")
    published(20, route="registration", jurisdiction="BJ", issued_on=None)
    published(21, status="revoked")


def shown(wanted: str) -> list[tuple[object, ...]]:
    sheet = find_statistic(wanted)
    assert sheet is not None
    return [tuple(row) for row in sheet.rows]


def test_months_and_provinces_count_what_stands_in_the_register(register):
    filings = RegisterEntry.objects.filter(route="filing")
    by_month = Counter(f"{entry.issued_on:%Y-%m}" for entry in filings)
    months = shown("filings-by-month")
    assert {label: new for label, new, _ in months if new} == by_month
    assert months[-1][2] == filings.count() == 12
    ranked = [(place, code, count) for place, code, _, count in shown("filings-by-jurisdiction")]
    assert ranked == [(1, "GD", 10), (2, "ZJ", 1)]


def test_provinces_that_share_the_lead_are_named_together(cast: Cast):
    published(1)
    published(2, jurisdiction="BJ")
    sheet = find_statistic("filings-by-jurisdiction")
    assert sheet is not None
    assert sheet.sentence.en == "2 in 2 provinces; Beijing and Guangdong have the most, 1 each."
    assert sheet.sentence.zh == "2 个属地共 2 项；最多的是北京、广东，各 1 项。"


def test_registrations_are_a_series_of_their_own(register):
    assert [(code, count) for _, code, _, count in shown("registrations-by-jurisdiction")] == [("BJ", 1)]
    sheet = find_statistic("registrations-by-month")
    assert sheet is not None
    assert list(sheet.rows) == []
    assert "1 without a day are left out" in sheet.definition.en


def test_the_shift_to_industries_is_said_with_its_figures(register):
    sheet = find_statistic("shift-to-industries")
    assert sheet is not None
    assert [tuple(row) for row in sheet.rows] == [("2025", 4, 9, 44.4)]
    assert sheet.sentence.en == "Of the filings new in 2025, 44% are for an industry (4 of 9)."


def test_durations_of_a_handful_are_kept_back(register, cast: Cast):
    assert [(certified, days) for _, certified, days in shown("days-to-certificate-by-office")] == [
        (1, None),
        (1, None),
    ]
    for n in range(5):
        filing_at(cast, at=AT + timedelta(days=1), service__latin_name=f"S{n}")
    [guangdong] = [
        row[1:] for row in shown("days-to-certificate-by-office") if row[0] == Text("广东", "Guangdong")
    ]
    assert guangdong == (6, 0.0)


def test_applications_are_counted_by_status_and_by_times_handed_in(register):
    assert sum(count for _, count in shown("applications-by-status")) == 2
    assert shown("certified-by-times-handed-in") == [("1", 2)]
    assert shown("corrections-by-item") == []


def test_every_statistic_has_words_and_csv_even_of_an_empty_register(client, db):
    sheets = every_statistic()
    assert len({sheet.id for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        assert find_statistic(sheet.id) == sheet
        assert sheet.sentence.zh
        assert sheet.sentence.en
        answer = client.get(f"/statistics/{sheet.id}.csv")
        assert answer.status_code == 200
        assert answer.content.decode().startswith("\ufeff")


def test_the_csv_holds_the_figures_of_the_page(register, client):
    text = client.get("/statistics/filings-by-jurisdiction.csv").content.decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"rank": "1", "code": "GD", "jurisdiction_zh": "广东", "jurisdiction_en": "Guangdong", "count": "10"},
        {"rank": "2", "code": "ZJ", "jurisdiction_zh": "浙江", "jurisdiction_en": "Zhejiang", "count": "1"},
    ]
    assert client.get("/statistics/nothing.csv").status_code == 404


def test_the_page_shows_every_statistic_in_few_queries(register, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        html = client.get("/statistics/?lang=en").content.decode()
    assert html.count("<h2") >= len(every_statistic())
    assert "11 in 2 provinces; Guangdong has the most, 10." in html
    assert "DEMO" in html


def test_the_api_gives_the_figures_of_the_page(register, client):
    every = client.get("/api/v1/statistics").json()
    assert [one["id"] for one in every] == [sheet.id for sheet in every_statistic()]
    [months] = [one for one in every if one["id"] == "filings-by-month"]
    assert [tuple(row) for row in months["rows"]] == shown("filings-by-month")
    assert client.get("/api/v1/statistics/shift-to-industries").json()["rows"] == [["2025", 4, 9, 44.4]]
    assert client.get("/api/v1/statistics/nothing").status_code == 404
