"""A dry run by form, page and API says what a reviewer would see and leaves no trace anywhere."""

import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.portal.applications import actions
from openbeian.portal.applications.examination import examine
from tests.portal.dossiers import dossier_folder, packed
from tests.portal.factories import EDITION, Cast, application_at, good_facts
from tests.portal.pages.world import html_of
from tests.portal.test_api_applications import _client, _json, _send
from tests.portal.test_taking_dossiers import begun, take

DRY = "/api/v1/dry-runs"
_WHO_ASKS = {"sessions.session", "accounts.apikey"}
"""Whoever asks is known by a session or a key, whose last use is kept."""


def trace(home: Path) -> tuple[dict[str, list[tuple]], set[str]]:
    """Return every row of every table, and every file of the home."""
    models = [one for one in apps.get_models() if one._meta.label_lower not in _WHO_ASKS]
    rows = {one._meta.label_lower: list(one._base_manager.order_by("pk").values_list()) for one in models}
    return rows, {str(path) for path in home.rglob("*")}


@pytest.fixture
def archive(tmp_path_factory) -> Path:
    root = dossier_folder(tmp_path_factory.mktemp("dry") / "d", facts={"service.scope": "适用于所有场景。"})
    out = packed(root)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("attachments/run.exe", b"x")
    return out


def test_a_dry_run_finds_what_a_reviewer_would_see_and_nothing_is_kept(cast: Cast, home: Path, archive: Path):
    gd = _client(cast)
    before = trace(home)
    upload = SimpleUploadedFile("d.zip", archive.read_bytes())
    dry = _json(gd.post(f"{DRY}/dossier", {"file": upload}))
    assert [one["name"] for one in dry["refused"]] == ["attachments/run.exe"]
    assert dry["may_be_submitted"] is False
    form = _json(
        _send(gd, "post", f"{DRY}/form", {"edition": EDITION, "profile": "demo", "facts": good_facts()})
    )
    assert {one["check"] for one in form["findings"]} >= {"E01"}
    assert trace(home) == before
    application = begun(cast)
    take(application, archive, cast)
    application.facts = {
        name: value for name, value in application.facts.items() if not name.startswith("provider.")
    } | {name: value for name, value in good_facts().items() if name.startswith("provider.")}
    found = [one.as_json() for one in examine(application).findings]
    assert dry["findings"] == found


def test_checking_a_draft_leaves_no_trace_either(cast: Cast, home: Path, client):
    application = application_at(S.DRAFT, cast, service__scope="适用于所有场景。")
    client.force_login(cast.gd_preparer)
    client.get("/applications/")
    before = trace(home)
    assert "F03" in html_of(client.get(f"/applications/{application.reference}/check/"))
    assert actions.validate(application)
    assert trace(home) == before


def test_a_dry_run_is_for_providers_and_refuses_what_an_application_would(cast: Cast, tmp_path, home):
    officer = _client(cast, "gd_reviewer", "gd_office")
    upload = SimpleUploadedFile("d.zip", b"x")
    assert _json(officer.post(f"{DRY}/dossier", {"file": upload}), 403)["code"] == "not_allowed"
    gd = _client(cast)
    refused = _json(gd.post(f"{DRY}/dossier", {"file": SimpleUploadedFile("d.zip", b"no archive")}), 422)
    assert refused["code"] == "hostile_archive"
    assert (
        "no edition" in _json(_send(gd, "post", f"{DRY}/form", {"edition": "x", "facts": {}}), 422)["detail"]
    )
    broken = tmp_path / "b.zip"
    with zipfile.ZipFile(broken, "w") as file:
        file.writestr("d/dossier.yaml", "edition: nope\n")
    dry = _json(gd.post(f"{DRY}/dossier", {"file": SimpleUploadedFile("d.zip", broken.read_bytes())}))
    assert "D16" in {one["check"] for one in dry["findings"]}
