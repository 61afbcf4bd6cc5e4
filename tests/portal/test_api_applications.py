"""The providers' API: the same actions as the form, by key or session; what is foreign is not found."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbeian.clock import now
from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.accounts.actions import SYSTEM, add_member, issue_api_key
from openbeian.portal.accounts.models import ApiKey
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Application
from tests.portal.documents import documents_of
from tests.portal.evidence import evidence_file
from tests.portal.factories import (
    AT,
    EDITION,
    Cast,
    application_at,
    confirm_all,
    filing_at,
    good_facts,
)

API = "/api/v1/applications"
PETITIONS = "/api/v1/petitions"
S = ApplicationStatus


def _client(
    cast: Cast, who: str = "gd_preparer", of: str = "gd_provider", scopes=("read", "write")
) -> Client:
    _key, secret = issue_api_key(
        cast.organisations[of],
        name="ci",
        scopes=scopes,
        valid_for=timedelta(days=1),
        by=getattr(cast, who),
        at=now(),
    )
    return Client(headers={"authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


@pytest.fixture
def gd(cast: Cast) -> Client:
    return _client(cast)


def _json(response, status: int = 200):
    assert response.status_code == status, response.content
    return response.json()


def _send(client: Client, method: str, address: str, body: object):
    return getattr(client, method)(address, body, content_type="application/json")


def test_an_application_is_made_filled_in_and_handed_in_through_the_api(gd: Client, cast: Cast):
    made = _json(_send(gd, "post", API, {"edition": EDITION, "profile": "demo"}), 201)
    address = f"{API}/{made['reference']}"
    assert (made["status"], made["waiting_for"], made["number"]) == ("draft", "provider", None)

    filled = _json(_send(gd, "put", f"{address}/facts", good_facts()))
    assert filled["facts"]["service.name"] == "小舟"
    dry = _json(gd.get(f"{address}/validation"))
    assert dry["may_be_submitted"] is False
    assert {finding["check"] for finding in dry["findings"]} >= {"E01"}
    refused = _json(gd.post(f"{address}/submit"), 422)
    assert refused["code"] == "findings"
    assert _json(gd.get(address))["findings"][0]["severity"] == "error"

    for kind, file in evidence_file().items():
        upload = SimpleUploadedFile(file.name, file.read_bytes())
        added = _json(gd.post(f"{address}/attachments", {"kind": kind, "file": upload}), 201)
        assert added["size"] == file.stat().st_size
    lacking = _json(gd.get(f"{address}/validation"))
    assert {one["check"] for one in lacking["findings"] if one["severity"] == "error"} == {"D01"}
    assert _json(gd.post(f"{address}/submit"), 422)["code"] == "findings"
    for name, (kind, data) in documents_of("filing").items():
        added = _json(gd.post(f"{address}/attachments", {"file": SimpleUploadedFile(name, data)}), 201)
        assert added["kind"] == kind, "its name tells what it is"
    assert _json(gd.get(f"{address}/validation"))["may_be_submitted"] is True
    assert _json(gd.get(address))["to_be_confirmed"] == [post.value for post in SIGNATORIES]
    assert _json(gd.post(f"{address}/submit"), 409)["code"] == "not_confirmed"
    confirm_all(Application.objects.get(), cast)
    handed_in = _json(gd.post(f"{address}/submit"))
    assert (handed_in["status"], handed_in["version"], handed_in["waiting_for"]) == (
        "submitted",
        1,
        "provincial",
    )
    assert [one["reference"] for one in _json(gd.get(API))] == [made["reference"]]


def test_corrections_are_read_answered_and_handed_in_again(gd: Client, cast: Cast):
    application = application_at(S.CORRECTION, cast)
    address = f"{API}/{application.reference}"
    (correction,) = _json(gd.get(address))["corrections"]
    assert (correction["item"], correction["status"]) == ("service.scope", "open")
    too_early = _json(gd.post(f"{address}/submit"), 409)
    assert too_early["code"] == "corrections_open"
    reply = _send(gd, "put", f"{address}/corrections/{correction['id']}/reply", {"text": "已写明。"})
    assert _json(reply)["status"] == "answered"
    assert _json(gd.post(f"{address}/submit"))["version"] == 2


def test_a_file_is_taken_out_and_an_application_withdrawn(gd: Client, cast: Cast):
    application = application_at(S.DRAFT, cast)
    address = f"{API}/{application.reference}"
    first = _json(gd.get(address))["attachments"][0]
    assert gd.delete(f"{address}/attachments/{first['id']}").status_code == 204
    assert first not in _json(gd.get(address))["attachments"]
    assert _json(gd.delete(f"{address}/attachments/{first['id']}"), 404)["code"] == "not_found"
    assert _json(gd.post(f"{address}/withdraw"))["waiting_for"] is None


def test_a_certified_application_knows_its_number(gd: Client, cast: Cast):
    application = application_at(S.CERTIFIED, cast)
    assert _json(gd.get(f"{API}/{application.reference}"))["number"] == application.filing.number


CALLS = {
    "get_application": ("get", "", None),
    "put_facts": ("put", "/facts", {"service.name": "x"}),
    "validate": ("get", "/validation", None),
    "submit": ("post", "/submit", None),
    "withdraw": ("post", "/withdraw", None),
    "remove_attachment": ("delete", "/attachments/{attachment}", None),
    "reply": ("put", "/corrections/{correction}/reply", {"text": "x"}),
}


def _call(client: Client, application: Application, name: str):
    method, rest, body = CALLS[name]
    ids = {
        "attachment": application.attachments.first().pk,
        "correction": application.corrections.get().pk,
    }
    address = f"{API}/{application.reference}{rest.format(**ids)}"
    return _send(client, method, address, body) if body else getattr(client, method)(address)


@pytest.mark.parametrize("name", CALLS)
def test_what_belongs_to_another_provider_is_not_found(cast: Cast, name: str):
    application = application_at(S.CORRECTION, cast)
    response = _call(_client(cast, "zj_preparer", "zj_provider"), application, name)
    assert _json(response, 404)["code"] == "not_found"


@pytest.mark.parametrize("name", CALLS)
def test_an_offices_key_finds_no_application_here(cast: Cast, name: str):
    application = application_at(S.CORRECTION, cast)
    assert _call(_client(cast, "gd_reviewer", "gd_office"), application, name).status_code == 404


@pytest.mark.parametrize("name", CALLS)
def test_without_a_key_nobody_gets_in(cast: Cast, name: str):
    application = application_at(S.CORRECTION, cast)
    for stranger in (
        Client(enforce_csrf_checks=True),
        Client(headers={"authorization": "Bearer beian_nonsense"}),
    ):
        problem = _json(_call(stranger, application, name), 401)
        assert problem["code"] == "not_authenticated"


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"get_application", "validate"}))
def test_a_key_for_reading_does_not_write(cast: Cast, name: str):
    application = application_at(S.CORRECTION, cast)
    reader = _client(cast, scopes=["read"])
    assert _json(_call(reader, application, name), 403)["code"] == "not_allowed"
    assert _json(reader.get(f"{API}/{application.reference}"))["status"] == "correction"
    assert _json(_send(reader, "post", API, {"edition": EDITION}), 403)


def test_a_session_reads_and_writes_only_with_the_forms_token(cast: Cast):
    application = application_at(S.DRAFT, cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.gd_preparer)
    address = f"{API}/{application.reference}/facts"
    refused = _json(_send(client, "put", address, {"service.name": "x"}), 403)
    assert "X-CSRFToken" in refused["detail"]
    friendly = Client()
    friendly.force_login(cast.gd_preparer)
    assert _json(_send(friendly, "put", address, {"service.name": "改名"}))["facts"]["service.name"] == "改名"


def test_an_item_of_another_application_is_not_found(gd: Client, cast: Cast):
    mine, other = application_at(S.CORRECTION, cast), application_at(S.CORRECTION, cast)
    address = f"{API}/{mine.reference}/corrections/{other.corrections.get().pk}/reply"
    assert _send(gd, "put", address, {"text": "x"}).status_code == 404
    attachment = other.attachments.first().pk
    assert gd.delete(f"{API}/{mine.reference}/attachments/{attachment}").status_code == 404


def test_somebody_without_a_provider_begins_nothing(cast: Cast):
    client = _client(cast, "gd_intake", "gd_office")
    assert _json(_send(client, "post", API, {"edition": EDITION}), 422)["code"] == "bad_input"


def test_a_key_acts_for_its_own_organisation_even_if_its_owner_has_several(cast: Cast):
    from openbeian.core.roles import Role

    zj = cast.organisations["zj_provider"]
    add_member(zj, email="gd_preparer@example.com", name="x", roles=[Role.PREPARER], by=SYSTEM, at=AT)
    foreign = actions.create(zj, edition=EDITION, by=cast.gd_preparer, at=AT)
    assert _client(cast).get(f"{API}/{foreign.reference}").status_code == 404
    session = Client()
    session.force_login(cast.gd_preparer)
    assert session.get(f"{API}/{foreign.reference}").status_code == 200
    assert _send(session, "post", API, {"edition": EDITION}).status_code == 422


def test_malformed_requests_are_problem_documents(gd: Client, cast: Cast):
    application = application_at(S.DRAFT, cast)
    address = f"{API}/{application.reference}"
    assert _json(_send(gd, "post", API, {}), 422)["errors"][0]["where"][-1] == "edition"
    assert _json(_send(gd, "post", API, {"edition": "x"}), 422)["code"] == "bad_input"
    broken = gd.put(f"{address}/facts", "{", content_type="application/json")
    assert _json(broken, 400)["code"] == "bad_request"
    assert _json(_send(gd, "put", f"{address}/facts", {"nonsense": "x"}), 422)["code"] == "bad_input"
    assert _json(gd.post(f"{address}/attachments", {"kind": "document"}), 422)["code"] == "bad_request"


def test_the_use_of_a_key_is_noted(gd: Client, cast: Cast):
    gd.get(API)
    assert ApiKey.objects.get().last_used_at is not None


def test_an_amendment_is_drawn_up_and_handed_in_through_the_api(gd: Client, cast: Cast):
    filing = filing_at(cast)
    asked = {"application": filing.application.reference, "kind": "amendment"}
    assert _json(_send(_client(cast, scopes=("read",)), "post", PETITIONS, asked), 403)["code"]
    made = _json(_send(gd, "post", PETITIONS, asked), 201)
    address = f"{PETITIONS}/{made['reference']}"
    assert (made["status"], made["waiting_for"], made["number"]) == ("drawn_up", "provider", filing.number)
    _json(_send(gd, "put", f"{address}/grounds", {"grounds": "更名。", "happened_on": "2026-11-23"}))
    _json(_send(gd, "put", f"{address}/changes", {"service.name": "小舟新语"}))
    upload = SimpleUploadedFile("a.txt", b"a")
    assert _json(gd.post(f"{address}/files", {"kind": "document", "file": upload}), 201)["size"] == 1
    handed_in = _json(gd.post(f"{address}/hand-in"))
    assert (handed_in["status"], handed_in["before"]) == ("examined", {"service.name": "小舟"})
    assert [one["reference"] for one in _json(gd.get(PETITIONS))] == [made["reference"]]
    assert _json(gd.get(address))["files"][0]["name"] == "a.txt"
    stranger = _client(cast, "zj_preparer", "zj_provider")
    assert stranger.get(address).status_code == 404
    assert _send(stranger, "post", PETITIONS, asked).status_code == 404
    assert _json(gd.post(f"{address}/drop"))["status"] == "dropped"
