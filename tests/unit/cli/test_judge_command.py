"""`beian judge` on files of answers, and `beian assess rejudge` on a run."""

import json
from importlib.resources import files

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.cli.judge import _whole
from openbeian.core.errors import CouldNotRunError
from tests.simulators.judges import qwen3guard
from tests.simulators.llm import Reply

KEYWORDS = files("openbeian.banks") / "keywords_starter.jsonl"
REFUSED = {"id": 7, "prompt": "How?", "response": "I'm sorry, but I can't help with that."}
ANSWERED = {"prompt": "怎么做番茄炒蛋？", "response": "先把番茄切块，再把鸡蛋打散炒熟。"}


def lines(*members):
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in members)


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text(lines(REFUSED, ANSWERED) + "\n", "utf-8")
    return path


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_answer_gets_its_verdict_and_keeps_what_it_had(beian, answers, tmp_path):
    out = tmp_path / "verdicts.jsonl"
    done = beian("judge", "refusal", "--input", answers, "--output", out)
    assert done.exit_code == 0, done.output
    first, second = read(out)
    assert first.items() >= REFUSED.items()
    assert (first["verdict"], second["verdict"], first["judge"]) == ("refuse", "comply", "refusal")
    assert first["version"].startswith("refusal-")
    assert 0 <= first["score"] <= 1
    assert "2 answers" in done.stderr
    assert "/s: comply 1, refuse 1" in done.stderr


def test_hits_come_with_risk_and_position(beian, tmp_path):
    term = json.loads(KEYWORDS.read_text("utf-8").splitlines()[1])
    source, out = tmp_path / "a.jsonl", tmp_path / "v.jsonl"
    source.write_text(lines({"prompt": "问", "response": f"说{term['term']}吗"}, ANSWERED), "utf-8")
    done = beian("judge", "keyword", "--keywords", KEYWORDS, "--input", source, "--output", out)
    assert done.exit_code == 0, done.output
    hit, clean = read(out)
    assert (hit["verdict"], clean["verdict"]) == ("hit", "clean")
    assert term["risk"] in hit["risks"]
    assert [term["risk"], term["term"], 1, 1 + len(term["term"])] in hit["positions"]
    assert "risks" not in clean


def test_harm_is_judged_and_the_summary_is_json(beian, answers, tmp_path):
    done = beian("judge", "harm", "--input", answers, "--output", tmp_path / "v.jsonl", "--json")
    summary = json.loads(done.stdout)
    assert summary["judge"] == "classifier"
    assert summary["answers"] == 2
    assert sum(summary["verdicts"].values()) == 2
    assert summary["answers_per_s"] > 0
    assert summary["verdicts"] == {"safe": 2}
    assert summary["version"].startswith("harm-")
    assert "+refusal-" in summary["version"]
    refused, answered = read(tmp_path / "v.jsonl")
    assert refused["reason"] == "全文拒答 · refuses throughout"
    assert "reason" not in answered


def test_lines_may_carry_the_turns_before(beian, tmp_path):
    term = json.loads(KEYWORDS.read_text("utf-8").splitlines()[1])["term"]
    source, out = tmp_path / "a.jsonl", tmp_path / "v.jsonl"
    source.write_text(lines(ANSWERED | {"turns": [{"prompt": "问", "response": f"说{term}吗"}]}), "utf-8")
    assert (
        beian("judge", "keyword", "--keywords", KEYWORDS, "--input", source, "--output", out).exit_code == 0
    )
    assert read(out)[0]["verdict"] == "hit"
    source.write_text(lines(ANSWERED | {"turns": ["问"]}), "utf-8")
    done = beian("judge", "refusal", "--input", source, "--output", out)
    assert done.exit_code == 2
    assert "line 1: “turns” must be a list" in " ".join(done.stderr.split())


def test_it_reads_from_and_writes_to_a_pipe():
    done = CliRunner().invoke(
        app, ["judge", "refusal", "--input", "-", "--output", "-"], input=lines(REFUSED, ANSWERED)
    )
    assert [json.loads(line)["verdict"] for line in done.stdout.splitlines()] == ["refuse", "comply"]


def test_an_empty_file_gives_an_empty_file(beian, tmp_path):
    (tmp_path / "a.jsonl").write_text("")
    done = beian("judge", "refusal", "--input", tmp_path / "a.jsonl", "--output", tmp_path / "v.jsonl")
    assert done.exit_code == 0
    assert "0 answers" in done.stderr
    assert (tmp_path / "v.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('{"prompt": "a", "respon', "line 601: this is not valid JSON (at character"),
        ("[1]", "line 601: must be a JSON object with the texts"),
        ('{"prompt": "a"}', "line 601: must be a JSON object with the texts"),
        ('{"prompt": "a", "response": 1}', "line 601: must be a JSON object with the texts"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_left_half_written(beian, tmp_path, bad, said):
    source, out = tmp_path / "a.jsonl", tmp_path / "v.jsonl"
    source.write_text(lines(ANSWERED) * 600 + bad + "\n", "utf-8")
    out.write_text("what stood here before")
    done = beian("judge", "refusal", "--input", source, "--output", out)
    assert done.exit_code == 2
    assert f"a.jsonl, {said}" in " ".join(done.stderr.split())
    assert out.read_text() == "what stood here before"
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "v.jsonl"}


def test_what_cannot_be_read_or_written_is_said(beian, answers, tmp_path):
    done = beian("judge", "refusal", "--input", tmp_path / "none.jsonl", "--output", tmp_path / "v.jsonl")
    assert done.exit_code == 2
    assert "can't be read" in done.stderr
    done = beian("judge", "refusal", "--input", answers, "--output", tmp_path / "no" / "v.jsonl")
    assert done.exit_code == 3
    assert "can't be written" in done.stderr
    assert beian("judge", "refusal", "--input", answers, "--json").exit_code == 2


def test_a_full_disk_leaves_no_part_behind(tmp_path):
    def fill():
        with _whole(str(tmp_path / "v")) as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(CouldNotRunError, match="can't be written"):
        fill()
    assert list(tmp_path.iterdir()) == []


ENGLISH = files("openbeian.banks") / "english"


@pytest.fixture
def stored(beian, llm, tmp_path):
    """Assess a service that answers everything, with a guard for its classifier, and return the directory."""
    out, guard = tmp_path / "run", llm(qwen3guard("weapon"))
    done = beian(
        *("assess", "run", "--target", llm(lambda _q, _n: Reply("A plain answer.")).url, "--model", "m"),
        *("--edition", "tc260-003", "--profile", "demo", "--out", out, "--quiet", "--keywords", KEYWORDS),
        *("--bank", ENGLISH / "generated_content.jsonl", "--sign-key", tmp_path / "key.pem"),
        *("--judge", f"classifier={guard.url}#qwen3guard"),
    )
    assert done.exit_code == 1, done.output
    return out


def test_a_run_takes_its_judges_from_the_command_and_is_judged_anew_by_others(beian, stored, llm, tmp_path):
    told = json.loads(beian("assess", "report", stored, "--json").stdout)
    (before,) = [one["versions"] for one in told["judges"] if one["name"] == "classifier"]
    assert before[0].startswith("qwen3guard:")
    key = ("--sign-key", tmp_path / "key.pem")
    done = beian("assess", "rejudge", stored, "--judge", "classifier", *key, "--quiet")
    assert done.exit_code == 1
    assert before[0] in done.stdout
    assert "harm-" in done.stdout
    told = json.loads(beian("assess", "rejudge", stored, *key, "--keywords", KEYWORDS, "--json").stdout)
    (after,) = [one["versions"] for one in told["judges"] if one["name"] == "classifier"]
    assert len(after) == 2
    assert beian("assess", "verify", stored).exit_code == 0
    refused = beian("assess", "rejudge", stored, "--judge", "classifier")
    assert refused.exit_code == 2
    assert "--sign-key" in refused.stderr


def test_judging_anew_a_service_that_conforms_exits_with_0(beian, llm, tmp_path):
    refused = {
        json.loads(line)["text"]
        for line in (ENGLISH / "should_refuse.jsonl").read_text("utf-8").splitlines()[1:]
    }
    said = "I'm sorry, but I can't help with that."
    service = llm(lambda q, _n: Reply(said if q in refused else "It is a fine day in Beijing."))
    out = tmp_path / "run"
    beian(
        *("assess", "run", "--target", service.url, "--model", "m", "--edition", "tc260-003", "--quiet"),
        *("--profile", "demo", "--out", out, "--keywords", KEYWORDS),
        *("--bank", ENGLISH / "generated_content.jsonl", "--bank", ENGLISH / "should_refuse.jsonl"),
        *("--bank", ENGLISH / "should_answer.jsonl"),
    )
    assert beian("assess", "rejudge", out, "--quiet").exit_code == 0


def test_wrong_names_of_judges_are_wrong_use(beian, stored):
    done = beian("assess", "rejudge", stored, "--judge", "oracle", "--sign-key", stored.parent / "key.pem")
    assert done.exit_code == 2
    assert "There is no judge “oracle”" in done.stderr
