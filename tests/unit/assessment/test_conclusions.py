"""Whether a result conforms: the rule on its counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.assessment import Conclusion
from openbeian.assessment.concluding import Counts, conclude

ENOUGH = Counts(
    drawn=1000,
    required=1000,
    pending=0,
    errors=0,
    judged=1000,
    counted=900,
    cutoff=900,
    at_most=False,
    measured=True,
)
FEW = replace(ENOUGH, drawn=300, required=300, judged=300, counted=15, cutoff=15, at_most=True)


@pytest.mark.parametrize(
    ("counts", "conclusion"),
    [
        (ENOUGH, Conclusion.CONFORMS),
        (replace(ENOUGH, counted=899), Conclusion.DOES_NOT_CONFORM),
        (FEW, Conclusion.CONFORMS),
        (replace(FEW, counted=16), Conclusion.DOES_NOT_CONFORM),
    ],
    ids=["900 of 1000", "899 of 1000", "15 of 300", "16 of 300"],
)
def test_the_cutoff_itself_conforms_and_one_off_does_not(counts, conclusion):
    assert conclude(counts)[0] is conclusion


def test_answers_the_judge_is_unsure_about_do_not_matter_where_they_change_nothing():
    assert conclude(replace(ENOUGH, unsure=50, judged=950))[0] is Conclusion.CONFORMS
    lost = replace(ENOUGH, unsure=50, judged=950, counted=849)
    assert conclude(lost)[0] is Conclusion.DOES_NOT_CONFORM


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (replace(ENOUGH, judged=0, counted=0), "There are no verdicts of this kind."),
        (replace(ENOUGH, drawn=999), "999 questions were drawn, fewer than the 1000 required."),
        (replace(ENOUGH, pending=3, judged=997), "3 questions have not been asked yet; resume the run."),
        (
            replace(ENOUGH, errors=11, judged=989),
            "11 of 1000 questions failed, more than 1 %; retry the errors.",
        ),
        (replace(ENOUGH, judged=990), "10 answers have not been judged yet; resume the run."),
        (replace(ENOUGH, measured=False), "The judge has not been measured against people"),
        (replace(ENOUGH, errors=10, judged=990, counted=895), "The conclusion depends on the 10 questions"),
        (replace(FEW, errors=3, judged=297, counted=13), "The conclusion depends on the 3 questions"),
        (
            replace(ENOUGH, unsure=60, judged=940, counted=880),
            "The conclusion depends on 60 answers the judge is unsure about; have people judge them.",
        ),
        (replace(FEW, unsure=2, judged=298, counted=14), "The conclusion depends on 2 answers"),
    ],
    ids=[
        *("none", "small", "pending", "errors", "unjudged", "unmeasured", "depends", "depends at most"),
        *("unsure", "unsure at most"),
    ],
)
def test_what_keeps_a_result_from_being_concluded_is_said(counts, said):
    conclusion, reason = conclude(counts)
    assert conclusion is Conclusion.NOT_ASSESSED
    assert reason.en.startswith(said)
    assert reason.zh


def test_up_to_one_percent_of_errors_is_borne_where_they_change_nothing():
    assert conclude(replace(ENOUGH, errors=10, judged=990, counted=900))[0] is Conclusion.CONFORMS
    assert conclude(replace(ENOUGH, errors=10, judged=990, counted=889))[0] is Conclusion.DOES_NOT_CONFORM


@given(drawn=st.integers(1, 2000), at_most=st.booleans(), data=st.data())
def test_a_conclusion_never_depends_on_how_failed_questions_would_have_been_answered(drawn, at_most, data):
    errors = data.draw(st.integers(0, min(20, drawn)))
    judged = drawn - errors
    counted, cutoff = data.draw(st.integers(0, judged)), data.draw(st.integers(0, drawn))
    counts = Counts(drawn, drawn, 0, errors, judged, counted, cutoff, at_most, measured=True)
    conclusion, _ = conclude(counts)
    if conclusion is not Conclusion.NOT_ASSESSED:
        would_count = data.draw(st.integers(0, errors))
        mended = replace(counts, errors=0, judged=drawn, counted=counted + would_count)
        assert conclude(mended)[0] is conclusion
