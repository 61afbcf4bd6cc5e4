"""The certificate to hang up: what the page says, what is attached, who signed it, what a forger can do."""

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.certificate_pdf import FONT_FOLDERS, MissingFontsError, certificate_pdf
from openbeian.trust.certificates import sign_certificate
from openbeian.trust.keys import public_key_set
from openbeian.trust.pdf_signing import load_pdf_key, sign_pdf
from openbeian_gate import clock
from openbeian_gate.cli import main
from openbeian_gate.verify.certificate import Certificate, parse_certificate
from openbeian_gate.verify.log_entry import LogEntry
from openbeian_gate.verify.pdf import check_printed

ADDRESS = "https://register.example/verify/GD-20261123-0001"
KEY_USES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
NO_FONTS = not any(folder.is_dir() and any(folder.iterdir()) for folder in FONT_FOLDERS)
pytestmark = pytest.mark.skipif(NO_FONTS, reason="needs Chinese fonts (Debian: fonts-noto-cjk)")


@pytest.fixture
def make(signer, at):
    """Set a certificate; proof and all."""

    def make(certificate: Certificate, proof: bytes | None = None) -> bytes:
        return certificate_pdf(sign_certificate(certificate, signer), proof=proof, address=ADDRESS, at=at)

    return make


@pytest.fixture
def proof(certificate, signer, log, at) -> bytes:
    """Log the issue of the certificate, and return the proof."""
    digest = parse_certificate(sign_certificate(certificate, signer)).digest
    entry = LogEntry("issue", at, certificate.number, hashes={"certificate": digest})
    log.append([b"another", entry.leaf()], at=at)
    return log.proof_file(1)


@pytest.fixture
def run(tmp_path, signer, capsys, monkeypatch, at):
    """Run `beian-gate verify` over a file with nothing but the keys; give exit code and what it says."""
    (tmp_path / "keys.json").write_bytes(public_key_set(signer).to_bytes())
    monkeypatch.setattr(clock, "now", lambda: at)

    def run(data: bytes, *more: str) -> tuple[int, str]:
        (tmp_path / "shown.pdf").write_bytes(data)
        code = main(
            [
                "verify",
                str(tmp_path / "shown.pdf"),
                "--keys",
                str(tmp_path / "keys.json"),
                "--lang",
                "en",
                *more,
            ]
        )
        return code, "".join(capsys.readouterr())

    return run


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


# --- the page -------------------------------------------------------------------------------------


def test_the_page_says_everything_in_both_languages(make, certificate):
    said = text_of(make(certificate))
    for fact in (
        "生成式人工智能服务备案证书", "CertificateofFiling", "备案号", "Filingnumber", "GD-20261123-0001",
        "问山",
        "Wenshan-7B", "岭南智算有限公司", "91440000MA0000001X", "广东省", "Guangdong", "TC260-003", "第三批",
        "2026-11-23", "2029-11-22", "备案不代表", "Afilingisnotanendorsement", ADDRESS, "register.example",
    ):  # fmt: skip
        assert fact in said


def test_it_fits_one_page_of_pdf_a_3_and_is_the_same_every_time(make, certificate):
    long = replace(
        certificate,
        number="Neimenggu-LingnanShanhaiRengongZhineng-202611230012345",
        service=replace(certificate.service, name="岭南山海人工智能创作与智能问答综合服务平台旗舰版"),
        provider=replace(certificate.provider, name="岭南山海人工智能科技集团股份有限公司南沙分公司"),
    )
    for one in (certificate, long):
        pdf = make(one)
        reader = PdfReader(io.BytesIO(pdf))
        assert len(reader.pages) == 1
        about = reader.xmp_metadata
        assert b"<pdfaid:part>3</pdfaid:part>" in about.stream.get_data()
        assert make(one) == pdf
    assert "Neimenggu-LingnanShanhaiRengongZhineng-202611230012345" in text_of(pdf)
    check_printed(pdf, long)


def test_a_demonstration_is_marked_and_a_real_filing_is_not(make, certificate):
    assert "演示样张" in text_of(make(certificate))
    real = text_of(make(replace(certificate, profile="full")))
    assert "演示" not in real
    assert "DEMO" not in real


def test_what_a_certificate_does_not_have_is_not_on_its_page(make, certificate):
    bare = replace(
        certificate, round=None, valid_until=None, route="registration", jurisdiction="??", edition="next"
    )
    said = text_of(make(bare))
    assert "登记证书" in said
    assert "登记号" in said
    assert "长期" in said
    assert "批次" not in said
    assert "??" in said
    assert "next" in said


def test_without_chinese_fonts_it_says_what_to_install(certificate, signer, at, tmp_path):
    with pytest.raises(MissingFontsError, match="fonts-noto-cjk") as raised:
        certificate_pdf(
            sign_certificate(certificate, signer), proof=None, address=ADDRESS, at=at, fonts=[tmp_path]
        )
    assert "中文字体" in raised.value.text.zh


def test_a_name_that_no_font_can_show_is_refused(make, certificate):
    with pytest.raises(CouldNotRunError, match="cannot be set"):
        make(replace(certificate, service=replace(certificate.service, name="\U0001f600")))


# --- what is attached -----------------------------------------------------------------------------


def test_the_pdf_verifies_offline_with_nothing_but_the_keys(make, certificate, proof, run):
    code, said = run(make(certificate, proof))
    assert code == 0
    assert "GD-20261123-0001, 问山" in said
    assert "Logged as entry 1 of 2" in said
    assert "The page of the PDF must say the same" in said
    assert "given" not in said


def test_a_pdf_made_before_logging_verifies_without_a_proof(make, certificate, run):
    pdf = make(certificate)
    assert list(PdfReader(io.BytesIO(pdf)).attachments) == ["certificate.json"]
    assert "公开日志" not in text_of(pdf)
    assert run(pdf)[0] == 0


def with_attachments(pdf: bytes, *attached: tuple[str, bytes]) -> bytes:
    """Forge a PDF: the same page, other files."""
    writer, written = PdfWriter(), io.BytesIO()
    writer.add_page(PdfReader(io.BytesIO(pdf)).pages[0])
    for name, content in attached:
        writer.add_attachment(name, content)
    writer.write(written)
    return written.getvalue()


@pytest.mark.attack("PDF 附件被换", "a PDF with other attachments")
def test_a_forged_attachment_is_refused(make, certificate, signer, proof, run):
    genuine = sign_certificate(certificate, signer)
    other = sign_certificate(replace(certificate, number="GD-20261123-0002"), signer)
    pdf = make(certificate, proof)
    for attached, complaint in (
        ([("certificate.json", genuine.replace(b"svc-001", b"svc-002"))], "altered"),
        ([("certificate.json", other), ("certificate.tlog-proof", proof)], "another certificate"),
        ([("certificate.json", genuine), ("certificate.json", other)], "exactly one"),
        ([("else.json", genuine)], "exactly one"),
        ([("certificate.json", genuine), ("certificate.tlog-proof", b"x" * (1 << 21))], "exactly one"),
    ):
        code, said = run(with_attachments(pdf, *attached))
        assert (code, complaint in said) == (1, True)


def test_a_page_that_says_something_else_than_what_is_attached_is_refused(make, certificate, signer, run):
    service = replace(certificate.service, name="另一个服务")
    page = make(replace(certificate, service=service))
    code, said = run(with_attachments(page, ("certificate.json", sign_certificate(certificate, signer))))
    assert (code, "leaves out what the signed certificate says: 问山;" in said) == (1, True)


def test_what_is_no_pdf_is_refused(run, make, certificate):
    for data in (b"%PDF-1.7\n", b"%PDF-" + bytes(40_000_000), make(certificate)[:20_000]):
        code, said = run(data)
        assert (code, "PDF" in said) == (1, True)


# --- the signature a reader shows -----------------------------------------------------------------


def x509_pair(name: str, usage: x509.ObjectIdentifier | None = None):
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .add_extension(
            x509.KeyUsage(**dict.fromkeys(KEY_USES, False) | {"digital_signature": True}),
            critical=True,
        )
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return key, builder.sign(key, hashes.SHA256())


@pytest.fixture(scope="module")
def office():
    return x509_pair("Office")


@pytest.fixture
def key(office, tmp_path):
    (tmp_path / "office.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"office", *office, None, BestAvailableEncryption(b"secret"))
    )
    return load_pdf_key(tmp_path / "office.p12", b"secret")


class Stamps(BaseHTTPRequestHandler):
    """A timestamp service."""

    stamper: DummyTimeStamper
    good = True

    def do_POST(self) -> None:
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.stamper.request_tsa_response(asked).dump() if self.good else b"no time"
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stamps() -> Iterator[tuple[type[Stamps], str, x509.Certificate]]:
    private, certificate = x509_pair("Time", ExtendedKeyUsageOID.TIME_STAMPING)
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(
            private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        fixed_dt=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    )
    handler = type("Handler", (Stamps,), {"stamper": stamper})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/", certificate
    server.shutdown()
    thread.join()
    server.server_close()


def status_of(pdf: bytes, *trusted: x509.Certificate):
    roots = [next(iter(load_certs_from_pemder_data(one.public_bytes(Encoding.DER)))) for one in trusted]
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=datetime(2026, 11, 24, tzinfo=UTC)
    )
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, context, ts_validation_context=context)


def test_the_pdf_is_signed_and_still_verifies(make, certificate, key, office, run):
    pdf = make(certificate)
    signed = sign_pdf(pdf, key)
    assert signed.startswith(pdf)
    status = status_of(signed, office[1])
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert run(signed)[0] == 0


def test_a_timestamp_service_dates_the_signature(make, certificate, key, office, stamps):
    _, address, service = stamps
    status = status_of(sign_pdf(make(certificate), key, timestamps=address), office[1], service)
    assert (status.valid, status.timestamp_validity.valid) == (True, True)
    assert status.timestamp_validity.timestamp == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def test_a_service_that_gives_no_time_is_reported_and_nothing_is_signed(make, certificate, key, stamps):
    handler, address, _ = stamps
    handler.good = False
    pdf = make(certificate)
    for wrong in (address, "http://127.0.0.1:1/"):
        with pytest.raises(CouldNotRunError, match="gave no time"):
            sign_pdf(pdf, key, timestamps=wrong)
    with pytest.raises(BadInputError, match="begins with http"):
        sign_pdf(pdf, key, timestamps="file:///etc/passwd")


def test_a_signed_page_that_is_changed_is_noticed(make, certificate, key, office):
    signed = sign_pdf(make(certificate), key)
    titled = signed.index(b"/Producer (") + len(b"/Producer (")
    altered = signed[:titled] + b"X" + signed[titled + 1 :]
    status = status_of(altered, office[1])
    assert (status_of(signed, office[1]).intact, status.intact) == (True, False)


def test_what_cannot_sign_or_be_signed_is_refused(tmp_path, key):
    without_key = pkcs12.serialize_key_and_certificates(b"n", None, x509_pair("N")[1], None, NoEncryption())
    for content in (b"no key", without_key):
        (tmp_path / "bad.p12").write_bytes(content)
        with pytest.raises(BadInputError, match="PKCS #12"):
            load_pdf_key(tmp_path / "bad.p12")
    with pytest.raises(CouldNotRunError, match="cannot be read"):
        load_pdf_key(tmp_path / "none.p12")
    with pytest.raises(BadInputError, match="not a PDF"):
        sign_pdf(b"%PDF-1.7\nnothing", key)
