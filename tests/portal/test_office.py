"""The provincial office before a decision: intake, corrections, re-test, recommendation."""

import pytest
from django.db import IntegrityError, transaction

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.policy import CorrectionsOpenError
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Correction, Retest
from openbeian.portal.audit.queries import history_of
from openbeian.portal.review import actions as review
from tests.portal.factories import AT, Cast, application_at, conclude_all

Item = actions.CorrectionItem
S = ApplicationStatus


def test_items_become_open_corrections_of_the_version_they_are_about(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    returned = actions.return_for_correction(
        application,
        items=[
            Item(" service.scope ", " 写明人群 ", "measures"),
            Item("9.3 a)", "补充样本量", "evidence", "S01"),
        ],
        by=cast.gd_reviewer,
        at=AT,
    )
    assert returned.state is S.CORRECTION
    first, second = application.corrections.all()
    assert (first.item, first.text, first.status, first.version_number) == (
        "service.scope",
        "写明人群",
        "open",
        1,
    )
    assert second.item in str(second)
    assert [one.origin.reason_code for one in (first, second)] == ["measures", "evidence"]
    assert second.origin.check_id == "S01"
    assert history_of(application).last().detail["reason_codes"] == ["measures", "evidence"]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [Item("", "x", "other")],
        [Item("x", " ", "other")],
        [Item("x" * 81, "y", "other")],
        [Item("x", "y" * 4001, "other")],
        [Item("x", "y", "")],
        [Item("x", "y", "unlawful")],
    ],
)
def test_a_return_needs_items_with_words_and_codes(cast: Cast, items):
    application = application_at(S.IN_REVIEW, cast)
    with pytest.raises(BadInputError):
        actions.return_for_correction(application, items=items, by=cast.gd_reviewer, at=AT)
    assert not Correction.objects.exists()


def test_the_intake_officer_may_return_what_is_not_complete(cast: Cast):
    application = application_at(S.SUBMITTED, cast)
    returned = actions.return_for_correction(
        application, items=[Item("model.corpus", "说明规模", "incomplete")], by=cast.gd_intake, at=AT
    )
    assert returned.state is S.CORRECTION


def test_an_answer_may_be_changed_until_it_is_handed_in(cast: Cast):
    application = application_at(S.CORRECTION, cast)
    correction = application.corrections.get()
    actions.reply(correction, text="已改。", by=cast.gd_preparer, at=AT)
    assert actions.reply(correction, text="已全改。", by=cast.gd_preparer, at=AT).reply == "已全改。"
    actions.resubmit(application, by=cast.gd_preparer, at=AT)
    with pytest.raises(NotNowError):
        actions.reply(correction, text="又改。", by=cast.gd_preparer, at=AT)


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_an_answer_says_something(cast: Cast, text):
    correction = application_at(S.CORRECTION, cast).corrections.get()
    with pytest.raises(BadInputError):
        actions.reply(correction, text=text, by=cast.gd_preparer, at=AT)


def test_a_stranger_can_not_answer(cast: Cast):
    correction = application_at(S.CORRECTION, cast).corrections.get()
    with pytest.raises(NotAllowedError):
        actions.reply(correction, text="我来", by=cast.zj_preparer, at=AT)


def _answered(cast: Cast):
    application = application_at(S.CORRECTION, cast)
    correction = application.corrections.get()
    actions.reply(correction, text="已改。", by=cast.gd_preparer, at=AT)
    return actions.resubmit(application, by=cast.gd_preparer, at=AT), correction


def test_nothing_is_recommended_while_a_correction_is_not_settled(cast: Cast):
    application, correction = _answered(cast)
    with pytest.raises(CorrectionsOpenError):
        review.recommend(application, by=cast.gd_reviewer, at=AT)
    actions.close_correction(correction, by=cast.gd_reviewer, at=AT)
    conclude_all(application, cast)
    assert review.recommend(application, by=cast.gd_reviewer, at=AT).state is S.PROVINCIAL_DECISION


def test_a_correction_is_settled_once_and_in_review_only(cast: Cast):
    application = application_at(S.CORRECTION, cast)
    correction = application.corrections.get()
    with pytest.raises(CorrectionsOpenError, match="in review"):
        actions.close_correction(correction, by=cast.gd_reviewer, at=AT)
    actions.reply(correction, text="已改。", by=cast.gd_preparer, at=AT)
    actions.resubmit(application, by=cast.gd_preparer, at=AT)
    actions.close_correction(correction, by=cast.gd_reviewer, at=AT)
    with pytest.raises(CorrectionsOpenError, match="is settled"):
        actions.close_correction(correction, by=cast.gd_reviewer, at=AT)


@pytest.mark.parametrize("who", ["gd_preparer", "zj_reviewer", "gd_tester", "auditor"])
def test_only_the_reviewing_office_settles_corrections(cast: Cast, who):
    _application, correction = _answered(cast)
    with pytest.raises(NotAllowedError):
        actions.close_correction(correction, by=getattr(cast, who), at=AT)


def test_a_settled_correction_can_not_be_answered_any_more(cast: Cast):
    application, correction = _answered(cast)
    actions.close_correction(correction, by=cast.gd_reviewer, at=AT)
    actions.return_for_correction(application, items=[Item("x", "y", "other")], by=cast.gd_reviewer, at=AT)
    with pytest.raises(CorrectionsOpenError):
        actions.reply(correction, text="又改。", by=cast.gd_preparer, at=AT)


def test_a_retest_is_ordered_by_the_reviewer_and_recorded_by_a_tester(cast: Cast):
    application = application_at(S.RETEST, cast)
    with pytest.raises(BadInputError, match="re-test"):
        actions.record_retest(application, agrees=True, summary=" ", by=cast.gd_tester, at=AT)
    back = actions.record_retest(
        application, agrees=False, summary="200 题，比所报低。", by=cast.gd_tester, at=AT
    )
    retest = Retest.objects.get()
    assert back.state is S.IN_REVIEW
    assert (retest.agrees, retest.recorded_by) == (False, cast.gd_tester)
    assert "re-test" in str(retest)


def test_half_a_retest_result_is_refused_by_the_database(cast: Cast):
    application_at(S.RETEST, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Retest.objects.update(agrees=True)


def test_a_recommendation_stays_with_its_version(cast: Cast):
    version = application_at(S.PROVINCIAL_DECISION, cast).versions.get()
    assert version.recommendation == "材料齐全。"
    assert version.recommended_by == cast.gd_reviewer
    assert "v1" in str(version)
