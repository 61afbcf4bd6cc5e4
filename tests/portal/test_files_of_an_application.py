"""Files of an application: told by their names, written from what was entered, given up half-way."""

import pytest
from django.test import Client

from openbeian.core.errors import NotAllowedError, NotNowError
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.dossier.kinds import kind_of_name
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Application, Upload
from openbeian.portal.applications.progress import asked_for, form_steps
from openbeian.portal.applications.queries import attachments_of
from tests.portal.documents import documents_of
from tests.portal.factories import AT, BASE, EDITION, Cast, application_at, good_facts


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2-隐私保护政策.docx", "privacy_policy"),
        ("2-Privacy policy.en.pdf", "privacy_policy"),
        ("材料/6-承诺书与签字页.docx", "commitment"),
        ("营业执照或许可证（副本）.pdf", "licence"),
        ("evidence.jsonl", "evidence"),
        ("HEAD.dsse.json", "head"),
        ("说明.pdf", "document"),
    ],
)
def test_a_file_s_name_says_what_it_is(name: str, kind: str):
    assert kind_of_name(name) == kind


def _entered(cast: Cast) -> Application:
    called = {"model.origin": "called", "model.base_number": BASE}
    return actions.create(
        cast.organisations["gd_provider"],
        edition=EDITION,
        profile="demo",
        facts=good_facts() | called,
        by=cast.gd_preparer,
        at=AT,
    )


def test_missing_documents_are_written_from_what_was_entered_and_nothing_is_overwritten(cast: Cast):
    application = _entered(cast)
    _, word = documents_of("registration")["2-模型服务协议.docx"]
    own = actions.attach(
        application, kind="", name="2-模型服务协议.docx", chunks=[word], by=cast.gd_preparer, at=AT
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.gd_preparer)
    address = f"/applications/{application.reference}/files/"
    page = client.post(f"{address}written/", follow=True).content.decode()
    held = dict(attachments_of(application).values_list("name", "kind"))
    assert held["0-登记备案表.docx"] == "registration_form"
    assert held["3-内容安全管理制度.pdf"] == "content_safety_rules"
    assert "2-模型服务协议.pdf" not in held
    assert attachments_of(application).get(kind="service_agreement").pk == own.pk
    assert "Files written from what was entered: " in page
    assert "Keyword list: " in page, "what can't be written is named with the reason"
    missing = {one.label.en for one in asked_for(application) if not one.is_there}
    assert missing == {"Service agreement", "Keyword list", "Test questions"}


def test_a_document_that_states_figures_is_written_from_the_evidence_that_is_there(cast: Cast):
    application = application_at(S.DRAFT, cast)
    for report in attachments_of(application).filter(kind="assessment_report"):
        actions.detach(report, by=cast.gd_preparer, at=AT)
    written = actions.write_documents(application, by=cast.gd_preparer, at=AT)
    assert {kind_of_name(name) for name in written.files} == {"assessment_report"}
    assert written.left_out == []


def test_where_nothing_is_missing_nothing_is_written_and_only_for_the_provider(cast: Cast):
    application = application_at(S.DRAFT, cast)
    assert (
        next(one for one in form_steps(application, here="check") if one.label.en == "Files").place == "done"
    )
    with pytest.raises(NotNowError, match="take it out first"):
        actions.write_documents(application, by=cast.gd_preparer, at=AT)
    with pytest.raises(NotAllowedError):
        actions.write_documents(application, by=cast.gd_reviewer, at=AT)


def test_what_never_arrived_whole_is_shown_and_given_up(cast: Cast):
    application = application_at(S.DRAFT, cast)
    upload = actions.start_upload(
        application,
        kind="",
        name="营业执照或许可证.pdf",
        size=10,
        sha256="0" * 64,
        by=cast.gd_preparer,
        at=AT,
    )
    assert upload.kind == "licence"
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.gd_preparer)
    address = f"/applications/{application.reference}/files/"
    assert "Not sent whole" in client.get(address).content.decode()
    assert client.post(f"{address}unfinished/nope/").status_code == 404
    client.post(f"{address}unfinished/{upload.key}/")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", ["email/", "3rdparty/", "confirm-email/"])
def test_nobody_changes_who_they_are_on_pages_of_the_library(cast: Cast, path: str):
    client = Client()
    client.force_login(cast.gd_preparer)
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"email": "x@example.com", "action_add": ""}).status_code == 404
