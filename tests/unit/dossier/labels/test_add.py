"""Adding a label, in every format: it is there, it is the only one, and nothing else changed."""

import io
import zipfile

import pikepdf
import pytest
from PIL import Image, ImageSequence

from openbeian.dossier.labels import (
    AIGCLabel,
    AlreadyLabelledError,
    CannotLabelError,
    TargetExistsError,
    UnreadableError,
    Verdict,
    WrongValueError,
    add_label,
    check_file,
    check_source,
)
from tests.unit.dossier.labels.samples import LABEL, OTHER, SIMPLE, saved

PICTURES = (".png", ".jpg", ".gif", ".webp", ".tif")


@pytest.fixture(params=SIMPLE, scope="module")
def sample(request):
    return request.param, SIMPLE[request.param]()


@pytest.fixture
def unlabelled(tmp_path, sample):
    name, content = sample
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_a_fresh_file_has_no_label(unlabelled):
    assert check_file(unlabelled).verdict is Verdict.NOT_FOUND


def test_an_added_label_is_read_back_and_stands_alone(unlabelled):
    report = add_label(unlabelled, LABEL)
    assert report == check_file(unlabelled)
    assert report.verdict is Verdict.COMPLIANT
    assert report.label == LABEL
    assert len(report.places) == 1


def test_a_second_label_is_refused_and_the_file_untouched(unlabelled):
    add_label(unlabelled, LABEL)
    before = unlabelled.read_bytes()
    with pytest.raises(AlreadyLabelledError, match="--force"):
        add_label(unlabelled, OTHER)
    assert unlabelled.read_bytes() == before


def test_force_replaces_the_label_and_leaves_one(unlabelled):
    add_label(unlabelled, LABEL)
    report = add_label(unlabelled, OTHER, replace=True)
    assert report.label == OTHER
    assert len(report.places) == 1
    assert b"9c1f-001" not in unlabelled.read_bytes()


def test_replacing_a_label_with_itself_settles(unlabelled):
    add_label(unlabelled, LABEL)
    add_label(unlabelled, LABEL, replace=True)
    once = unlabelled.read_bytes()
    add_label(unlabelled, LABEL, replace=True)
    assert len(unlabelled.read_bytes()) == len(once)


def test_the_original_stays_when_another_place_is_named(unlabelled, tmp_path):
    before = unlabelled.read_bytes()
    target = tmp_path / f"labelled{unlabelled.suffix}"
    add_label(unlabelled, LABEL, target=target)
    assert unlabelled.read_bytes() == before
    assert check_file(target).label == LABEL
    with pytest.raises(TargetExistsError):
        add_label(unlabelled, OTHER, target=target)
    assert check_file(target).label == LABEL
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([unlabelled.name, target.name])


def decoded(content):
    with Image.open(io.BytesIO(content)) as image:
        frames = [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image)]
        return image.size, image.info.get("duration"), image.info.get("loop"), frames


@pytest.mark.parametrize("name", [name for name in SIMPLE if name.endswith(PICTURES)])
def test_pictures_keep_every_pixel_of_every_frame(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(SIMPLE[name]())
    before = decoded(path.read_bytes())
    add_label(path, LABEL)
    assert decoded(path.read_bytes()) == before


def test_a_picture_keeps_its_profile_and_camera_data(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    for name, format_ in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")):
        path = tmp_path / name
        path.write_bytes(saved(format_, exif=exif, icc_profile=b"profile" * 20))
        add_label(path, LABEL)
        with Image.open(path) as image:
            assert image.info["icc_profile"] == b"profile" * 20
            assert image.getexif()[0x010F] == "Maker"
            assert b"TC260" in bytes(image.info["xmp"])


def test_office_documents_keep_every_other_part_bit_for_bit(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(SIMPLE["a.xlsx"]())
    before = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    add_label(path, LABEL)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        after = {name: archive.read(name) for name in archive.namelist()}
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"docProps/custom.xml", "[Content_Types].xml", "_rels/.rels"}
    assert before.keys() <= after.keys()


def test_a_pdf_is_only_ever_added_to(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(SIMPLE["a.pdf"]())
    before = path.read_bytes()
    add_label(path, LABEL)
    assert path.read_bytes().startswith(before)
    with pikepdf.open(path) as document:
        assert str(document.docinfo["/Title"]) == "题目 (1)"
        assert document.get_warnings() == []


def test_a_wrong_label_is_never_written(unlabelled):
    before = unlabelled.read_bytes()
    with pytest.raises(WrongValueError):
        add_label(unlabelled, AIGCLabel("1", "某公司", "p"))
    assert unlabelled.read_bytes() == before


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(SIMPLE["a.png"]())
    path.chmod(0o640)
    link = tmp_path / "link.png"
    link.symlink_to(path)
    add_label(link, LABEL)
    assert link.is_symlink()
    assert check_file(path).label == LABEL
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_missing_or_no_file_is_said(tmp_path):
    with pytest.raises(UnreadableError, match="No such file"):
        add_label(tmp_path / "none.png", LABEL)
    with pytest.raises(UnreadableError, match="no plain file"):
        add_label(tmp_path, LABEL)


def test_an_unknown_format_gets_no_label(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"\x01\x02\x03")
    with pytest.raises(UnreadableError, match="format"):
        add_label(path, LABEL)


def test_words_are_for_texts_only(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(SIMPLE["a.png"]())
    with pytest.raises(CannotLabelError, match="texts only"):
        add_label(path, LABEL, notice=True)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 8, 12, 20, 40, 100])
def test_a_file_cut_short_gives_a_verdict_and_never_a_label(sample, size, tmp_path):
    name, content = sample
    report = check_source(name, content[:size])
    assert report.verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_FOUND}
