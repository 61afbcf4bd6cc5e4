"""`beian dossier new` and `build`: a folder begun from a file or by answering, and its documents."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.dossier.folder import read_folder
from openbeian.dossier.form import form_for
from tests.unit.dossier.facts import good_facts


@pytest.fixture
def facts_file(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(yaml.safe_dump(good_facts(), allow_unicode=True), encoding="utf-8")
    return path


def new(folder, *typed, arguments=()):
    lines = "".join(f"{line}\n" for line in typed)
    return CliRunner().invoke(app, ["dossier", "new", str(folder), *arguments], input=lines)


def answers(**changes):
    """Return what a person types for every entry of the form, in its order."""
    facts = good_facts(**changes)
    for section in form_for("registration" if facts["model.origin"] == "called" else "filing"):
        for field in section.fields:
            given = facts.get(field.id, "")
            yield ",".join(given) if isinstance(given, list) else given


def test_a_folder_begins_with_facts_of_a_file(beian, tmp_path, facts_file):
    folder = tmp_path / "d"
    done = beian("dossier", "new", folder, "--from", facts_file, "--profile", "demo", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"folder": str(folder), "problems": []}
    read = read_folder(folder)
    assert read.facts == good_facts()
    assert (read.edition_id, read.profile) == ("gbt-45654-2025", "demo")
    assert {one.name for one in folder.iterdir()} == {
        "dossier.yaml",
        "README.md",
        "evidence",
        "attachments",
        "documents",
    }


def test_facts_may_come_from_another_dossier(beian, tmp_path, facts_file):
    beian("dossier", "new", tmp_path / "a", "--from", facts_file)
    beian("dossier", "new", tmp_path / "b", "--from", tmp_path / "a" / "dossier.yaml")
    assert read_folder(tmp_path / "b").facts == good_facts()


def test_what_is_missing_in_a_file_is_named(beian, tmp_path):
    (tmp_path / "facts.yaml").write_text("provider: {name: 行舟}\nservice: {colour: blue}\n")
    done = beian("dossier", "new", tmp_path / "d", "--from", tmp_path / "facts.yaml")
    assert done.exit_code == 0
    assert "provider.uscc" in done.stderr
    assert "service.colour" in done.stderr
    assert "entries to fill in or correct" in done.stderr
    assert read_folder(tmp_path / "d").facts["service.colour"] == "blue"
    problems = json.loads(beian("dossier", "new", tmp_path / "d", "--json").stdout)["problems"]
    assert problems[0]["entry"] == "provider.uscc"
    assert problems[0]["missing"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "none.yaml"), "no file none.yaml"),
        (("--edition", "x"), "x"),
    ],
)
def test_wrong_use_begins_nothing(beian, tmp_path, arguments, said):
    done = beian("dossier", "new", tmp_path / "d", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "d").exists()


def test_a_dossier_that_is_there_is_not_overwritten_without_force(beian, tmp_path, facts_file):
    beian("dossier", "new", tmp_path / "d", "--from", facts_file)
    (tmp_path / "d" / "README.md").write_text("mine")
    again = beian("dossier", "new", tmp_path / "d", "--from", facts_file)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    forced = beian("dossier", "new", tmp_path / "d", "--from", facts_file, "--profile", "demo", "--force")
    assert forced.exit_code == 0
    assert read_folder(tmp_path / "d").profile == "demo"
    assert (tmp_path / "d" / "README.md").read_text() == "mine"


def test_a_folder_that_can_not_be_written_is_one_sentence(beian, tmp_path, facts_file):
    (tmp_path / "file").write_text("x")
    done = beian("dossier", "new", tmp_path / "file" / "d", "--from", facts_file)
    assert done.exit_code == 3
    assert "can't be written" in done.stderr


def test_a_person_answers_one_entry_after_the_other(tmp_path):
    done = new(tmp_path / "d", *answers())
    assert done.exit_code == 0, done.stderr
    assert "Every entry is there" in done.stderr
    assert "  1  Private company" in done.stderr
    assert read_folder(tmp_path / "d").facts == good_facts()
    assert done.stdout.strip() == str(tmp_path / "d" / "dossier.yaml")


def test_a_wrong_answer_is_asked_again_and_choices_may_be_numbers(tmp_path):
    done = new(tmp_path / "d", "行舟", "12", "91440101MA9DEM0016", "9", "2")
    assert "18" in done.stderr
    assert "Unknown choice: 9" in done.stderr
    facts = read_folder(tmp_path / "d").facts
    assert facts == {
        "provider.name": "行舟",
        "provider.uscc": "91440101MA9DEM0016",
        "provider.nature": "state",
    }


def test_answering_stops_and_goes_on_where_it_stopped(tmp_path):
    every = list(answers(model__origin="called"))
    begun = new(tmp_path / "d", *every[:12])
    assert begun.exit_code == 3
    assert "to go on" in begun.stderr
    file = tmp_path / "d" / "dossier.yaml"
    file.write_text(file.read_text("utf-8").replace("staff: []", "staff: [] # mine"), encoding="utf-8")
    went_on = new(tmp_path / "d", *every[12:])
    assert went_on.exit_code == 0, went_on.stderr
    read = read_folder(tmp_path / "d")
    assert read.stated.route == "registration"
    assert "corpus.tokens" not in read.facts
    assert "staff: [] # mine" in file.read_text("utf-8")
    assert file.read_text("utf-8").count("# 不由数字得出的条款结论") == 1
    assert new(tmp_path / "d").exit_code == 0  # nothing is left to ask


def test_facts_can_be_added_to_a_file_without_any(tmp_path):
    (tmp_path / "dossier.yaml").write_text("edition: tc260-003\n")
    new(tmp_path, "行舟")
    assert read_folder(tmp_path).facts == {"provider.name": "行舟"}


def test_documents_are_built_and_named(beian, tmp_path, facts_file):
    folder = tmp_path / "d"
    beian("dossier", "new", folder, "--from", facts_file)
    only = ("--only", "commitment")
    done = beian("dossier", "build", folder, "--lang", "both", *only, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["file"] for one in told["documents"]] == [
        "6-承诺书与签字页.docx",
        "6-承诺书与签字页.pdf",
        "6-Commitment and signature page.en.docx",
        "6-Commitment and signature page.en.pdf",
    ]
    own = [{"kind": "commitment", "file": "README.md"}]
    file = folder / "dossier.yaml"
    file.write_text(file.read_text("utf-8").replace("attachments: []", f"attachments: {json.dumps(own)}"))
    again = beian("dossier", "build", folder, *only, "--quiet")
    assert "a document of your own takes its place" in again.stderr
    left_out = json.loads(beian("dossier", "build", folder, *only, "--json").stdout)["left_out"]
    assert [one["kind"] for one in left_out] == ["commitment"]


def test_documents_are_listed_one_a_line_and_edits_by_hand_are_kept(beian, tmp_path, facts_file):
    folder = tmp_path / "d"
    beian("dossier", "new", folder, "--from", facts_file)
    arguments = ("dossier", "build", folder, "--lang", "zh", "--only", "commitment")
    assert beian(*arguments).stdout.splitlines()[0] == str(folder / "documents" / "6-承诺书与签字页.docx")
    (folder / "documents" / "6-承诺书与签字页.docx").write_text("edited")
    assert beian(*arguments).exit_code == 2
    assert beian(*arguments, "--force").exit_code == 0


@pytest.mark.parametrize("arguments", [("--lang", "fr"), ("--only", "poem")])
def test_wrong_use_builds_nothing(beian, tmp_path, facts_file, arguments):
    beian("dossier", "new", tmp_path / "d", "--from", facts_file)
    assert beian("dossier", "build", tmp_path / "d", *arguments).exit_code == 2
    assert not list((tmp_path / "d" / "documents").iterdir())
