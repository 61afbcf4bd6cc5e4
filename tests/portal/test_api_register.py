"""The public API: the register, its certificates and proofs."""

import pytest

from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.signing import load_signer
from openbeian.trust.keys import public_key_set
from openbeian_gate.verify.certificate import parse_certificate, verify_certificate
from openbeian_gate.verify.proof import parse_proof, verify_certificate_logged
from tests.portal.factories import AT, Cast, filing_at

API = "/api/v1/register"


@pytest.fixture
def filing(cast: Cast):
    return filing_at(cast)


def test_an_entry_says_what_anybody_may_know_and_no_more(client, filing):
    entry = client.get(f"{API}/entries/{filing.number}").json()
    assert entry["number"] == filing.number
    assert entry["status"] == "valid"
    assert entry["profile"] == "demo"
    assert entry["round"] == 1
    assert set(entry) == {
        *("number", "route", "status", "status_since", "status_until", "service_id", "service_name"),
        *("model_name", "provider_name", "provider_name_en", "jurisdiction", "edition", "profile"),
        *("issued_on", "valid_until", "round", "key", "origin", "sources", "industry"),
        *("service_type", "base_number", "base_name"),
    }


def test_an_entry_is_found_by_service_id_and_by_sloppy_numbers(client, filing):
    for written in (filing.service_id, filing.number.lower(), filing.number.replace("-", "－")):
        assert client.get(f"{API}/entries/{written}").json()["number"] == filing.number


def test_certificate_and_proof_from_the_api_verify_together(client, filing):
    waiting = client.get(f"{API}/entries/{filing.number}/proof")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "not_now")
    publish_everything(open_for_publishing(), at=AT)
    certificate = client.get(f"{API}/entries/{filing.number}/certificate")
    proof = client.get(f"{API}/entries/{filing.number}/proof")
    keys = public_key_set(load_signer())
    signed = parse_certificate(certificate.content)
    assert verify_certificate(signed, keys).number == filing.number
    verify_certificate_logged(signed, parse_proof(proof.content), keys)
    assert filing.number in proof["Content-Disposition"]


def test_pages_of_the_register_follow_one_another(client, cast: Cast):
    numbers = [filing_at(cast, service__latin_name=f"S{n}").number for n in range(3)]
    first = client.get(f"{API}/entries", {"limit": 2}).json()
    second = client.get(f"{API}/entries", {"limit": 2, "cursor": first["cursor"]}).json()
    assert [one["number"] for one in first["items"] + second["items"]] == numbers[::-1]
    assert second["cursor"] is None
    assert "not an endorsement" in first["notice"]["en"]


def test_the_register_can_be_filtered_and_counted(client, filing):
    assert len(client.get(f"{API}/entries", {"search": "小舟", "jurisdiction": "GD"}).json()["items"]) == 1
    assert client.get(f"{API}/entries", {"status": "revoked"}).json()["items"] == []
    assert client.get(f"{API}/totals").json() == {
        "filings": 1,
        "registrations": 0,
        "by_status": {"valid": 1},
        "by_jurisdiction": {"GD": 1},
    }


@pytest.mark.parametrize("rest", ["", "/certificate", "/proof"])
def test_what_is_not_on_file_is_a_problem_document(client, db, rest):
    response = client.get(f"{API}/entries/nothing{rest}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "not_found"
    assert problem["status"] == 404
    assert "编号" in problem["detail_zh"]
    assert "check the id" in problem["detail"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1000}, {"cursor": "x"}, {"search": "x" * 101}])
def test_a_malformed_question_is_a_problem_document(client, db, query):
    response = client.get(f"{API}/entries", query)
    assert (response.status_code, response.json()["code"]) == (422, "bad_request")
    assert response.json()["errors"][0]["where"]


def test_the_api_describes_itself(client):
    document = client.get("/api/v1/openapi.json").json()
    operations = [
        operation for path in document["paths"].values() for operation in path.values() if operation
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids)) >= 15
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert any(code.startswith("2") for code in map(str, operation["responses"]))
        refusals = {code: said for code, said in operation["responses"].items() if code >= "400"}
        assert {"400", "429"} <= set(refusals)
        assert all(list(said["content"]) == ["application/problem+json"] for said in refusals.values())
    proof = document["paths"]["/api/v1/register/entries/{number}/proof"]["get"]
    assert list(proof["responses"]["200"]["content"]) == ["application/octet-stream"]
