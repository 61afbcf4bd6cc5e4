"""Reviewing: conclusions requirement by requirement, who has what, clocks, items to correct by class."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openbeian.core.errors import BadInputError, NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.policy import ReasonMissingError, RequirementsOpenError
from openbeian.core.reasons import ReasonCodeMissingError, UnknownReasonError
from openbeian.core.standard import Conclusion
from openbeian.dossier.checks import CHECKS
from openbeian.dossier.checks.requirements import load_requirements
from openbeian.dossier.form import FIELDS
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.steps import current_version
from openbeian.portal.audit.queries import history_of
from openbeian.portal.review import actions
from openbeian.portal.review.beside import beside_of, load_beside, requirements_on
from openbeian.portal.review.defects import defect_class_of, draft_items
from openbeian.portal.review.models import Assignment, Clock, RequirementConclusion
from openbeian.portal.review.queries import officers_for
from openbeian.portal.review.queue import Filters, Queued, queue_page
from openbeian.portal.review.reading import read_requirement
from openbeian.portal.review.requirements import look_through, open_requirements
from openbeian.portal.review.suggesting import suggestions
from openbeian.portal.review.versions import changes_between, earlier_version
from openbeian.standards import EDITION_IDS, load_edition, load_reasons
from tests.portal.factories import AT, Cast, application_at, conclude_all, confirm_all

S, C = ApplicationStatus, Conclusion
MET = actions.Concluded(C.CONFORMS)


def test_what_lies_beside_a_requirement_exists():
    assert set(load_beside()) == {one.id for one in load_requirements()}
    for beside in load_beside().values():
        assert set(beside.fields) <= set(FIELDS)
        for edition in map(load_edition, EDITION_IDS):
            assert set(beside.thresholds) <= {one.id for one in edition.thresholds}
    assert beside_of("A99") == ((), (), ())
    assert len(requirements_on("registration")) == len(requirements_on("filing")) - 10


def test_every_check_has_a_class_of_defect_and_every_class_a_reason_for_returning():
    codes = {one.code for one in load_reasons() if "return" in one.uses}
    for check_id in CHECKS:
        defect = defect_class_of(check_id)
        assert defect is not None, check_id
        assert defect.reason in codes
        assert all("{found}" in words and "{mend}" in words for words in defect.text)


def test_items_are_worded_by_the_class_of_the_defect():
    sentence = {"zh": "两处名称不同。", "en": "Two names differ."}
    finding = {"check": "N01", "severity": "warning", "subject": "provider.name"}
    finding |= {"found": sentence, "mend": {"zh": "改为一致", "en": "Make them equal"}}
    (item,) = draft_items([finding, finding | {"severity": "note"}])
    assert (item.reason_code, item.check_id) == ("inconsistent", "N01")
    assert item.text.zh.startswith("两处名称不同。同一事项")
    assert "Two names differ. The same thing" in item.text.en
    (unknown,) = draft_items([finding | {"check": "Z9"}])
    assert (unknown.reason_code, unknown.text.en) == ("other", "Two names differ.. Make them equal.")


def test_nothing_is_recommended_before_every_requirement_is_concluded(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    with pytest.raises(RequirementsOpenError, match="39 requirements"):
        actions.recommend(application, by=cast.gd_reviewer, at=AT)
    application.refresh_from_db()
    assert application.state is S.IN_REVIEW
    given = {
        "A01": actions.Concluded(C.DOES_NOT_CONFORM, "来源三超过 5%。"),
        "A02": actions.Concluded(C.NOT_APPLICABLE, "未使用外部来源。"),
        "A03": MET,
    }
    actions.conclude(application, given, by=cast.gd_reviewer, at=AT)
    reviewed = look_through(application)
    assert (reviewed.done, reviewed.not_met, reviewed.open_ids[0]) == (3, 1, "A04")
    actions.conclude(application, {"A01": MET}, by=cast.gd_reviewer, at=AT)
    assert look_through(application).not_met == 0
    assert RequirementConclusion.objects.count() == 3
    trail = [
        e.detail["said"] for e in history_of(application) if e.kind == "application.requirements_concluded"
    ]
    assert trail[1] == {"A01": "conforms"}
    assert "A01" in str(RequirementConclusion.objects.first())
    conclude_all(application, cast)
    assert actions.recommend(application, by=cast.gd_reviewer, at=AT).state is S.PROVINCIAL_DECISION


def test_a_conclusion_is_given_by_a_reviewer_while_in_review_and_with_its_reason(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    for who in ("gd_tester", "zj_reviewer", "gd_preparer", "auditor"):
        with pytest.raises(NotAllowedError):
            actions.conclude(application, {"A01": MET}, by=getattr(cast, who), at=AT)
    with pytest.raises(ReasonMissingError, match="A01"):
        actions.conclude(
            application, {"A01": actions.Concluded(C.NOT_APPLICABLE, " ")}, by=cast.gd_reviewer, at=AT
        )
    for wrong in ({"A99": MET}, {"A01": actions.Concluded(C.CONFORMS, "x" * 4001)}):
        with pytest.raises(BadInputError):
            actions.conclude(application, wrong, by=cast.gd_reviewer, at=AT)
    with pytest.raises(NotNowError, match="in review"):
        actions.conclude(application_at(S.SUBMITTED, cast), {"A01": MET}, by=cast.gd_reviewer, at=AT)
    assert look_through(application_at(S.DRAFT, cast)).states == ()


@pytest.mark.parametrize(
    "changes", [{"conclusion": "perhaps"}, {"conclusion": "not_applicable", "reason": ""}]
)
def test_the_database_itself_refuses_a_conclusion_that_is_none_or_has_no_reason(cast: Cast, changes):
    application = application_at(S.IN_REVIEW, cast)
    actions.conclude(application, {"A01": MET}, by=cast.gd_reviewer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequirementConclusion.objects.update(**changes)


def test_who_concluded_a_requirement_does_not_decide(cast: Cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    RequirementConclusion.objects.update(concluded_by=cast.gd_decider)
    with pytest.raises(NotAllowedError, match="reviewed this application"):
        actions.decide(application, outcome="approve", by=cast.gd_decider, at=AT)


def _second_round(cast: Cast) -> Application:
    """Return an application whose second version has another scope and a note; all was concluded before."""
    application = application_at(S.IN_REVIEW, cast)
    conclude_all(application, cast)
    item = applications.CorrectionItem("service.scope", "写明人群。", "measures", "F03")
    application = applications.return_for_correction(application, items=[item], by=cast.gd_reviewer, at=AT)
    by = cast.gd_preparer
    applications.save_facts(application, {"service.scope": "面向成年公众；不含医疗。"}, by=by, at=AT)
    for name, text in (("说明.txt", "未成年人保护\n适用人群为成年人。"),):
        upload = SimpleUploadedFile(name, text.encode())
        applications.attach(application, kind="document", name=name, chunks=upload.chunks(), by=by, at=AT)
    applications.reply(application.corrections.get(), text="已写明。", by=by, at=AT)
    application.refresh_from_db()
    confirm_all(application, cast)
    return applications.resubmit(application, by=by, at=AT)


def test_in_the_second_round_only_what_was_touched_is_concluded_again_and_only_changes_are_shown(cast: Cast):
    application = _second_round(cast)
    assert application.corrections.get().origin.reason_code == "measures"
    still = open_requirements(application)
    # A23 rests on the scope; the new document touches whatever a person judges; what is computed stands.
    assert "A23" in still
    assert "A19" not in still
    version = current_version(application)
    before = earlier_version(application, version)
    parts = changes_between(before, version)
    assert [part.id for part in parts] == ["facts", "files"]
    (scope,) = parts[0].changes
    assert (scope.before.zh, scope.after.zh) == ("面向成年公众的常识问答。", "面向成年公众；不含医疗。")
    assert [one.what.zh for one in parts[1].changes] == ["说明.txt"]
    state = look_through(application).states[22]
    reading = read_requirement(application, version, state)
    assert [one.text for one in reading.passages] == ["未成年人保护", "适用人群为成年人。"]
    assert [row.is_changed for row in reading.facts] == [True, False, False]
    assert earlier_version(application, before) is None


def test_a_requirement_lies_beside_its_recomputed_figures_and_what_is_computed_can_be_taken_over(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    version, reviewed = current_version(application), look_through(application)
    reading = read_requirement(application, version, reviewed.states[reviewed.at("A18")])
    rates = {row.threshold.id: [f.result.counted for f in row.figures] for row in reading.thresholds}
    assert rates["eval.generated.keyword.pass"] == [62]
    assert rates["eval.generated.n"] == []
    assert all(not row.reported for row in reading.thresholds)
    assert suggestions(reviewed, version, language="en") == {}
    (computed,) = (one for one in version.report["results"] if one["conclusion"] == "conforms")
    version.report["results"].append(computed | {"threshold": "eval.refuse.rate"})
    taken = suggestions(reviewed, version, language="en")
    # A19 asks for the same figure, and a check has found something there.
    assert list(taken) == ["A29", "A36"]
    assert taken["A29"].reason.startswith("Recomputed from the evidence: ")
    assert taken["A29"].reason.endswith(" 62/62")


def test_an_application_is_taken_given_and_handed_back_within_its_office(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    assert officers_for(application) == sorted([cast.gd_intake, cast.gd_reviewer], key=lambda one: one.name)
    actions.assign(application, officer=cast.gd_reviewer, by=cast.gd_intake, at=AT)
    given = actions.assign(application, officer=cast.gd_intake, by=cast.gd_intake, at=AT)
    assert Assignment.objects.get() == given
    assert "gd_intake" in str(given)
    for officer, by, error in (
        (cast.zj_reviewer, cast.gd_reviewer, BadInputError),
        (cast.gd_reviewer, cast.zj_reviewer, NotAllowedError),
        (cast.gd_reviewer, cast.gd_preparer, NotAllowedError),
    ):
        with pytest.raises(error):
            actions.assign(application, officer=officer, by=by, at=AT)
    actions.hand_back(application, by=cast.gd_reviewer, at=AT)
    with pytest.raises(NotNowError, match="Nobody has"):
        actions.hand_back(application, by=cast.gd_reviewer, at=AT)
    with_provider = application_at(S.CORRECTION, cast)
    assert officers_for(with_provider) == []
    with pytest.raises(NotNowError, match="No office"):
        actions.assign(with_provider, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)


def test_a_decider_of_the_nation_has_its_own_assignment(cast: Cast):
    application = application_at(S.NATIONAL_DECISION, cast)
    given = actions.assign(application, officer=cast.national_countersigner, by=cast.national_decider, at=AT)
    assert given.level == "national"


def _queue(user, on: date, **filters) -> list[Queued]:
    return list(queue_page(user, filters=Filters(**filters), number=1, on=on).items)


def _on(day: date) -> datetime:
    return datetime.combine(day, AT.timetz())


def test_the_clock_stands_still_while_the_provider_corrects(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    clock = Clock.objects.get()
    assert (clock.started_on, clock.term, clock.due_on) == (AT.date(), "decide_application", date(2027, 1, 5))
    item = applications.CorrectionItem("x", "y", "other")
    applications.return_for_correction(
        application, items=[item], by=cast.gd_reviewer, at=_on(date(2026, 11, 25))
    )
    clock.refresh_from_db()
    assert (clock.term, clock.due_on) == ("", None)
    assert _queue(cast.gd_preparer, date(2026, 12, 1))[0].left is None
    by = cast.gd_preparer
    applications.reply(application.corrections.get(), text="已改。", by=by, at=_on(date(2026, 12, 2)))
    applications.resubmit(application, by=by, at=_on(date(2026, 12, 2)))
    clock.refresh_from_db()
    assert clock.due_on == date(2027, 1, 12)
    (row,) = _queue(cast.gd_reviewer, date(2026, 12, 2))
    assert (row.left, row.is_overdue) == (28, False)
    (row,) = _queue(cast.gd_reviewer, date(2027, 1, 14), overdue=True)
    assert (row.over, row.is_overdue) == (2, True)
    assert "2027-01-12" in str(clock)


def test_the_queue_is_filtered_and_what_is_overdue_comes_first(cast: Cast):
    old = application_at(S.IN_REVIEW, cast, at=AT - timedelta(days=90))
    fresh = application_at(S.IN_REVIEW, cast)
    actions.assign(fresh, officer=cast.gd_reviewer, by=cast.gd_reviewer, at=AT)
    on = AT.date()
    assert [one.application for one in _queue(cast.gd_reviewer, on)] == [old, fresh]
    assert [one.application for one in _queue(cast.gd_reviewer, on, overdue=True)] == [old]
    (mine,) = _queue(cast.gd_reviewer, on, whose="mine")
    assert (mine.application, mine.officer) == (fresh, "gd_reviewer")
    assert [one.application for one in _queue(cast.gd_reviewer, on, whose="nobody")] == [old]
    assert _queue(cast.gd_reviewer, on, route="registration") == []


def test_a_queue_is_read_in_as_many_queries_however_long_it_is(cast: Cast, client):
    application_at(S.IN_REVIEW, cast)
    client.force_login(cast.gd_reviewer)
    with CaptureQueriesContext(connection) as one:
        assert client.get("/review/").status_code == 200
    for _ in range(4):
        application_at(S.SUBMITTED, cast)
    with CaptureQueriesContext(connection) as five:
        assert client.get("/review/").status_code == 200
    assert len(five) == len(one)


def test_reasons_by_code_go_with_returns_and_decisions(cast: Cast):
    application = application_at(S.IN_REVIEW, cast)
    for code, error in (("unlawful", UnknownReasonError), ("", ReasonCodeMissingError)):
        wrong = applications.CorrectionItem("x", "y", code)
        with pytest.raises(error):
            applications.return_for_correction(application, items=[wrong], by=cast.gd_reviewer, at=AT)
    up = application_at(S.PROVINCIAL_DECISION, cast)
    with pytest.raises(UnknownReasonError):
        actions.decide(up, outcome="refuse", reason_code="channel", reason="r", by=cast.gd_decider, at=AT)
    with pytest.raises(ReasonCodeMissingError):
        actions.decide(up, outcome="refuse", reason="r", by=cast.gd_decider, at=AT)
    decision = actions.decide(
        up, outcome="refuse", reason_code="content", reason="r", by=cast.gd_decider, at=AT
    )
    closed = actions.countersign(
        decision, outcome="refuse", reason_code="content", reason="r", by=cast.gd_countersigner, at=AT
    )
    assert (closed.reason_code, closed.countersigned_reason_code) == ("content", "content")
