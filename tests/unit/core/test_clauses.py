from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.core.clauses import (
    CONCLUSION_LABELS,
    OVERALL_LABELS,
    STRENGTH_LABELS,
    ClauseResult,
    Conclusion,
    OverallConclusion,
    Strength,
    check_clause_result,
    check_results_complete,
    overall_conclusion,
)
from openbeian.core.errors import BadInputError
from openbeian.standards import load_edition

CLAUSES = load_edition("tc260-003").clauses
ASSESSED = [clause for clause in CLAUSES if clause.assessed]
BINDING = [clause.id for clause in ASSESSED if clause.strength is Strength.SHALL]
RECOMMENDED = [clause.id for clause in ASSESSED if clause.strength is Strength.SHOULD]

GROUNDS = {
    Conclusion.CONFORMS: {"evidence": ("log.pdf",)},
    Conclusion.DOES_NOT_CONFORM: {"reason": "no backup yet", "plan": "by March"},
    Conclusion.NOT_APPLICABLE: {"reason": "no third-party model"},
}


def result(clause_id, conclusion=Conclusion.CONFORMS):
    return ClauseResult(clause_id, conclusion, **GROUNDS[conclusion])


def results(**changes):
    return [
        result(clause.id, changes.get(clause.key.replace(".", "_"), Conclusion.CONFORMS))
        for clause in ASSESSED
    ]


@pytest.mark.parametrize("conclusion", Conclusion)
def test_a_conclusion_with_its_grounds_is_accepted(conclusion):
    check_clause_result(result("6 a)", conclusion))


def test_an_equivalent_measure_with_evidence_stands_in_for_a_plan():
    check_clause_result(
        ClauseResult(
            "7 i)",
            Conclusion.DOES_NOT_CONFORM,
            evidence=("isolation.pdf",),
            reason="shared cluster",
            equivalent_measure="hardware partitions",
        )
    )


@pytest.mark.parametrize(
    ("given_result", "missing"),
    [
        (ClauseResult("5.1 a)", Conclusion.CONFORMS, reason="it does"), "evidence"),
        (ClauseResult("5.1 a)", Conclusion.DOES_NOT_CONFORM, plan="by March"), "the reason"),
        (ClauseResult("5.1 a)", Conclusion.DOES_NOT_CONFORM, reason="x"), "a plan or an equivalent measure"),
        (ClauseResult("5.1 a)", Conclusion.DOES_NOT_CONFORM, reason="x", plan=" "), "a plan or"),
        (
            ClauseResult("5.1 a)", Conclusion.DOES_NOT_CONFORM, reason="x", equivalent_measure="y"),
            "evidence for the equivalent measure",
        ),
        (ClauseResult("5.1 a)", Conclusion.NOT_APPLICABLE, evidence=("a.pdf",), reason="  "), "the reason"),
    ],
)
def test_a_conclusion_without_its_grounds_says_what_is_missing(given_result, missing):
    with pytest.raises(BadInputError, match=missing) as caught:
        check_clause_result(given_result)
    assert "5.1 a)" in caught.value.text.zh
    assert CONCLUSION_LABELS[given_result.conclusion].zh in caught.value.text.zh


def test_a_clause_without_a_result_is_named():
    with pytest.raises(BadInputError, match=r"no result yet: 5\.1 a\)"):
        check_results_complete(CLAUSES, results()[1:])


def test_a_clause_with_two_results_is_named():
    with pytest.raises(BadInputError, match=r"more than one result: 6 a\)"):
        check_results_complete(CLAUSES, [*results(), result("6 a)")])


def test_a_result_for_a_clause_that_takes_none_is_named():
    with pytest.raises(BadInputError, match=r"no clauses that take a result: 9\.1 a\), 99"):
        check_results_complete(CLAUSES, [*results(), result("9.1 a)"), result("99")])


def test_all_conform_when_every_clause_conforms_or_does_not_apply():
    assert overall_conclusion(CLAUSES, results()) is OverallConclusion.ALL_CONFORM
    partly = results(model_base=Conclusion.NOT_APPLICABLE)
    assert overall_conclusion(CLAUSES, partly) is OverallConclusion.ALL_CONFORM


def test_some_conform_when_one_binding_clause_fails():
    failed = results(measures_stability=Conclusion.DOES_NOT_CONFORM)
    assert overall_conclusion(CLAUSES, failed) is OverallConclusion.SOME_CONFORM


def test_none_conforms_when_every_binding_clause_that_applies_fails():
    failed = [result(clause.id, Conclusion.DOES_NOT_CONFORM) for clause in ASSESSED]
    assert overall_conclusion(CLAUSES, failed) is OverallConclusion.NONE_CONFORMS
    failed[0] = result(failed[0].clause_id, Conclusion.NOT_APPLICABLE)
    assert overall_conclusion(CLAUSES, failed) is OverallConclusion.NONE_CONFORMS


def test_there_is_a_recommended_clause_to_leave_out_of_account():
    assert RECOMMENDED == ["5.3 d)"]


@given(st.fixed_dictionaries({clause.id: st.sampled_from(Conclusion) for clause in ASSESSED}))
def test_recommended_clauses_never_change_the_overall_conclusion(conclusions):
    outcomes = {
        overall_conclusion(
            CLAUSES,
            [
                result(clause_id, recommended if clause_id in RECOMMENDED else conclusion)
                for clause_id, conclusion in conclusions.items()
            ],
        )
        for recommended in Conclusion
    }
    assert len(outcomes) == 1


@given(st.fixed_dictionaries({clause.id: st.sampled_from(Conclusion) for clause in ASSESSED}), st.randoms())
def test_the_overall_conclusion_does_not_depend_on_the_order(conclusions, chance):
    given_results = [result(*item) for item in conclusions.items()]
    shuffled = chance.sample(given_results, len(given_results))
    assert overall_conclusion(CLAUSES, shuffled) is overall_conclusion(CLAUSES, given_results)


def test_an_overall_conclusion_needs_the_grounds_of_every_result():
    groundless = [replace(each, evidence=()) for each in results()]
    with pytest.raises(BadInputError, match="lacks evidence"):
        overall_conclusion(CLAUSES, groundless)


def test_every_word_of_the_report_has_a_label():
    assert set(CONCLUSION_LABELS) == set(Conclusion)
    assert set(OVERALL_LABELS) == set(OverallConclusion)
    assert set(STRENGTH_LABELS) == set(Strength)
