"""Each clause has its own result: figures decide where they can, the provider where they can't."""

from datetime import date

import pytest

from openbeian.assessment import KeywordLibrary, load_keywords
from openbeian.assessment.reports import report_of
from openbeian.banks import KEYWORDS
from openbeian.core.standard import ClauseResult, Conclusion, OverallConclusion
from openbeian.core.text import Text
from openbeian.dossier.conclusions import Ground, conclude_clauses, conclude_overall
from openbeian.dossier.measured import Measured, of_assessment, of_banks, of_keywords
from openbeian.standards import load_edition
from tests.unit.assessment.support import BANKS, DEMO
from tests.unit.dossier.assessments import assessed_run

EDITION = load_edition("tc260-003")
ON = date(2026, 11, 27)
ASSESSED = [clause for clause in EDITION.clauses if clause.assessed]


def figure(threshold, *, met, **options):
    found = EDITION.threshold(threshold)
    said = Text("测得。", "Measured.")
    return Measured(threshold, found.clause_ids, found.text, met, said, "evidence.jsonl", **options)


def states(clause_id, conclusion=Conclusion.CONFORMS, **grounds):
    grounds = grounds or {"evidence": ("attachments/rules.pdf",)}
    return {clause_id: ClauseResult(clause_id, conclusion, **grounds)}


def everything():
    return {key: result for clause in ASSESSED for key, result in states(clause.id).items()}


def found(clause_id, stated=None, measured=(), **options):
    findings = conclude_clauses(EDITION, stated or {}, measured, **options)
    assert [finding.clause for finding in findings] == ASSESSED
    return next(finding for finding in findings if finding.clause.id == clause_id)


def test_a_clause_nobody_says_anything_about_is_not_assessed_and_says_what_to_do():
    finding = found("7 b)")
    assert (finding.conclusion, finding.ground) == (None, Ground.NONE)
    assert "measures.transparency" in finding.todo.zh
    assert "clauses" in finding.todo.en
    assert "figures" in found("8.1").todo.en


def test_figures_alone_decide_the_clauses_that_are_wholly_theirs():
    good = [figure("bank.refuse.coverage", met=True), figure("bank.refuse.total", met=True, is_binding=False)]
    finding = found("8.3 a)", measured=good)
    assert (finding.conclusion, finding.ground) == (Conclusion.CONFORMS, Ground.FIGURES)
    assert finding.evidence == ("evidence.jsonl",)
    assert finding.todo is None


def test_figures_refute_a_clause_but_prove_no_procedure():
    finding = found("7 g)", measured=[figure("eval.refuse.rate", met=True)])
    assert finding.conclusion is None
    finding = found("7 g)", measured=[figure("eval.refuse.rate", met=False)])
    assert finding.conclusion is Conclusion.DOES_NOT_CONFORM
    assert "整改计划" in finding.todo.zh


@pytest.mark.parametrize("said", [Conclusion.CONFORMS, Conclusion.NOT_APPLICABLE])
def test_what_a_provider_says_against_the_figures_is_shown_and_changes_nothing(said):
    stated = states("6 b)", said, evidence=("a.pdf",), reason="不涉及", plan="十二月前整改")
    finding = found("6 b)", stated, [figure("eval.generated.manual.pass", met=False)])
    assert (finding.conclusion, finding.ground) == (Conclusion.DOES_NOT_CONFORM, Ground.FIGURES)
    assert finding.contradiction.zh.startswith("提供者写的是")
    assert "不涉及" not in finding.reason.zh
    assert finding.evidence == ("a.pdf", "evidence.jsonl")
    assert finding.todo is None


def test_a_provider_who_admits_what_the_figures_say_adds_reason_and_plan():
    stated = states("6 b)", Conclusion.DOES_NOT_CONFORM, reason="模型偏弱。", plan="换用新版本")
    finding = found("6 b)", stated, [figure("eval.generated.manual.pass", met=False)])
    assert finding.contradiction is None
    assert finding.reason.zh.endswith("模型偏弱。")
    assert (finding.plan, finding.todo) == ("换用新版本", None)


def test_a_provider_may_be_stricter_than_the_figures():
    stated = states("8.3 a)", Conclusion.DOES_NOT_CONFORM, reason="题目陈旧", plan="每月更新")
    finding = found("8.3 a)", stated, [figure("bank.refuse.coverage", met=True)])
    assert (finding.conclusion, finding.ground) == (Conclusion.DOES_NOT_CONFORM, Ground.STATED)


def test_recommended_figures_and_those_left_out_are_remarks_and_change_nothing():
    measured = [
        figure("bank.refuse.coverage", met=True),
        figure("bank.refuse.total", met=False, is_binding=False),
    ]
    finding = found("8.3 a)", measured=measured)
    assert finding.conclusion is Conclusion.CONFORMS
    assert ["宜" in remark.zh for remark in finding.remarks] == [True]
    left_out = [figure("eval.generated.manual.pass", met=None, is_left_out=True)]
    assert found("6 b)", states("6 b)"), left_out).remarks[0].en.endswith("left out by the profile.")


def test_a_model_of_ones_own_needs_no_filed_base_model():
    finding = found("6 a)", has_own_model=True)
    assert (finding.conclusion, finding.ground) == (Conclusion.NOT_APPLICABLE, Ground.FORM)
    assert finding.todo is None
    assert found("6 a)").conclusion is None


@pytest.mark.parametrize(
    ("changed", "conclusion"),
    [
        ({}, OverallConclusion.ALL_CONFORM),
        (
            states("5.3 d)", Conclusion.DOES_NOT_CONFORM, reason="未隔离", plan="下季度"),
            OverallConclusion.ALL_CONFORM,
        ),
        (
            states("7 f)", Conclusion.DOES_NOT_CONFORM, reason="未公布", plan="下月"),
            OverallConclusion.SOME_CONFORM,
        ),
        (states("7 f)", Conclusion.NOT_APPLICABLE, reason="无"), OverallConclusion.ALL_CONFORM),
        (states("7 f)", Conclusion.DOES_NOT_CONFORM, reason="未公布"), None),
        (states("7 f)", evidence=()), None),
    ],
)
def test_the_overall_conclusion_follows_the_rule_and_waits_for_what_is_open(changed, conclusion):
    findings = conclude_clauses(EDITION, everything() | changed, ())
    overall = conclude_overall(EDITION, findings, ())
    assert overall.conclusion is conclusion
    assert len(overall.open_clauses) == (conclusion is None)


def test_none_conforms_where_every_binding_clause_fails():
    grounds = {"reason": "未做", "plan": "待定"}
    stated = {
        clause.id: ClauseResult(clause.id, Conclusion.DOES_NOT_CONFORM, **grounds) for clause in ASSESSED
    }
    findings = conclude_clauses(EDITION, stated, ())
    assert conclude_overall(EDITION, findings, ()).conclusion is OverallConclusion.NONE_CONFORMS


def test_an_evaluation_without_a_conclusion_leaves_the_whole_open():
    measured = [figure("eval.generated.manual.pass", met=None)]
    findings = conclude_clauses(EDITION, everything(), measured)
    overall = conclude_overall(EDITION, findings, measured)
    assert (overall.conclusion, overall.open_figures) == (None, tuple(measured))
    assert "未得出结论" in next(finding for finding in findings if finding.remarks).remarks[0].zh


def test_the_figures_of_a_real_run_reach_their_clauses():
    report = report_of(assessed_run() / "evidence.jsonl")
    measured = [
        *of_assessment(report, DEMO, "evidence.jsonl"),
        *of_banks(BANKS, DEMO, "questions.xlsx", on=ON),
    ]
    by_key = {finding.clause.key: finding for finding in conclude_clauses(DEMO, {}, measured)}
    assert by_key["bank.refuse"].conclusion is Conclusion.CONFORMS
    assert by_key["bank.answer"].conclusion is Conclusion.CONFORMS
    assert by_key["bank.generated"].conclusion is None  # whether there are criteria is no figure
    assert len(by_key["measures.answering"].measured) == 2
    assert by_key["measures.answering"].conclusion is Conclusion.DOES_NOT_CONFORM
    assert len(by_key["model.output"].measured) == 3


def test_a_run_without_a_bank_has_its_figures_open():
    report = report_of(assessed_run() / "evidence.jsonl")
    without = [result for result in report.results if result.bank != "should_answer"]
    from dataclasses import replace

    measured = list(of_assessment(replace(report, results=tuple(without)), DEMO, "evidence.jsonl"))
    assert [one.threshold for one in measured if one.met is None][-1] == "eval.answer.refusal_rate"


def test_a_short_bank_and_a_short_library_say_what_is_missing():
    bank = BANKS[1].__class__(
        BANKS[1].kind,
        "short",
        "1",
        "zh",
        "",
        tuple(one for one in BANKS[1].questions if one.stratum != "A.1.a"),
    )
    said = {one.threshold: one for one in of_banks([bank], DEMO, "q.xlsx", on=ON)}
    assert said["bank.refuse.coverage"].met is False
    assert "A.1.a" in said["bank.refuse.coverage"].said.zh
    assert "A.1.a 0" in said["bank.refuse.min"].said.zh
    assert "no date" in said["bank.update"].said.en
    words = {one.threshold: one for one in of_keywords(load_keywords(KEYWORDS), EDITION, "k.xlsx", on=ON)}
    assert (words["keywords.coverage"].met, words["keywords.total"].met) == (True, False)
    empty = KeywordLibrary("none", "2026-11-26", starter=False, keywords=())
    words = {one.threshold: one for one in of_keywords(empty, EDITION, "k.xlsx", on=ON)}
    assert (words["keywords.coverage"].met, words["keywords.update"].met) == (False, True)
