"""Guards and language models measured on answers that people labelled; each version for itself."""

import asyncio
import io
import json

import pytest

from openbeian.assessment import BankKind, Conclusion, load_judges, load_report, rejudge, report_of, verify
from openbeian.assessment.calibration import calibrate_on_answers, calibrate_run
from openbeian.assessment.judges.errors import JudgeUnreachableError
from openbeian.assessment.report_html import render_html
from openbeian.assessment.report_judges import judge_rows
from openbeian.assessment.report_xlsx import render_xlsx
from openbeian.assessment.reports import counted_report
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, clopper_pearson, corrected_interval, rogan_gladen
from openbeian.evidence import ChainReader, ChainWriter, RecordKind
from openbeian.terminal.runs import report_table
from tests.simulators.judges import llamaguard, llm_says, qwen3guard, verdict_json
from tests.simulators.llm import LLMSimulator

from .support import BANKS, HURRIED, LIBRARY, files_of, judges, plan, ticking_clock
from .test_calibrating import read, settle_all, sometimes_lax

GUARDED = "eval.generated.classifier.pass"


@pytest.fixture(scope="module")
def guard():
    with LLMSimulator(qwen3guard("有害")) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def model():
    with LLMSimulator() as simulator:
        llm_says(simulator, _says)
        yield simulator


def _says(answer, _turn):
    return verdict_json("does_not_conform", 0.9, "A.1.f") if "有害" in answer else verdict_json()


@pytest.fixture(scope="module")
def untouched(guard, model, tmp_path_factory):
    specs = [f"classifier={guard.url}#Qwen3Guard-Gen-4B", f"llm={model.url}#judge"]
    with LLMSimulator(sometimes_lax) as service:
        its = load_judges(LIBRARY, ["keyword", *specs])
        return files_of(plan(service.url, concurrency=1, banks=BANKS[:1], judges=its), tmp_path_factory)


def version_of(out, judge):
    (versions,) = [one.versions for one in load_report(out).judges if one.name == judge]
    return versions


def label_all(out):
    """Have people find harm where the judges do, and in one more answer; return how many are harmful."""
    extra = read(out).of_bank(BankKind.GENERATED_CONTENT)[0].answer
    items = settle_all(out, lambda one: "不合格" if "有害" in one.said or one.answer == extra else "合格")
    return sum("有害" in one.said for one in items)


def judged_anew(out, *specs):
    return asyncio.run(rejudge(out, at_clock=ticking_clock(), specs=specs, environ={}, patience=HURRIED))


@pytest.mark.parametrize(
    ("judge", "positive", "threshold"),
    [("classifier", ("unsafe",), GUARDED), ("llm", ("conforms",), "eval.generated.manual.pass")],
)
def test_a_remote_judge_of_a_run_is_measured_and_its_rate_corrected(out, judge, positive, threshold):
    before = next(one for one in load_report(out).results if (one.judge, one.threshold) == (judge, threshold))
    assert before.corrected_rate is None
    harmful = label_all(out)
    measured = calibrate_run(out, judge, None, at=ticking_clock()())
    assert (measured.card.version,) == version_of(out, judge)
    file = measured.as_json()
    assert (file["judge"]["name"], file["judge"]["version"]) == (judge, measured.card.version)
    (one,) = measured.card.calibrations
    found, let_be = Counted(harmful, harmful + 1), Counted(62 - harmful - 1, 62 - harmful - 1)
    if positive == ("unsafe",):
        assert (one.positive, one.sensitivity, one.specificity) == (positive, found, let_be)
    else:
        assert (one.positive, one.sensitivity, one.specificity) == (positive, let_be, found)
    assert file["intervals"] == [
        {
            "sensitivity": list(clopper_pearson(*one.sensitivity)),
            "specificity": list(clopper_pearson(*one.specificity)),
        }
    ]
    report = load_report(out)
    after = next(one for one in report.results if (one.judge, one.threshold) == (judge, threshold))
    assert after.rate == before.rate
    rate = rogan_gladen(after.rate, let_be.k / let_be.n, found.k / found.n).rate
    assert after.corrected_rate == pytest.approx(rate)
    assert after.corrected_interval == corrected_interval(Counted(after.counted, after.judged), let_be, found)
    (row,) = [row for row in judge_rows(report, "en") if measured.card.version in row[1]]
    raw, corrected = f"{after.rate:.1%}", f"{after.corrected_rate:.1%}"
    assert row[-1].startswith(f"{raw} → {corrected} (")
    assert [finding.code for finding in verify(out)] == ["unsigned"]


def test_a_guard_that_was_measured_concludes_something(out):
    assert load_report(out).result(GUARDED).conclusion is Conclusion.NOT_ASSESSED
    label_all(out)
    calibrate_run(out, "classifier", None, at=ticking_clock()())
    assert load_report(out).result(GUARDED).conclusion is not Conclusion.NOT_ASSESSED


def shown(report, out):
    """Return what the pages, the workbook and the terminal say, as texts."""
    from openpyxl import load_workbook
    from rich.console import Console

    evidence = out / "evidence.jsonl"
    book = load_workbook(io.BytesIO(render_xlsx(counted_report(evidence), evidence)))
    cells = [str(cell.value) for page in book for row in page for cell in row]
    console = Console(width=1000, record=True, file=io.StringIO())
    console.print(report_table(report))
    return [render_html(report), "\n".join(cells), console.export_text()]


def test_a_calibration_of_another_version_is_named_and_not_applied(out, llm):
    label_all(out)
    calibrate_run(out, "classifier", None, at=ticking_clock()())
    (old,) = version_of(out, "classifier")
    first_guard = json.loads((out / "evidence.jsonl").read_bytes().splitlines()[0])["body"]["run"]["judges"]
    other = llm(llamaguard("有害"))
    report = judged_anew(out, f"classifier={other.url}#llama-guard3")
    new = next(one for one in version_of(out, "classifier") if one != old)
    result = report.result(GUARDED)
    assert (result.corrected_rate, result.conclusion) == (None, Conclusion.NOT_ASSESSED)
    said = (
        f"The calibration of “classifier” is of version {old}, but the verdicts that count are by version "
        f"{new}, so it is not applied; measure it anew with beian assess calibrate."
    )
    assert result.reason.en == said
    (judge,) = [one for one in report.judges if one.name == "classifier"]
    assert (judge.calibrations, judge.stale.en) == ((), said)
    assert f"{old}，而计入的判定出自版本 {new}，故不采用该校准" in judge.stale.zh
    assert all(old in one and "calibrate" in one for one in shown(report, out))
    assert {finding.code for finding in verify(out)} == {"unsigned", "rejudged"}

    # Measured anew it is applied, and back by the first version so is the first calibration.
    calibrate_run(out, "classifier", None, at=ticking_clock()())
    assert load_report(out).result(GUARDED).corrected_rate is not None
    back = judged_anew(out, next(card["spec"] for card in first_guard if card["name"] == "classifier"))
    (judge,) = [one for one in back.judges if one.name == "classifier"]
    assert judge.stale is None
    assert back.result(GUARDED).corrected_rate is not None


def mixed(out):
    """Have the judge's last verdict be by another version, as when judging anew was interrupted."""
    reader = ChainReader(out / "evidence.jsonl")
    records = list(reader)
    last = max(
        (one for one in records if one.kind is RecordKind.VERDICT and one.body["judge"] == "classifier"),
        key=lambda one: one.seq,
    )
    with ChainWriter.resume(out / "evidence.jsonl", reader) as writer:
        writer.append(RecordKind.VERDICT, {**last.body, "version": "other-1"}, at=last.at)


def test_verdicts_of_several_versions_are_not_measured_as_one(out):
    label_all(out)
    calibrate_run(out, "classifier", None, at=ticking_clock()())
    mixed(out)
    report = report_of(out / "evidence.jsonl")
    assert report.result(GUARDED).corrected_rate is None
    assert "judge anew by one version with beian assess rejudge" in report.result(GUARDED).reason.en
    with pytest.raises(BadInputError, match=r"by several versions \(other-1, qwen3guard:"):
        calibrate_run(out, "classifier", None, at=ticking_clock()())


def test_what_a_card_says_of_another_version_is_not_applied_either(tmp_path_factory, tmp_path):
    with LLMSimulator(sometimes_lax) as service:
        one = plan(service.url, concurrency=1, banks=BANKS[:1], judges=judges())
        data = files_of(one, tmp_path_factory)["evidence.jsonl"]
    (tmp_path / "was.jsonl").write_bytes(data)
    with ChainWriter(tmp_path / "evidence.jsonl") as writer:
        for record in ChainReader(tmp_path / "was.jsonl"):
            newer = record.kind is RecordKind.VERDICT and record.body["judge"] == "classifier"
            body = {**record.body, "version": "2"} if newer else record.body
            writer.append(record.kind, body, at=record.at)
    result = report_of(tmp_path / "was.jsonl").result(GUARDED)
    assert result.corrected_rate is not None
    result = report_of(tmp_path / "evidence.jsonl").result(GUARDED)
    assert result.corrected_rate is None
    assert "is of version 1, but the verdicts that count are by version 2" in result.reason.en


ROWS = "question,answer,label\n甲,有害的回答。,不合格\n乙,好的。,合格\n丙,好的。,不合格\n丁,有害的。,合格\n"


def test_a_guard_and_a_model_are_measured_on_a_file_of_labelled_answers(guard, model, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ROWS, "utf-8")
    for spec in (f"classifier={guard.url}#qwen3guard", f"llm={model.url}#judge"):
        (judge,) = load_judges(None, [spec])
        measured = calibrate_on_answers(path, judge, None)
        assert (measured.answers, measured.card.version) == (4, judge.version)
        (one,) = measured.card.calibrations
        assert (one.sensitivity, one.specificity) == ((1, 2), (1, 2))


def test_answers_a_guard_is_unsure_about_measure_nothing(llm, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ROWS, "utf-8")
    (judge,) = load_judges(
        None, [f"classifier={llm(qwen3guard('有害', safety='Controversial')).url}#qwen3guard"]
    )
    (one,) = calibrate_on_answers(path, judge, None).card.calibrations
    assert (one.sensitivity, one.specificity) == ((0, 1), (1, 1))


def test_a_guard_that_cannot_be_asked_measures_nothing(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ROWS, "utf-8")
    (judge,) = load_judges(None, ["classifier=http://127.0.0.1:9/v1#qwen3guard"])
    with pytest.raises(JudgeUnreachableError):
        calibrate_on_answers(path, judge, None)
