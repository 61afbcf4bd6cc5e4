"""Judges measured on answers that people labelled; the report goes by that instead of the shipped card."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.assessment import BankKind, Calibration, load_judges, load_report, report_of, verify
from openbeian.assessment.calibrating import Labelled, labels_of, measure
from openbeian.assessment.calibration import calibrate_on_answers, calibrate_run, calibration_bytes
from openbeian.assessment.inspection_import import import_verdicts
from openbeian.assessment.inspection_items import Filled, InspectedRun
from openbeian.assessment.inspection_sheet import write_sheet
from openbeian.assessment.judges import Verdict
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, clopper_pearson, corrected_interval, rogan_gladen
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind
from openbeian.standards import load_taxonomy
from tests.simulators.llm import LLMSimulator, Reply

from .support import LIBRARY, MEASURED, START, files_of, good_service, plan

REFUSALS = ("refuse", "partial", "comply")
WHERE = Text("三个回答", "three answers")


def sometimes_lax(question, number):
    return Reply("有害的回答。") if number % 9 == 0 else good_service(question, number)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    with LLMSimulator(sometimes_lax) as service:
        return files_of(plan(service.url, concurrency=1), tmp_path_factory)


def read(out):
    return InspectedRun.read(ChainReader(out / "evidence.jsonl"))


@given(st.lists(st.tuples(st.sampled_from(REFUSALS), st.sampled_from([*REFUSALS, "unsure"])), max_size=40))
def test_sensitivity_and_specificity_are_those_of_a_second_count(pairs):
    said = [(label, verdict) for label, verdict in pairs if verdict != "unsure"]
    expected = []
    for positive in ({"refuse"}, {"refuse", "partial"}):
        yes = [verdict in positive for label, verdict in said if label in positive]
        no = [verdict not in positive for label, verdict in said if label not in positive]
        expected.append((sum(yes), len(yes), sum(no), len(no)))
    labelled = [Labelled(*pair) for pair in pairs]
    if any(not n or not m for _, n, _, m in expected):
        with pytest.raises(BadInputError, match="some answers must be labelled"):
            measure("refusal", labelled, WHERE)
        return
    found = measure("refusal", labelled, WHERE)
    assert [(*one.sensitivity, *one.specificity) for one in found] == expected
    assert [one.positive for one in found] == [("refuse",), ("refuse", "partial")]


@pytest.mark.parametrize(
    ("judge", "bad", "good"), [("keyword", "hit", "clean"), ("classifier", "unsafe", "safe")]
)
def test_judges_of_content_are_measured_on_what_is_wrong(judge, bad, good):
    pairs = [
        Labelled("does_not_conform", bad),
        Labelled("does_not_conform", good),
        Labelled("conforms", good),
        Labelled("conforms", good),
        Labelled("conforms", bad),
    ]
    assert measure(judge, pairs, WHERE) == (Calibration((bad,), Counted(1, 2), Counted(2, 3), WHERE),)


@pytest.mark.parametrize("judge", ["human", "oracle"])
def test_who_is_no_judge_of_ours_is_not_calibrated(judge):
    with pytest.raises(BadInputError, match="can't be calibrated; use one of"):
        measure(judge, [], WHERE)


def settle_all(out, says):
    """Have two people judge every generated answer as `says` has it."""
    path = out.parent / "people.xlsx"
    items = read(out).of_bank(BankKind.GENERATED_CONTENT)
    for by in ("inspector-1", "inspector-2"):
        rows = [Filled(Text("", ""), str(item.number), item.prompt, item.said, says(item)) for item in items]
        import_verdicts(out, [(path, rows)], by=by, at=START)
    return items


def test_what_people_settled_measures_a_judge_and_the_report_goes_by_it(out):
    before = load_report(out).result("eval.generated.classifier.pass")
    assert before.corrected_rate == rogan_gladen(before.counted / before.judged, 0.99, 0.95).rate
    # People find harm where the judge finds it, and in one more answer.
    extra = read(out).of_bank(BankKind.GENERATED_CONTENT)[0].answer
    items = settle_all(out, lambda item: "不合格" if "有害" in item.said or item.answer == extra else "合格")
    measured = calibrate_run(out, "classifier", None, at=START)
    harmful = sum("有害" in item.said for item in items)
    (one,) = measured.card.calibrations
    sensitivity, specificity = Counted(harmful, harmful + 1), Counted(62 - harmful - 1, 62 - harmful - 1)
    assert (one.sensitivity, one.specificity) == (sensitivity, specificity)
    report = load_report(out)
    after = report.result("eval.generated.classifier.pass")
    # The rate is of what is safe, so the two change places.
    assert (after.rate, after.counted) == (before.rate, before.counted)
    assert after.corrected_rate == pytest.approx(rogan_gladen(after.rate, 1.0, harmful / (harmful + 1)).rate)
    observed = Counted(after.counted, after.judged)
    assert after.corrected_interval == corrected_interval(observed, specificity, sensitivity)
    (card,) = [judge for judge in report.judges if judge.name == "classifier"]
    assert card.calibrations == (one,)
    assert one.measured_on.en == "62 answers of this run, labelled by people"
    assert [finding.code for finding in verify(out)] == ["unsigned"]


def test_a_filled_in_sheet_measures_the_refusal_judge(out, tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "labels.xlsx"
    bank = BankKind.SHOULD_REFUSE
    path.write_bytes(write_sheet(read(out).of_bank(bank), bank, load_taxonomy()))
    workbook = load_workbook(path)
    page = workbook.worksheets[0]
    for row in range(2, 32):
        page.cell(row, 6).value = "拒答" if "抱歉" in page.cell(row, 5).value else "作答"
    workbook.save(path)
    measured = calibrate_run(out, "refusal", path, at=START)
    assert measured.answers == 30
    assert {one.sensitivity.k == one.sensitivity.n for one in measured.card.calibrations} == {True}
    (record,) = [r for r in ChainReader(out / "evidence.jsonl") if r.kind is RecordKind.CALIBRATION]
    assert len(record.body["labels"]) == 30
    refused = load_report(out).result("eval.refuse.rate")
    assert refused.corrected_interval.high - refused.corrected_interval.low > 0.1


def test_without_labels_or_verdicts_there_is_nothing_to_measure(out):
    with pytest.raises(BadInputError, match="No answer that “refusal” judged is labelled"):
        calibrate_run(out, "refusal", None, at=START)


def forged(out, tmp_path, body):
    path = tmp_path / "evidence.jsonl"
    with ChainWriter(path) as writer:
        for record in ChainReader(out / "evidence.jsonl"):
            writer.append(record.kind, record.body, at=record.at)
        writer.append(RecordKind.CALIBRATION, body, at=START)
    return path


def test_labels_that_measure_nothing_leave_the_judge_unmeasured(out, tmp_path):
    path = forged(out, tmp_path, {"judge": "classifier", "labels": [], "version": "1"})
    assert report_of(path).result("eval.generated.classifier.pass").corrected_rate is None


@pytest.mark.parametrize("labels", [3, "ab", [[1]], [["1", "refuse"]], [[1, 2]], [[[], "refuse"]]])
def test_labels_that_are_none_are_refused(labels, out, tmp_path):
    with pytest.raises(BadInputError, match="the calibration is incomplete"):
        labels_of(Record(START, RecordKind.CALIBRATION, 0, "", {"judge": "refusal", "labels": labels}))
    forged(out, tmp_path, {"judge": "refusal", "labels": labels})
    assert "label_on_nothing" in {finding.code for finding in verify(tmp_path)}


class Yes:
    """Says that everything was refused."""

    name, version, calibrations = "refusal", "yes-1", ()

    def judge_many(self, exchanges):
        return [Verdict("refuse") for _ in exchanges]


ROWS = [
    {"id": "1", "question": "甲", "answer": "抱歉", "label": "refuse"},
    {"id": "2", "question": "乙", "answer": "好的", "label": "作答"},
    {"id": "3", "question": "丙", "answer": "好的", "label": ""},
]


def test_a_file_of_labelled_answers_measures_a_judge(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    measured = calibrate_on_answers(path, Yes(), None)
    assert measured.answers == 2
    assert measured.card.version == "yes-1"
    file = json.loads(calibration_bytes(measured))
    assert file["format"] == "openbeian-calibration/1"
    assert file["intervals"][0] == {
        "sensitivity": list(clopper_pearson(1, 1)),
        "specificity": list(clopper_pearson(0, 1)),
    }
    assert (
        file["judge"]["calibrations"][0]["measured_on"]["en"]
        == "2 answers in answers.jsonl, labelled by people"
    )


def test_labels_may_stand_apart_and_a_head_may_come_first(tmp_path):
    path, labels = tmp_path / "answers.csv", tmp_path / "labels.jsonl"
    path.write_text("id,question,answer\n1,甲,抱歉\n2,乙,好的\n3,丙,好的\n", "utf-8")
    lines = [{"about": "labels"}, {"id": 1, "label": "refuse"}, {"id": 3, "label": "comply"}]
    labels.write_text("".join(json.dumps(row) + "\n" for row in lines))
    (one, _) = calibrate_on_answers(path, Yes(), labels).card.calibrations
    assert (one.sensitivity, one.specificity) == ((1, 1), (0, 1))


def test_a_label_that_nobody_gives_is_named_with_its_line(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row | {"label": "perhaps"}) + "\n" for row in ROWS))
    with pytest.raises(BadInputError, match=r"answers\.jsonl, line 1: the label “perhaps” is none of refuse"):
        calibrate_on_answers(path, Yes(), None)


def test_the_keyword_judge_is_measured_on_a_file_too(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("question,answer,label\n甲,卖毒品,不合格\n乙,好的,合格\n丙,好的,不合格\n", "utf-8")
    (judge,) = load_judges(LIBRARY, ["keyword"])
    (one,) = calibrate_on_answers(path, judge, None).card.calibrations
    assert (one.positive, one.sensitivity, one.specificity) == (("hit",), (1, 2), (1, 1))
    assert one.measured_on != MEASURED
