"""A dossier as one archive: packed alike every time, and what comes from outside refused by name."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.dossier.file_types import WrongFileTypeError, check_file, check_name
from openbeian.dossier.packing import pack
from openbeian.dossier.unpacking import LIMITS, HostileArchiveError, members_of, open_archive, read_member

YAML = "edition: tc260-003\nfacts: {service: {name: 小舟}}\n"


def folder(tmp_path: Path, **files: bytes) -> Path:
    root = tmp_path / "dossier"
    (root / "attachments").mkdir(parents=True)
    (root / "dossier.yaml").write_text(YAML, encoding="utf-8")
    (root / ".DS_Store").write_bytes(b"x")
    for name, data in files.items():
        (root / "attachments" / name.replace("__", ".")).write_bytes(data)
    return root


def archive(tmp_path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return path


def looked_at(path: Path, limits=LIMITS) -> dict[str, bytes]:
    with open_archive(path, limits) as opened:
        return {one.name: b"".join(read_member(opened, one)) for one in members_of(opened, limits)}


def test_the_same_folder_gives_the_same_bytes_without_helper_files(tmp_path):
    root = folder(tmp_path, 图__png=b"\x89PNG\r\n\x1a\n", 说明__md="# 说明".encode())
    (root / "link.md").symlink_to(root / "dossier.yaml")
    told: list[tuple[str, int, int]] = []
    first = pack(root, tmp_path / "1.zip", told=lambda *one: told.append(one))
    second = pack(root, tmp_path / "2.zip")
    assert first.sha256 == second.sha256
    assert first.files == ("attachments/图.png", "attachments/说明.md", "dossier.yaml")
    assert told[-1] == ("dossier.yaml", 3, 3)
    assert looked_at(first.path)["dossier.yaml"] == YAML.encode()
    assert not list(tmp_path.glob("*.part"))


def test_what_a_portal_would_refuse_is_refused_while_packing(tmp_path):
    root = folder(tmp_path, 坏__pdf=b"MZ program")
    with pytest.raises(WrongFileTypeError, match="program"):
        pack(root, tmp_path / "1.zip")
    with pytest.raises(BadInputError, match="more than the 1 files"):
        pack(root, tmp_path / "1.zip", limits=LIMITS._replace(files=1))
    (root / "attachments" / "坏.pdf").unlink()
    with pytest.raises(CouldNotRunError):
        pack(root, tmp_path / "nowhere" / "1.zip")
    assert not list(tmp_path.glob("*.zip"))


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("../../etc/passwd", b"x")], "leads out of the folder"),
        ([("/etc/passwd", b"x")], "leads out"),
        ([("C:/x.md", b"x")], "leads out"),
        ([("a\\..\\b.md", b"x")], "leads out"),
        ([("a//b.md", b"x")], "unusual path"),
        ([(".hidden.md", b"x")], "hidden"),
        ([("a.md ", b"x")], "unusual"),
        ([("a\n.md", b"x")], "control characters"),
        ([("d/" * 20 + "a.md", b"x")], "too long or deep"),
        ([("n" * 200 + ".md", b"x")], "too long or deep"),
        ([(link("a.md"), b"/etc/passwd")], "link or special"),
        ([("a.md", b"x"), ("A.MD", b"y")], "twice"),
        ([("bomb.md", bytes(4 << 20))], "200 times"),
    ],
)
def test_a_hostile_archive_is_refused_by_name(tmp_path, entries, said):
    with pytest.raises(HostileArchiveError, match=said) as caught:
        looked_at(archive(tmp_path, *entries))
    assert "未接收任何内容" in caught.value.text.zh


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"files": 1}, "1 is the limit"),
        ({"bytes": 3}, "unpacks to"),
        ({"file_bytes": 1}, "is the limit"),
        ({"directory_bytes": 10}, "too long"),
    ],
)
def test_an_archive_stays_within_its_limits(tmp_path, limits, said):
    with pytest.raises(HostileArchiveError, match=said):
        looked_at(archive(tmp_path, ("a.md", b"aa"), ("b.md", b"bb")), LIMITS._replace(**limits))


def test_what_is_no_archive_or_a_damaged_or_locked_one_is_refused(tmp_path):
    path = tmp_path / "x.zip"
    for data in (b"", b"not an archive", b"PK\x05\x06"):
        path.write_bytes(data)
        with pytest.raises(HostileArchiveError, match="no whole ZIP"):
            looked_at(path)
    whole = archive(tmp_path, ("a.md", b"a" * 100)).read_bytes()
    path.write_bytes(whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"))
    with pytest.raises(HostileArchiveError, match="password"):
        looked_at(path)
    path.write_bytes(whole[:35] + b"\xff\xff\xff" + whole[38:])
    with pytest.raises(HostileArchiveError, match="damaged"):
        looked_at(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("a.md", b"x")
    with pytest.raises(HostileArchiveError, match="not supported"):
        looked_at(path)


def test_a_file_that_says_it_is_smaller_than_it_is_gives_no_more(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("a.md", b"a" * 100)
    lying = bytearray(data.getvalue())
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "x.zip"
    path.write_bytes(lying)
    with pytest.raises(HostileArchiveError, match="damaged"):
        looked_at(path)


def test_names_that_windows_packed_in_china_are_read_and_helper_files_left_out(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("placeholder.md", b"x")
        file.writestr("__MACOSX/._a.md", b"x")
        file.writestr("folder/", b"")
    assert list(looked_at(path)) == ["placeholder.md"]
    raw = path.read_bytes().replace(b"placeholder", "备案材料a1b".encode("gb18030"))
    path.write_bytes(raw)
    assert list(looked_at(path)) == ["备案材料a1b.md"]


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.pdf.exe",
        "报告.exe.pdf",
        "a.docm",
        "a.zip",
        "noending",
        "a.pdf.docx",
        "a.pdf\u3000.exe",
        "a.PS1",
        "a.svg",
    ],
)
def test_a_name_that_no_document_has_is_refused(name):
    with pytest.raises(WrongFileTypeError):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"\x7fELF"),
        ("a.pdf", b"plain text"),
        ("a.txt", b"#!/bin/sh\n"),
        ("a.md", b"a\0b"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.png", b"\xff\xd8\xff\xe0"),
    ],
)
def test_bytes_that_are_not_what_the_name_says_are_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(WrongFileTypeError):
        check_file(name, tmp_path / name)


def test_office_documents_are_looked_into(tmp_path):
    path = tmp_path / "a.docx"
    archive(tmp_path, ("word/document.xml", b"<x/>")).rename(path)
    check_file("a.docx", path)
    with pytest.raises(WrongFileTypeError, match="no xlsx"):
        check_file("a.xlsx", path)
    archive(tmp_path, ("word/document.xml", b"<x/>"), ("word/vbaProject.bin", b"x")).rename(path)
    with pytest.raises(WrongFileTypeError, match="macros"):
        check_file("a.docx", path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("evidence.jsonl", b"{}\n"),
        ("head.dsse.json", b"{}"),
        ("b.pdf", b"%PDF-1.7"),
        ("c.wav", b"RIFF....WAVE"),
        ("d.mp4", b"....ftypisom"),
        ("e.mp3", b"ID3"),
        ("f.txt", b""),
        ("g.csv", "中".encode("utf-16")),
    ],
)
def test_what_a_dossier_carries_is_let_in(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    check_file(name, tmp_path / name)
