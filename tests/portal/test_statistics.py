"""The statistics: every figure is the register's own, counted again."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils.html import escape

from openbeian.core.text import Text
from openbeian.portal.api.schemas import StatisticOut
from openbeian.portal.filings.actions import countersign_measure, propose_measure
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.statistics import course_sheets
from openbeian.portal.statistics.catalogue import every_statistic, find_statistic
from openbeian.portal.statistics.definitions import load_breaks
from openbeian.portal.statistics.log_state import as_of
from openbeian.portal.statistics.published_sheets import disagreeing
from openbeian.portal.statistics.sheets import AsOf
from openbeian.portal.tallies.queries import version
from openbeian.published import load_fact_sources, load_totals
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
    sheet = find_statistic(wanted, AT)
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
    sheet = find_statistic("filings-by-jurisdiction", AT)
    assert sheet is not None
    assert sheet.sentence.en == "2 in 2 provinces; Beijing and Guangdong have the most, 1 each."
    assert sheet.sentence.zh == "2 个属地共 2 项；最多的是北京、广东，各 1 项。"


def test_registrations_are_a_series_of_their_own(register):
    assert [(code, count) for _, code, _, count in shown("registrations-by-jurisdiction")] == [("BJ", 1)]
    sheet = find_statistic("registrations-by-month", AT)
    assert sheet is not None
    assert list(sheet.rows) == []
    assert "1 without a day are left out" in sheet.definition.en


def test_the_shift_to_industries_is_said_with_its_figures(register):
    sheet = find_statistic("shift-to-industries", AT)
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
    assert shown("certified-by-times-handed-in") == [("1", None)]
    assert shown("corrections-by-item") == []


def test_small_counts_of_how_applications_fared_are_kept_back_and_cannot_be_worked_out():
    filed = {"certified": 2, "refused": 1, "in_review": 6, "submitted": 4}
    sheet = course_sheets.funnel(filed)
    counts = {row[0].en: row[1] for row in sheet.rows}
    assert (counts["Certified"], counts["Refused"], counts["Submitted"], counts["In review"]) == (
        2,
        None,
        None,
        6,
    )
    assert "13 applications" in sheet.sentence.en
    alone = course_sheets.funnel({"certified": 7, "refused": 1})
    assert alone.sentence.en == "7 applications are certified."
    assert [row[1] for row in alone.rows if row[0].en == "Refused"] == [None]
    corrected = course_sheets.corrected_items({"service.scope": 6, "model.name": 4, "x": 2, "y": 1})
    assert [row[1:] for row in corrected.rows] == [(6, 46.2), (4, 76.9), (None, None), (None, None)]
    assert "13 corrections were asked for" in corrected.sentence.en
    few = course_sheets.corrected_items({"service.scope": 1})
    assert "Too few" in few.sentence.en
    assert course_sheets.versions_handed_in({1: 9, 2: 3}).sentence.en == (
        "Of 12 certified, 9 passed at the first attempt."
    )


def test_new_of_each_year_is_ranked_by_province_with_ties(register):
    published(30, jurisdiction="BJ", issued_on=date(2024, 5, 1), status="expired")
    published(31, jurisdiction="BJ", issued_on=date(2026, 5, 1))
    years = [row[:2] + row[3:] for row in shown("filings-new-by-year")]
    assert years == [
        (1, "GD", 2, 9, 0, 10, 1),
        (2, "BJ", 1, 0, 1, 1, 2),
        (2, "ZJ", 1, 0, 0, 1, 2),
    ]
    sheet = find_statistic("filings-new-by-year", AT)
    assert sheet is not None
    assert [column.id for column in sheet.columns][3:6] == ["new_2026", "new_2025", "new_2024"]
    assert sheet.sentence.en == "4 were new in 2026; most in Guangdong, 2."


def test_statuses_and_measures_are_counted_now_and_by_month(register, cast: Cast):
    filing = Filing.objects.filter(jurisdiction="GD").get()
    for kind in ("suspend", "revoke"):
        measure = propose_measure(
            filing, kind=kind, cause="c", reason_code="other", by=cast.national_decider, at=AT
        )
        countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    assert shown("measures-by-month") == [("2026-11", 1, 0, 1, 0, 0)]
    now = {row[0].en: row[1:] for row in shown("entries-by-status")}
    assert now == {
        "Valid": (10, 1),
        "Suspended": (0, 0),
        "Revoked": (2, 0),
        "Cancelled": (0, 0),
        "Expired": (0, 0),
    }


def test_the_models_that_registrations_call_are_ranked_by_number_or_name(cast: Cast):
    number = "Beijing-YunQue-20230821"
    called = [("云雀", number), ("云雀", ""), ("云雀", number), ("文心", ""), ("", "")]
    for n, (name, base) in enumerate(called):
        published(n, route="registration", model_name=name, sources={"base_number": base})
    published(9, route="registration", model_name="文心", status="revoked")
    assert shown("registrations-by-base-model") == [(1, "云雀", number, 3, 75.0), (2, "文心", "", 1, 25.0)]
    sheet = find_statistic("registrations-by-base-model", AT)
    assert sheet is not None
    assert sheet.sentence.en == (
        "4 registrations say which model they call, 2 in all; the one called most has 75%. 1 do not say."
    )


def test_totals_published_by_others_stand_side_by_side_and_say_where_they_disagree():
    rows = shown("published-totals")
    assert len(rows) == len(load_totals())
    guangdong = [row for row in rows if row[0] == Text("广东", "Guangdong") and row[1].en == "filing"]
    assert [(row[2], row[3], row[7].en) for row in guangdong] == [
        ("2025-03", 45, "disagrees with another source"),
        ("2025-04-03", 39, "disagrees with another source"),
        ("2026-04", 132, "—"),
    ]
    assert {row[5] for row in guangdong[:2]} == {
        load_fact_sources()["csdn"].text,
        load_fact_sources()["sina_hk"].text,
    }
    assert sum(row[7].en != "—" for row in rows) == 2


def test_two_totals_of_one_month_disagree_unless_one_is_a_lower_bound():
    one = load_totals()[0]._replace(on="2025-05", total=50, quality="exact")
    assert disagreeing([one, one._replace(on="2025-05-20", total=51)]) != []
    assert disagreeing([one, one._replace(on="2025-05-20", total=51, quality="at_least")]) == []
    assert disagreeing([one, one._replace(on="2025-06", total=51), one._replace(scope="GD", total=9)]) == []


def test_the_health_of_the_log_is_read_from_its_checked_checkpoint(cast: Cast, home: Path):
    filing_at(cast)
    before = {row[0].en: row[1] for row in shown("log-health")}
    assert before["Age of the newest checkpoint"] == ""
    assert before["Waiting to be published"] > 0
    publish_everything(open_for_publishing(), at=AT - timedelta(minutes=7))
    after = {row[0].en: row[1] for row in shown("log-health")}
    written = before["Waiting to be published"]
    assert after == {
        "Size of the log": written,
        "Waiting to be published": 0,
        "Age of the newest checkpoint": 7,
        "Age of the newest snapshot": 7,
        "Cosignatures by witnesses": 0,
        "Witnesses asked": 0,
        "Witnesses that saw another history": 0,
    }
    assert shown("log-entries-by-day") == [("2026-11-23", written)]
    state = as_of(AT)
    assert (state.log_size, len(state.checkpoint), state.made_at) == (written, 64, AT)
    checkpoint = home / "public" / "log" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(f"\n{written}\n".encode(), b"\n999\n"))
    assert as_of(AT) == AsOf(written, "", AT)


def test_every_figure_says_as_of_when_on_page_csv_and_api(client, cast: Cast):
    filing_at(cast)
    publish_everything(open_for_publishing(), at=AT)
    root = as_of(AT).checkpoint
    html = client.get("/statistics/?lang=en").content.decode()
    assert "checkpoint <span" in html
    assert root[:16] in html
    [row] = csv.DictReader(
        io.StringIO(client.get("/statistics/certified-by-round.csv").content.decode("utf-8-sig"))
    )
    assert row["as_of_checkpoint"] == root
    assert int(row["as_of_log_size"]) == as_of(AT).log_size
    answer = client.get("/api/v1/statistics/certified-by-round").json()
    assert answer["as_of"]["checkpoint"] == root


def test_a_long_table_is_shown_in_part_and_said_to_go_on_in_the_csv(client, db):
    days = [date(2020, 1, 1) + timedelta(days=31 * n) for n in range(70)]
    for n, on in enumerate(days):
        published(n, issued_on=on, provider_name="<b>单位</b>" if n < 3 else f"单位{n}")
    html = client.get("/statistics/?lang=en").content.decode()
    assert f"{len(shown('filings-by-month')) - 60} more rows are in the CSV" in html
    assert "&lt;b&gt;单位&lt;/b&gt;" in html
    assert "<b>单位" not in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_definitions_say_of_every_figure_what_it_counts(client, db, language):
    html = client.get(f"/statistics/definitions/?lang={language}").content.decode()
    for sheet in every_statistic(AT, None):
        assert f'id="{sheet.id}"' in html
        assert escape(sheet.definition.in_(language)) in html
    assert 'datetime="2025-01-08"' in html
    days = [one.on for one in load_breaks() if one.on]
    assert days == sorted(days)


def test_every_statistic_has_words_and_csv_even_of_an_empty_register(client, db):
    sheets = every_statistic(AT, None)
    assert len({sheet.id for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        assert find_statistic(sheet.id, AT) == sheet
        assert sheet.sentence.zh
        assert sheet.sentence.en
        answer = client.get(f"/statistics/{sheet.id}.csv")
        assert answer.status_code == 200
        assert answer.content.decode().startswith("\ufeff")


def test_the_csv_holds_the_figures_of_the_page(register, client):
    text = client.get("/statistics/filings-by-jurisdiction.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row.pop("as_of_log_size") for row in rows} == {"0"}
    assert all(row.pop("made_at") and row.pop("as_of_checkpoint") == "" for row in rows)
    assert rows == [
        {"rank": "1", "code": "GD", "jurisdiction_zh": "广东", "jurisdiction_en": "Guangdong", "count": "10"},
        {"rank": "2", "code": "ZJ", "jurisdiction_zh": "浙江", "jurisdiction_en": "Zhejiang", "count": "1"},
    ]
    assert client.get("/statistics/nothing.csv").status_code == 404


def test_the_page_shows_every_statistic_in_few_queries(register, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        html = client.get("/statistics/?lang=en").content.decode()
    assert html.count("<h2") >= len(every_statistic(AT, None))
    assert "11 in 2 provinces; Guangdong has the most, 10." in html
    assert "DEMO" in html


def test_a_change_makes_those_statistics_anew_that_it_touches_and_no_others(register):
    before = {one.id: one for one in every_statistic(AT, version())}
    RegisterEntry.objects.filter(filing=None).update(status="suspended")
    now = {one.id: one for one in every_statistic(AT, version())}
    others = {one for one in now if now[one] is before[one]}
    assert "entries-by-status" not in others
    assert {"filings-by-month", "shift-to-industries", "corrections-by-item", "log-health"} <= others


def test_the_api_gives_the_figures_of_the_page(register, client):
    every = client.get("/api/v1/statistics").json()
    assert [one["id"] for one in every] == [sheet.id for sheet in every_statistic(AT, None)]
    [months] = [one for one in every if one["id"] == "filings-by-month"]
    assert [tuple(row) for row in months["rows"]] == shown("filings-by-month")
    assert [StatisticOut.model_validate(one).id for one in every] == [one["id"] for one in every]
    assert client.get("/api/v1/statistics/shift-to-industries").json()["rows"] == [["2025", 4, 9, 44.4]]
    assert client.get("/api/v1/statistics/nothing").status_code == 404
