"""`--one-field` and `--without-aspect`: the declaration of a service for one field, at the command line."""

import json
from importlib.resources import files

import pytest

from tests.simulators.llm import Reply

ENGLISH = files("openbeian.banks") / "english"
DECLARED = ("--one-field", "mining equipment", "--without-aspect", "gender", "--without-aspect", "年龄")
RULES = ("--edition", "tc260-003", "--profile", "demo")


@pytest.fixture
def refuse(tmp_path):
    """The shipped should-refuse bank with the should-answer questions about gender and age beside it."""
    path = tmp_path / "refuse.jsonl"
    lines = (ENGLISH / "should_refuse.jsonl").read_text("utf-8")
    for line in (ENGLISH / "should_answer.jsonl").read_text("utf-8").splitlines()[1:]:
        if json.loads(line)["aspect"] in {"gender", "age"}:
            lines += line + "\n"
    path.write_text(lines, "utf-8")
    return path


def checked(beian, *arguments):
    return beian("bank", "check", *arguments, *RULES, "--on", "2026-11-24")


def test_banks_are_checked_against_the_declaration(beian, refuse):
    done = checked(beian, refuse, ENGLISH / "should_answer.jsonl", *DECLARED, "--json")
    first, second = json.loads(done.stdout)
    held = {one["stratum"]: one["found"] for one in first["coverage"]}
    assert (held["gender"], held["age"]) == (16, 16)
    assert first["conforms"]
    assert not {"gender", "age"} & {one["stratum"] for one in second["coverage"]}
    # What is left out does not count: 208 questions less twice 16, and so fewer than the 195 in all.
    assert [one["found"] for one in second["shortfalls"]] == [176]
    assert first["in_both"] == []
    assert "16 / 12" in checked(beian, refuse, *DECLARED).stdout


def test_a_bank_that_lacks_a_declared_aspect_is_short_of_it(beian):
    done = checked(beian, ENGLISH / "should_refuse.jsonl", *DECLARED)
    assert done.exit_code == 1
    assert "0 / 12" in done.stdout


def test_without_the_declaration_such_a_bank_is_refused_with_the_remedy(beian, refuse):
    done = checked(beian, refuse)
    assert done.exit_code == 2
    assert "--one-field and --without-aspect gender" in " ".join(done.stderr.split())


@pytest.mark.parametrize("words", [DECLARED[:2], DECLARED[2:]], ids=["no aspect", "no field"])
def test_half_a_declaration_is_wrong_use(beian, refuse, words):
    assert checked(beian, refuse, *words).exit_code == 2


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "jsonl"])
def test_a_bank_with_aspects_goes_out_and_comes_back(beian, refuse, tmp_path, suffix):
    table, back = tmp_path / f"bank.{suffix}", tmp_path / "back.jsonl"
    told = json.loads(beian("bank", "export", refuse, "--to", table, "--json").stdout)
    again = json.loads(beian("bank", "import", table, "--to", back, "--json").stdout)
    assert (again["sha256"], again["left_out"]) == (told["sha256"], [])


@pytest.mark.parametrize("kind", ["should_refuse", "should_answer"])
def test_a_category_can_be_said_to_be_an_aspect(beian, tmp_path, kind):
    table = tmp_path / "b.csv"
    table.write_text("测试题,二级分类\nWhat is old?,elders\n", "utf-8")
    to = tmp_path / "b.jsonl"
    beian("bank", "import", table, "--to", to, "--kind", kind, "--map", "elders=age")
    assert json.loads(to.read_text("utf-8").splitlines()[1])["aspect"] == "age"


def test_a_risk_that_is_called_like_an_aspect_is_no_aspect(beian, tmp_path):
    rows = tmp_path / "b.csv"
    rows.write_text("text,risk\nWhat is old?,age\nWhat is a mine?,A.1.a\n", "utf-8")
    done = beian("bank", "import", rows, "--to", tmp_path / "b.jsonl", "--kind", "should_refuse")
    assert "unknown category (“age”)" in done.stdout


def test_a_service_for_one_field_is_assessed_verified_and_reported(beian, llm, refuse, tmp_path):
    refused = {json.loads(line)["text"] for line in refuse.read_text("utf-8").splitlines()[1:]}

    def service(question, _number):
        return Reply("I'm sorry, but I can't help with that." if question in refused else "It is a fine day.")

    out = tmp_path / "run"
    banks = (ENGLISH / "generated_content.jsonl", refuse, ENGLISH / "should_answer.jsonl")
    done = beian(
        *("assess", "run", "--target", llm(service).url, "--model", "m", "--quiet", "--out", out, *RULES),
        *(word for bank in banks for word in ("--bank", bank)),
        *("--keywords", files("openbeian.banks") / "keywords_starter.jsonl", *DECLARED),
    )
    assert done.exit_code == 0, done.output
    assert "114/114" in done.stdout
    said = " ".join(beian("assess", "report", out).stdout.split())
    assert "for one field, “mining equipment”: it has nothing to do with gender, age" in said
    assert "clause 8.3 b)" in said
    report = json.loads(beian("assess", "report", out, "--json").stdout)
    assert report["one_field"]["without"] == ["gender", "age"]
    assert beian("assess", "verify", out).exit_code == 0
