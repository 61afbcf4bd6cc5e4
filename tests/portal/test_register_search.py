"""Searching the register: the same entries in the same order on SQLite and on PostgreSQL."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from openbeian.core.errors import BadInputError
from openbeian.portal.accounts.actions import SYSTEM
from openbeian.portal.filings import search_postgresql
from openbeian.portal.filings.models import RegisterEntry, Round
from openbeian.portal.filings.search import query_tokens
from openbeian.portal.register.actions import take_over
from openbeian.portal.register.base_models import base_models, base_of, callers_of
from openbeian.portal.register.models import ListChange
from openbeian.portal.register.searching import Wanted, search
from openbeian.published import Place, PublishedRow, Reading, Series, Source
from tests.portal.factories import AT, Cast, filing_at

pytestmark = pytest.mark.django_db

WORDS = ["小舟", "云杉", "百川", "银行", "医疗", "助手", "大模型", "AI", "Lake"]
PLACES = {"BJ": "Beijing", "GD": "Guangdong", "ZJ": "Zhejiang"}
FIRST, DAYS = date(2021, 11, 20), 800
LIST = Source("名单.xlsx", "ab" * 32, Place("名单.xlsx", 1))


def row(n: int, **facts: object) -> PublishedRow:
    values = {
        "series": Series.FILING,
        "service": f"第{n}大模型",
        "provider": f"北京第{n}科技有限公司",
        "jurisdiction": "BJ",
        "sequence": n,
        **facts,
    }
    return PublishedRow(source=LIST, **values)


def taken(*rows: PublishedRow) -> None:
    assert not take_over(Reading(rows), name="名单.xlsx", by=SYSTEM, at=AT).preview.conflicting


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL go every way it has with dozens of entries, as it would with a million."""
    for name, value in {"_LOOKED_AT": 8, "_FREQUENT": 4, "_SOME": 2, "_OF_A_YEAR": 4, "_CROWDED": 2}.items():
        monkeypatch.setattr(search_postgresql, name, value)


@pytest.fixture
def many() -> list[RegisterEntry]:
    """Sixty entries, the same each time."""
    chance = random.Random(5)
    rows = []
    for n in range(60):
        code, day = chance.choice([*PLACES]), FIRST + timedelta(chance.randrange(DAYS))
        series = chance.choice([*Series])
        rows.append(
            row(
                n,
                series=series,
                service="".join(chance.sample(WORDS, 2)) + str(n % 7),
                jurisdiction=code,
                filed_on=day,
                number=f"{PLACES[code]}-Lake{n}-{'R' * (series is Series.REGISTRATION)}{day:%Y%m%d}0001",
            )
        )
    taken(*rows)
    for at, entry in enumerate(RegisterEntry.objects.order_by("pk")):
        kinds = {"status": ["valid", "suspended"][at % 2], "industry": ["finance", "", "health"][at % 3]}
        # Straight to the table: the index has to follow whoever writes.
        RegisterEntry.objects.filter(pk=entry.pk).update(**kinds, service_type=["model", "agent"][at % 2])
    return list(RegisterEntry.objects.all())


def holds(entry: RegisterEntry, written: str) -> bool:
    held = entry.search_tokens.split()
    return all(
        any(one.startswith(token.text) if token.begins else one == token.text for one in held)
        for token in query_tokens(written)
    )


def test_search_finds_what_looking_at_every_entry_finds_page_after_page(many):
    chance = random.Random(6)
    columns = ["jurisdiction", "status", "route", "industry", "service_type"]
    texts = [
        "",
        "",
        *WORDS,
        "舟",
        "xz",
        "xiaozhou",
        "yh",
        "la",
        "lak",
        "lake",
        "lake1",
        "202401",
        "2022",
        "小舟 AI",
        "guangd",
    ]
    for _ in range(80):
        like = chance.choice(many)
        chosen = {name: getattr(like, name) for name in chance.sample(columns, chance.randrange(4))}
        since, until = (chance.choice([None, FIRST + timedelta(chance.randrange(DAYS))]) for _ in "ab")
        wanted = Wanted(search=chance.choice(texts), since=since, until=until, **chosen)
        expected = [
            entry
            for entry in many
            if holds(entry, wanted.search)
            and all(not value or getattr(entry, name) == value for name, value in chosen.items())
            and (since is None or entry.listed_on >= since)
            and (until is None or entry.listed_on <= until)
        ]
        first = page = search(wanted, size=7)
        found = page.entries
        while page.cursor:
            page = search(wanted, cursor=page.cursor, size=7)
            found += page.entries
            assert page.count is None
        assert found == expected, wanted
        assert first.count == len(expected)


def test_what_is_meant_exactly_comes_first_and_pages_go_on_behind_it(many):
    taken(
        row(100, service="小舟", filed_on=date(2023, 9, 1), number="Beijing-Old-20230901"),
        row(101, service="小舟", filed_on=date(2023, 9, 2), number="Beijing-Older-20230902"),
    )
    everything = [entry.pk for entry in search(Wanted(search="小舟"), size=99).entries]
    newest = RegisterEntry.objects.order_by("-listed_on", "-pk").filter(service_name__contains="小舟")
    exact = [entry.pk for entry in newest if entry.service_name == "小舟"]
    assert everything == exact + [entry.pk for entry in newest if entry.pk not in exact]
    paged, cursor = [], None
    for _ in range(len(everything)):
        page = search(Wanted(search="小舟"), cursor=cursor, size=1)
        paged += [entry.pk for entry in page.entries]
        cursor = page.cursor
    assert (paged, cursor) == (everything, None)
    assert search(Wanted(search="beijing－old－20230901"), size=1).entries[0].number == "Beijing-Old-20230901"


def test_the_index_follows_what_is_changed_moved_and_deleted():
    taken(row(1), row(2))
    first = RegisterEntry.objects.get(service_name="第1大模型")
    RegisterEntry.objects.filter(pk=first.pk).update(status="revoked", listed_on=date(2026, 1, 1))
    assert search(Wanted(search="大模型"), size=9).entries[0].pk == first.pk
    assert search(Wanted(status="revoked"), size=9).entries == [first]
    taken(replace(row(2, former_names=("旧名",)), provider="北京第2科技有限公司", uscc="91440101MA9DEM0016"))
    assert [one.service_name for one in search(Wanted(provider="91440101ma9dem0016"), size=9).entries] == [
        "第2大模型"
    ]
    ListChange.objects.filter(entry=first).delete()
    first.delete()
    assert search(Wanted(search="第1"), size=9).entries == []
    assert search(Wanted(), size=9).count == 1


def test_emptying_the_table_empties_the_index():
    taken(row(1))
    ListChange.objects.all().delete()
    connection.check_constraints()  # PostgreSQL empties no table that waits for its checks
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM filings_registerentry"
            if connection.vendor == "sqlite"
            else "TRUNCATE filings_registerentry CASCADE"
        )
    assert search(Wanted(search="大模型"), size=9).count == 0


def test_a_provider_is_found_by_its_whole_name_however_it_is_written():
    taken(row(1, provider="某（北京）科技有限公司"), row(2))
    found = search(Wanted(provider="某(北京)科技有限责任公司"), size=9)
    assert [one.service_name for one in found.entries] == ["第1大模型"]


def test_entries_are_found_by_their_round(cast: Cast):
    filing = filing_at(cast)
    taken(row(1))
    series = str(Round.objects.get().series)
    assert [one.filing for one in search(Wanted(round=series), size=9).entries] == [filing]
    for nothing in ("99", "x", "1" * 12, "'"):
        assert search(Wanted(round=nothing), size=9).count == 0


@pytest.mark.parametrize("hostile", ["x' | 'y", 'x" OR "y', "place=GD", "%s", "gd "])
def test_a_filter_that_no_entry_can_have_finds_nothing(hostile: str):
    taken(row(1))
    assert search(Wanted(jurisdiction=hostile), size=9).entries == []
    search(Wanted(search=hostile, base=hostile, provider=hostile), size=9)


def test_more_than_a_thousand_are_not_counted():
    template = {"route": "filing", "jurisdiction": "BJ", "listed_on": date(2024, 1, 1)}
    RegisterEntry.objects.bulk_create(
        RegisterEntry(key=str(n), search_tokens="小 舟 小舟", **template) for n in range(1_200)
    )
    page = search(Wanted(search="小舟", jurisdiction="BJ"), size=50)
    assert (len(page.entries), page.count, page.is_more) == (50, 1_000, True)
    assert search(Wanted(), size=50).is_more
    RegisterEntry.objects.filter(pk__in=[one.pk for one in page.entries]).update(industry="finance")
    assert search(Wanted(search="小舟", industry="finance"), size=10).count == 50


@pytest.mark.parametrize(
    "cursor", ["x", "2026-13-01.1", "2026-01-01", "=2026-01-01.", "2026-01-01.99999999999"]
)
def test_a_cursor_that_is_none_is_refused(cursor: str):
    with pytest.raises(BadInputError, match="start again"):
        search(Wanted(), cursor=cursor, size=1)


def called(n: int, **base: str) -> PublishedRow:
    return row(n, series=Series.REGISTRATION, service=f"应用{n}", **base)


def test_a_model_leads_to_the_applications_that_call_it_and_they_lead_back():
    taken(
        row(1, service="云杉大模型", number="Beijing-YunShan-202401010001"),
        row(2, service="百川大模型", number="Beijing-BaiChuan-202401010002"),
        row(3, service="百川大模型", number="Beijing-BaiChuanB-202401010003"),
        called(4, base_number="beijing－yunshan－202401010001"),
        called(5, base_model="云杉大模型"),
        called(6, base_model="百川大模型"),
        called(7, base_model="别处的模型"),
    )
    by_name = {entry.service_name: entry for entry in RegisterEntry.objects.all()}
    model = RegisterEntry.objects.get(number="Beijing-YunShan-202401010001")
    callers = callers_of(model, size=9)
    assert {one.service_name for one in callers.entries} == {"应用4", "应用5"}
    assert (callers.count, callers.is_more) == (2, False)
    assert base_of(by_name["应用4"]).entry == base_of(by_name["应用5"]).entry == model
    # Two models have that name, so the name alone tells neither.
    assert base_of(by_name["应用6"]) == (None, "", "百川大模型", 0)
    assert callers_of(RegisterEntry.objects.get(number__contains="BaiChuanB"), size=9).entries == []
    assert base_of(by_name["应用7"]).entry is None
    assert base_of(model) is None
    assert callers_of(by_name["应用7"], size=9).count == 0
    most = base_models(9)[0]
    assert (most.entry, most.asked_for, most.callers) == (model, "beijing－yunshan－202401010001", 2)
    assert len(base_models(9)) == 3
    assert search(Wanted(base="云杉大模型"), size=9).entries == [by_name["应用5"]]
    assert search(Wanted(base=model.number), size=9).entries == callers.entries


def test_the_pages_show_the_tree(client):
    taken(
        row(1, service="云杉大模型", number="Beijing-YunShan-202401010001"),
        called(2, base_number="Beijing-YunShan-202401010001"),
        called(3, base_model="别处的模型"),
    )
    model = client.get("/register/Beijing-YunShan-202401010001/?lang=en").content.decode()
    assert "Applications that call it" in model
    assert "应用2" in model
    keys = dict(RegisterEntry.objects.values_list("service_name", "key"))
    assert "云杉大模型" in client.get(f"/register/{keys['应用2']}/").content.decode()
    assert "No entry of the register" in client.get(f"/register/{keys['应用3']}/?lang=en").content.decode()
    models = client.get("/register/models/?lang=en").content.decode()
    assert "云杉大模型" in models
    assert "no entry found" in models


def test_the_page_opens_the_rarer_filters_when_one_is_set(client):
    taken(row(1, filed_on=date(2024, 1, 1)))
    assert "<details>" in client.get("/register/").content.decode()
    html = client.get("/register/?since=2024-01-02&lang=en").content.decode()
    assert "<details open>" in html
    assert "Nothing matches." in html
    assert client.get("/register/?after=x").status_code == 422


def test_the_api_filters_and_counts(client):
    taken(row(1, filed_on=date(2024, 1, 1)), row(2, filed_on=date(2024, 2, 1)), called(3, base_model="云杉"))
    asked = {"since": "2024-01-15", "route": "filing"}
    answer = client.get("/api/v1/register/entries", asked).json()
    assert ([one["service_name"] for one in answer["items"]], answer["count"]) == (["第2大模型"], 1)
    answer = client.get("/api/v1/register/entries", {"base": "云杉"}).json()
    assert [one["base_name"] for one in answer["items"]] == ["云杉"]
