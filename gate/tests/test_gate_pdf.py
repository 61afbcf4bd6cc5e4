"""Certificates inside a PDF, and hostile files that only look like one."""

import io
import threading
from contextlib import suppress

import pytest
from gate_parsers import pdf_that_says
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from openbeian_gate.cli import main
from openbeian_gate.errors import MalformedError, PageDiffersError
from openbeian_gate.verify import pdf
from openbeian_gate.verify.certificate import parse_certificate
from openbeian_gate.verify.pdf import check_printed, is_pdf, read_attached


def pdf_with(*attached: tuple[str, bytes]) -> bytes:
    writer, written = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    for name, content in attached:
        writer.add_attachment(name, content)
    writer.write(written)
    return written.getvalue()


def test_certificate_and_proof_are_taken_from_the_pdf(vector, vectors, tmp_path, capsys, at_issue):
    certificate, proof = vector("certificate.json"), vector("certificate.tlog-proof")
    pdf = pdf_with(("certificate.json", certificate), ("certificate.tlog-proof", proof), ("other", b"x"))
    assert read_attached(pdf) == (certificate, proof)
    (tmp_path / "c.pdf").write_bytes(pdf)
    assert (
        main(["verify", str(tmp_path / "c.pdf"), "--keys", str(vectors / "keys.json"), "--lang", "zh"]) == 0
    )
    said = capsys.readouterr().out
    assert "日志第 260 条已收录" in said
    assert "请核对 PDF 页面" in said
    assert read_attached(pdf_with(("certificate.json", certificate))) == (certificate, None)


@pytest.mark.parametrize(
    ("printed", "missing"),
    [
        ("", None),
        ("{number}{service}{rest}{valid_until}", None),
        ("{number} and\n{service} {rest} {valid_until}", None),
        ("{number} {service} {rest} 2099-01-01", "2029-11-22"),
        ("GD-20261123-9999 {service} {rest} {valid_until}", "GD-20261123-0001"),
        ("{rest}", "GD-20261123-0001, 问山, 2029-11-22"),
    ],
)
def test_a_page_that_says_something_else_than_the_certificate_is_noticed(vector, printed, missing):
    claims = parse_certificate(vector("certificate.json")).claims
    rest = (claims.service.model, claims.provider.name, claims.provider.uscc, claims.issued_on)
    facts = {
        "number": claims.number,
        "service": claims.service.name,
        "valid_until": claims.valid_until,
        "rest": "".join(map(str, rest)),
    }
    page = pdf_that_says(printed.format(**facts))
    if missing is None:
        check_printed(page, claims)
    else:
        with pytest.raises(PageDiffersError, match=f"says: {missing};"):
            check_printed(page, claims)


@pytest.mark.attack("PDF 页面与所附数据不符", "a PDF whose page differs from what is attached")
def test_verifying_a_pdf_compares_its_page_with_what_is_attached(vector, vectors, tmp_path, capsys, at_issue):
    path = tmp_path / "c.pdf"
    path.write_bytes(pdf_that_says("GD-20261123-9999", ("certificate.json", vector("certificate.json"))))
    assert main(["verify", str(path), "--keys", str(vectors / "keys.json"), "--lang", "en", "--json"]) == 1
    assert '"page_differs"' in capsys.readouterr().out


@pytest.mark.attack("令阅读器死循环的 PDF", "a PDF that leads its reader in circles")
def test_a_pdf_that_leads_its_reader_in_circles_is_given_up(monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(pdf, "_WITHIN_S", 0.01)
    with pytest.raises(MalformedError, match="within"):
        pdf._read(pdf_with(), lambda _: let_go.wait(10))
    let_go.set()


@pytest.mark.attack("PDF 附两份证书", "a PDF with two certificates")
def test_a_pdf_without_one_certificate_is_refused(vector):
    one = ("certificate.json", vector("certificate.json"))
    for attached in ([], [one, one], [("certificate.json", bytes(2_000_000))]):
        with pytest.raises(MalformedError, match="exactly one"):
            read_attached(pdf_with(*attached))
    with pytest.raises(MalformedError, match="too large"):
        read_attached(b"%PDF-" + bytes(1 << 25))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_gives_what_was_attached_or_malformed(data):
    content = b'{"a certificate":"' + bytes(range(97, 123)) * 4 + b'"}'
    pdf = bytearray(pdf_with(("certificate.json", content)))
    for _ in range(data.draw(st.integers(1, 4))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MalformedError):
        assert isinstance(read_attached(bytes(pdf)).certificate, bytes)


@pytest.mark.filterwarnings("ignore")
@given(st.binary(max_size=200))
@example(b"")
def test_any_bytes_are_malformed(data):
    with pytest.raises(MalformedError):
        read_attached(b"%PDF-1.7\n" + data)
    assert is_pdf(b"%PDF-1.7\n" + data)
