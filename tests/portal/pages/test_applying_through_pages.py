"""Applying through the pages, as any browser without JavaScript does it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.dossier.form import FORM
from openbeian.portal.applications.models import Application
from tests.portal.documents import documents_of
from tests.portal.evidence import evidence_file
from tests.portal.factories import application_at, good_facts
from tests.portal.pages.world import html_of


def _fill(client: Client, reference: str, facts) -> None:
    for section in FORM:
        typed = {field.id.partition(".")[2]: facts[field.id] for field in section.fields if field.id in facts}
        client.post(f"/applications/{reference}/form/{section.id}/", typed)


def test_an_application_is_begun_filled_in_checked_and_handed_in(page, cast):
    client = page("gd_preparer")
    provider = cast.organisations["gd_provider"]
    begun = client.post(
        "/applications/new/", {"organisation": provider.pk, "edition": "gbt-45654-2025", "profile": "demo"}
    )
    application = Application.objects.get()
    reference = application.reference
    assert begun.url == f"/applications/{reference}/form/provider/"
    given = {"provider.name": provider.name, "provider.uscc": provider.uscc}
    _fill(client, reference, {**good_facts(), **given})
    files = f"/applications/{reference}/files/"
    for kind, file in evidence_file().items():
        upload = SimpleUploadedFile(file.name, file.read_bytes())
        client.post(files, {"kind": kind, "file": upload})
    html = html_of(client.get(files))
    assert "missing: DOCX · PDF" in html
    assert "must be mended" in html_of(client.get(f"/applications/{reference}/check/"))
    documents = documents_of("filing")
    several = [SimpleUploadedFile(name, data) for name, (_, data) in documents.items()]
    kept = html_of(client.post(files, {"kind": "", "file": [*several, SimpleUploadedFile("run.exe", b"MZ")]}))
    assert "run.exe has the ending .exe" in kept
    assert f"Files kept: {len(documents)}." in kept
    assert "missing:" not in kept
    shown = client.get(f"/applications/{reference}/check/")
    assert "It can be handed in" in html_of(shown)
    assert "<button disabled>" in html_of(shown)
    for post in SIGNATORIES:
        typed = {"post": post.value, "content": shown.context["content"]}
        client.post(f"/applications/{reference}/confirm/", typed)
    handed_in = client.post(f"/applications/{reference}/submit/", follow=True)
    assert "Handed in" in html_of(handed_in)
    application.refresh_from_db()
    assert application.state is S.SUBMITTED


def test_a_step_keeps_what_is_wrong_and_says_so_beside_the_field_and_above(page, cast):
    application = application_at(S.DRAFT, cast)
    client = page("gd_preparer")
    address = f"/applications/{application.reference}/form/provider/"
    html = html_of(client.post(address, {"contact_email": "nowhere", "name": "行舟"}))
    assert html.count("has the wrong format") == 2
    assert 'href="#id_contact_email"' in html
    application.refresh_from_db()
    assert application.facts["provider.contact_email"] == "nowhere"


def test_an_unknown_step_is_not_found(page, cast):
    application = application_at(S.DRAFT, cast)
    assert page("gd_preparer").get(f"/applications/{application.reference}/form/nope/").status_code == 404


def test_every_finding_leads_to_the_place_that_mends_it(page, cast):
    application = application_at(S.DRAFT, cast, service__latin_name="Xiao Zhou")
    html = html_of(page("gd_preparer").get(f"/applications/{application.reference}/check/"))
    assert f"/applications/{application.reference}/form/service/#id_latin_name" in html
    assert "must be mended before" in html


def test_what_the_checks_refuse_leads_back_to_the_findings(page, cast):
    application = application_at(S.DRAFT, cast, service__latin_name="Xiao Zhou")
    answer = page("gd_preparer").post(f"/applications/{application.reference}/submit/")
    assert answer.url == f"/applications/{application.reference}/check/"
    application.refresh_from_db()
    assert application.state is S.DRAFT


def test_a_file_can_be_taken_out_and_fetched(page, cast):
    application = application_at(S.DRAFT, cast)
    client = page("gd_preparer")
    attachment = application.attachments.get(name="keys.json")
    fetched = client.get(f"/applications/{application.reference}/files/{attachment.pk}/")
    assert b"".join(fetched.streaming_content) == evidence_file()["keys"].read_bytes()
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    client.post(f"/applications/{application.reference}/files/{attachment.pk}/remove/")
    left = html_of(client.get(f"/applications/{application.reference}/files/"))
    assert f"/files/{attachment.pk}/" not in left


def test_a_missing_file_is_said_to_be_missing(page, cast):
    application = application_at(S.DRAFT, cast)
    html = html_of(
        page("gd_preparer").post(f"/applications/{application.reference}/files/", {"kind": "keys"})
    )
    assert "Please mend the following" in html


def test_corrections_are_answered_one_by_one_and_handed_in_again(page, cast):
    application = application_at(S.CORRECTION, cast)
    correction = application.corrections.get()
    client = page("gd_preparer")
    address = f"/applications/{application.reference}/"
    assert "have no answer yet" in html_of(client.get(f"{address}check/"))
    client.post(f"{address}corrections/{correction.pk}/reply/", {"text": "已写明。"})
    assert "已写明。" in html_of(client.get(address))
    client.post(f"{address}submit/")
    application.refresh_from_db()
    assert (application.state, application.version) == (S.IN_REVIEW, 2)


def test_an_application_is_withdrawn_only_after_asking(page, cast):
    application = application_at(S.SUBMITTED, cast)
    client = page("gd_preparer")
    assert "Withdraw this application?" in html_of(
        client.get(f"/applications/{application.reference}/withdraw/")
    )
    client.post(f"/applications/{application.reference}/withdraw/")
    application.refresh_from_db()
    assert application.state is S.WITHDRAWN


@pytest.mark.parametrize("status", list(S))
def test_the_status_page_says_where_it_is_at_every_status(page, cast, status):
    application = application_at(status, cast)
    html = html_of(page("gd_preparer").get(f"/applications/{application.reference}/"))
    assert "What is next" in html
    assert ("Course" in html) is (status not in {S.REFUSED, S.WITHDRAWN})


def test_a_production_portal_offers_no_reduced_sample(page, cast, settings):
    assert "Reduced" in html_of(page("gd_preparer").get("/applications/new/"))
    settings.BEIAN_PRODUCTION = True
    assert "Reduced" not in html_of(page("gd_preparer").get("/applications/new/"))


@pytest.mark.parametrize("part", ["", "form/service/", "files/", "check/", "withdraw/"])
def test_another_province_s_application_is_not_found(page, cast, part):
    application = application_at(S.DRAFT, cast)
    assert page("zj_preparer").get(f"/applications/{application.reference}/{part}").status_code == 404


def test_a_provider_reads_no_names_of_officers(page, cast):
    application = application_at(S.NATIONAL_DECISION, cast)
    html = html_of(page("gd_preparer").get(f"/applications/{application.reference}/"))
    assert "gd_preparer" in html
    assert not {name for name in ("gd_reviewer", "gd_decider", "gd_countersigner") if name in html}


def test_a_service_that_only_calls_a_filed_model_is_asked_for_less(page, cast):
    application = application_at(S.DRAFT, cast, model__origin="called")
    client = page("gd_preparer")
    form = f"/applications/{application.reference}/form"
    html = html_of(client.get(f"{form}/model/"))
    assert "Number of parameters" not in html
    assert f"{form}/corpus/" not in html
    assert client.get(f"{form}/corpus/").status_code == 404
    assert client.get(f"{form}/personal/").status_code == 200
