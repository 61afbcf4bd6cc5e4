"""Reviewing and deciding through the pages, as any browser without JavaScript does it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.assessment.scope import Scope
from openbeian.core.lifecycle import ApplicationStatus as S
from tests.portal.evidence import evidence_file
from tests.portal.factories import application_at, conclude_all, confirm_all, filing_at, good_facts
from tests.portal.pages.world import html_of


def test_an_office_accepts_and_returns_starting_from_what_the_checks_found(page, cast):
    application = application_at(S.SUBMITTED, cast)
    address = f"/review/{application.reference}/"
    assert application.reference in html_of(page("gd_intake").get("/review/"))
    page("gd_intake").post(f"{address}accept/")
    reviewer = page("gd_reviewer")
    html = html_of(reviewer.get(f"{address}return/"))
    assert "Should-refuse bank" in html
    items = {
        "form-TOTAL_FORMS": 2,
        "form-INITIAL_FORMS": 0,
        "form-0-item": "service.scope",
        "form-0-text": "写明人群。",
        "form-1-item": "",
        "form-1-text": "",
    }
    assert "Choose the code of the reason" in html_of(reviewer.post(f"{address}return/", items))
    reviewer.post(f"{address}return/", items | {"form-0-reason_code": "measures"})
    assert [one.item for one in application.corrections.all()] == ["service.scope"]
    application.refresh_from_db()
    assert application.state is S.CORRECTION


def test_half_an_item_is_not_asked_for(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    items = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-item": "service.scope"}
    html = html_of(page("gd_reviewer").post(f"/review/{application.reference}/return/", items))
    assert "Fill this in or empty both." in html
    assert not application.corrections.exists()


def test_the_second_version_shows_what_changed_and_corrections_are_settled(page, cast):
    application = application_at(S.CORRECTION, cast)
    provider, address = page("gd_preparer"), f"/applications/{application.reference}/"
    provider.post(f"{address}form/service/", {**_typed("service"), "scope": "面向成年公众；不含医疗。"})
    correction = application.corrections.get()
    provider.post(f"{address}corrections/{correction.pk}/reply/", {"text": "已写明。"})
    application.refresh_from_db()
    confirm_all(application, cast)
    provider.post(f"{address}submit/")
    reviewer = page("gd_reviewer")
    html = html_of(reviewer.get(f"/review/{application.reference}/"))
    assert html.count(">changed<") == 1
    only = html_of(reviewer.get(f"/review/{application.reference}/changes/"))
    assert all(words in only for words in ("面向成年公众的常识问答。", "不含医疗。", "已写明。"))
    reviewer.post(f"/review/{application.reference}/corrections/{correction.pk}/close/")
    correction.refresh_from_db()
    assert correction.status == "closed"


def _typed(section: str) -> dict[str, object]:
    facts = good_facts()
    return {name.partition(".")[2]: value for name, value in facts.items() if name.startswith(f"{section}.")}


def test_a_re_test_is_ordered_and_its_result_entered(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    address = f"/review/{application.reference}/"
    page("gd_reviewer").post(f"{address}retest/order/")
    tester = page("gd_tester")
    assert "Please mend the following" in html_of(tester.post(f"{address}retest/", {"agrees": "yes"}))
    tester.post(f"{address}retest/", {"agrees": "no", "summary": "200 题，低 6 个百分点。"})
    assert "Worse than reported" in html_of(page("gd_reviewer").get(address))


def test_a_decision_is_given_blind_by_two_people_through_the_pages(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    address = f"/review/{application.reference}/"
    reviewer = page("gd_reviewer")
    assert "39 requirements have no conclusion" in html_of(reviewer.get(f"{address}recommend/"))
    conclude_all(application, cast)
    reviewer.post(f"{address}recommend/", {"reason": "材料齐全。"})
    page("gd_decider").post(f"{address}decide/", {"outcome": "approve", "reason": "首位决定的理由"})
    second = page("gd_countersigner")
    before = html_of(second.get(address))
    assert "Not shown until the second person" in before
    assert "首位决定的理由" not in before
    assert "The first person has given an outcome" in html_of(second.get(f"{address}decide/"))
    second.post(f"{address}decide/", {"outcome": "approve"})
    application.refresh_from_db()
    assert application.state is S.NATIONAL_DECISION
    assert "首位决定的理由" in html_of(second.get(address))


def test_refusing_needs_a_reason_beside_the_field(page, cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    html = html_of(page("gd_decider").post(f"/review/{application.reference}/decide/", {"outcome": "refuse"}))
    assert html.count("This outcome needs a reason.") == 2


def test_who_may_not_decide_now_is_told_so(page, cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    assert page("gd_reviewer").get(f"/review/{application.reference}/decide/").status_code == 403


MINE = Scope.declared("矿山设备客服 <b>", ["gender", "age"])


def test_a_reviewer_reads_that_a_service_is_for_one_field_and_what_was_therefore_not_tested(page, cast):
    application = application_at(S.IN_REVIEW, cast, scope=MINE)
    address = f"/review/{application.reference}/"
    english = html_of(page("gd_reviewer").get(address))
    assert "A service for one field: " in english
    assert (
        "for one field, “矿山设备客服 &lt;b&gt;”: it has nothing to do with gender, age, "
        "about which it is to refuse questions instead of answering them (clause" in english
    )
    chinese = html_of(page("gd_reviewer").get(address, headers={"accept-language": "zh"}))
    assert "特定领域服务：" in chinese
    assert "与其无关的方面（性别、年龄）不作非拒答测试，改作应拒答测试" in chinese


def test_of_a_general_service_no_field_is_said(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    assert "one field" not in html_of(page("gd_reviewer").get(f"/review/{application.reference}/"))


def test_the_register_says_to_the_public_for_which_field_a_service_was_assessed(cast, client):
    filing = filing_at(cast, scope=MINE)
    html = html_of(client.get(f"/register/{filing.number}/", headers={"accept-language": "en"}))
    assert "A service for one field: " in html


@pytest.mark.parametrize("who", ["gd_preparer", "zj_reviewer", "platform", "administrator"])
def test_the_reviewing_page_is_not_found_by_others(page, cast, who):
    application = application_at(S.IN_REVIEW, cast)
    assert page(who).get(f"/review/{application.reference}/").status_code == 404


def test_an_auditor_reads_and_has_nothing_to_press(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    html = html_of(page("auditor").get(f"/review/{application.reference}/"))
    assert "No step is yours" in html


def test_a_draft_is_not_reviewed_even_by_an_auditor(page, cast):
    application = application_at(S.DRAFT, cast)
    assert page("auditor").get(f"/review/{application.reference}/").status_code == 404


def test_a_reviewer_reads_the_files_that_were_handed_in_not_those_of_tomorrow(page, cast):
    application = application_at(S.CORRECTION, cast)
    upload = SimpleUploadedFile("notes.txt", b"new")
    page("gd_preparer").post(
        f"/applications/{application.reference}/files/", {"kind": "document", "file": upload}
    )
    html = html_of(page("gd_reviewer").get(f"/review/{application.reference}/"))
    assert "evidence.jsonl" in html
    assert "notes.txt" not in html
    added, handed_in = (application.attachments.get(name=name).pk for name in ("notes.txt", "keys.json"))
    address = f"/applications/{application.reference}/files"
    assert page("gd_reviewer").get(f"{address}/{added}/").status_code == 404
    fetched = page("gd_reviewer").get(f"{address}/{handed_in}/")
    assert b"".join(fetched.streaming_content) == evidence_file()["keys"].read_bytes()
    assert page("zj_reviewer").get(f"{address}/{handed_in}/").status_code == 404


@pytest.mark.parametrize("part", ["", "form/service/", "files/", "check/"])
def test_an_office_does_not_look_over_the_provider_s_shoulder(page, cast, part):
    application = application_at(S.CORRECTION, cast)
    assert page("gd_reviewer").get(f"/applications/{application.reference}/{part}").status_code == 404


def test_requirements_are_concluded_one_after_the_other_and_saved_as_one_goes(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    address, reviewer = f"/review/{application.reference}/requirements/", page("gd_reviewer")
    assert "Go on with A01" in html_of(reviewer.get(address))
    html = html_of(reviewer.get(f"{address}A18/"))
    assert "62 / 62" in html
    assert "not in the evidence" in html
    wrong = reviewer.post(f"{address}A01/", {"conclusion": "does_not_conform"})
    assert "This conclusion needs a reason." in html_of(wrong)
    answer = reviewer.post(f"{address}A01/", {"conclusion": "not_applicable", "reason": "未训练。"})
    assert answer.url == f"{address}A02/"
    conclude_all(application, cast)
    answer = reviewer.post(f"{address}A39/", {"conclusion": "conforms"})
    assert answer.url == address
    assert "nothing to take over" in html_of(reviewer.post(f"{address}by-checks/", follow=True))
    assert reviewer.get(f"{address}A99/").status_code == 404
    assert "Save, go to the next" not in html_of(page("auditor").get(f"{address}A01/"))
    assert page("gd_reviewer").get(f"/review/{application.reference}/changes/").status_code == 404


def test_an_application_is_taken_given_and_handed_back_on_its_page(page, cast):
    application = application_at(S.IN_REVIEW, cast)
    address, reviewer = f"/review/{application.reference}/", page("gd_reviewer")
    reviewer.post(f"{address}take/")
    assert "gd_reviewer has it" in html_of(reviewer.get(address))
    reviewer.post(f"{address}assign/", {"officer": cast.gd_intake.pk})
    assert "gd_intake" in html_of(reviewer.get("/review/?whose=&status=in_review"))
    assert "Nothing in the queue fits" in html_of(reviewer.get("/review/?whose=mine"))
    assert reviewer.post(f"{address}assign/", {"officer": "0"}).status_code == 403
    reviewer.post(f"{address}hand-back/")
    assert "Nobody has it" in html_of(reviewer.get(address))


def test_a_code_that_does_not_fit_an_outcome_is_said_beside_the_field(page, cast):
    application = application_at(S.PROVINCIAL_DECISION, cast)
    address, decider = f"/review/{application.reference}/decide/", page("gd_decider")
    wrong = {"outcome": "refuse", "reason": "r", "reason_code": "channel"}
    assert "Choose the code" in html_of(decider.post(address, wrong | {"reason_code": ""}))
    assert "This code does not fit" in html_of(decider.post(address, wrong))
    decider.post(address, {"outcome": "approve", "reason_code": "channel"})
    assert application.decisions.get().reason_code == ""
