"""`beian assess` as a provider meets it: a run, its proof, its report, and everything that goes wrong."""

import io
import json
from datetime import timedelta
from importlib.resources import files

import pytest

from openbeian.assessment import Progress
from openbeian.assessment.progress import Done
from openbeian.core.text import Text
from openbeian.evidence import ChainReader
from openbeian.terminal.run_progress import ProgressLines
from tests.simulators.llm import Reply
from tests.simulators.shapes import OwnShapeSimulator

ENGLISH = files("openbeian.banks") / "english"
REFUSED = {
    json.loads(line)["text"] for line in (ENGLISH / "should_refuse.jsonl").read_text("utf-8").splitlines()[1:]
}
OPTIONS = [
    *("--model", "simulated", "--edition", "tc260-003", "--profile", "demo", "--quiet"),
    *(
        word
        for name in ("generated_content", "should_refuse", "should_answer")
        for word in ("--bank", ENGLISH / f"{name}.jsonl")
    ),
    *("--keywords", files("openbeian.banks") / "keywords_starter.jsonl"),
]


def service(question, _number):
    text = "I'm sorry, but I can't help with that." if question in REFUSED else "It is a fine day in Beijing."
    return Reply(text)


def careless(_question, _number):
    return Reply("Of course, here is a plain answer for you.")


@pytest.fixture
def conforming(beian, llm, tmp_path):
    """Assess a service that conforms and return how the command ended, with its folder."""
    out = tmp_path / "run"
    key = tmp_path / "key.pem"
    done = beian("assess", "run", "--target", llm(service).url, "--out", out, "--sign-key", key, *OPTIONS)
    return done, out


def test_a_service_that_conforms_exits_with_0_and_leaves_signed_evidence_and_report(conforming, beian):
    done, out = conforming
    assert done.exit_code == 0, done.output
    assert "demonstration" in done.stderr
    assert {"evidence.jsonl", "report.html", "report.json", "keys.json"} <= {
        path.name for path in out.iterdir()
    }
    verified = beian("assess", "verify", out)
    assert verified.exit_code == 0
    assert "every figure follows" in verified.stdout
    assert json.loads(beian("assess", "verify", out, "--json").stdout) == []


def test_the_report_is_computed_anew_from_the_evidence(conforming, beian):
    _, out = conforming
    (out / "report.json").unlink()
    shown = beian("assess", "report", out, "--json")
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["conclusion"] == "conforms"
    assert "102/102" in beian("assess", "report", out).stdout


def test_evidence_with_one_changed_letter_does_not_verify(conforming, beian):
    _, out = conforming
    evidence = out / "evidence.jsonl"
    evidence.write_bytes(evidence.read_bytes().replace(b"fine day", b"fine bay", 1))
    done = beian("assess", "verify", out)
    assert done.exit_code == 1
    assert "error" in done.stdout
    assert beian("assess", "verify", out, "--json").exit_code == 1


def test_a_service_that_does_not_conform_exits_with_1(beian, llm, tmp_path):
    done = beian(
        "assess", "run", "--target", llm(careless).url, "--out", tmp_path / "run", *OPTIONS, "--json"
    )
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["conclusion"] == "does_not_conform"


def test_a_finished_run_can_be_resumed_and_asks_nothing_again(conforming, beian, tmp_path):
    _, out = conforming
    again = beian("assess", "resume", out, "--quiet", "--sign-key", tmp_path / "key.pem", "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["conclusion"] == "conforms"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("401", "--key-env"),
        ("html", "usually ends in /v1"),
        ("half", "broke off"),
        ("malformed", "chat completion"),
    ],
)
def test_a_target_that_fails_is_one_sentence_exit_3_and_nothing_left_behind(
    beian, llm, tmp_path, fault, said
):
    target = llm(lambda _question, _number: Reply(fault=fault)).url
    out = tmp_path / "run"
    done = beian("assess", "run", "--target", target, "--out", out, *OPTIONS)
    assert done.exit_code == 3
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.output
    assert not out.exists()


def test_a_port_where_nobody_listens_is_said_so(beian, tmp_path):
    done = beian("assess", "run", "--target", "http://127.0.0.1:9/v1", "--out", tmp_path / "run", *OPTIONS)
    assert done.exit_code == 3
    assert "can't be reached" in " ".join(done.stderr.split())
    assert not (tmp_path / "run").exists()


def test_wrong_input_exits_with_2_before_anybody_is_asked(beian, llm, tmp_path):
    target = llm(service)
    small = tmp_path / "small.jsonl"
    small.write_text(
        "\n".join((ENGLISH / "should_refuse.jsonl").read_text("utf-8").splitlines()[:5]), "utf-8"
    )
    options = [small if str(word).endswith("should_refuse.jsonl") else word for word in OPTIONS]
    for arguments in (
        options,
        *(
            [*OPTIONS, *wrong]
            for wrong in (
                ("--key-env", "NO_SUCH_VARIABLE"),
                ("--seed-from", "zz"),
                ("--seed-from", "checkpoint"),
                ("--checkpoint", small),
                ("--seed-from", "checkpoint", "--checkpoint", small),
                ("--seed-from", "checkpoint", "--checkpoint", tmp_path / "none"),
                ("--concurrency", "0"),
                ("--concurrency", "many"),
                ("--temperature", "3"),
                ("--target-shape", "round"),
                ("--target-shape", "azure"),
                ("--target-spec", small),
                ("--model", ""),
            )
        ),
    ):
        done = beian("assess", "run", "--target", target.url, "--out", tmp_path / "run", *arguments)
        assert done.exit_code == 2, done.output
        assert not (tmp_path / "run").exists()
    assert target.requests == 0


def test_what_is_no_run_is_refused(beian, tmp_path):
    for command in ("verify", "report", "resume", "retry-errors"):
        done = beian("assess", command, tmp_path)
        assert done.exit_code in (1, 2), (command, done.output)
        assert "Traceback" not in done.output


SPEC = """
url: {url}
headers: {{X-Service-Key: "Key {{{{env:OUR_KEY}}}}"}}
body: {{input: {{text: "{{{{question}}}}"}}, heat: "{{{{temperature}}}}"}}
answer: data.replies[0].text
"""


def test_a_described_service_is_assessed_with_its_key_and_its_own_settings(beian, llm, tmp_path, monkeypatch):
    monkeypatch.setenv("OUR_KEY", "s3cret-key")
    target = llm(service, kind=OwnShapeSimulator, key="s3cret-key")
    path = tmp_path / "target.yaml"
    path.write_text(SPEC.format(url=target.url), "utf-8")
    arguments = ("--out", tmp_path / "run", "--target-spec", path, "--temperature", "0.3", *OPTIONS)
    done = beian("assess", "run", *arguments, "--concurrency", "16")
    assert done.exit_code == 0, done.output
    assert {body["heat"] for body in target.bodies} == {0.3}
    first = next(iter(ChainReader(tmp_path / "run" / "evidence.jsonl")))
    assert first.body["of"]["target"]["spec"]["url"] == target.url
    assert first.body["run"]["concurrency"] == 16
    for wrong in (("--target-shape", "azure"), ("--key-env", "OUR_KEY"), ("--model", "")):
        refused = beian("assess", "run", *arguments, *wrong, "--out", tmp_path / "other")
        assert refused.exit_code == 2
        assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("command", [("retry-errors",), ("resume", "--retry-errors")])
def test_failed_questions_are_asked_again(beian, llm, tmp_path, command):
    broken = llm(lambda q, n: Reply(fault="400") if q in sorted(REFUSED)[::5] else service(q, n))
    out = tmp_path / "run"
    assert beian("assess", "run", "--target", broken.url, "--out", out, *OPTIONS).exit_code == 1
    broken.rule = service
    before = broken.requests
    assert beian("assess", "resume", out, "--quiet").exit_code == 1
    assert broken.requests == before
    name, *options = command
    done = beian("assess", name, out, "--quiet", *options, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["conclusion"] == "conforms"


def test_progress_as_json_is_one_line_a_second_and_a_last_one(beian, llm, tmp_path):
    target = llm(lambda q, n: Reply(service(q, n).text, delay_s=0.1))
    arguments = ("--out", tmp_path / "run", *OPTIONS, "--json-progress", "--json", "--concurrency", "8")
    done = beian("assess", "run", "--target", target.url, *arguments)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert 2 <= len(lines) <= 20
    last = lines[-1]
    assert last["done"] == last["total"] == sum(bank["done"] for bank in last["banks"].values())
    assert (last["in_flight"], last["errors"], last["concurrency"]) == (0, 0, 8)
    assert lines[1]["left_s"] > 0
    assert lines[1]["answers_per_s"] > 0
    assert json.loads(done.stdout)["conclusion"] == "conforms"


def test_no_more_than_a_line_a_second_is_written_and_nothing_twice():
    def progress(done):
        banks = {"should_refuse": Done(done, 9)}
        return Progress(banks, 1 / 3, 2, 4, 1, timedelta(seconds=12) if done else None, (Text("注", "note"),))

    stream, now_s = io.StringIO(), [0.0]
    lines = ProgressLines(stream, monotonic_s=lambda: now_s[0])
    lines.flush()
    for done, at_s in ((0, 0.0), (1, 0.5), (2, 0.9), (3, 1.0), (4, 1.5)):
        now_s[0] = at_s
        lines(progress(done))
    lines.flush()
    lines.flush()
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["done"] for line in written] == [0, 3, 4]
    assert [line["left_s"] for line in written] == [None, 12, 12]
    assert written[0]["notes"] == [{"zh": "注", "en": "note"}]
    assert written[0]["answers_per_s"] == 0.33
