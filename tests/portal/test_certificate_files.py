"""Certificates as PDF: one, a ZIP of a round, the set to print; signed where the portal has a key."""

import base64
import io
import zipfile
from datetime import date, timedelta

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.filings import actions
from openbeian.portal.filings.certificate_files import pdf_of, print_set, zip_of
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.log.outbox import append
from openbeian.portal.register.verifying import check_certificate
from openbeian.portal.signing import load_signer
from openbeian.trust.certificate_pdf import FONT_FOLDERS
from openbeian.trust.keys import public_key_set
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.sd_jwt import parse_sd_jwt, verify_sd_jwt
from tests.portal.factories import AT, Cast, application_at, filing_at

pytestmark = pytest.mark.skipif(
    not any(folder.is_dir() and any(folder.iterdir()) for folder in FONT_FOLDERS),
    reason="needs Chinese fonts (Debian: fonts-noto-cjk)",
)


@pytest.fixture
def key_file(tmp_path, settings):
    """Give the portal a key for PDFs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Register")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "pdf.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"pw"))
    )
    settings.BEIAN_PDF_KEY, settings.BEIAN_PDF_KEY_PASSWORD = str(path), "pw"
    return path


def test_anybody_gets_the_page_with_the_signed_certificate_in_it(cast: Cast, client):
    filing = filing_at(cast)
    answer = client.get(f"/certificates/{filing.number}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.content))
    assert filing.number in reader.pages[0].extract_text()
    (attached,) = (files[0] for name, files in reader.attachments.items() if name.endswith(".json"))
    verify_certificate(parse_certificate(attached), public_key_set(load_signer()))
    assert answer.content == pdf_of(filing)
    lower = client.get(f"/certificates/{filing.number.lower()}.pdf")
    assert lower.headers["Location"] == f"/certificates/{filing.number}.pdf"
    assert client.get("/certificates/Nope.pdf").status_code == 404


def test_with_a_key_the_page_is_signed_once_and_kept(cast: Cast, key_file, home):
    filing = filing_at(cast)
    assert b"/ByteRange" not in pdf_of(filing)
    publish_everything(open_for_publishing(), at=AT)
    filing.log_entry.refresh_from_db()
    signed = pdf_of(filing)
    assert b"/ByteRange" in signed
    assert pdf_of(filing) == signed
    assert len(PdfReader(io.BytesIO(signed)).attachments) == 2
    (kept,) = (home / "certificates").iterdir()
    assert kept.read_bytes() == signed
    kept.unlink()
    (home / "certificates").rmdir()
    (home / "certificates").write_text("in the way")
    with pytest.raises(CouldNotRunError, match="can't be kept"):
        pdf_of(filing)


def test_a_page_nobody_has_signed_is_kept_until_what_it_says_changes(cast: Cast, home, settings, client):
    filing = filing_at(cast)
    publish_everything(open_for_publishing(), at=AT)
    filing.log_entry.refresh_from_db()
    first = pdf_of(filing)
    # Later entries give another checkpoint; the page that was given out proves as much as ever.
    append("test.happened", "s-1", facts={}, hashes={}, at=AT)
    publish_everything(open_for_publishing(), at=AT)
    assert pdf_of(filing) == first
    answer = client.get(f"/certificates/{filing.number}.pdf")
    again = client.get(
        f"/certificates/{filing.number}.pdf", headers={"if-none-match": answer.headers["ETag"]}
    )
    assert (answer.content, again.status_code) == (first, 304)
    settings.BEIAN_ORIGIN = "https://register.example"
    assert pdf_of(filing) != first
    assert len(list((home / "certificates").iterdir())) == 2


def test_a_certificate_is_had_for_wallets_with_the_key_they_look_for(cast: Cast, client, settings):
    settings.BEIAN_ORIGIN = "https://register.example"
    filing = filing_at(cast)
    answer = client.get(f"/certificates/{filing.number}.sd-jwt")
    assert answer.headers["Content-Type"] == "application/dc+sd-jwt"
    assert answer.content == client.get(f"/certificates/{filing.number}.sd-jwt").content
    said = verify_sd_jwt(parse_sd_jwt(answer.content), public_key_set(load_signer()))
    assert (said.number, said.issuer, said.issued_at) == (filing.number, "https://register.example", AT)
    with pytest.raises(BadInputError, match="upload the certificate's JSON or PDF"):
        check_certificate(answer.content, on=AT.date())
    (jwk,) = client.get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    assert (jwk["kid"], jwk["alg"]) == (load_signer().key_id, "EdDSA")
    assert base64.urlsafe_b64decode(jwk["x"] + "=") == load_signer().public_key().raw
    assert client.get("/certificates/Nope.sd-jwt").status_code == 404
    html = client.get(f"/certificates/{filing.number}/").content.decode()
    assert f"/certificates/{filing.number}.sd-jwt" in html
    assert f"/api/v1/register/entries/{filing.number}/certificate" in html
    assert ".tlog-proof" not in html
    publish_everything(open_for_publishing(), at=AT)
    assert ".tlog-proof" in client.get(f"/certificates/{filing.number}/").content.decode()


def test_a_round_is_printed_and_packed_in_the_order_of_its_seats(cast: Cast, client):
    chosen = [application_at(ApplicationStatus.CONFIRMED, cast, place=place) for place in ("gd", "zj")]
    planned = actions.plan_round(
        series=3, name="第三批", held_on=date(2026, 11, 23), by=cast.publisher, at=AT
    )
    seats = actions.add_seats(planned, applications=chosen, by=cast.publisher, at=AT)
    actions.arrange_seats(planned, seats=seats[::-1], by=cast.publisher, at=AT)
    client.force_login(cast.auditor)
    assert client.get("/rounds/3/certificates.pdf").status_code == 404
    actions.certify_round(planned, signer=load_signer(), by=cast.publisher, at=AT)
    numbers = ["Zhejiang-XiaoZhou-202611230001", "Guangdong-XiaoZhou-202611230001"]
    merged = print_set(planned, at=AT)
    shown = [one.extract_text() for one in PdfReader(io.BytesIO(merged)).pages]
    assert all(number in text for number, text in zip(numbers, shown, strict=True))
    with pikepdf.open(io.BytesIO(merged)) as pdf, pdf.open_outline() as outline:
        assert [item.title.split()[0] for item in outline.root] == numbers
        assert "/Names" not in pdf.Root
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_of(planned)))) as packed:
        names = [f"00{place}-{number}.pdf" for place, number in enumerate(numbers, 1)]
        assert packed.namelist() == names
        assert packed.read(names[0]) == pdf_of(planned.filings.get(number=numbers[0]))
    assert client.get("/rounds/3/certificates.pdf").content.startswith(b"%PDF")
    assert b"".join(client.get("/rounds/3/certificates.zip").streaming_content).startswith(b"PK")
    client.force_login(cast.gd_decider)
    assert client.get("/rounds/3/certificates.zip").status_code == 403
