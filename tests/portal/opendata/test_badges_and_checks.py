"""Badges, and checking a certificate by its file or its code."""

import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.portal.filings.models import Filing, RegisterEntry
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.sequencer import open_log
from openbeian.portal.opendata.badge import badge_of, draw
from openbeian.portal.register.verifying import MOST_BYTES, check_certificate
from openbeian.portal.signing import load_signer
from openbeian.trust.certificate_pdf import certificate_pdf
from openbeian.trust.certificates import sign_certificate
from openbeian.trust.keys import Ed25519Signer
from openbeian_gate.verify.canonical import canonical
from openbeian_gate.verify.certificate import parse_certificate
from tests.portal.factories import AT, filing_at
from tests.portal.pages.world import published_elsewhere

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def filing(cast) -> Filing:
    made = filing_at(cast)
    publish_everything(open_for_publishing(), at=AT)
    return made


def _words(svg: bytes) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314  our own


def test_a_badge_says_the_status_the_number_and_that_it_is_no_endorsement(client, filing, settings):
    answer = client.get(f"/badge/{filing.number.lower()}.svg?lang=en")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "language" not in answer.cookies
    assert _words(answer.content) == [
        "DEMO, no filing (valid)",
        filing.number,
        "No endorsement · click to verify",
    ]
    link = ET.fromstring(answer.content).find(f"{SVG}a")  # noqa: S314
    assert link.get("href") == f"{settings.BEIAN_ORIGIN}/check/?q={filing.number}"
    assert client.get(link.get("href").removeprefix(settings.BEIAN_ORIGIN)).status_code == 200
    etag = answer["ETag"]
    assert (
        client.get(f"/badge/{filing.number.lower()}.svg?lang=en", headers={"if-none-match": etag}).status_code
        == 304
    )
    assert "演示，不构成备案（有效）" in _words(client.get(f"/badge/{filing.number}.svg").content)


def test_a_badge_of_what_is_not_on_file_says_so(client, db):
    answer = client.get("/badge/<b>.svg?lang=en")
    assert answer.status_code == 404
    assert _words(answer.content)[:2] == ["Not on file", "<b>"]


def test_a_badge_of_a_published_entry_claims_no_status(client, db):
    entry = published_elsewhere()
    assert _words(client.get(f"/badge/{entry.key}.svg").content)[0] == "见于已公布的名单"


@pytest.mark.parametrize(
    ("status", "route", "said"),
    [
        ("valid", "filing", "备案有效"),
        ("suspended", "filing", "备案暂停"),
        ("revoked", "filing", "备案已撤销"),
        ("valid", "registration", "登记有效"),
    ],
)
def test_each_status_has_its_word_its_colour_and_its_icon(status, route, said):
    drawn = set()
    for one in ("valid", status):
        entry = RegisterEntry(number="N", status=one, route=route, filing_id=1)
        drawn.add(draw(badge_of(entry, "https://example.com"), "zh"))
    assert len(drawn) == (1 if status == "valid" else 2)
    assert any(said in svg for svg in drawn)


def test_the_entry_page_offers_the_badge_and_says_what_was_tested(client, filing, settings):
    html = client.get(f"/register/{filing.number}/?lang=en").content.decode()
    assert f"&lt;img src=&quot;{settings.BEIAN_ORIGIN}/badge/{filing.number}.svg" in html.replace(
        '"', "&quot;"
    )
    report = filing.application.versions.last().report
    for bank in report["banks"]:
        assert bank["title"]["en"] in html
        assert bank["sha256"][:16] in html
    assert "Each bank was drawn from once." in html
    assert "Submit" in html


def _upload(client, data: bytes, name: str = "certificate.json"):
    return client.post("/check/file/?lang=en", {"file": SimpleUploadedFile(name, data)})


def test_a_certificate_is_verified_by_its_file_and_the_register_says_how_it_stands(client, filing):
    data = client.get(f"/api/v1/register/entries/{filing.number}/certificate").content
    html = _upload(client, data).content.decode()
    assert "The certificate is genuine" in html
    assert "carries no proof" in html
    assert "On file and valid now" in html
    Filing.objects.filter(pk=filing.pk).update(status="revoked")
    assert "No longer on file" in _upload(client, data).content.decode()
    Filing.objects.filter(pk=filing.pk).update(number="Guangdong-Other-202611230001", service_id="x")
    RegisterEntry.objects.filter(filing=filing).update(number_digest="")
    assert "The register has no such number" in _upload(client, data).content.decode()


def test_a_certificate_as_pdf_is_verified_with_its_proof(client, filing):
    filing.log_entry.refresh_from_db()
    data, index = canonical(filing.certificate), filing.log_entry.index
    for proof, said in (
        (open_log().proof_file(index), f"Its issue is entry {index} of the public log"),
        (open_log().proof_file(0), "about another certificate"),
    ):
        pdf = certificate_pdf(data, proof=proof, address="https://example.com", at=AT)
        assert said in _upload(client, pdf, "certificate.pdf").content.decode()


def test_altered_foreign_and_broken_files_are_refused_in_one_sentence(client, filing):
    good = canonical(filing.certificate)
    foreign = sign_certificate(parse_certificate(good).claims, Ed25519Signer.generate())
    for data in (
        good.replace("小舟".encode(), "大舟".encode()),
        foreign,
        b"",
        b"{}",
        b"\x00" * 100,
        b"%PDF-1.7\nx",
    ):
        answer = _upload(client, data)
        html = answer.content.decode()
        assert (answer.status_code, "This file did not pass" in html) == (422, True), data[:20]
        assert "The certificate is genuine" not in html


def test_no_file_and_too_large_a_file_are_refused(client, filing):
    assert "No file was chosen" in client.post("/check/file/?lang=en").content.decode()
    assert "larger than 4 MiB" in _upload(client, b"x" * (MOST_BYTES + 10_000)).content.decode()
    with pytest.raises(BadInputError, match="larger than"):
        check_certificate(b"x" * (MOST_BYTES + 1), on=AT.date())
    assert client.get("/check/file/").url == "/check/"


def test_an_earlier_certificate_and_an_ended_one_are_told_apart(filing):
    claims = parse_certificate(canonical(filing.certificate)).claims
    data = sign_certificate(
        type(claims)(
            **{name: getattr(claims, name) for name in claims.__slots__} | {"valid_until": claims.issued_on}
        ),
        load_signer(),
    )
    checked = check_certificate(data, on=claims.issued_on + timedelta(days=1))
    assert (checked.expired, checked.is_latest, checked.filing) == (True, False, filing)


def test_without_the_registers_keys_nothing_is_called_genuine(filing, home):
    (home / "public" / "keys.json").unlink()
    with pytest.raises(CouldNotRunError, match="public keys are not there"):
        check_certificate(json.dumps(filing.certificate).encode(), on=AT.date())


def test_the_code_on_a_certificate_is_a_picture_that_leads_to_the_check(client, filing):
    assert (
        f"/check/code/{filing.number}.svg" in client.get(f"/certificates/{filing.number}/").content.decode()
    )
    answer = client.get(f"/check/code/{filing.number}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert ET.fromstring(answer.content).tag == f"{SVG}svg"  # noqa: S314
    assert client.get("/check/code/nothing.svg").status_code == 404
