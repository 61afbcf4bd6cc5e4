"""Sound and film: every place a label may stand in, tables that must follow, and what is refused."""

import struct
import zlib

import pytest

from openbeian.dossier.labels import AIGCLabel, Verdict, check_source
from openbeian.dossier.labels.avi import AVI
from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.flac import FLAC
from openbeian.dossier.labels.id3 import MP3
from openbeian.dossier.labels.mp4 import MP4
from openbeian.dossier.labels.ogg import OGG, _checked
from openbeian.dossier.labels.source import spliced
from openbeian.dossier.labels.wav import WAV
from openbeian.dossier.labels.xmp import new_packet
from tests.unit.dossier.labels.samples import (
    LABEL,
    OTHER,
    avi,
    box,
    chunk,
    comments,
    flac,
    id3,
    id3_frame,
    mp3,
    mp4,
    stco,
    wav,
)

VALUE = LABEL.serialise()


def labelled(container, content, label=LABEL):
    return spliced(content, container.write(content, label.serialise()))


def judged(name, content):
    report = check_source(name, content)
    return report.verdict, report.label, [reason.code for reason in report.reasons]


GOOD, REPLACED = (Verdict.COMPLIANT, LABEL, []), (Verdict.COMPLIANT, OTHER, [])


# --- WAV and AVI -----------------------------------------------------------------------------------


def test_sound_stays_where_it_was_in_a_wav():
    content = wav()
    new = labelled(WAV, content)
    assert new[8 : len(content)] == content[8:]
    assert int.from_bytes(new[4:8], "little") == len(new) - 8


def test_two_chunks_in_a_wav_become_one():
    body = wav()[8:] + b"\0" + chunk(b"AIGC", VALUE.encode()) * 2
    content = b"RIFF" + struct.pack("<I", len(body)) + body
    assert judged("a.wav", content)[2] == ["several_labels"]
    assert judged("a.wav", labelled(WAV, content, OTHER)) == REPLACED


def test_a_wav_whose_size_is_not_written_is_read_and_not_labelled():
    content = b"RIFF" + b"\xff" * 4 + wav()[8:] + b"\0" + chunk(b"AIGC", VALUE.encode())
    assert judged("a.wav", content) == GOOD
    with pytest.raises(CannotLabelError, match="no length"):
        labelled(WAV, content)
    with pytest.raises(CannotLabelError, match="RF64"):
        labelled(WAV, b"RF64" + content[4:])


def test_padding_makes_room_so_that_no_frame_of_an_avi_moves():
    content = avi(chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"maker")), chunk(b"JUNK", b"\0" * 400))
    new = labelled(AVI, content)
    assert len(new) == len(content)
    assert new.index(b"movi") == content.index(b"movi")
    assert chunk(b"ISFT", b"maker") in new
    assert judged("a.avi", new) == GOOD
    assert judged("a.avi", labelled(AVI, new, OTHER)) == REPLACED


def test_junk_with_something_in_it_is_left_alone():
    notes = chunk(b"JUNK", b"camera notes".ljust(400, b"\0"))
    assert notes in labelled(AVI, avi(notes))


def index_of(content, start):
    at = content.index(b"frame one!") - 8 - start
    return chunk(
        b"idx1", struct.pack("<4sIII", b"00dc", 16, at, 10) + struct.pack("<4sIII", b"00dc", 16, at + 18, 10)
    )


@pytest.mark.parametrize("is_absolute", [True, False])
def test_the_index_of_an_avi_follows_its_frames(is_absolute):
    bare = avi()
    content = avi(index=index_of(bare, 0 if is_absolute else bare.index(b"movi")))
    new = labelled(AVI, content)
    start = 0 if is_absolute else new.index(b"movi")
    assert new.endswith(index_of(new, start))


def test_labels_behind_the_film_go_and_other_notes_stay():
    late = chunk(b"LIST", b"INFO" + chunk(b"AIGC", VALUE.encode()) + chunk(b"ISFT", b"maker"))
    content = avi(behind=late)
    assert judged("a.avi", content) == GOOD
    new = labelled(AVI, content, OTHER)
    assert judged("a.avi", new) == REPLACED
    assert chunk(b"ISFT", b"maker") in new


def test_an_avi_in_parts_is_not_broken():
    with pytest.raises(CannotLabelError, match="OpenDML"):
        labelled(AVI, avi() + chunk(b"RIFF", b"AVIX"))
    with pytest.raises(UnreadableError, match="no film"):
        labelled(AVI, chunk(b"RIFF", b"AVI "))


# --- MP3 -------------------------------------------------------------------------------------------


def txxx(version, content, flags=0):
    return id3_frame(version, b"TXX" if version == 2 else b"TXXX", content, flags)


PLAIN = b"\0AIGC\0" + VALUE.encode()
WIDE = b"\1" + "AIGC\0".encode("utf-16") + VALUE.encode("utf-16")
MP3_FORMS = {
    "2.2": id3(2, txxx(2, PLAIN), padding=20),
    "2.3": id3(3, txxx(3, PLAIN), padding=20),
    "2.4": id3(4, txxx(4, PLAIN)),
    "utf-16": id3(3, txxx(3, WIDE)),
    "utf-16-be": id3(4, txxx(4, b"\2" + f"AIGC\0{VALUE}".encode("utf-16-be"))),
    "utf-8": id3(4, txxx(4, b"\3AIGC\0" + VALUE.encode() + b"\0")),
    "grouped 2.3": id3(3, txxx(3, b"g" + PLAIN, flags=0x20)),
    "packed 2.3": id3(3, txxx(3, b"\0\0\1\0" + zlib.compress(PLAIN), flags=0x80)),
    "packed 2.4": id3(4, txxx(4, b"g\0\0\1\0" + zlib.compress(PLAIN), flags=0x49)),
    "stuffed 2.3": id3(3, txxx(3, WIDE.replace(b"\xff", b"\xff\0")), flags=0x80),
    "stuffed 2.4": id3(4, txxx(4, WIDE.replace(b"\xff", b"\xff\0"), flags=0x02)),
}
TITLE = {2: b"TT2", 3: b"TIT2", 4: b"TIT2"}


@pytest.mark.parametrize("form", MP3_FORMS)
def test_a_label_in_an_mp3_is_read_and_replaced_in_every_form(form):
    content = mp3(MP3_FORMS[form])
    if form == "stuffed 2.3":
        # Sizes count the bytes before stuffing.
        content = mp3(id3(3, stuffed(txxx(3, WIDE)), flags=0x80))
    assert judged("a.mp3", content) == GOOD
    new = labelled(MP3, content, OTHER)
    assert judged("a.mp3", new) == REPLACED
    assert new.endswith(mp3())


def stuffed(frame):
    return frame.replace(b"\xff\xfe", b"\xff\0\xfe").replace(b"\xff\0\0", b"\xff\0\0\0")


@pytest.mark.parametrize("version", [2, 3, 4])
def test_other_frames_of_a_tag_stay(version):
    title = id3_frame(version, TITLE[version], b"\0title")
    other = txxx(version, b"\0other\0value")
    new = labelled(MP3, mp3(id3(version, title, other, txxx(version, PLAIN), padding=9)), OTHER)
    assert title + other in new
    assert judged("a.mp3", new) == REPLACED


def test_stuffing_before_and_in_the_new_frame_is_kept_right():
    picture = id3_frame(3, b"APIC", b"\0image/x\0\3\0" + b"\xff\xe0\xff\0\xff")
    tag = id3(3, stuffed_all(picture + txxx(3, PLAIN) + picture), flags=0x80)
    new = labelled(MP3, mp3(tag), OTHER)
    assert judged("a.mp3", new) == REPLACED
    # A value of 249 bytes makes the size of the frame 255, which must be stuffed itself.
    exact = AIGCLabel("1", "c", "p")
    exact = AIGCLabel("1", "c", "p" * (255 - 6 - len(exact.serialise()) + 1))
    assert judged("a.mp3", labelled(MP3, new, exact)) == (Verdict.COMPLIANT, exact, [])
    assert new.count(stuffed_all(picture)) == 2


def stuffed_all(raw):
    out = bytearray()
    for at, byte in enumerate(raw):
        out.append(byte)
        following = raw[at + 1 : at + 2]
        if byte == 0xFF and following and (following[0] == 0 or following[0] >= 0xE0):
            out.append(0)
    return bytes(out)


def test_a_second_tag_loses_its_label_and_a_footer_follows():
    first, second = id3(4, id3_frame(4, b"TIT2", b"\0title")), id3(3, txxx(3, PLAIN))
    assert judged("a.mp3", labelled(MP3, mp3(first + second), OTHER)) == REPLACED
    body = txxx(4, PLAIN)
    head = id3(4, body, flags=0x10)
    footed = head + b"3DI" + head[3:10]
    new = labelled(MP3, mp3(footed), OTHER)
    assert judged("a.mp3", new) == REPLACED
    assert new[new.index(b"3DI") + 3 :][:7] == new[3:10]


def test_an_extended_header_is_read_over_and_not_made_wrong():
    for version, extended in ((3, b"\0\0\0\6" + b"\0" * 6), (4, b"\0\0\0\6\1\0")):
        content = mp3(id3(version, extended, txxx(version, PLAIN), flags=0x40))
        assert judged("a.mp3", content) == GOOD
        with pytest.raises(CannotLabelError, match="extended header"):
            labelled(MP3, content)


def test_an_unknown_version_of_the_tag_is_said():
    assert judged("a.mp3", mp3(id3(9)))[2] == ["unreadable"]
    secret = id3(4, txxx(4, b"secret", flags=0x04))
    assert judged("a.mp3", mp3(secret))[2] == ["encrypted"]


# --- FLAC and Ogg ----------------------------------------------------------------------------------


def test_a_flac_without_comments_gets_a_block_of_them():
    for content in (flac(), flac((1, b"\0" * 30)), id3(3) + flac()):
        new = labelled(FLAC, content)
        assert judged("a.flac", new) == GOOD
        assert new.endswith(b"\xff\xf8audio")


def test_other_comments_of_a_flac_stay_in_order():
    block = comments(b"TITLE=x", b"aigc=" + VALUE.encode(), b"ARTIST=y")
    content = flac((4, block), (1, b"\0" * 10))
    assert judged("a.flac", content) == GOOD
    new = labelled(FLAC, content, OTHER)
    assert judged("a.flac", new) == REPLACED
    assert comments(b"TITLE=x", b"ARTIST=y")[8 + 4 : -1] in new


def test_what_a_flac_may_not_have_is_refused():
    with pytest.raises(CannotLabelError, match="more than one"):
        labelled(FLAC, flac((4, comments()), (4, comments())))
    full = comments(b"X=" + b"x" * ((1 << 24) - 40))
    with pytest.raises(CannotLabelError, match="16 MiB"):
        labelled(FLAC, flac((4, full)))


def page(sequence, packets, *, serial=7, flags=0, position=0):
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    head = b"OggS\0" + bytes([flags]) + position.to_bytes(8, "little") + serial.to_bytes(4, "little")
    raw = (
        head + sequence.to_bytes(4, "little") + b"\0" * 4 + bytes([len(lacing)]) + lacing + b"".join(packets)
    )
    return _checked(raw)


def opus(*entries, tail=b""):
    tags = b"OpusTags" + comments(*entries) + tail
    return page(0, [b"OpusHead\1\2"], flags=2) + page(1, [tags]) + page(2, [b"audio"], flags=4, position=960)


def test_an_opus_comment_is_read_and_replaced_and_what_follows_it_kept():
    content = opus(b"TITLE=x", b"AIGC=" + VALUE.encode(), tail=b"\1more")
    assert judged("a.opus", content) == GOOD
    new = labelled(OGG, content, OTHER)
    assert judged("a.opus", new) == REPLACED
    assert b"\1more" in new
    assert new.endswith(page(2, [b"audio"], flags=4, position=960))


def pages_of(content):
    """Every page as (sequence, serial, body), checksums verified."""
    at = 0
    while at < len(content):
        count = content[at + 26]
        end = at + 27 + count + sum(content[at + 27 : at + 27 + count])
        assert _checked(content[at:end]) == content[at:end]
        yield (
            int.from_bytes(content[at + 18 : at + 22], "little"),
            content[at + 14],
            content[at + 27 + count : end],
        )
        at = end


def test_a_label_longer_than_a_page_moves_the_numbers_of_its_own_stream_only():
    other = page(5, [b"other"], serial=9)
    content = opus(b"TITLE=x") + other
    long = AIGCLabel("1", "c", "p", reserved_code_1="s" * 65_000)
    new = labelled(OGG, content, long)
    assert judged("a.opus", new) == (Verdict.COMPLIANT, long, [])
    pages = list(pages_of(new))
    assert [one[0] for one in pages] == [0, 1, 2, 3, 5]
    assert pages[3:] == [(3, 7, b"audio"), (5, 9, b"other")]
    assert judged("a.opus", labelled(OGG, new, LABEL)) == GOOD
    assert labelled(OGG, new, LABEL) == labelled(OGG, content, LABEL)


def test_headers_between_pages_of_another_stream_are_not_touched():
    tags = b"OpusTags" + comments()
    # A packet of 600 bytes on two pages: two full segments, then the rest.
    long = tags + b"\1" * (600 - len(tags))
    first, second = page(1, [long[:510]]), page(2, [long[510:]])
    full = first[:26] + b"\2\xff\xff" + long[:510]
    content = page(0, [b"OpusHead\1\2"], flags=2) + full + page(0, [b"other"], serial=9) + second
    with pytest.raises(CannotLabelError, match="share"):
        labelled(OGG, content)


def test_a_flac_in_ogg_says_how_long_its_comments_are():
    first = b"\x7fFLAC\1\0\0\1fLaC\0\0\0\x22" + b"\0" * 34
    block = comments(b"TITLE=x")
    packet = b"\x84" + len(block).to_bytes(3, "big") + block
    content = page(0, [first], flags=2) + page(1, [packet]) + page(2, [b"audio"], position=9)
    new = labelled(OGG, content)
    assert judged("a.ogg", new) == GOOD
    body = list(pages_of(new))[1][2]
    assert int.from_bytes(body[1:4], "big") == len(body) - 4


def test_ogg_streams_that_are_no_audio_are_left_alone():
    other = page(0, [b"\x80theora"], serial=9, flags=2)
    assert judged("a.ogg", other)[0] is Verdict.NOT_FOUND
    with pytest.raises(CannotLabelError, match="no Vorbis"):
        labelled(OGG, other)
    assert judged("a.ogg", labelled(OGG, other + opus())) == GOOD


def test_several_streams_are_read_and_not_labelled():
    content = opus(b"AIGC=" + VALUE.encode()) * 2
    assert judged("a.opus", content)[2] == ["several_labels"]
    with pytest.raises(CannotLabelError, match="several"):
        labelled(OGG, content)


def test_headers_that_share_a_page_with_sound_are_not_touched():
    tags = b"OpusTags" + comments()
    content = page(0, [b"OpusHead\1\2"], flags=2) + page(1, [tags, b"audio"], position=960)
    with pytest.raises(CannotLabelError, match="share"):
        labelled(OGG, content)


@pytest.mark.parametrize(
    "content",
    [
        page(0, [b"OpusHead\1\2"], flags=2),
        page(0, [b"OpusHead\1\2"], flags=2) + page(1, [b"no tags"]),
        page(0, [b"OpusHead\1\2"], flags=2) + b"rubbish rubbish rubbish rubbish",
    ],
)
def test_an_ogg_without_its_headers_is_said(content):
    assert judged("a.ogg", content)[2] == ["unreadable"]


# --- MP4 -------------------------------------------------------------------------------------------


def keys(*names):
    return box(b"keys", b"\0" * 4, struct.pack(">I", len(names)), *(box(b"mdta", name) for name in names))


def item(place, value):
    return box(struct.pack(">I", place), box(b"data", b"\0\0\0\1\0\0\0\0", value))


def meta(names, items, *, version=b"\0" * 4):
    handler = box(b"hdlr", b"\0" * 8 + b"mdta" + b"\0" * 13)
    return box(b"meta", version, handler, keys(*names), box(b"ilst", *items))


ITUNES = box(
    b"meta",
    b"\0" * 4,
    box(b"hdlr", b"\0" * 8 + b"mdirappl" + b"\0" * 9),
    box(b"ilst", box(b"\xa9too", box(b"data", b"\0\0\0\1\0\0\0\0tool"))),
)
FREEFORM = box(
    b"meta",
    b"\0" * 4,
    box(b"hdlr", b"\0" * 8 + b"mdirappl" + b"\0" * 9),
    box(
        b"ilst",
        box(
            b"----",
            box(b"mean", b"\0" * 4 + b"com.apple.iTunes"),
            box(b"name", b"\0" * 4 + b"AIGC"),
            box(b"data", b"\0\0\0\1\0\0\0\0" + VALUE.encode()),
        ),
    ),
)
UUID_XMP = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), new_packet(VALUE))
MP4_FORMS = {
    "udta.meta": mp4(box(b"udta", meta([b"a", b"AIGC"], [item(1, b"x"), item(2, VALUE.encode())]))),
    "moov.meta": mp4(meta([b"AIGC"], [item(1, VALUE.encode())], version=b"")),
    "named box": mp4(box(b"udta", box(b"aigc", b"\0\0\0\0" + VALUE.encode()))),
    "iTunes": mp4(box(b"udta", FREEFORM)),
    "uuid": mp4(tail=UUID_XMP),
}


def samples_of(content):
    """The bytes that the table of chunk offsets points to."""
    at = max(content.rfind(b"stco"), content.rfind(b"co64"))
    width = 4 if content[at : at + 4] == b"stco" else 8
    count = int.from_bytes(content[at + 8 : at + 12], "big")
    places = [int.from_bytes(content[at + 12 + n * width :][:width], "big") for n in range(count)]
    return [content[place : place + 8] for place in places]


SAMPLES = [b"SAMPLE-1", b"SAMPLE-2"]


@pytest.mark.parametrize("form", MP4_FORMS)
def test_a_label_in_an_mp4_is_read_and_replaced_in_every_form(form):
    content = MP4_FORMS[form]
    assert judged("a.mp4", content) == GOOD
    new = labelled(MP4, content, OTHER)
    assert judged("a.mp4", new) == REPLACED
    assert samples_of(new) == SAMPLES
    assert check_source("a.mp4", new).places == ("moov.udta.meta",)


@pytest.mark.parametrize("kind", [b"stco", b"co64"])
@pytest.mark.parametrize("moov_first", [True, False])
@pytest.mark.parametrize("udta", [b"", box(b"udta", ITUNES), box(b"udta", ITUNES, b"\0" * 4), box(b"udta")])
def test_chunk_offsets_follow_their_samples(kind, moov_first, udta):
    content = mp4(udta, moov_first=moov_first, kind=kind)
    assert samples_of(content) == SAMPLES
    new = labelled(MP4, content)
    assert samples_of(new) == SAMPLES
    assert judged("a.mp4", new) == GOOD
    assert (ITUNES in new) == (ITUNES in udta)


def test_a_key_is_added_to_the_keys_that_are_there():
    content = mp4(box(b"udta", meta([b"a"], [item(1, b"x")])), moov_first=True)
    new = labelled(MP4, content)
    assert keys(b"a", b"AIGC") in new
    assert item(1, b"x") in new
    assert judged("a.mp4", new) == GOOD
    assert samples_of(new) == SAMPLES


def test_a_key_without_a_value_is_used_again():
    content = mp4(box(b"udta", meta([b"a", b"AIGC"], [item(1, b"x")])))
    new = labelled(MP4, content)
    assert new.count(b"mdtaAIGC") == 1
    assert judged("a.mp4", new) == GOOD


def test_boxes_with_wide_or_open_sizes_keep_them():
    ftyp = box(b"ftyp", b"isom")
    inner = box(b"mvhd", b"\0" * 100)
    wide = ftyp + struct.pack(">I4sQ", 1, b"moov", 16 + len(inner)) + inner
    assert judged("a.mp4", labelled(MP4, wide)) == GOOD
    open_ended = ftyp + struct.pack(">I4s", 0, b"moov") + inner
    assert judged("a.mp4", labelled(MP4, open_ended)) == GOOD


def fragmented(flags, offset=0):
    tfhd = box(b"tfhd", b"\0\0\0" + bytes([flags]), b"\0\0\0\1", struct.pack(">Q", offset) if flags else b"")
    return box(b"moof", box(b"traf", tfhd))


def test_offsets_in_fragments_and_their_index_follow():
    head = box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", b"\0" * 100))
    moof = fragmented(1, len(head))
    row = struct.pack(">QQ", 0, len(head)) + b"\1\1\1"
    index = box(b"mfra", box(b"tfra", b"\1\0\0\0", struct.pack(">III", 1, 0, 1), row))
    new = labelled(MP4, head + moof + index)
    start = new.index(b"moof") - 4
    assert fragmented(1, start) in new
    assert struct.pack(">QQ", 0, start) in new[new.index(b"tfra") :]
    relative = head + fragmented(0)
    assert labelled(MP4, relative).endswith(fragmented(0))


def test_positions_that_can_not_be_followed_are_not_broken():
    saio = box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(b"saio", b"\0" * 12)))))
    head = box(b"ftyp", b"isom")
    with pytest.raises(CannotLabelError, match="absolute"):
        labelled(MP4, head + box(b"moov", saio) + box(b"mdat", b"x"))
    with pytest.raises(CannotLabelError, match="absolute"):
        labelled(MP4, head + box(b"moov") + box(b"meta", b"\0" * 4, box(b"iloc", b"x")))
    far = head + box(b"moov", stco(0xFFFF_FFFF)) + box(b"mdat", b"x")
    with pytest.raises(CannotLabelError, match="32 bits"):
        labelled(MP4, far)


def test_a_box_smaller_than_its_own_head_is_said():
    assert judged("a.mp4", box(b"ftyp", b"isom") + struct.pack(">I4s", 4, b"moov"))[2] == ["unreadable"]


def test_an_mp4_without_a_film_is_not_labelled():
    with pytest.raises(CannotLabelError, match="no moov"):
        labelled(MP4, box(b"styp", b"msdh") + fragmented(0))
