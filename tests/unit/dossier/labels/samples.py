"""Small real files of every format, pictures from Pillow, sound and film by hand or from ffmpeg."""

import io
import shutil
import struct
import subprocess
import wave
import zlib

import openpyxl
import pikepdf
from PIL import Image

from openbeian.dossier.labels import AIGCLabel

LABEL = AIGCLabel("1", "00119111010800000000T10000", "9c1f-001")
OTHER = AIGCLabel("2", "00119111010800000000T10000", "9c1f-002", content_propagator="0011-platform")

FFMPEG = shutil.which("ffmpeg")


def picture(mode="RGB"):
    noise = [Image.effect_noise((24, 18), spread) for spread in (30, 60, 90)]
    return Image.merge("RGB", noise).convert(mode)


def saved(format_, image=None, **options):
    out = io.BytesIO()
    (image or picture()).save(out, format_, **options)
    return out.getvalue()


def animation():
    return saved("GIF", save_all=True, append_images=[picture().rotate(90)], loop=0, duration=80)


def wav():
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(128)) * 8 + b"\x80")
    return out.getvalue()


def chunk(chunk_id, data):
    return chunk_id + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def avi(*before, index=b"", behind=b""):
    """An AVI as far as its frame goes: a header list, what stands before the film, two frames."""
    film = chunk(b"LIST", b"movi" + chunk(b"00dc", b"frame one!") + chunk(b"00dc", b"frame two!"))
    body = b"AVI " + chunk(b"LIST", b"hdrl" + chunk(b"avih", b"\0" * 56)) + b"".join(before) + film + index
    return chunk(b"RIFF", body + behind)


def mp3(tag=b"", frames=4):
    """Silent MPEG-1 layer III frames at 128 kbit/s and 44.1 kHz: 417 bytes each."""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def id3(version, *frames, flags=0, padding=0):
    body = b"".join(frames) + b"\0" * padding
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + size + body


def id3_frame(version, frame_id, content, flags=0):
    if version == 2:
        return frame_id + len(content).to_bytes(3, "big") + content
    size = bytes(len(content) >> shift & 0x7F for shift in (21, 14, 7, 0))
    size = size if version == 4 else len(content).to_bytes(4, "big")
    return frame_id + size + flags.to_bytes(2, "big") + content


def comments(*entries, vendor=b"test"):
    listed = b"".join(struct.pack("<I", len(entry)) + entry for entry in entries)
    return struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(entries)) + listed


def flac(*blocks, first=b"\0" * 34):
    """A FLAC as far as its frame goes; blocks are (type, data)."""
    every = [(0, first), *blocks]
    out = b"fLaC"
    for place, (kind, data) in enumerate(every):
        last = 0x80 if place == len(every) - 1 else 0
        out += bytes([kind | last]) + len(data).to_bytes(3, "big") + data
    return out + b"\xff\xf8audio"


def box(box_type, *parts):
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + box_type + data


def stco(*offsets, kind=b"stco"):
    width = "I" if kind == b"stco" else "Q"
    table = box(kind, b"\0" * 4, struct.pack(f">I{len(offsets)}{width}", len(offsets), *offsets))
    return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))


def mp4(udta=b"", *, moov_first=False, kind=b"stco", tail=b""):
    """An MP4 as far as its frame goes, with a table that points to the two samples in mdat."""
    ftyp, media = box(b"ftyp", b"isom", b"\0" * 4), box(b"mdat", b"SAMPLE-1SAMPLE-2")

    def film(start):
        return box(b"moov", box(b"mvhd", b"\0" * 100), stco(start, start + 8, kind=kind), udta)

    if moov_first:
        return ftyp + film(len(ftyp) + len(film(0)) + 8) + media + tail
    return ftyp + media + film(len(ftyp) + 8) + tail


def workbook(properties=()):
    from openpyxl.packaging.custom import StringProperty

    book = openpyxl.Workbook()
    book.active["A1"] = "问题"
    for name, value in properties:
        book.custom_doc_props.append(StringProperty(name=name, value=value))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(title="题目 (1)", **options):
    with pikepdf.new() as document:
        document.add_blank_page()
        if title:
            document.docinfo["/Title"] = title
        out = io.BytesIO()
        document.save(out, **options)
    return out.getvalue()


def encoded(*arguments):
    """A second of sound and film from ffmpeg in the wanted format."""
    sources = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:d=1", "-f", "lavfi", "-i", "sine=d=1"]
    command = [FFMPEG, "-v", "error", "-y", *sources, "-bitexact", *arguments]
    subprocess.run(command, check=True, timeout=60)


def png_chunk(kind, data):
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


SIMPLE = {
    "a.png": lambda: saved("PNG"),
    "a.jpg": lambda: saved("JPEG"),
    "a.gif": lambda: saved("GIF"),
    "animated.gif": animation,
    "a.webp": lambda: saved("WEBP"),
    "lossless.webp": lambda: saved("WEBP", lossless=True),
    "alpha.webp": lambda: saved("WEBP", picture("RGBA"), lossless=True),
    "a.tif": lambda: saved("TIFF"),
    "big.tif": lambda: saved("TIFF", big_tiff=True),
    "a.wav": wav,
    "a.avi": avi,
    "a.mp3": mp3,
    "a.flac": flac,
    "a.mp4": mp4,
    "a.xlsx": workbook,
    "a.pdf": pdf,
    "streams.pdf": lambda: pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "a.md": "# 回答\n\n正文。\n".encode,
}
"""One plain file of each format that needs no other program to make."""
