"""The document as JSON, the open data it is recomputed from, and whether a changed figure is noticed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
import rfc8785

from openbeian.bulletins import (
    SCHEMA,
    canonical_bytes,
    chart_csv,
    check,
    from_json,
    read_file,
    read_office_days,
    read_rows,
    to_json,
)
from openbeian.core.bulletin_figures import Recount
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.trust.bulletins import sign_bulletin, verify_bulletin
from openbeian.trust.keys import Ed25519Signer, public_key_set
from openbeian_gate.errors import BadSignatureError
from tests.unit.bulletins.sample import OFFICE_DAYS, bulletin_of_period, bulletin_of_round, register

SCHEMA_FILE = json.loads(
    (Path(__file__).parents[3] / "schemas" / "bulletin.json").read_text(encoding="utf-8")
)
SAMPLES = [bulletin_of_round(corrects="round-2-gd"), bulletin_of_period(), bulletin_of_period("2025Q4")]


@pytest.mark.parametrize("bulletin", SAMPLES, ids=lambda one: one.slug)
def test_a_bulletin_is_its_json_and_the_json_follows_the_schema(bulletin):
    data = canonical_bytes(bulletin)
    assert from_json(json.loads(data)) == bulletin
    assert rfc8785.dumps(json.loads(data)) == data
    file = sign_bulletin(to_json(bulletin), Ed25519Signer.from_seed(b"7" * 32))
    jsonschema.validate(json.loads(file), SCHEMA_FILE)
    assert read_file(file)[0] == bulletin
    assert len(read_file(file)[1]) == 1
    assert read_file(sign_bulletin(to_json(bulletin)))[1] == []


def test_a_polished_sentence_is_kept():
    bulletin = bulletin_of_round()
    first = replace(bulletin.takeaways[0], polished=Text("广东在册 15 项。", "Guangdong has 15."))
    polished = replace(bulletin, takeaways=(first, *bulletin.takeaways[1:]))
    assert from_json(json.loads(canonical_bytes(polished))) == polished


def test_a_signature_holds_for_what_was_signed_and_nothing_else():
    signer = Ed25519Signer.from_seed(b"7" * 32)
    file = sign_bulletin(to_json(bulletin_of_round()), signer)
    keys = public_key_set(signer)
    assert verify_bulletin(file, keys, schema=SCHEMA).digest
    changed = file.replace(b'"value":15', b'"value":16')
    assert changed != file
    with pytest.raises(BadSignatureError):
        verify_bulletin(changed, keys, schema=SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "openbeian.bulletin/2"},
        {"as_of": "yesterday"},
        {"scope": {"jurisdiction": "GD", "round": None, "period": None}},
        {
            "figures": {
                "x": {"value": 1, "unit": "services", "query": {"statistic": "mood", "as_of": "2026-01-01"}}
            }
        },
        {"title": None},
        {"log": {}},
    ],
    ids=str,
)
def test_what_is_no_bulletin_is_refused(change):
    with pytest.raises(BadInputError, match="no bulletin of the format"):
        from_json({**to_json(bulletin_of_round()), **change})


@pytest.mark.parametrize("data", [b"", b"[]", b'{"bulletin": {}}', b"\xff"])
def test_what_is_no_bulletin_file_is_refused(data):
    with pytest.raises(BadInputError, match="is no bulletin"):
        read_file(data)


@pytest.mark.parametrize("bulletin", SAMPLES, ids=lambda one: one.slug)
def test_every_figure_and_table_is_found_again(bulletin):
    results = check(from_json(json.loads(canonical_bytes(bulletin))), Recount(register(), OFFICE_DAYS))
    assert {one.outcome for one in results} == {"found"}
    assert len(results) == len(bulletin.figures) + len(bulletin.charts)


def test_a_figure_that_was_changed_is_told():
    bulletin = bulletin_of_round()
    wrong = replace(bulletin.figures["on_file"], value=16)
    changed = replace(bulletin, figures={**bulletin.figures, "on_file": wrong})
    [differs] = [one for one in check(changed, Recount(register(), OFFICE_DAYS)) if one.outcome == "differs"]
    assert (differs.name, differs.stated, differs.counted) == ("on_file", 16, 15)


def test_a_register_with_one_entry_less_changes_figures_and_tables():
    differing = {
        one.name
        for one in check(bulletin_of_round(), Recount(register()[1:], OFFICE_DAYS))
        if one.outcome == "differs"
    }
    assert {"on_file", "rank", "chart:ranking", "chart:months"} <= differing


def test_without_the_offices_statistic_times_are_not_checked():
    results = check(bulletin_of_round(), Recount(register(), {}), knows_office_days=False)
    assert {one.name for one in results if one.outcome == "not checked"} == {
        *("cases", "median_days", "offices", "shortest_days", "longest_days", "chart:offices")
    }
    assert not [one for one in results if one.outcome == "differs"]


def line(**change: object) -> str:
    kept: dict[str, object] = {
        "key": "k",
        "route": "filing",
        "jurisdiction": "GD",
        "status": "revoked",
        "industry": "",
        "provider_name": "甲",
        "provider_uscc": "",
    }
    kept |= {
        "status_since": "2026-04-03T02:00:00+00:00",
        "issued_on": "2026-01-05",
        "listed_on": "2026-01-05",
    }
    return json.dumps({**kept, "round": 3, "origin": "filed", **change}, ensure_ascii=False)


def test_the_open_register_is_read_line_by_line():
    rows = list(
        read_rows([line(), "\n", line(issued_on=None, status_since=None, round=None, provider_uscc="9")])
    )
    assert [one.row.provider for one in rows] == ["甲", "9"]
    assert rows[0].status_since == datetime(2026, 4, 3, 2, tzinfo=UTC)
    assert rows[0].row.round == 3
    assert (rows[1].row.issued_on, rows[1].listed_on) == (None, date(2026, 1, 5))


@pytest.mark.parametrize("broken", ["{", "[]", '{"route": "filing"}', line(listed_on="soon")])
def test_a_line_that_is_no_entry_is_named(broken):
    with pytest.raises(BadInputError, match="Line 2 of the register is no entry"):
        list(read_rows([line(), broken]))


CSV = (
    "\ufeffjurisdiction_zh,jurisdiction_en,certified,median_days\r\n"
    "广东,Guangdong,8,41.5\r\n北京,Beijing,2,\r\n"
)
JSON = {
    "columns": [{"id": "jurisdiction"}, {"id": "certified"}, {"id": "median_days"}],
    "rows": [[{"zh": "广东", "en": "Guangdong"}, 8, 41.5], [{"zh": "北京", "en": "Beijing"}, 2, None]],
}


@pytest.mark.parametrize("data", [CSV.encode(), json.dumps(JSON).encode()], ids=["CSV", "JSON"])
def test_the_offices_statistic_is_read_as_csv_and_as_json(data):
    assert read_office_days(data) == {"GD": (8, 41.5), "BJ": (2, None)}


def test_a_statistic_without_rows_is_no_error():
    assert read_office_days("\ufeffjurisdiction,certified,median_days\r\n".encode()) == {}
    assert read_office_days(b"") == {}


@pytest.mark.parametrize(
    "data",
    [b"rank,code\r\n", b"rank,code\r\n1,GD\r\n", b'{"columns": []}', CSV.replace("广东", "火星").encode()],
)
def test_another_statistic_is_refused(data):
    with pytest.raises(BadInputError, match="not days-to-certificate-by-office"):
        read_office_days(data)


def test_the_csv_of_a_chart_names_places_in_both_languages():
    [ranking] = [chart for chart in bulletin_of_round().charts if chart.id == "ranking"]
    assert chart_csv(ranking).splitlines()[:2] == [
        "\ufeffrank,jurisdiction,jurisdiction_zh,jurisdiction_en,on_file",
        "1,BJ,北京,Beijing,20",
    ]
    [offices] = [chart for chart in bulletin_of_round().charts if chart.id == "offices"]
    assert chart_csv(offices).splitlines()[-1] == "BJ,北京,Beijing,2,"
