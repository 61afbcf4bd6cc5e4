"""Reasons and terms as data."""

from datetime import date

import pytest

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import APPLICATION_STEPS, FILING_STEPS, PETITION_STEPS
from openbeian.core.reasons import (
    OTHER,
    ReasonCodeMissingError,
    UnknownReasonError,
    check_reason,
    reason_use,
    reasons_for,
)
from openbeian.core.terms import due_on
from openbeian.core.workdays import Pause
from openbeian.standards import load_reasons, load_terms

STEPS = [*APPLICATION_STEPS.values(), *FILING_STEPS.values(), *PETITION_STEPS.values()]


def test_every_step_that_needs_a_reason_has_codes_for_it_and_no_other_has():
    for step in STEPS:
        codes = [one.code for one in reasons_for(load_reasons(), step.name)]
        assert (reason_use(step.name) is not None) == step.needs_reason, step.name
        assert (OTHER in codes) == step.needs_reason


def test_codes_are_used_once_and_say_what_they_rest_on():
    reasons = load_reasons()
    assert len({one.code for one in reasons}) == len(reasons)
    assert all((*one.text, *one.basis, one.uses) for one in reasons)


def test_a_code_is_kept_where_a_reason_is_needed_and_only_one_that_fits():
    reasons = load_reasons()
    assert check_reason(reasons, "refuse", "content") == "content"
    assert check_reason(reasons, "approve", "content") == ""
    with pytest.raises(UnknownReasonError, match=r"choose from: .*, other"):
        check_reason(reasons, "revoke", "incomplete")
    with pytest.raises(ReasonCodeMissingError, match="needs its code"):
        check_reason(reasons, "refuse", "")


def test_a_use_nobody_knows_is_an_error_that_names_the_place(tmp_path):
    row = "{code: a, text: {zh: 甲, en: A}, basis: {zh: 甲, en: A}, uses: [reward]}"
    (tmp_path / "reasons.yaml").write_text(f"reasons: [{row}]", "utf-8")
    with pytest.raises(BadInputError, match="reward"):
        load_reasons(tmp_path)


def test_the_terms_of_the_law_are_those_the_standard_names():
    terms = load_terms()
    assert [terms[name].days for name in ("report_change", "report_end", "decide_application")] == [
        10,
        20,
        30,
    ]
    assert [term.id for term in terms.values() if term.is_own] == ["decide_petition"]


@pytest.mark.parametrize(("written", "wrong"), [("0", "whole number"), ("{zh: 甲, en: A}", "whole number")])
def test_a_term_is_a_whole_number_of_days(tmp_path, written, wrong):
    texts = ", ".join(f"{name}: {{zh: 甲, en: A}}" for name in ("text", "since", "basis"))
    (tmp_path / "terms.yaml").write_text(
        f"terms: [{{id: a, kind: working, days: {written}, {texts}}}]", "utf-8"
    )
    with pytest.raises(BadInputError, match=wrong):
        load_terms(tmp_path)


def test_working_days_pause_and_calendar_days_run_on():
    start, terms = date(2026, 11, 2), load_terms()
    assert due_on(terms["report_change"], start).on == date(2026, 11, 16)
    pause = [Pause(date(2026, 11, 4), date(2026, 11, 11))]
    assert due_on(terms["report_change"], start, pause).on == date(2026, 11, 23)
    appeal = due_on(terms["ask_reconsideration"], start, pause)
    assert (appeal.on, appeal.provisional) == (date(2027, 1, 1), True)
