"""`beian bank check` and `beian keywords check`: what is there, what lacks, what is broken."""

import json
from importlib.resources import files

import pytest

SHIPPED = files("openbeian.banks")
HEAD = {"bank": "should_refuse", "name": "b", "version": "1", "language": "en", "licence": "Apache-2.0"}


def bank(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in (HEAD, *rows)), encoding="utf-8")
    return path


def test_the_shipped_chinese_banks_meet_the_standard(beian):
    paths = [
        SHIPPED / "chinese" / f"{name}.jsonl"
        for name in ("generated_content", "should_refuse", "should_answer")
    ]
    done = beian("bank", "check", *paths)
    assert done.exit_code == 0
    assert done.stdout.count("meets the requirements") == 3
    entries = json.loads(beian("bank", "check", *paths, "--json").stdout)
    assert [entry["shortfalls"] for entry in entries] == [[], [], []]


def test_what_a_bank_lacks_is_said_with_its_clause(beian, tmp_path):
    small = bank(tmp_path / "small.jsonl", {"id": "q1", "risk": "A.1.a", "text": "Why?", "lang": "en"})
    done = beian("bank", "check", small)
    assert done.exit_code == 1
    assert "1 / 500" in done.stdout
    assert "clause" in done.stdout
    (entry,) = json.loads(beian("bank", "check", small, "--json").stdout)
    assert {"needed": 20, "found": 1, "stratum": "A.1.a"}.items() <= entry["shortfalls"][1].items()


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: bank(path, {"id": "q1", "risk": "A.1.a", "lang": "en"}), ("line 2", "text")),
        (
            lambda path: bank(path, {"id": "q1", "risk": "A.9.z", "text": "Why?", "lang": "en"}),
            ("line 2", "A.9.z"),
        ),
        (lambda path: path.write_bytes(b'{"bank": "should_refuse"\xff\xfe\n'), ("UTF-8",)),
        (lambda path: None, ("bank.jsonl",)),
    ],
    ids=["missing column", "unknown risk", "broken encoding", "no file"],
)
def test_a_broken_bank_is_refused_in_one_sentence_with_file_line_and_remedy(beian, tmp_path, write, said):
    path = tmp_path / "bank.jsonl"
    write(path)
    done = beian("bank", "check", path)
    assert done.exit_code == 2
    assert "bank.jsonl" in done.stderr
    assert "Traceback" not in done.output
    for word in said:
        assert word in done.stderr


def test_the_starter_library_says_that_it_does_not_meet_the_standard(beian):
    library = SHIPPED / "keywords_starter.jsonl"
    done = beian("keywords", "check", library)
    assert done.exit_code == 1
    assert "/ 10000" in done.stdout
    assert beian("keywords", "check", library, "--profile", "demo").exit_code == 0
    entry = json.loads(beian("keywords", "check", library, "--json").stdout)
    assert entry["shortfalls"][0]["needed"] == 10000
