"""Pictures: every place a label may stand in, and what is refused rather than broken."""

import struct
import zlib

import pytest

from openbeian.dossier.labels import Verdict, check_source
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.gif import GIF
from openbeian.dossier.labels.jpeg import JPEG
from openbeian.dossier.labels.png import PNG
from openbeian.dossier.labels.source import spliced
from openbeian.dossier.labels.tiff import TIFF
from openbeian.dossier.labels.webp import WEBP
from openbeian.dossier.labels.xmp import new_packet
from tests.unit.dossier.labels.samples import LABEL, OTHER, animation, chunk, png_chunk, saved

VALUE = LABEL.serialise()
PACKET = new_packet(VALUE)
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def labelled(container, content, label=LABEL):
    return spliced(content, container.write(content, label.serialise()))


def judged(name, content):
    report = check_source(name, content)
    return report.verdict, report.label, [reason.code for reason in report.reasons]


def with_chunks(*chunks):
    picture = saved("PNG")
    return picture[:33] + b"".join(chunks) + picture[33:]


ITXT = b"XML:com.adobe.xmp\0"
PNG_FORMS = {
    "tEXt": png_chunk(b"tEXt", b"AIGC\0" + VALUE.encode()),
    "wrapped tEXt": png_chunk(b"tEXt", b'AIGC\0{"AIGC":' + VALUE.encode() + b"}"),
    "zTXt": png_chunk(b"zTXt", b"AIGC\0\0" + zlib.compress(VALUE.encode())),
    "iTXt": png_chunk(b"iTXt", b"AIGC\0\0\0\0\0" + VALUE.encode()),
    "XMP": png_chunk(b"iTXt", ITXT + b"\0\0\0\0" + PACKET),
    "packed XMP": png_chunk(b"iTXt", ITXT + b"\1\0en\0\0" + zlib.compress(PACKET)),
}


@pytest.mark.parametrize("form", PNG_FORMS)
def test_a_png_label_is_read_and_replaced_in_every_form(form):
    content = with_chunks(PNG_FORMS[form])
    assert judged("a.png", content) == (Verdict.COMPLIANT, LABEL, [])
    assert judged("a.png", labelled(PNG, content, OTHER)) == (Verdict.COMPLIANT, OTHER, [])


def test_two_labels_are_one_too_many_even_when_they_agree():
    content = with_chunks(PNG_FORMS["tEXt"], PNG_FORMS["XMP"], PNG_FORMS["packed XMP"])
    assert judged("a.png", content) == (Verdict.NONCOMPLIANT, LABEL, ["several_labels"])
    assert judged("a.png", labelled(PNG, content, OTHER)) == (Verdict.COMPLIANT, OTHER, [])


def test_a_wrong_checksum_is_noted_and_the_label_still_read():
    broken = PNG_FORMS["tEXt"][:-1] + bytes([PNG_FORMS["tEXt"][-1] ^ 1])
    assert judged("a.png", with_chunks(broken)) == (Verdict.COMPLIANT, LABEL, ["checksum"])


def test_a_broken_rule_weighs_more_than_an_unread_rest():
    bad = png_chunk(b"tEXt", b"AIGC\0{}")
    content = with_chunks(bad)[:200]
    verdict, _, codes = judged("a.png", content)
    assert verdict is Verdict.NONCOMPLIANT
    assert "unreadable" in codes


def test_other_text_in_a_png_is_no_label_and_stays():
    content = with_chunks(png_chunk(b"zTXt", b"Comment\0\0not packed"), png_chunk(b"tEXt", b"Author\0x"))
    assert judged("a.png", content)[0] is Verdict.NOT_FOUND
    assert png_chunk(b"tEXt", b"Author\0x") in labelled(PNG, content)


@pytest.mark.parametrize(
    "broken",
    [
        png_chunk(b"iTXt", ITXT + b"\0\0en"),
        png_chunk(b"zTXt", b"AIGC\0\0not packed"),
        png_chunk(b"iTXt", ITXT + b"\0\0\0\0<no xml"),
    ],
)
def test_damaged_text_in_a_png_is_said(broken):
    assert judged("a.png", with_chunks(broken)) == (Verdict.INCONCLUSIVE, None, ["unreadable"])


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def with_segments(*segments):
    picture = saved("JPEG")
    return picture[:20] + b"".join(segments) + picture[20:]


def test_further_xmp_segments_of_a_jpeg_lose_their_labels():
    content = with_segments(segment(0xE1, JPEG_XMP + PACKET), segment(0xE1, JPEG_XMP + PACKET))
    assert judged("a.jpg", content)[2] == ["several_labels"]
    assert judged("a.jpg", labelled(JPEG, content)) == (Verdict.COMPLIANT, LABEL, [])


def test_the_label_stands_behind_camera_data_and_before_the_picture_index():
    exif, index = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"), segment(0xE2, b"MPF\0....")
    content = with_segments(exif, index)
    new = labelled(JPEG, content)
    assert new.index(exif) < new.index(JPEG_XMP) < new.index(index)
    assert new.endswith(content[content.index(index) :])


def test_an_index_before_the_packet_is_not_made_wrong():
    content = with_segments(segment(0xE2, b"MPF\0...."), segment(0xE1, JPEG_XMP + PACKET))
    with pytest.raises(CannotLabelError, match="MPF"):
        labelled(JPEG, content)


def test_a_packet_that_fills_its_segment_is_not_cut():
    full = new_packet(VALUE) + b" " * 64_000
    with pytest.raises(CannotLabelError, match="65,533"):
        labelled(JPEG, with_segments(segment(0xE1, JPEG_XMP + full)), OTHER.__class__("1", "c" * 999, "p"))


def test_a_mention_in_an_extended_packet_is_not_judged():
    extension = segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + b"TC260:AIGC")
    assert judged("a.jpg", with_segments(extension)) == (Verdict.INCONCLUSIVE, None, ["extended_xmp"])


def test_fill_bytes_before_a_marker_are_skipped_and_rubbish_is_refused():
    assert judged("a.jpg", with_segments(b"\xff\xff"))[0] is Verdict.NOT_FOUND
    assert judged("a.jpg", with_segments(b"rubbish"))[2] == ["unreadable"]


def test_an_old_gif_becomes_one_with_extensions():
    content = saved("GIF")
    assert content[:6] == b"GIF87a"
    new = labelled(GIF, content)
    assert new[:6] == b"GIF89a"
    assert new.endswith(content[-20:])


def test_the_loop_of_an_animation_stays_in_front_of_the_label():
    new = labelled(GIF, animation())
    assert new.index(b"NETSCAPE2.0") < new.index(b"XMP DataXMP")


def test_a_gif_without_pictures_is_labelled_and_one_with_two_packets_mended():
    bare = b"GIF89a\1\0\1\0\0\0\0;"
    once = labelled(GIF, bare)
    assert judged("a.gif", once) == (Verdict.COMPLIANT, LABEL, [])
    twice = once[:-1] + once[13:]
    assert judged("a.gif", twice)[2] == ["several_labels"]
    assert judged("a.gif", labelled(GIF, twice, OTHER)) == (Verdict.COMPLIANT, OTHER, [])


def test_rubbish_between_the_blocks_of_a_gif_is_refused():
    assert judged("a.gif", b"GIF89a\1\0\1\0\0\0\0rubbish")[2] == ["unreadable"]


def test_webp_packets_beyond_the_first_go():
    new = labelled(WEBP, saved("WEBP"))
    body = new[8:] + chunk(b"XMP ", PACKET)
    twice = b"RIFF" + struct.pack("<I", len(body)) + body
    assert judged("a.webp", twice)[2] == ["several_labels"]
    assert judged("a.webp", labelled(WEBP, twice, OTHER)) == (Verdict.COMPLIANT, OTHER, [])


@pytest.mark.parametrize("data", [b"", chunk(b"VP8 ", b"\0" * 12), chunk(b"ANIM", b"\0" * 6)])
def test_a_webp_without_a_picture_gets_no_label(data):
    with pytest.raises(UnreadableError):
        labelled(WEBP, chunk(b"RIFF", b"WEBP" + data))


def test_the_size_in_the_new_webp_header_is_the_pictures():
    for options in ({}, {"lossless": True}):
        new = labelled(WEBP, saved("WEBP", **options))
        header = new[new.index(b"VP8X") + 8 :]
        assert (int.from_bytes(header[4:7], "little") + 1, int.from_bytes(header[7:10], "little") + 1) == (
            24,
            18,
        )


def tiff(*entries, order="<", data=b""):
    head = b"II*\0" if order == "<" else b"MM\0*"
    table = struct.pack(order + "H", len(entries)) + b"".join(
        struct.pack(order + "HHII", *entry) for entry in entries
    )
    return head + struct.pack(order + "I", 8) + table + b"\0" * 4 + data


def test_a_tiff_in_either_byte_order_keeps_its_entries():
    for order in "<>":
        content = tiff((256, 4, 1, 7), (0x8769, 4, 1, 8), order=order)
        new = labelled(TIFF, content)
        assert judged("a.tif", new) == (Verdict.COMPLIANT, LABEL, [])
        assert new[8 : len(content)] == content[8:]
        assert struct.pack(order + "HHII", 256, 4, 1, 7) in new[len(content) :]


def test_a_tiff_packet_is_replaced_where_it_stands_or_at_the_end():
    start = 8 + 2 + 12 + 4
    content = tiff((0x2BC, 1, len(PACKET), start), data=PACKET + b"PIXELS")
    longer = labelled(TIFF, content, OTHER)
    assert judged("a.tif", longer) == (Verdict.COMPLIANT, OTHER, [])
    assert b"PIXELS" in longer
    assert VALUE.encode() not in longer
    shorter = labelled(TIFF, longer, LABEL)
    assert len(shorter) == len(longer)
    assert judged("a.tif", shorter) == (Verdict.COMPLIANT, LABEL, [])


def test_two_packets_in_a_tiff_become_one():
    entry = (0x2BC, 7, len(PACKET), 8 + 2 + 24 + 4)
    content = tiff(entry, entry, data=PACKET)
    assert judged("a.tif", content)[2] == ["several_labels"]
    assert judged("a.tif", labelled(TIFF, content, OTHER)) == (Verdict.COMPLIANT, OTHER, [])


@pytest.mark.parametrize("entry", [(0x2BC, 2, 4, 0), (0x2BC, 1, 4, 0), (0x2BC, 1, 9999, 8)])
def test_a_tiff_packet_of_the_wrong_kind_is_said(entry):
    assert judged("a.tif", tiff(entry))[2] == ["unreadable"]
