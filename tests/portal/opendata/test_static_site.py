"""The static copy of the site: every public page in both languages, every link to a file that is there."""

import html
import json
import os
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.opendata import asking, site
from openbeian.portal.opendata.asking import Answer
from openbeian.portal.opendata.public_paths import target_of
from openbeian.portal.opendata.published_data import publish_data
from openbeian.portal.opendata.site import write_site
from openbeian.portal.opendata.site_map import sitemap_files
from tests.portal.factories import AT
from tests.portal.pages.world import published_elsewhere

LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')
ADDRESS = "https://copy.example"


@pytest.fixture
def entry(db) -> RegisterEntry:
    publish_everything(open_for_publishing(), at=AT)
    made = published_elsewhere()
    publish_data(("csv",), at=AT)
    return made


@pytest.fixture(autouse=True)
def _without_a_list_for_each_province(monkeypatch):
    """Keep the copies small: 62 lists in two languages add seconds and nothing that pages don't show."""
    monkeypatch.setattr("openbeian.portal.opendata.public_paths._KEPT", frozenset({"page"}))


def _quiet(_done: int, _known: int) -> None:
    """Take no notice."""


def _dead_links(folder: Path) -> list[str]:
    dead = []
    for page in folder.rglob("*.html"):
        for written in LINK.findall(page.read_text("utf-8")):
            path = urlsplit(html.unescape(written)).path
            if not html.unescape(written).startswith(("http", "#")) and path:
                there = Path(os.path.normpath(page.parent / unquote(path)))
                if not there.is_file():
                    dead.append(f"{page.relative_to(folder)}: {written}")
    return dead


def test_the_copy_holds_every_public_page_in_both_languages_and_no_dead_link(entry, tmp_path, settings):
    folder, told = tmp_path / "copy", []
    made = write_site(folder, address=ADDRESS, at=AT, told=lambda done, known: told.append((done, known)))
    assert made.dead == ()
    assert told[-1] == (made.addresses, made.addresses)
    assert _dead_links(folder) == []
    for page in (f"register/{entry.key}", "statistics", "data", "log", "check", "needs-a-server", "."):
        for language, said in (("zh", 'lang="zh-Hans"'), ("en", 'lang="en"')):
            assert said in (folder / language / page / "index.html").read_text("utf-8")
    english = (folder / "en" / "check" / "index.html").read_text("utf-8")
    assert "<form" not in english
    assert "This is a static copy" in english
    assert "Download all data" in english
    assert json.loads((folder / "data" / "manifest.json").read_bytes())["rows"] == 1
    assert (folder / "log" / "checkpoint").exists()
    assert (folder / "static" / "web" / "beian.css").exists()
    assert ADDRESS in (folder / "en" / "feed.atom").read_text("utf-8")
    assert settings.BEIAN_ORIGIN not in (folder / "en" / "feed.json").read_text("utf-8")
    listed = re.findall(r"<loc>([^<]+)</loc>", (folder / "sitemap-1.xml").read_text("utf-8"))
    assert f"{ADDRESS}/en/register/{entry.key}/index.html" in listed
    assert all((folder / unquote(one.removeprefix(f"{ADDRESS}/"))).is_file() for one in listed)
    assert json.loads((folder / "site.json").read_bytes())["addresses"] == made.addresses
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_work_that_was_cut_off_goes_on_where_it_stopped(entry, tmp_path, monkeypatch):
    asked: list[str] = []

    def count(address: str, language: str) -> Answer:
        asked.append(f"{language} {address}")
        return asking.ask(address, language)

    def cut_off(done: int, _known: int) -> None:
        if done == 4:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(site, "ask", count)
    folder = tmp_path / "copy"
    with pytest.raises(CouldNotRunError, match="it will go on"):
        write_site(folder, address="", at=AT, told=cut_off)
    assert not folder.exists()
    with (tmp_path / ".copy.draft" / ".journal").open("a", encoding="utf-8") as journal:
        journal.write('{"address": "/half')
    made = write_site(folder, address="", at=AT, told=_quiet)
    assert made.is_resumed
    frame = ["zh /check/", "en /check/"]
    assert sorted(asked) == sorted([*dict.fromkeys(asked), *(one for one in frame if asked.count(one) == 2)])
    assert _dead_links(folder) == []
    assert not (folder / "sitemap.xml").exists()


def test_a_copy_of_another_register_is_begun_anew(entry, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "_follow", _cut_off)
    with pytest.raises(CouldNotRunError):
        write_site(tmp_path / "copy", address="", at=AT, told=_quiet)
    draft = tmp_path / ".copy.draft"
    for name in ("old/page.html", "old.txt"):
        (draft / name).parent.mkdir(exist_ok=True)
        (draft / name).write_text("of another register")
    RegisterEntry.objects.create(
        key="new", route="filing", service_name="x", provider_name="y", listed_on=AT.date()
    )
    monkeypatch.setattr(site, "_follow", lambda *_: ())
    made = write_site(tmp_path / "copy", address="", at=AT, told=_quiet)
    assert not made.is_resumed
    assert not (tmp_path / "copy" / "old").exists()
    assert not (tmp_path / "copy" / "old.txt").exists()


def _cut_off(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_page_the_portal_cannot_answer_stops_the_work_and_one_that_is_gone_is_named(
    entry, tmp_path, monkeypatch
):
    monkeypatch.setattr(site, "_FIRST", ("/register/gone/",))
    made = write_site(tmp_path / "copy", address="", at=AT, told=_quiet)
    assert made.dead == ("/register/gone/",)
    monkeypatch.setattr(site, "ask", lambda _address, _language: Answer(500, "text/html", b""))
    with pytest.raises(CouldNotRunError, match=r"/register/gone/ \(500\)"):
        write_site(tmp_path / "other", address="", at=AT, told=_quiet)


def test_nothing_of_somebody_elses_is_replaced(entry, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(BadInputError, match="holds something else"):
        write_site(tmp_path / "mine", address="", at=AT, told=_quiet)
    for address in ("copy.example", "https://copy.example/"):
        with pytest.raises(BadInputError, match="must begin with"):
            write_site(tmp_path / "copy", address=address, at=AT, told=_quiet)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "zh/index.html"),
        ("/?lang=en", "en/index.html"),
        ("/register/?page=2", "zh/register/page-2/index.html"),
        ("/register/?page=1", "zh/register/index.html"),
        ("/register/%E5%B0%8F/", "zh/register/小/index.html"),
        ("/feed.atom?lang=en", "en/feed.atom"),
        ("/log/checkpoint", "log/checkpoint"),
        ("/data/manifest.json", "data/manifest.json"),
        ("/data/", "zh/data/index.html"),
        ("/static/web/icons.svg#check", "static/web/icons.svg"),
        ("/api/v1/openapi.json", "api/v1/openapi.json"),
        ("/api/v1/register/entries/N/proof", "api/v1/register/entries/N/proof.tlog-proof"),
        ("/register/?q=words", None),
        ("/register/?page=..%2f", None),
        ("/register/N/report/", None),
        ("/review/", None),
        ("/accounts/login/", None),
        ("/api/v1/applications", None),
        ("/%2e%2e/%2e%2e/etc/", None),
        ("/?lang=fr", None),
    ],
)
def test_every_address_has_one_place_or_none(address, path):
    target = target_of(address, "zh")
    assert (None if target is None else target.path) == (None if path is None else PurePosixPath(path))


def test_a_list_of_a_province_has_a_place_of_its_own(monkeypatch):
    monkeypatch.undo()
    target = target_of("/register/?page=2&jurisdiction=GD", "zh")
    assert str(target.path) == "zh/register/jurisdiction-GD/page-2/index.html"


def test_a_long_sitemap_is_split(monkeypatch):
    monkeypatch.setattr("openbeian.portal.opendata.site_map.MOST", 4)
    files = sitemap_files([f"register/{n}/index.html" for n in range(5)], ADDRESS)
    assert sorted(files) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    assert all(text.count("<url>") <= 4 for text in files.values())


def test_the_portal_is_asked_by_a_name_it_answers_to(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert asking._host() == "localhost"
    settings.ALLOWED_HOSTS = [".example.org", "x"]
    assert asking._host() == "example.org"


def test_the_command_says_what_it_wrote(entry, tmp_path, monkeypatch):
    monkeypatch.setattr("openbeian.portal.server.prepare", lambda: None)
    monkeypatch.setattr(site, "_FIRST", ("/register/gone/",))
    monkeypatch.setenv("BEIAN_LANG", "en")
    run = CliRunner().invoke(app, ["register", "site", str(tmp_path / "copy"), "--quiet"])
    assert (run.exit_code, "1 addresses" in run.output, "not there: /register/gone/" in run.output) == (
        0,
        True,
        True,
    )
    run = CliRunner().invoke(app, ["register", "site", str(tmp_path / "copy"), "--json"])
    assert json.loads(run.stdout)["dead"] == ["/register/gone/"]
