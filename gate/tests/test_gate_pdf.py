"""Certificates inside a PDF, and hostile files that only look like one."""

import io
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from openbeian_gate.cli import main
from openbeian_gate.errors import MalformedError
from openbeian_gate.verify.pdf import is_pdf, read_attached


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
