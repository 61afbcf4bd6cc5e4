"""Bulletins through the pages: drafted, edited, published, corrected; read by everybody."""

import pytest
from django.test import Client

from openbeian.core.text import Text
from openbeian.portal.bulletins import actions
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.signing import load_signer
from tests.portal.bulletin_register import add_entries
from tests.portal.factories import AT, Cast
from tests.portal.pages.world import html_of

ADDRESS = "/bulletins/2026h2-gd/"


@pytest.fixture
def drafted(cast: Cast) -> Bulletin:
    """Draft a bulletin of Guangdong's half-year."""
    add_entries("GD", 4)
    return actions.draft(period="2026H2", jurisdiction="GD", by=cast.publisher, at=AT)


def test_an_office_drafts_edits_and_publishes_and_everybody_reads(page, cast: Cast):
    add_entries("GD", 4)
    office, reader = page("publisher"), Client(headers={"accept-language": "en"})
    assert "No bulletins yet" in html_of(reader.get("/bulletins/"))
    assert "Draft a bulletin" in html_of(office.get("/bulletins/"))
    assert office.get("/bulletins/new/").status_code == 200
    answer = office.post("/bulletins/new/", {"period": "2026h2", "jurisdiction": "GD"})
    assert answer.url == f"{ADDRESS}edit/"
    assert reader.get(ADDRESS).status_code == 404
    assert "This is a draft" in html_of(office.get(ADDRESS))
    office.post(f"{ADDRESS}edit/", {"zh": "编者的话，39。", "en": "A word of ours."})
    html = html_of(office.get(f"{ADDRESS}edit/"))
    assert "A word of ours." in html
    assert "no figures of this bulletin and have no source: 39" in html
    assert "2026h2-gd" in html_of(office.get("/bulletins/"))
    assert office.post(f"{ADDRESS}rewrite/").url == f"{ADDRESS}edit/"
    assert office.post(f"{ADDRESS}publish/").url == ADDRESS
    html = html_of(reader.get(ADDRESS))
    assert "A word of ours." in html
    assert "waiting for the next checkpoint" in html
    assert "Draft a correction" not in html
    assert "Guangdong" in html_of(reader.get("/bulletins/"))
    assert office.post(f"{ADDRESS}correct/").url == "/bulletins/2026h2-gd-2/edit/"
    actions.publish(Bulletin.objects.get(slug="2026h2-gd-2"), signer=load_signer(), by=cast.publisher, at=AT)
    assert "This bulletin has been corrected" in html_of(reader.get(ADDRESS))
    assert "corrects 2026h2-gd" in html_of(reader.get("/bulletins/"))


def test_a_draft_can_be_removed(page, drafted: Bulletin):
    assert page("publisher").post(f"{ADDRESS}discard/").url == "/bulletins/"
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "one of the two"),
        ({"period": "soon"}, "is no period"),
        ({"period": "2026", "round": "1"}, "choice"),
    ],
)
def test_what_a_bulletin_is_about_is_asked_until_it_is_clear(page, cast: Cast, data, said):
    html = html_of(page("publisher").post("/bulletins/new/", {"jurisdiction": "", **data}))
    assert "Please mend the following" in html
    assert said in html


def test_who_issues_none_finds_no_way_in(page, drafted: Bulletin, client):
    for who in ("gd_decider", "gd_preparer", "auditor"):
        assert page(who).get("/bulletins/new/").status_code == 403
        assert page(who).get(f"{ADDRESS}edit/").status_code == 404
        assert page(who).get(ADDRESS).status_code == 404
    assert client.get("/bulletins/new/").status_code == 302
    assert client.get(f"{ADDRESS}months.csv").status_code == 404


def test_the_files_are_in_the_page_s_language(page, drafted: Bulletin):
    office = page("publisher")
    answer = office.get("/bulletins/2026h2-gd.docx")
    assert answer["Content-Disposition"] == 'attachment; filename="2026h2-gd.en.docx"'
    assert office.get(f"{ADDRESS}ranking.csv").content.startswith(b"\xef\xbb\xbfrank,")
    assert office.get(f"{ADDRESS}nothing.csv").status_code == 404
    assert office.get("/bulletins/2026h2-gd.json").json()["signatures"] == []
    assert drafted.document["editor"] == Text("", "")._asdict()
