"""Files that lie: whatever the bytes are, there is a verdict or a sentence, and no traceback."""

import contextlib
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbeian.core.errors import DomainError
from openbeian.dossier.labels import CONTAINERS, Report, Verdict, add_label, check_source
from openbeian.dossier.labels.source import spliced
from tests.unit.dossier.labels.samples import LABEL, SIMPLE, id3, id3_frame, mp3, png_chunk

SAMPLES = {name: make() for name, make in SIMPLE.items()}
SIGNATURES = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF\xff\xff\xff\x7fWEBP",
    b"RIFF\xff\xff\xff\x7fWAVE",
    b"RIFF\xff\xff\xff\x7fAVI ",
    b"II*\0",
    b"MM\0+\0\x08\0\0",
    b"fLaC",
    b"OggS",
    b"ID3\x04\0\0",
    b"ID3\x03\0\x80",
    b"\0\0\0\x10ftyp",
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"---\n",
    b"",
]
NAMES = ["a.md", "a.txt", "a.json", "a.bin"]


def judged(name, content):
    """Check, and where it is a known format also write; only the project's own errors may come out."""
    report = check_source(name, content)
    assert isinstance(report, Report)
    assert report.verdict is not Verdict.COMPLIANT or report.label or report.notices
    for reason in report.reasons:
        assert reason.text.zh
        assert reason.text.en
    for container in CONTAINERS:
        if container.kind == report.kind:
            with contextlib.suppress(DomainError):
                spliced(content, container.write(content, LABEL.serialise()))
    return report


@settings(max_examples=150)
@given(st.sampled_from(NAMES), st.sampled_from(SIGNATURES), st.binary(max_size=300))
def test_any_bytes_give_a_verdict(name, signature, noise):
    judged(name, signature + noise)


@settings(max_examples=100)
@given(st.sampled_from(NAMES), st.text())
def test_any_text_gives_a_verdict(name, text):
    judged(name, text.encode("utf-8", "surrogatepass"))
    judged("a.md", f"---\n{text}\n---\n".encode("utf-8", "surrogatepass"))


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_real_file_with_a_few_wrong_bytes_gives_a_verdict(data):
    name = data.draw(st.sampled_from(sorted(SAMPLES)))
    content = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        new = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.just(b"\xff\xff\xff\xff")))
        content[at : at + len(new)] = new
    judged(name, bytes(content))


@settings(max_examples=100)
@given(st.sampled_from(sorted(SAMPLES)), st.floats(0, 1))
def test_a_labelled_file_cut_short_gives_a_verdict(name, share):
    content = LABELLED[name]
    judged(name, content[: int(len(content) * share)])


def _labelled(name, content, folder):
    path = folder / name
    path.write_bytes(content)
    add_label(path, LABEL)
    return path.read_bytes()


LABELLED: dict[str, bytes] = {}


@pytest.fixture(scope="module", autouse=True)
def labelled_samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    LABELLED.update({name: _labelled(name, content, folder) for name, content in SAMPLES.items()})


def reasons_of(name, content):
    return {reason.code for reason in judged(name, content).reasons}


def test_a_bomb_in_a_picture_is_not_unpacked():
    bomb = zlib.compress(b"\0" * (64 * 1024**2))
    text = png_chunk(b"zTXt", b"AIGC\0\0" + bomb)
    report = judged("a.png", SAMPLES["a.png"][:33] + text + SAMPLES["a.png"][33:])
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "limit" in report.reasons[0].text.en


def test_many_bombs_in_one_picture_are_not_unpacked_one_by_one():
    packed = png_chunk(
        b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<x>" + b" " * 99_999 + b"</x>")
    )
    report = judged("a.png", SAMPLES["a.png"][:33] + packed * 40 + SAMPLES["a.png"][33:])
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "more than 32" in report.reasons[0].text.en


def test_many_labels_are_not_read_to_the_end():
    frame = id3_frame(3, b"TXXX", b"\0AIGC\0{}")
    report = judged("a.mp3", mp3(id3(3, frame * 5000)))
    assert report.verdict is Verdict.NONCOMPLIANT
    assert len(report.places) == 33


def test_a_bomb_in_a_document_is_not_unpacked():
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("docProps/custom.xml", b"\0" * (64 * 1024**2))
    report = judged("a.docx", out.getvalue())
    assert report.verdict is Verdict.INCONCLUSIVE
    assert "limit" in report.reasons[0].text.en


def zeros_in_zlib(mebibytes: int) -> bytes:
    """Return what so many zeros are packed into, put together without ever having been there."""
    packer = zlib.compressobj(9, wbits=-15)
    one = packer.compress(b"\0" * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", mebibytes * 1024**2 % 65521, 1)
    return b"\x78\x01" + one * mebibytes + b"\x03\x00" + checksum


def test_zeros_put_together_are_those_packed_at_once():
    assert zlib.decompress(zeros_in_zlib(3)) == b"\0" * (3 * 1024**2)


def test_a_bomb_in_a_pdf_is_not_unpacked():
    packed = zeros_in_zlib(600)
    head = b"%PDF-1.5\n"
    stream = (
        b"1 0 obj\n<< /Type /XRef /W [1 2 1] /Size 9 /Filter /FlateDecode /Root 2 0 R /Length %d >>\n"
        % len(packed)
    )
    body = stream + b"stream\n" + packed + b"\nendstream\nendobj\n"
    report = judged("a.pdf", head + body + b"startxref\n9\n%%EOF\n")
    assert report.verdict is Verdict.INCONCLUSIVE


def test_sizes_that_lie_are_named():
    huge = struct.pack(">I", 0x7FFF_FFFF)
    assert reasons_of("a.png", SAMPLES["a.png"][:33] + huge + b"tEXtAIGC") == {"unreadable"}
    tag = id3(4, id3_frame(4, b"TXXX", b"\0x"))[:-3]
    assert reasons_of("a.mp3", tag) == {"unreadable"}


def test_an_encrypted_frame_is_said_to_be_unread():
    secret = id3(3, id3_frame(3, b"TXXX", b"\1secret", flags=0x40))
    assert reasons_of("a.mp3", mp3(secret)) == {"encrypted"}


def test_a_locked_office_document_is_named_as_such():
    assert reasons_of("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == {"locked_or_old"}
