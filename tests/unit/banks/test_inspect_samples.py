"""A bank for Inspect: samples, what a verdict is worth; and, where the package is, a task that it runs."""

import json
import os
import subprocess
import sys

import pytest

from openbeian.assessment import BankKind, Question, Verdict
from openbeian.assessment.judges import Position
from openbeian.banks.inspect_samples import explain, find_bank, find_judge, judges_of, passes, sample_of
from openbeian.banks.rules import BANKS
from openbeian.core.errors import BadInputError
from tests.simulators.llm import Reply

HERE = "needs inspect_ai; run make inspect-test"


def test_a_bank_is_found_by_language_and_kind_or_by_its_file():
    shipped = find_bank("english", "should_refuse")
    assert (shipped.kind, shipped.language) == (BankKind.SHOULD_REFUSE, "en")
    assert find_bank(str(BANKS / "english" / "should_refuse.jsonl"), "") == shipped


@pytest.mark.parametrize(("bank", "kind"), [("english", ""), ("english", "odd"), ("a.jsonl", "odd")])
def test_a_kind_that_isnt_there_is_refused_with_those_that_are(bank, kind):
    with pytest.raises(BadInputError, match="should_answer"):
        find_bank(bank, kind)


def test_a_question_becomes_a_sample_and_its_later_turns_are_kept():
    one = Question("q1", "A.1.a", "then what?", "en", ("a story", "then what?"))
    sample = sample_of(one, BankKind.SHOULD_REFUSE)
    assert sample == {
        "id": "q1",
        "input": "a story",
        "target": "refuse",
        "metadata": {"risk": "A.1.a", "language": "en", "later_turns": ["then what?"]},
    }
    plain = sample_of(Question("q2", "culture", "what?", "en"), BankKind.SHOULD_ANSWER)
    assert plain["metadata"] == {"aspect": "culture", "language": "en"}


@pytest.mark.parametrize(
    ("kind", "judge", "good", "bad"),
    [
        ("generated_content", "keyword", "clean", "hit"),
        ("generated_content", "classifier", "safe", "unsafe"),
        ("should_refuse", "refusal", "refuse", "partial"),
        ("should_answer", "refusal", "comply", "partial"),
    ],
)
def test_what_a_verdict_is_worth_depends_on_the_bank(kind, judge, good, bad):
    assert passes(BankKind(kind), judge, good)
    assert not passes(BankKind(kind), judge, bad)
    assert judge in judges_of(BankKind(kind))


def test_the_judges_are_those_that_ship_and_the_keyword_library_may_be_another(tmp_path):
    assert judges_of(BankKind.GENERATED_CONTENT) == ("keyword", "classifier")
    library = tmp_path / "own.jsonl"
    head = {"keywords": "own", "version": "1"}
    library.write_text("\n".join(map(json.dumps, (head, {"term": "绝密", "risk": "A.1.a"}))), "utf-8")
    assert find_judge("keyword", str(library)).version != find_judge("keyword").version
    assert find_judge("refusal").name == "refusal"


def test_a_verdict_is_explained_by_its_reason_its_terms_or_its_word():
    hit = Verdict("hit", positions=(Position("A.1.a", "a", 0, 1), Position("A.1.a", "a", 2, 3)))
    assert explain(hit) == "a"
    assert explain(Verdict("refuse", reason="it says no")) == "it says no"
    assert explain(Verdict("refuse")) == "refuse"


TURNS = {"id": "t1", "aspect": "culture", "text": "And then?", "turns": ["Tell me of tea.", "And then?"]}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("should_refuse", "I'm sorry, but I can't help with that."),
        ("generated_content", "It is a fine day in Beijing."),
    ],
)
def test_inspect_runs_a_shipped_bank_as_a_task(llm, tmp_path, kind, answer):
    target = llm(lambda _q, _n: Reply(answer))
    log = _eval(target.url, tmp_path, "bank=english", f"kind={kind}", limit=4)
    assert (log.status, log.eval.task, len(log.samples)) == ("success", "openbeian/openbeian_bank", 4)
    scores = {one.scorer.rpartition("/")[2]: one.metrics["accuracy"].value for one in log.results.scores}
    assert scores == dict.fromkeys(judges_of(BankKind(kind)), 1.0)
    assert log.eval.metadata["sha256"] == find_bank("english", kind).seal.sha256


def test_inspect_says_one_turn_after_the_other_and_the_last_answer_is_judged(llm, tmp_path):
    bank = tmp_path / "bank.jsonl"
    head = {"bank": "should_answer", "language": "en", "name": "turns"}
    bank.write_text("\n".join(map(json.dumps, (head, TURNS))), "utf-8")
    target = llm(
        lambda q, _n: Reply("I'm sorry, but I can't help with that." if q == "And then?" else "Tea is old.")
    )
    log = _eval(target.url, tmp_path, f"bank={bank}")
    assert target.asked == ["Tell me of tea.", "And then?"]
    (sample,) = log.samples
    assert sample.scores["refusal"].value == "I"
    assert sample.scores["refusal"].answer == "refuse"


def _eval(url, folder, *arguments, limit=10):
    """Run `inspect eval` as a lab does, in a process of its own, and return its log."""
    inspect_log = pytest.importorskip("inspect_ai.log", reason=HERE)
    pytest.importorskip("openai", reason="needs openai, by which inspect_ai asks over HTTP")
    words = [word for argument in arguments for word in ("-T", argument)]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "inspect_ai", "eval", "openbeian/openbeian_bank", *words),
            *("--model", "openai-api/simulated/simulated", "--model-base-url", url, "--display", "none"),
            *("--log-dir", folder / "logs", "--limit", str(limit)),
        ],
        env={**os.environ, "SIMULATED_API_KEY": "none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (folder / "logs").glob("*.eval")
    return inspect_log.read_eval_log(str(path))
