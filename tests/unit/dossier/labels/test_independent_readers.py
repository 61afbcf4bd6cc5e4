"""Round trips seen by others: exiftool and ffprobe read what we wrote, and we read what ffmpeg wrote."""

import json
import shutil
import subprocess

import pytest

from openbeian.dossier.labels import AIGCLabel, Verdict, add_label, check_file
from tests.unit.dossier.labels.samples import FFMPEG, LABEL, OTHER, SIMPLE, encoded

EXIFTOOL, FFPROBE = shutil.which("exiftool"), shutil.which("ffprobe")

needs_exiftool = pytest.mark.skipif(not EXIFTOOL, reason="exiftool is not installed")
needs_ffmpeg = pytest.mark.skipif(not (FFMPEG and FFPROBE), reason="ffmpeg and ffprobe are not installed")

ENCODED = {
    "a.mp4": ["-c:v", "mpeg4", "-c:a", "aac"],
    "fast.mp4": ["-c:v", "mpeg4", "-c:a", "aac", "-movflags", "faststart"],
    "fragments.mp4": ["-c:v", "mpeg4", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    "a.mov": ["-c:v", "mpeg4", "-c:a", "aac"],
    "a.m4a": ["-vn", "-c:a", "aac"],
    "a.avi": ["-c:v", "mpeg4", "-c:a", "pcm_s16le"],
    "a.wav": ["-vn"],
    "a.mp3": ["-vn"],
    "a.flac": ["-vn"],
    "vorbis.ogg": ["-vn", "-c:a", "libvorbis"],
    "a.opus": ["-vn", "-c:a", "libopus"],
    "flac.ogg": ["-vn", "-c:a", "flac"],
}


def read_by_exiftool(path):
    command = [EXIFTOOL, "-json", "-a", "-u", "-b", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)[0]
    assert "Warning" not in found, found.get("Warning")
    return found


def label_seen_by_exiftool(path):
    found = read_by_exiftool(path)
    for name, value in found.items():
        if name.lower().removeprefix("unknown_") == "aigc":
            return value
    return found.get("UserDefinedText", "").removeprefix("(AIGC) ")


def as_fields(value):
    """The label as a dictionary: exiftool prints JSON-like text as it stands, or already taken apart."""
    text = value.removeprefix("base64:") if isinstance(value, str) else value
    if isinstance(value, str) and value.startswith("base64:"):
        import base64

        text = base64.b64decode(text).decode()
    return json.loads(text.rstrip("\0")) if isinstance(text, str) else text


def label_seen_by_ffprobe(path):
    command = [FFPROBE, "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    tags = [found["format"].get("tags", {}), *(one.get("tags", {}) for one in found.get("streams", []))]
    return [json.loads(one["AIGC"]) for one in tags if "AIGC" in one]


def streams_of(path):
    command = [FFMPEG, "-v", "error", "-i", str(path), "-map", "0", "-c", "copy", "-f", "streamhash", "-"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert done.stderr == b"", done.stderr
    return done.stdout


def tags_of(path):
    command = [FFPROBE, "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", str(path)]
    text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    found = json.loads(text)
    for tags in [found["format"].get("tags", {}), *(one.get("tags", {}) for one in found.get("streams", []))]:
        tags.pop("AIGC", None)
    return found


@needs_exiftool
@pytest.mark.parametrize("name", [name for name in SIMPLE if not name.endswith((".md", ".flac", ".mp4"))])
def test_exiftool_reads_the_label_we_wrote(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(SIMPLE[name]())
    add_label(path, LABEL)
    assert as_fields(label_seen_by_exiftool(path)) == LABEL.as_json()
    add_label(path, OTHER, replace=True)
    assert as_fields(label_seen_by_exiftool(path)) == OTHER.as_json()


@pytest.fixture(scope="module")
def encoded_once(tmp_path_factory):
    """Encoding takes longer than all tests of a format, so each is made once and copied."""
    folder = tmp_path_factory.mktemp("encoded")

    def path_of(name):
        path = folder / name
        if not path.exists():
            encoded(*ENCODED[name], "-metadata", "title=题目", str(path))
        return path

    return path_of


@pytest.fixture(params=[name for name in ENCODED if name != "a.wav"])
def media(request, tmp_path, encoded_once):
    return shutil.copy(encoded_once(request.param), tmp_path / request.param)


@needs_ffmpeg
def test_every_packet_and_every_other_tag_of_sound_and_film_stays(media):
    streams, tags = streams_of(media), tags_of(media)
    add_label(media, LABEL)
    assert streams_of(media) == streams
    assert tags_of(media) == tags
    add_label(media, OTHER, replace=True)
    assert streams_of(media) == streams
    assert tags_of(media) == tags


@needs_ffmpeg
def test_ffprobe_reads_the_label_we_wrote(media):
    add_label(media, LABEL)
    assert label_seen_by_ffprobe(media) == [LABEL.as_json()]
    add_label(media, OTHER, replace=True)
    assert label_seen_by_ffprobe(media) == [OTHER.as_json()]


@needs_ffmpeg
def test_sound_in_a_wav_stays_though_ffprobe_knows_no_label_there(tmp_path, encoded_once):
    path = shutil.copy(encoded_once("a.wav"), tmp_path / "a.wav")
    streams, tags = streams_of(path), tags_of(path)
    add_label(path, LABEL)
    assert (streams_of(path), tags_of(path)) == (streams, tags)


@needs_ffmpeg
@needs_exiftool
def test_exiftool_reads_the_label_in_sound_and_film(media):
    add_label(media, LABEL)
    assert as_fields(label_seen_by_exiftool(media)) == LABEL.as_json()


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.mp4", "a.m4a", "a.mp3", "a.flac", "vorbis.ogg", "a.opus"])
def test_we_read_and_replace_the_label_that_ffmpeg_wrote(name, tmp_path):
    path = tmp_path / name
    value = LABEL.serialise()
    extra = ["-movflags", "use_metadata_tags"] if path.suffix in {".mp4", ".m4a"} else []
    encoded(*ENCODED[name], *extra, "-metadata", f"AIGC={value}", str(path))
    report = check_file(path)
    assert report.verdict is Verdict.COMPLIANT
    assert report.label == LABEL
    streams = streams_of(path)
    assert add_label(path, OTHER, replace=True).label == OTHER
    assert label_seen_by_ffprobe(path) == [OTHER.as_json()]
    assert streams_of(path) == streams


@needs_exiftool
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.webp", "a.tif"])
def test_metadata_that_exiftool_wrote_stays_beside_the_label(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(SIMPLE[name]())
    if path.suffix == ".webp" and b"webp" not in _writable():
        pytest.skip("this exiftool writes no WebP")
    command = [EXIFTOOL, "-q", "-overwrite_original", "-XMP-dc:Title=题目", "-XMP-dc:Subject=a", str(path)]
    subprocess.run(command, check=True, timeout=60)
    add_label(path, LABEL)
    add_label(path, OTHER, replace=True)
    found = read_by_exiftool(path)
    assert found["Title"] == "题目"
    assert found["Subject"] == "a"
    assert as_fields(label_seen_by_exiftool(path)) == OTHER.as_json()


def _writable():
    return subprocess.run([EXIFTOOL, "-listwf"], check=True, capture_output=True, timeout=60).stdout.lower()


@needs_ffmpeg
def test_a_label_longer_than_a_page_of_ogg_moves_pages_and_no_packet(tmp_path, encoded_once):
    long = AIGCLabel("1", "code", "id", reserved_code_1="s" * 60_000)
    for name in ("vorbis.ogg", "a.opus", "flac.ogg"):
        path = shutil.copy(encoded_once(name), tmp_path / name)
        streams = streams_of(path)
        for label in (long, LABEL):
            add_label(path, label, replace=True)
            assert streams_of(path) == streams
            assert label_seen_by_ffprobe(path) == [label.as_json()]
