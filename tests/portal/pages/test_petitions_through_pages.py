"""Petitions through the pages, as any browser without JavaScript does it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.core.lifecycle import PetitionStatus as P
from openbeian.portal.petitions.models import Petition
from tests.portal.factories import application_at, filing_at
from tests.portal.pages.world import html_of


def test_an_amendment_goes_its_whole_way_through_the_pages_and_is_public(page, cast, client):
    filing = filing_at(cast)
    address = _drawn_up(page, filing)
    petition = Petition.objects.get()
    _examined(page, petition, address)
    decider, second = page("gd_decider"), page("gd_countersigner")
    assert "Please mend" in html_of(decider.post(f"{address}decide/", {"outcome": "reject"}))
    decider.post(f"{address}decide/", {"outcome": "grant", "reason": "首位的理由"})
    assert "首位的理由" not in html_of(second.get(address))
    second.post(f"{address}decide/", {"outcome": "grant"})
    petition.refresh_from_db()
    assert petition.state is P.GRANTED
    assert "首位的理由" in html_of(second.get(address))
    public = html_of(client.get(f"/register/{filing.number}/", headers={"accept-language": "en"}))
    assert "小舟新语" in public
    assert "changed; not public" in public
    assert "温如许" not in public


def _drawn_up(page, filing) -> str:
    """Draw an amendment up on the provider's pages, with a change taken back and a file exchanged."""
    provider = page("gd_preparer")
    begin = f"/petitions/about/{filing.application.reference}/"
    assert "Change of the base model" in html_of(provider.get(begin))
    assert filing.application.reference in html_of(provider.get("/petitions/"))
    assert "Please mend" in html_of(provider.post(begin, {"kind": ""}))
    address = provider.post(begin, {"kind": "amendment"}).url
    provider.post(f"{address}grounds/", {"grounds": "更名。", "happened_on": "2026-11-23"})
    entry = f"{address}entry/?field="
    assert "小舟" in html_of(provider.get(f"{entry}service.name"))
    provider.post(f"{entry}service.name", {"name": "小舟新语"})
    provider.post(f"{entry}provider.contact_name", {"contact_name": "温如许"})
    provider.post(f"{entry}model.parameters", {"parameters": "7B"})
    provider.post(f"{address}keep/", {"field": "model.parameters"})
    provider.post(f"{address}files/", {"kind": "document", "file": SimpleUploadedFile("a.txt", b"a")})
    assert "Please mend" in html_of(provider.post(f"{address}files/", {"kind": "document"}))
    provider.post(f"{address}files/", {"kind": "document", "file": SimpleUploadedFile("b.txt", b"b")})
    provider.post(f"{address}files/{Petition.objects.get().files.first().pk}/remove/")
    return address


def _examined(page, petition: Petition, address: str) -> None:
    """Hand it in, return it once, and put it before the province."""
    provider, reviewer = page("gd_preparer"), page("gd_reviewer")
    assert reviewer.get(address).status_code == 404
    provider.post(f"{address}hand-in/")
    html = html_of(reviewer.get(address))
    assert "<del>小舟</del>" in html.replace("<p>", "").replace("</p>", "")
    assert "b.txt" in html
    fetched = reviewer.get(f"{address}files/{petition.files.last().pk}/")
    assert b"".join(fetched.streaming_content) == b"b"
    assert "Please mend" in html_of(reviewer.post(f"{address}give-back/", {"reason_code": "other"}))
    reviewer.post(f"{address}give-back/", {"reason_code": "incomplete", "reason": "请附更名通知书。"})
    assert "请附更名通知书。" in html_of(provider.get(address))
    provider.post(f"{address}hand-in/")
    reviewer.post(f"{address}put-up/", {"examination": "已核对。"})


def test_a_petition_is_dropped_and_strangers_find_nothing(page, cast):
    application = application_at(S.REFUSED, cast)
    provider = page("gd_preparer")
    begin = f"/petitions/about/{application.reference}/"
    assert "Appeal" in html_of(provider.get(begin))
    address = provider.post(begin, {"kind": "appeal"}).url
    assert provider.get(f"{address}entry/?field=service.name").status_code == 404
    assert provider.get(f"{address}entry/?field=nothing").status_code == 404
    provider.post(f"{address}grounds/", {"grounds": "数字已更正。"})
    for who in ("zj_preparer", "gd_reviewer"):
        assert page(who).get(address).status_code == 404
        assert page(who).get(begin).status_code == 404
    provider.post(f"{address}hand-in/")
    assert page("gd_decider").post(f"{address}decide/", {"outcome": "grant"}).status_code == 403
    assert "Appeal" in html_of(page("auditor").get("/petitions/"))
    provider.post(f"{address}drop/")
    assert Petition.objects.get().state is P.DROPPED
    assert "Dropped" in html_of(provider.get("/petitions/"))


@pytest.mark.parametrize("status", [S.IN_REVIEW])
def test_about_what_is_not_decided_nothing_can_be_asked(page, cast, status):
    application = application_at(status, cast)
    html = html_of(page("gd_preparer").get(f"/petitions/about/{application.reference}/"))
    assert "Nothing can be asked now." in html
