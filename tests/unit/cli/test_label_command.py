"""`beian label` as a person meets it: verdicts, exit codes, both languages, and files left alone."""

import io
import json
import re

import pytest
from PIL import Image
from typer.testing import CliRunner

from openbeian.cli.label import app

PRODUCER = ["--producer", "00119111010800000000T10000", "--produce-id", "9c1f-001"]


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", "en")


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a.png"
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    path.write_bytes(out.getvalue())
    return path


def test_a_file_without_a_label_exits_with_1_and_one_with_it_with_0(picture):
    before = run("check", picture)
    assert before.exit_code == 1
    assert "no label found" in before.output
    added = run("add", picture, *PRODUCER)
    assert (added.exit_code, "compliant" in added.output) == (0, True)
    after = run("check", picture)
    assert after.exit_code == 0
    assert "ContentProducer 00119111010800000000T10000" in after.output


def test_chinese_is_spoken_where_it_is_asked_for(picture, monkeypatch):
    monkeypatch.setenv("BEIAN_LANG", "zh")
    assert "未发现标识" in run("check", picture).output


def test_json_carries_label_places_and_reasons(picture):
    run("add", picture, *PRODUCER, "--label", "2", "--propagator", "p", "--propagate-id", "q")
    done = run("check", picture, "--json")
    (entry,) = json.loads(done.stdout)
    assert entry["file"] == str(picture)
    assert entry["verdict"] == "compliant"
    assert entry["label"]["Label"] == "2"
    assert entry["label"]["PropagateID"] == "q"
    assert entry["places"] == ["iTXt XML:com.adobe.xmp"]
    assert entry["reasons"] == []


def test_reasons_are_shown_under_the_file(picture, tmp_path):
    renamed = picture.rename(tmp_path / "a.jpg")
    done = run("check", renamed)
    assert "it is png, named .jpg" in done.output
    assert done.exit_code == 1


def test_a_file_that_can_not_be_read_exits_with_2_and_keeps_no_other_from_being_checked(picture, tmp_path):
    run("add", picture, *PRODUCER)
    done = run("check", tmp_path / "none.png", picture)
    assert done.exit_code == 2
    assert "none.png" in done.stderr
    assert "compliant" in done.stdout
    entries = json.loads(run("check", tmp_path / "none.png", picture, "--json").stdout)
    assert [entry.get("error", {}).get("code") for entry in entries] == ["unreadable", None]


def test_a_label_is_replaced_only_with_force(picture):
    run("add", picture, *PRODUCER)
    once = picture.read_bytes()
    done = run("add", picture, *PRODUCER, "--label", "3")
    assert done.exit_code == 2
    assert "--force" in done.stderr
    assert picture.read_bytes() == once
    assert run("add", picture, *PRODUCER, "--label", "3", "--force").exit_code == 0
    assert picture.read_bytes() != once


def test_another_directory_takes_the_labelled_files(picture, tmp_path):
    out = tmp_path / "out"
    before = picture.read_bytes()
    assert run("add", picture, *PRODUCER, "--out", out).exit_code == 2
    out.mkdir()
    assert run("add", picture, *PRODUCER, "--out", out).exit_code == 0
    assert picture.read_bytes() == before
    assert run("check", out / "a.png").exit_code == 0
    assert run("add", picture, *PRODUCER, "--out", out).exit_code == 2
    assert run("add", picture, *PRODUCER, "--out", out, "--force").exit_code == 0


def test_two_files_of_one_name_do_not_overwrite_each_other(picture, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    twin = other / picture.name
    twin.write_bytes(picture.read_bytes())
    out = tmp_path / "out"
    out.mkdir()
    done = run("add", picture, twin, *PRODUCER, "--out", out)
    assert done.exit_code == 2
    assert "same name" in done.stderr
    assert list(out.iterdir()) == []


def test_a_wrong_value_is_explained_before_anything_is_written(picture):
    before = picture.read_bytes()
    done = run("add", picture, "--producer", "某公司", "--produce-id", "p")
    assert done.exit_code == 2
    assert "ContentProducer" in done.stderr
    assert picture.read_bytes() == before


def test_names_with_brackets_are_printed_as_they_are(tmp_path):
    path = tmp_path / "[red]a.txt"
    path.write_text("AI-generated")
    assert "[red]a.txt" in re.sub(r"\s", "", run("check", path).stdout)
