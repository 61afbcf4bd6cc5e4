"""Every address walked: auditors change nothing, administrators see no dossier, nobody another's."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.openapi import get_schema

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.portal.api.endpoints import api
from tests.portal.pages.world import World

OWN_ACCOUNT = ("accounts/", "account/")
PUBLIC = ("log", "register", "statistics", "bulletins", "data", "certificates", "badge", "check", "api")
VERBS = ("post", "put", "patch", "delete")


def _addresses(world: World) -> list[str]:
    """Return every address, its parts filled with what belongs to an application of Guangdong in review."""
    application = world.applications[S.IN_REVIEW]
    known = {
        "reference": application.reference,
        "number": world.valid.number,
        "key": world.valid.number,
        "slug": world.draft.slug,
        "section": "service",
        "series": "9",
        "hash": world.sighted.hash,
        "pk": str(world.permit.pk),
        "sha256": "0" * 64,
    }
    return sorted({"/" + _filled(route, known) for route in _routes(get_resolver())})


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            if not route.startswith("admin/"):
                yield from _routes(one, route)
        elif isinstance(one, URLPattern) and not route.startswith(("static", "admin/")):
            yield route


def _filled(route: str, known: dict[str, str]) -> str:
    parts = route.replace("\\Z", "").rstrip("$").split("<")
    out = parts[0]
    for part in parts[1:]:
        converter, _, rest = part.partition(">")
        kind, _, name = converter.rpartition(":")
        out += known.get(name, "1" if kind in {"int", ""} else "x") + rest
    return out


def _api_calls() -> Iterator[tuple[str, str]]:
    for path, operations in get_schema(api, path_prefix="/api/v1")["paths"].items():
        for verb in operations:
            yield verb, path.replace("{", "").replace("}", "")


@pytest.fixture
def addresses(world: World) -> list[str]:
    found = _addresses(world)
    assert len(found) > 120
    assert f"/review/{world.applications[S.IN_REVIEW].reference}/" in found
    return found


def test_an_auditor_changes_nothing_at_any_address(open_as, addresses):
    client = open_as("auditor")
    for path in addresses:
        if not path.lstrip("/").startswith((*OWN_ACCOUNT, "api/")):
            assert client.post(path).status_code in {403, 404}, path
    writing = [(verb, path) for verb, path in _api_calls() if verb in VERBS]
    assert len(writing) >= 8
    for verb, path in writing:
        answer = client.generic(verb.upper(), path, "{}", content_type="application/json")
        assert answer.status_code in {401, 403}, (verb, path)


def test_an_administrator_of_the_system_sees_no_dossier_at_any_address(world, open_as, addresses):
    client = open_as("administrator")
    application = world.applications[S.IN_REVIEW]
    permit = f"/sandbox/desk/{world.permit.pk}/"
    for path in addresses:
        if path.split("/")[1] in PUBLIC:
            continue  # open to everybody; the log names applications by their reference
        answer = client.get(path)
        if application.reference in path or path == permit:
            assert answer.status_code in {302, 403, 404, 405}, path
        elif not answer.streaming:
            assert application.reference.encode() not in answer.content, path
        answer.close()
    listed = client.get("/api/v1/applications")
    assert (listed.status_code, listed.json()) == (200, [])


@pytest.mark.parametrize("who", ["zj_reviewer", "zj_preparer"])
def test_what_is_another_provinces_or_providers_is_not_found_at_any_address(world, open_as, addresses, who):
    client = open_as(who)
    reference = world.applications[S.IN_REVIEW].reference
    for path in (one for one in addresses if reference in one and not one.startswith("/api/")):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code in {404, 405}, (who, path)
    for verb, path in _api_calls():
        if path.startswith("/api/v1/applications/reference"):
            there = path.replace("reference", reference)
            answer = client.generic(verb.upper(), there, "{}", content_type="application/json")
            assert answer.status_code in {404, 422}, (verb, there)


def test_an_auditor_reads_what_the_offices_read(world, open_as):
    client = open_as("auditor")
    for status, one in world.applications.items():
        handed_in = status is not S.DRAFT
        assert client.get(f"/review/{one.reference}/").status_code == (200 if handed_in else 404), status
    for path in (
        *("/review/?all=1", "/reports/", "/rounds/", "/rounds/9/", "/rounds/9/seats/", "/lists/"),
        *("/sandbox/desk/", f"/sandbox/desk/{world.permit.pk}/", "/sightings/", "/audit/", "/people/"),
        *(f"/filings/{world.pending.number}/", f"/sightings/{world.sighted.hash}/", "/organisations/"),
        *(f"/lists/{world.brought.pk}/", f"/reports/{world.report.reference}/", "/classes/"),
    ):
        assert client.get(path).status_code == 200, path


def test_strangers_are_led_to_the_login(client, db):
    for path in ("/organisations/", "/organisations/new/", "/people/", "/audit/", "/account/keys/new/"):
        assert client.get(path).url == f"/accounts/login/?next={path}"
