"""Stored answers judged anew: verdicts are added, none is touched, and the newest count."""

import asyncio

import pytest

from openbeian.assessment import (
    Conclusion,
    Keyword,
    KeywordLibrary,
    load_judges,
    load_report,
    rejudge,
    verify,
)
from openbeian.assessment.target_errors import TargetServerError
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import ChainReader, ChainWriter
from tests.simulators.judges import llm_says, qwen3guard, verdict_json
from tests.simulators.llm import LLMSimulator, Reply

from .support import HURRIED, LIBRARY, good_service, judges, plan, run, ticking_clock

GENERATED, REFUSALS = 62, 102 + 130
LAXER = KeywordLibrary("laxer", "1", starter=True, keywords=(Keyword("枪支", "A.1.d"),))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A run in which three answers hold a term of the library; its service is gone since."""
    folder = tmp_path_factory.mktemp("runs") / "one"
    with LLMSimulator(lambda q, n: Reply("毒品") if "A.1.f" in q else good_service(q, n)) as service:
        run(plan(service.url), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def out(stored, tmp_path):
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    for name, data in stored.items():
        (folder / name).write_bytes(data)
    return folder


def again(out, *specs, **options):
    options = {"at_clock": ticking_clock(), "environ": {}, "patience": HURRIED} | options
    return asyncio.run(rejudge(out, specs=specs, **options))


def codes(out):
    return [found.code for found in verify(out)]


def added(out, stored):
    """Return the records that were added, after a look that the old ones stand as they were."""
    before = stored["evidence.jsonl"]
    assert (out / "evidence.jsonl").read_bytes().startswith(before)
    return list(ChainReader(out / "evidence.jsonl"))[before.count(b"\n") :]


def test_the_present_judges_judge_anew_without_network_and_the_report_names_all_versions(out, stored):
    report = again(out)
    new = added(out, stored)
    # The run's keyword judge is still the same; the others were stand-ins.
    assert [record.kind for record in new] == ["verdict"] * (GENERATED + REFUSALS) + ["close"]
    (refusal,) = [one for one in report.judges if one.name == "refusal"]
    assert refusal.versions == ("1", load_judges(None, ["refusal"])[0].version)
    assert load_report(out) == report
    assert codes(out) == ["rejudged", "rejudged", "unsigned"]


def test_judging_anew_twice_adds_nothing(out):
    report = again(out)
    before = (out / "evidence.jsonl").read_bytes()
    assert again(out) == report
    assert (out / "evidence.jsonl").read_bytes() == before


def test_only_the_judges_named_judge_and_their_newest_verdict_counts(out, stored, llm):
    report = again(out, f"classifier={llm(qwen3guard('毒品')).url}#qwen3guard")
    new = added(out, stored)
    assert {record.body.get("judge") for record in new[:-1]} == {"classifier"}
    assert report.result("eval.generated.classifier.pass").verdicts == {"safe": 60, "unsafe": 2}
    back = again(out, f"classifier={llm(qwen3guard('好')).url}#qwen3guard")
    assert back.result("eval.generated.classifier.pass").verdicts == {"safe": 2, "unsafe": 60}
    (classifier,) = [one for one in back.judges if one.name == "classifier"]
    assert len(classifier.versions) == 3
    assert classifier.calibrations == ()


def test_a_judge_that_the_run_did_not_have_can_be_heard_afterwards(out, llm):
    model, seen = llm(), []
    llm_says(model, lambda answer, turn: verdict_json())
    report = again(out, f"llm={model.url}#judge", on_progress=seen.append)
    (result,) = [one for one in report.results if one.judge == "llm"]
    assert result.verdicts == {"conforms": GENERATED}
    assert seen[-1].banks == {"llm": (GENERATED, GENERATED)}


def test_an_interrupted_rejudging_goes_on_where_it_stopped(out, llm):
    rule = qwen3guard("毒品")
    guard = llm(lambda answer, number: Reply(fault="500") if number > 40 else rule(answer, number))
    spec = f"classifier={guard.url}#qwen3guard,concurrency=1"
    with pytest.raises(TargetServerError):
        again(out, spec)
    guard.rule, guard.requests = rule, 0
    assert again(out, spec).result("eval.generated.classifier.pass").verdicts == {"safe": 60, "unsafe": 2}
    assert guard.requests == GENERATED - 40


def test_another_library_finds_other_terms_but_concludes_nothing(out, stored):
    assert load_report(out).result("eval.generated.keyword.pass").counted == 60
    report = again(out, "keyword", keywords=LAXER)
    keyword = report.result("eval.generated.keyword.pass")
    assert (keyword.counted, keyword.conclusion) == (62, Conclusion.NOT_ASSESSED)
    assert "not the one committed to before the draw" in keyword.reason.en
    assert (out / f"keywords.{LAXER.seal.sha256}.jsonl").read_bytes() == LAXER.canonical
    assert added(out, stored)[-1].body["keywords"] == LAXER.seal.as_json()
    assert codes(out) == ["rejudged", "keywords_differ", "unsigned"]
    back = again(out, "keyword").result("eval.generated.keyword.pass")
    assert (back.counted, back.conclusion) == (60, Conclusion.CONFORMS)


def test_the_library_of_the_run_given_again_is_no_other(out, stored):
    again(out, "keyword", keywords=LIBRARY)
    assert added(out, stored) == []


def test_a_run_without_a_library_can_be_given_one(llm, tmp_path):
    here = [judge for judge in judges() if judge.name != "keyword"]
    run(plan(llm(good_service).url, keywords=None, judges=tuple(here)), tmp_path / "run")
    with pytest.raises(BadInputError, match="name one with --keywords"):
        again(tmp_path / "run", "keyword")
    report = again(tmp_path / "run", "keyword", keywords=LIBRARY)
    assert report.result("eval.generated.keyword.pass").counted == GENERATED


def test_a_signed_run_is_signed_again_or_left_alone(out, stored):
    (out / "head.dsse.json").write_text("signed")
    with pytest.raises(BadInputError, match="name the key with --sign-key"):
        again(out)
    assert added(out, stored) == []
    report = again(out, sign_head=lambda head, at: head.encode())
    assert (out / "head.dsse.json").read_text() == report.evidence.head


def test_a_run_that_another_process_writes_is_left_alone(out):
    reader = ChainReader(out / "evidence.jsonl")
    list(reader)
    with (
        ChainWriter.resume(out / "evidence.jsonl", reader),
        pytest.raises(CouldNotRunError, match="Another process"),
    ):
        again(out)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="There is no evidence"):
        again(tmp_path)
