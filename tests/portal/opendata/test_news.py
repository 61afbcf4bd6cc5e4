"""What is new, as Atom and JSON feed; the sitemap; and answers that need not be sent twice."""

import json
import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from openbeian.portal.filings import actions
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.opendata import sitemap
from tests.portal.factories import AT, filing_at
from tests.portal.pages.world import published_elsewhere

ATOM = "{http://www.w3.org/2005/Atom}"
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:.+")


@pytest.fixture
def suspended(cast) -> Filing:
    filing = filing_at(cast)
    measure = actions.propose_measure(
        filing, kind="suspend", cause="c", reason_code="other", by=cast.national_decider, at=AT
    )
    actions.countersign_measure(measure, agree=True, by=cast.national_countersigner, at=AT)
    publish_everything(open_for_publishing(), at=AT)
    published_elsewhere()
    return filing


def test_both_feeds_tell_the_same_news_and_keep_to_their_formats(client, suspended, settings):
    answer = client.get("/feed.atom?lang=en")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "language" not in answer.cookies
    feed = ET.fromstring(answer.content)  # noqa: S314  made by ourselves a moment ago
    # RFC 4287, 4.1.1 and 4.1.2: exactly one id, title and updated each; an author; entries with unique ids.
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        assert [len(element.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo is not None
        assert TAG_URI.fullmatch(element.findtext(f"{ATOM}id") or "")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") or "" for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{settings.BEIAN_ORIGIN}/feed.atom?lang=en"
    told = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert sorted(told) == [
        "Published list taken over: generative-ai-services.xlsx",
        "[DEMO] New on file: 小舟",
        "[DEMO] Suspend: 小舟",
        "第1批: services certified, 1",
    ]
    answer = client.get("/feed.json?lang=en")
    assert answer["Content-Type"].startswith("application/feed+json")
    document = json.loads(answer.content)
    # JSON Feed 1.1: version and title; each item an id and some content.
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == f"{settings.BEIAN_ORIGIN}/feed.json?lang=en"
    assert [item["title"] for item in document["items"]] == told
    assert [item["id"] for item in document["items"]] == [one.findtext(f"{ATOM}id") for one in entries]
    assert all(item["content_text"] for item in document["items"])
    for item in document["items"]:
        assert client.get(item["url"].removeprefix(settings.BEIAN_ORIGIN)).status_code == 200


def test_the_ids_of_news_stay_when_the_portal_moves(client, suspended, settings):
    before = [item["id"] for item in client.get("/feed.json").json()["items"]]
    settings.BEIAN_ORIGIN = "https://elsewhere.example"
    document = client.get("/feed.json").json()
    assert [item["id"] for item in document["items"]] == before
    assert document["items"][0]["url"].startswith("https://elsewhere.example/")


def test_an_empty_feed_is_a_feed(client, db):
    feed = ET.fromstring(client.get("/feed.atom").content)  # noqa: S314
    assert feed.findtext(f"{ATOM}updated") == "2023-08-15T00:00:00Z"
    assert client.get("/feed.json").json()["items"] == []


def test_pages_lead_to_the_feeds(client, db):
    html = client.get("/").content.decode()
    assert re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="/feed.atom">', html)
    assert re.search(r'<link rel="alternate" type="application/feed\+json"[^>]* href="/feed.json">', html)


def test_the_sitemap_names_every_page_and_entry_in_both_languages(client, suspended, settings, monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 1)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ET.fromstring(b"".join(client.get("/sitemap.xml").streaming_content))  # noqa: S314
    parts = [one.text or "" for one in index.iter(f"{space}loc")]
    assert len(parts) == 3
    addresses = []
    for part in parts:
        urls = ET.fromstring(b"".join(client.get(urlsplit(part).path).streaming_content))  # noqa: S314
        for url in urls.findall(f"{space}url"):
            addresses.append(url.findtext(f"{space}loc"))
            links = url.findall("{http://www.w3.org/1999/xhtml}link")
            assert [link.get("hreflang") for link in links] == ["zh-Hans", "en"]
    assert f"{settings.BEIAN_ORIGIN}/register/{suspended.number}/" in addresses
    assert len(addresses) == len(set(addresses)) == 11
    for address in addresses:
        assert client.get(address.removeprefix(settings.BEIAN_ORIGIN)).status_code == 200
    assert client.get("/sitemap-entries-3.xml").status_code == 404


def test_robots_are_told_what_is_not_for_them(client, db, settings):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /work/" in lines
    assert lines[-1] == f"Sitemap: {settings.BEIAN_ORIGIN}/sitemap.xml"


def test_what_has_not_changed_is_not_sent_again(client, suspended):
    for path in (
        *("/feed.atom", "/feed.json", "/api/v1/register/entries", "/api/v1/register/totals"),
        f"/api/v1/register/entries/{suspended.number}",
        *(f"/api/v1/register/entries/{suspended.number}/{rest}" for rest in ("history", "certificate")),
    ):
        etag = client.get(path)["ETag"]
        assert client.get(path, headers={"if-none-match": etag}).status_code == 304, path
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200, path
    since = client.get("/feed.atom")["Last-Modified"]
    assert client.get("/feed.atom", headers={"if-modified-since": since}).status_code == 304


def test_the_api_tells_the_whole_course_of_a_filing(client, suspended):
    course = client.get(f"/api/v1/register/entries/{suspended.number}/history").json()
    kinds = [one["kind"] for one in course]
    assert (kinds[0], kinds[-1]) == ("application.submit", "filing.suspend")
    assert "filing.certified" in kinds
    assert course[0]["subject"] == suspended.application.reference
    assert [one["log_index"] for one in course] == sorted(one["log_index"] for one in course)
    assert client.get("/api/v1/register/entries/nothing/history").status_code == 404
