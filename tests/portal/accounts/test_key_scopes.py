"""The scopes of keys, on every endpoint that asks who calls."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from ninja.openapi import get_schema

from openbeian.clock import now
from openbeian.portal.accounts.actions import issue_api_key
from openbeian.portal.api.endpoints import api
from tests.portal.factories import Cast, filing_at


def _guarded() -> Iterator[tuple[str, str]]:
    for path, operations in get_schema(api, path_prefix="/api/v1")["paths"].items():
        for verb, operation in operations.items():
            if operation.get("security") and verb != "head":  # its answer has no words to look at
                yield verb, path.replace("{", "").replace("}", "")


GUARDED = sorted(_guarded())


@pytest.fixture
def key(cast: Cast):
    def make(who: str, of: str, *scopes: str) -> Client:
        _, secret = issue_api_key(
            cast.organisations[of],
            name="x",
            scopes=scopes,
            valid_for=timedelta(days=1),
            by=cast.people[who],
            at=now(),
        )
        return Client(headers={"authorization": f"Bearer {secret}"})

    return make


def test_an_auditor_s_key_reads_every_provider_s_and_another_provider_s_key_nothing_of_it(cast: Cast, key):
    filing = filing_at(cast, place="zj")
    reference = filing.application.reference
    addresses = [
        "/api/v1/applications",
        f"/api/v1/applications/{reference}",
        f"/api/v1/applications/{reference}/validation",
        "/api/v1/petitions",
        f"/api/v1/duties/{filing.number}",
    ]
    auditor, foreign = key("auditor", "auditor_house", "read"), key("gd_preparer", "gd_provider", "read")
    for address in addresses:
        answer = auditor.get(address)
        assert answer.status_code == 200, address
        theirs = foreign.get(address)
        assert theirs.status_code == 404 or reference not in theirs.content.decode(), address
    assert auditor.get(addresses[0]).json()[0]["reference"] == reference
    assert auditor.get(f"{addresses[0]}?before={reference}").json() == []
    assert foreign.get(f"{addresses[0]}?before={reference}").status_code == 404


def test_a_key_without_the_scope_is_refused_everywhere_with_its_name(cast: Cast, key):
    assert len(GUARDED) >= 10
    keys = {
        "read": key("gd_preparer", "gd_provider", "read"),
        "write": key("gd_preparer", "gd_provider", "write"),
        "sightings": key("platform", "platform_house", "sightings"),
        "auditor": key("auditor", "auditor_house", "read"),
    }
    for verb, path in GUARDED:
        needs = "sightings" if path.endswith("/sightings") else "read" if verb == "get" else "write"
        for has, client in keys.items():
            answer = client.generic(verb.upper(), path, "{}", content_type="application/json")
            refused = answer.status_code == 403 and f"lacks the scope {needs}" in answer.json()["detail"]
            assert refused == (has.replace("auditor", "read") != needs), (verb, path, has)
