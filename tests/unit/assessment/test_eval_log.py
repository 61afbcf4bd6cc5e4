"""A run as a log of Inspect: every value leads back to the evidence. With the package, Inspect reads it."""

import sys
from dataclasses import replace

import pytest

from openbeian.assessment import BankKind, report_of
from openbeian.assessment.eval_log import eval_log
from openbeian.assessment.eval_log_export import export_eval_log
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from tests.simulators.llm import Reply
from tests.unit.assessment.support import BANKS, good_service, plan, run

HERE = "needs inspect_ai; run make inspect-test"


@pytest.fixture
def inspect_log():
    """Inspect's own module for logs."""
    return pytest.importorskip("inspect_ai.log", reason=HERE)


@pytest.fixture
def done(llm, tmp_path):
    """Return the directory of a run with one question that fails."""
    out = tmp_path / "run"
    run(plan(llm(_one_fails).url), out)
    return out


def _one_fails(question, number):
    return Reply(fault="400") if number == 30 else good_service(question, number)


def _values(out):
    evidence = out / "evidence.jsonl"
    return eval_log(ChainReader(evidence), report_of(evidence))


def test_every_question_that_was_put_is_a_sample_in_the_order_drawn(done):
    values = _values(done)
    records = list(ChainReader(done / "evidence.jsonl"))
    drawn = [
        f"{record.body['bank']}:{question}"
        for record in records
        if record.kind is RecordKind.DRAW
        for question, _ in record.body["questions"]
    ]
    assert [sample["id"] for sample in values["samples"]] == drawn
    assert values["eval"]["dataset"]["sample_ids"] == drawn
    assert {sample["epoch"] for sample in values["samples"]} == {1}


def test_a_sample_says_what_was_asked_and_answered_and_where_it_stands_in_the_chain(done):
    reader = ChainReader(done / "evidence.jsonl")
    hashes = {record.seq: (record, reader.head) for record in reader}
    answered = [sample for sample in _values(done)["samples"] if "output" in sample]
    for sample in answered:
        record, digest = hashes[sample["metadata"]["seq"]]
        assert sample["metadata"]["hash"] == digest
        assert sample["input"] == record.body["prompt"]
        assert sample["output"]["choices"][0]["message"]["content"] == record.body["answer"]
        assert [message["role"] for message in sample["messages"]] == ["user", "assistant"]
        assert sample["metadata"]["bank"] == record.body["bank"]
        member = BankKind(record.body["bank"]).member
        assert sample["metadata"][member] == record.body["stratum"]
    assert {sample["target"] for sample in answered} == {"conforms", "refuse", "comply"}
    assert {sample["output"]["choices"][0]["stop_reason"] for sample in answered} == {"stop"}


def test_each_judge_scores_and_its_verdict_stands_in_the_chain(done):
    reader = ChainReader(done / "evidence.jsonl")
    hashes = {record.seq: (record, reader.head) for record in reader}
    judges = set()
    for sample in _values(done)["samples"]:
        for judge, score in sample["scores"].items():
            record, digest = hashes[score["metadata"]["seq"]]
            assert (record.kind, record.body["judge"]) == (RecordKind.VERDICT, judge)
            assert score["value"] == record.body["value"]
            assert score["metadata"]["hash"] == digest
            judges.add((sample["metadata"]["bank"], judge))
    assert judges == {
        ("generated_content", "keyword"),
        ("generated_content", "classifier"),
        ("should_refuse", "refusal"),
        ("should_answer", "refusal"),
    }


def test_a_hit_names_its_terms(llm, tmp_path):
    run(plan(llm(lambda _q, _n: Reply("毒品和毒品")).url), tmp_path / "run")
    sample = next(one for one in _values(tmp_path / "run")["samples"] if "keyword" in one["scores"])
    assert sample["scores"]["keyword"]["value"] == "hit"
    assert sample["scores"]["keyword"]["explanation"] == "毒品"
    assert sample["scores"]["keyword"]["metadata"]["positions"][1][2:] == [3, 5]


def test_a_question_that_failed_is_an_error_without_output(done):
    (failed,) = [sample for sample in _values(done)["samples"] if "error" in sample]
    assert failed["error"]["message"].startswith("target_refused_request: ")
    assert "output" not in failed
    assert failed["scores"] == {}


def test_metrics_are_the_figures_of_the_report(done):
    report, values = report_of(done / "evidence.jsonl"), _values(done)
    metrics = {
        name: metric["value"]
        for score in values["results"]["scores"]
        for name, metric in score["metrics"].items()
    }
    assert metrics == {one.threshold: one.rate for one in report.results if one.rate is not None}
    assert values["results"]["metadata"] == {"conclusion": report.conclusion.value}
    assert values["results"]["total_samples"] - values["results"]["completed_samples"] == 1
    assert (values["status"], values["eval"]["eval_id"]) == ("success", report.evidence.head)
    assert values["eval"]["metadata"]["banks"] == sorted(
        (bank.seal.as_json() for bank in BANKS), key=lambda seal: seal["kind"]
    )
    assert values["eval"]["model"] == "simulated"


def test_a_conversation_is_told_in_its_order_after_the_system_prompt(llm, tmp_path):
    banks = tuple(replace(bank, questions=tuple(_two_turns(one) for one in bank.questions)) for bank in BANKS)
    one = plan(llm(good_service).url, banks=banks)
    run(replace(one, target=replace(one.target, system="你是助手。")), tmp_path / "run")
    sample = _values(tmp_path / "run")["samples"][0]
    roles = ["system", "user", "assistant", "user", "assistant"]
    assert [message["role"] for message in sample["messages"]] == roles
    assert [message["role"] for message in sample["input"]] == roles[1:-1]
    assert sample["input"][0]["content"] == "先说一件事。"


def _two_turns(one):
    return replace(one, turns=("先说一件事。", one.text))


def test_a_run_that_stopped_is_not_called_a_success(done):
    evidence = done / "evidence.jsonl"
    lines = evidence.read_bytes().splitlines(keepends=True)
    evidence.write_bytes(b"".join(lines[:20]))
    values = _values(done)
    assert values["status"] == "cancelled"
    assert len(values["samples"]) < values["results"]["total_samples"]


def test_only_the_first_answer_to_a_question_stands_and_the_newest_verdict(done):
    before = {one["id"]: one for one in _values(done)["samples"]}
    evidence = done / "evidence.jsonl"
    reader = ChainReader(evidence)
    records = list(reader)
    answer = next(one for one in records if one.kind is RecordKind.ANSWER)
    verdict = next(one for one in records if one.kind is RecordKind.VERDICT)
    with ChainWriter(evidence, reader=reader) as writer:
        writer.append(answer.kind, {**answer.body, "answer": "换个说法"}, at=answer.at)
        writer.append(verdict.kind, {**verdict.body, "value": "hit"}, at=verdict.at)
        writer.append(verdict.kind, {**verdict.body, "answer": 0}, at=verdict.at)
    after = {one["id"]: one for one in _values(done)["samples"]}
    judged = next(one for one in after.values() if one["metadata"]["seq"] == verdict.body["answer"])
    assert judged["scores"][verdict.body["judge"]]["value"] == "hit"
    for name, sample in after.items():
        assert sample.get("output") == before[name].get("output")


@pytest.fixture
def without_inspect(monkeypatch):
    """Make importing Inspect fail, as where it is not installed."""
    for name in ("inspect_ai", "inspect_ai.log"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_inspect")
def test_without_inspect_the_error_says_what_to_install(done, tmp_path):
    with pytest.raises(CouldNotRunError, match=r"pip install 'openbeian\[inspect\]'"):
        export_eval_log(done, tmp_path / "run.eval")
    assert not list(tmp_path.glob("*.eval"))


@pytest.mark.usefixtures("without_inspect")
def test_a_file_that_is_there_or_no_log_is_refused_and_left_alone(done, tmp_path):
    there = tmp_path / "there.eval"
    there.write_bytes(b"mine")
    for to, said in ((there, "there already"), (tmp_path / "run.json", "must end with .eval")):
        with pytest.raises(BadInputError, match=said):
            export_eval_log(done, to)
    assert there.read_bytes() == b"mine"
    with pytest.raises(BadInputError, match=r"no evidence\.jsonl"):
        export_eval_log(tmp_path, tmp_path / "run.eval")


def test_inspect_reads_what_was_exported(inspect_log, done, tmp_path):
    to = tmp_path / "run.eval"
    exported = export_eval_log(done, to)
    values, log = _values(done), inspect_log.read_eval_log(str(to))
    assert (exported.samples, exported.errors) == (len(log.samples), 1)
    assert (log.status, log.eval.task, log.eval.model) == ("success", "openbeian/tc260-003", "simulated")
    assert log.eval.metadata["head"] == exported.head
    by_id = {sample["id"]: sample for sample in values["samples"]}
    assert by_id.keys() == {read.id for read in log.samples}
    for read in log.samples:
        sample = by_id[read.id]
        assert (read.input, read.metadata) == (sample["input"], sample["metadata"])
        assert {name: score.value for name, score in read.scores.items()} == {
            name: score["value"] for name, score in sample["scores"].items()
        }
        answer = sample.get("output")
        assert read.output.completion == (answer["choices"][0]["message"]["content"] if answer else "")
    rates = {name: metric.value for score in log.results.scores for name, metric in score.metrics.items()}
    assert rates["eval.refuse.rate"] == report_of(done / "evidence.jsonl").result("eval.refuse.rate").rate
    assert len(inspect_log.read_eval_log_sample_summaries(str(to))) == len(log.samples)
    export_eval_log(done, to, force=True)
    assert [path.name for path in tmp_path.glob("*.eval")] == ["run.eval"]


@pytest.mark.usefixtures("inspect_log")
def test_a_place_that_cant_be_written_is_said_so(done):
    with pytest.raises(CouldNotRunError, match="can't be written"):
        export_eval_log(done, done / "report.json" / "run.eval")
