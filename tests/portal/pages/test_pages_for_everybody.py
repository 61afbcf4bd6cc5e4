"""Every page as any browser gets it: words, marks, rights; no browser needed."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CharField, JSONField, Model, TextField
from django.urls import reverse

from openbeian.portal.accounts.trail import event_label
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.filings.models import Filing
from openbeian.portal.register.tiles import build_tiles, leading
from tests.portal.pages.world import pages_of

_MODULE = r'<script type="module" src="/static/web/[a-z_]+\.js"></script>'
_CHINESE = re.compile("[\u4e00-\u9fff]")


_SIGNED = {"certificate", "document", "body", "manifest", "checkpoint"}
"""What is signed as it stands: a word changed in it is a broken signature."""


def _hostile(number: int) -> str:
    return f"<script>x{number}</script>\"'><img src=x{number} onerror=x>{{{{7*7}}}}"


def _made_hostile(value: Any, number: int) -> Any:
    """Return a value with every text in it replaced that a person, and in Chinese, has written."""
    if isinstance(value, str):
        return _hostile(number) if _CHINESE.search(value) else value
    if isinstance(value, list):
        return [_made_hostile(one, number) for one in value]
    if isinstance(value, dict):
        return {name: _made_hostile(one, number) for name, one in value.items()}
    return value


def _update(model: type[Model], pk: Any, changed: dict[str, Any]) -> bool:
    """Change a row; say whether the database let it happen: some tables are written once."""
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=pk).update(**changed))
    except IntegrityError:
        return False


def _plant() -> set[str]:
    """Put markup into whatever text of whatever table people have written; return the columns."""
    planted = set()
    for model in (one for one in apps.get_models() if one.__module__.startswith("openbeian.")):
        columns = [
            one
            for one in model._meta.concrete_fields
            if isinstance(one, CharField | TextField | JSONField) and one.name not in _SIGNED
        ]
        for row in model._base_manager.all():
            changed = {}
            for column in columns:
                before = getattr(row, column.attname)
                after = _made_hostile(before, row.pk if isinstance(row.pk, int) else 0)
                if after != before:
                    length = getattr(column, "max_length", None)
                    changed[column.attname] = after[:length] if isinstance(after, str) else after
            if changed and _update(model, row.pk, changed):
                planted |= {f"{model._meta.label}.{name}" for name in changed}
    return planted


def test_no_page_has_scripts_or_styles_within_it_whatever_people_have_written(world, open_as):
    planted = _plant()
    assert len(planted) > 30
    clients = {page.who: open_as(page.who) for page in pages_of(world)}
    shown = 0
    for page in pages_of(world):
        answer = clients[page.who].get(page.path)
        html = answer.content.decode()
        assert answer.status_code == 200, page
        assert not re.search(r"<script>x\d|<img src=x\d|=\"[^\"]*\"'><img|\{\{49|x>49", html), page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=(?!x&gt;)|javascript:", html), page
        assert html.count("<script") == len(re.findall(_MODULE, html)), page
        assert "https://" not in re.sub(r'(?:value|placeholder)="[^"]*"|<d[dt]>.*?</d[dt]>', "", html), page
        assert len(answer.content) < 100_000, page
        shown += "&lt;script&gt;x" in html
    assert shown > 60


def test_labels_are_english_on_english_pages_where_nobody_has_typed_chinese(world, open_as):
    client = open_as("", "en")
    for path in ("/check/", "/log/", "/accounts/login/"):
        html = client.get(path).content.decode().replace("中文", "")
        assert not _CHINESE.search(re.sub(r"<td.*?</td>", "", html, flags=re.DOTALL)), path


def test_a_page_says_its_language_and_that_it_varies_with_it(client, db):
    answer = client.get("/check/?lang=en")
    assert '<html lang="en">' in answer.content.decode()
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]
    assert '<html lang="en">' in client.get("/check/").content.decode()
    assert '<html lang="zh-Hans">' in client.get("/check/?lang=zh").content.decode()


def test_an_unknown_language_changes_nothing(client, db):
    answer = client.get("/check/?lang=xx", headers={"accept-language": "en"})
    assert '<html lang="en">' in answer.content.decode()
    assert "language" not in answer.cookies


def test_the_front_page_counts_valid_filings_and_names_the_leading_province(world, open_as):
    html = open_as("", "en").get("/").content.decode()
    assert re.search(r"<b>3</b>\s*services on file and valid", html)
    assert "1 of them were taken from published lists" in html
    assert "Guangdong has the most: 2" in html


def test_a_demo_filing_is_marked_wherever_it_is_shown(world, open_as):
    number = world.valid.number
    for path in (
        "/",
        "/register/",
        f"/register/{number}/",
        f"/certificates/{number}/",
        f"/check/?q={number}",
    ):
        assert "演示 DEMO" in open_as("").get(path).content.decode(), path


def test_a_number_is_found_however_it_is_written(world, open_as):
    answer = open_as("").get(f"/register/{world.valid.number.upper()}/")
    assert answer.url == reverse("register:entry", args=[world.valid.number])


@pytest.mark.parametrize(
    "path", ["/register/Nope-Nope-20200101/", "/certificates/nope/", "/log/entries/99999/"]
)
def test_what_does_not_exist_is_not_found(db, client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这一页" in answer.content.decode()


def test_the_look_up_says_plainly_how_a_filing_stands(world, open_as):
    client = open_as("", "en")
    assert "On file and valid now" in client.get(f"/check/?q={world.valid.number}").content.decode()
    assert "Suspended" in client.get(f"/check/?q={world.suspended.number}").content.decode()
    assert "is not on file" in client.get("/check/?q=Nope").content.decode()
    assert "similar name" in client.get("/check/?q=工匠").content.decode()


def test_what_people_type_is_never_taken_for_markup(world, open_as):
    html = open_as("").get("/check/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_every_event_of_the_trail_has_a_name_in_both_languages(world):
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {kind for kind in kinds if not _CHINESE.search(event_label(kind).zh)} == set()


def test_filters_are_kept_when_turning_pages(world, open_as, monkeypatch):
    monkeypatch.setattr("openbeian.portal.register.views._ON_A_PAGE", 1)
    html = open_as("").get("/register/?jurisdiction=GD").content.decode()
    assert "jurisdiction=GD&amp;after=20" in html
    assert world.pending.number not in html


def test_an_unknown_filter_finds_by_words_alone(world, open_as):
    html = open_as("").get("/register/?jurisdiction=XX&q=航运").content.decode()
    assert world.suspended.number in html


def test_the_figures_behind_the_tiles_can_be_downloaded(world, open_as):
    answer = open_as("").get("/register/jurisdictions.csv", follow=True)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("rank,code,jurisdiction_zh,jurisdiction_en,count,")
    assert lines[1].startswith("1,GD,广东,Guangdong,2,")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    shown = open_as("").get("/register/jurisdictions/")
    assert (shown.status_code, shown.headers["Location"]) == (301, "/statistics/#filings-by-jurisdiction")


def test_there_are_34_tiles_and_one_filing_is_never_pale_as_none():
    tiles = {tile.code: tile for tile in build_tiles({"GD": 1000, "BJ": 1})}
    assert len(tiles) == 34
    assert (tiles["GD"].level, tiles["BJ"].level, tiles["SH"].level) == (4, 1, 0)
    assert not tiles["HK"].has_office


def test_provinces_with_as_many_share_the_lead():
    tiles = build_tiles({"GD": 2, "ZJ": 2, "BJ": 1})
    assert {tile.code for tile in leading(tiles)} == {"GD", "ZJ"}
    assert leading(build_tiles({})) == []


def test_a_log_entry_is_proved_step_by_step(world, open_as):
    index = world.valid.log_entry.__class__.objects.get(pk=world.valid.log_entry_id).index
    html = open_as("", "en").get(f"/log/entries/{index}/").content.decode()
    assert "Recomputed just now" in html
    assert world.valid.log_entry.leaf_hash in html


def test_a_domain_error_becomes_a_page_with_a_way_back(world, open_as):
    client = open_as("gd_reviewer", "en")
    reference = world.valid.application.reference
    answer = client.post(f"/review/{reference}/accept/", headers={"referer": "http://testserver/review/"})
    assert answer.status_code in {403, 409}
    html = answer.content.decode()
    assert "This was not done" in html
    assert 'href="http://testserver/review/"' in html


def test_a_foreign_referrer_is_no_way_back(world, open_as):
    client = open_as("gd_reviewer")
    reference = world.valid.application.reference
    answer = client.post(f"/review/{reference}/accept/", headers={"referer": "https://evil.example/"})
    assert "evil.example" not in answer.content.decode()


def test_other_exceptions_are_not_dressed_up(world, open_as):
    Filing.objects.filter(pk=world.valid.pk).update(certificate={})
    client = open_as("")
    client.raise_request_exception = False
    answer = client.get(f"/certificates/{world.valid.number}/")
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()


def test_a_damaged_log_is_said_to_be_damaged(world, open_as, home):
    (home / "public" / "log" / "checkpoint").write_bytes(b"nonsense")
    answer = open_as("", "en").get("/log/entries/0/")
    assert answer.status_code == 503
    assert "This was not done" in answer.content.decode()
