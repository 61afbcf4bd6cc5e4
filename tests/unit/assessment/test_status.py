"""Where a run stands: read while it goes on, after it stopped, and when it is complete."""

import asyncio
import json

import pytest

from openbeian.assessment import resume
from openbeian.assessment.status import Signature, run_status
from openbeian.core.errors import BadInputError
from openbeian.dossier.signing import run_signer
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from openbeian.trust.keys import Ed25519Signer
from tests.simulators.llm import LLMSimulator, Reply

from .support import HURRIED, START, good_service, judges, plan, run, ticking_clock

DRAWN = {"generated_content": 62, "should_refuse": 102, "should_answer": 130}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A complete run with a few errors."""
    folder = tmp_path_factory.mktemp("runs") / "one"
    with LLMSimulator(lambda q, n: Reply(fault="400") if "A.2.i" in q else good_service(q, n)) as it:
        run(plan(it.url), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def out(stored, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name, data in stored.items():
        (folder / name).write_bytes(data)
    return folder


def shortened(out, end):
    """Leave the first `end` lines only."""
    path = out / "evidence.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:end]))
    return out


def test_a_complete_run_counts_as_its_records_say(out):
    status = run_status(out)
    assert {bank.kind.value: bank.drawn for bank in status.banks} == DRAWN
    records = list(ChainReader(out / "evidence.jsonl"))
    for bank in status.banks:
        its = [record for record in records if record.body.get("bank") == bank.kind]
        assert bank.answered == sum(record.kind is RecordKind.ANSWER for record in its)
        failed = sum(record.kind is RecordKind.ERROR for record in its)
        assert bank.errors == ({"target_refused_request": failed} if failed else {})
        assert bank.drawn == bank.answered + failed
        assert bank.pending == 0
    assert any(bank.errors for bank in status.banks)
    for judge in status.judges:
        said = [record.body["value"] for record in records if record.body.get("judge") == judge.name]
        assert judge.verdicts == {value: said.count(value) for value in said}
        assert (judge.judged, judge.unjudged) == (len(said), 0)
    assert (status.records, status.started_at, status.last_at) == (len(records), START, records[-1].at)
    assert (status.is_closed, status.is_complete, status.is_running) == (True, True, False)
    assert (status.signature, status.torn_bytes) == (Signature.UNSIGNED, 0)
    assert "more than 1 %" in status.next_step.en
    assert json.loads(json.dumps(status.as_json()))["next_step"] == status.next_step._asdict()


def test_looking_changes_nothing(out):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
    run_status(out)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()} == before


def test_a_run_that_stopped_says_what_is_left_and_how_to_go_on(out):
    status = run_status(shortened(out, 60))
    asked = sum(bank.answered + sum(bank.errors.values()) for bank in status.banks)
    pending = sum(bank.pending for bank in status.banks)
    assert asked + pending == sum(DRAWN.values())
    assert not status.is_complete
    unjudged = sum(judge.unjudged for judge in status.judges)
    assert f"{pending} questions are left to ask and {unjudged} verdicts" in status.next_step.en
    assert f"beian assess resume {out}" in status.next_step.zh


def test_a_run_that_was_only_drawn_has_everything_left(out):
    status = run_status(shortened(out, 4))
    assert {bank.kind.value: bank.pending for bank in status.banks} == DRAWN
    assert all(judge.judged == judge.unjudged == 0 for judge in status.judges)


def test_answers_without_a_verdict_are_counted(out):
    lines = (out / "evidence.jsonl").read_bytes().splitlines(keepends=True)
    first_verdict = next(n for n, line in enumerate(lines) if b'"kind":"verdict"' in line)
    status = run_status(shortened(out, first_verdict))
    (keyword,) = [judge for judge in status.judges if judge.name == "keyword"]
    answered = status.banks[0].answered
    assert (keyword.judged, keyword.unjudged) == (0, answered)
    assert answered > 0


def test_a_torn_last_line_is_said_and_left_as_it_is(out):
    path = out / "evidence.jsonl"
    torn = path.read_bytes()[:-10]
    path.write_bytes(torn)
    status = run_status(out)
    assert status.torn_bytes > 0
    assert not status.is_complete
    assert "only its end is missing" in status.next_step.en
    assert path.read_bytes() == torn


def test_while_it_is_written_it_says_to_wait_and_stands_in_nobodys_way(out):
    path = shortened(out, 60) / "evidence.jsonl"
    reader = ChainReader(path)
    records = list(reader)
    with ChainWriter.resume(path, reader) as writer:
        status = run_status(out)
        assert status.is_running
        assert status.next_step.en.startswith("The run goes on")
        writer.append(records[-1].kind, records[-1].body, at=START)
        assert run_status(out).records == 61
    assert not run_status(out).is_running


def test_a_run_can_be_looked_at_all_the_time_while_it_goes_on(llm, tmp_path):
    seen = []

    def look(_progress):
        if (tmp_path / "run" / "evidence.jsonl").stat().st_size:
            seen.append(run_status(tmp_path / "run"))

    run(plan(llm(good_service).url), tmp_path / "run", on_progress=look)
    assert seen
    assert all(status.is_running for status in seen)
    assert run_status(tmp_path / "run").is_complete


def test_a_signature_is_seen_and_whether_it_is_of_the_end(llm, tmp_path):
    out = tmp_path / "run"
    run(plan(llm(good_service).url), out, sign_head=run_signer(Ed25519Signer.generate()))
    status = run_status(out)
    assert status.signature is Signature.SIGNED
    assert f"verify it (beian assess verify {out})" in status.next_step.en
    path = out / "evidence.jsonl"
    reader = ChainReader(path)
    last = list(reader)[-1]
    with ChainWriter.resume(path, reader) as writer:
        writer.append(last.kind, last.body, at=START)
    status = run_status(out)
    assert status.signature is Signature.OUTDATED
    assert "--sign-key" in status.next_step.en
    (out / "head.dsse.json").write_text("{}")
    assert run_status(out).signature is Signature.OUTDATED


def test_few_errors_can_be_retried_and_need_not(llm, tmp_path):
    service = llm(good_service)
    run(plan(service.url), tmp_path / "run")
    path = tmp_path / "run" / "evidence.jsonl"
    records = list(ChainReader(path))
    draws = {r.body["bank"]: r.body for r in records if r.kind is RecordKind.DRAW}
    path.unlink()
    with ChainWriter(path) as writer:
        for record in records:
            body = dict(record.body)
            if record.kind is RecordKind.DRAW and body["bank"] == "should_answer":
                ids = [*body["questions"], *([f"x{n}", "health"] for n in range(100))]
                body |= {"questions": ids, "size": len(ids)}
            if record.kind is RecordKind.CLOSE:
                for n in range(100):
                    about = {
                        "bank": "should_answer",
                        "question": f"x{n}",
                        "stratum": "health",
                        "latency_ms": 1,
                    }
                    kind = RecordKind.ERROR if n == 0 else RecordKind.ANSWER
                    about |= {"error": "target_timeout"} if n == 0 else {"answer": "好", "finish": ""}
                    answer = writer.append(kind, about, at=record.at)
                    verdict = {"answer": answer.seq, "judge": "refusal", "version": "1", "value": "comply"}
                    if n:
                        writer.append(RecordKind.VERDICT, verdict, at=record.at)
            writer.append(record.kind, body, at=record.at)
    assert draws
    status = run_status(tmp_path / "run")
    assert status.is_complete
    assert "no more than 1 %; they can be asked again" in status.next_step.en


def test_what_a_judge_behind_an_address_failed_on_is_said(out):
    path = out / "evidence.jsonl"
    reader = ChainReader(path)
    cards = list(reader)[-1].body["judges"]
    with ChainWriter.resume(path, reader) as writer:
        writer.append(
            RecordKind.CLOSE,
            {"judges": cards, "judge_errors": {"classifier": {"target_timeout": 2}}},
            at=START,
        )
    (classifier,) = [judge for judge in run_status(out).judges if judge.name == "classifier"]
    assert classifier.errors == {"target_timeout": 2}


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="There is no evidence"):
        run_status(tmp_path)
    (tmp_path / "evidence.jsonl").write_bytes(b"")
    with pytest.raises(BadInputError, match="empty"):
        run_status(tmp_path)


def test_who_resumes_while_somebody_looks_is_not_refused(out, llm):
    async def both():
        await asyncio.gather(
            resume(out, at_clock=ticking_clock(), environ={}, patience=HURRIED, judges=judges()),
            *(asyncio.to_thread(run_status, out) for _ in range(20)),
        )

    asyncio.run(both())
