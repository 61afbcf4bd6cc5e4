"""`beian filing` against a real portal: tried out, handed in, followed and withdrawn."""

import asyncio
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.clock import now
from openbeian.portal.accounts.actions import issue_api_key
from openbeian.portal.applications.models import Application, Upload
from tests.portal.dossiers import dossier_folder
from tests.portal.factories import Cast, confirm_all
from tests.unit.dossier.defects.planting import change_facts, copy_of_good


@pytest.fixture
def portal(transactional_db, live_server, home, cast: Cast, monkeypatch):
    _, secret = issue_api_key(
        cast.organisations["gd_provider"],
        name="cli",
        scopes=["read", "write"],
        valid_for=timedelta(days=1),
        by=cast.gd_preparer,
        at=now(),
    )
    monkeypatch.setenv("BEIAN_API_KEY", secret)
    monkeypatch.setenv("BEIAN_LANG", "en")
    yield live_server.url
    asyncio.set_event_loop_policy(None)


def beian(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_a_dossier_goes_from_the_folder_to_the_office_by_command(portal: str, cast: Cast, tmp_path):
    root = copy_of_good(tmp_path / "d")
    submit = ("filing", "submit", root, "--portal", portal, "--quiet")
    change_facts(root, provider__contact_phone="call me")
    dry = beian(*submit, "--dry-run")
    assert dry.exit_code == 1
    assert "F01" in dry.stdout
    assert "kept nothing" in dry.stdout
    assert not Application.objects.exists()
    first = beian(*submit)
    application = Application.objects.get()
    reference = application.reference
    assert first.exit_code == 1
    assert "F01" in first.stdout
    assert f"--reference {reference}" in first.stdout
    assert reference in first.stderr
    change_facts(root, provider__contact_phone="020-12345678")
    waits = json.loads(beian(*submit, "--reference", reference, "--json").stdout)
    assert (waits["done"], "legal representative" in waits["waits_for"]["en"]) == (False, True)
    confirm_all(application, cast)
    done = beian(*submit, "--reference", reference)
    assert (done.exit_code, f"{reference} is handed in, version 1" in done.stdout) == (0, True)
    assert not Upload.objects.exists()
    status = beian("filing", "status", reference, "--portal", portal)
    assert "Status: submitted" in status.stdout
    told = json.loads(beian("filing", "status", reference, "--portal", portal, "--json").stdout)
    assert (told["version"], told["to_be_confirmed"]) == (1, [])
    withdraw = ("filing", "withdraw", reference, "--portal", portal, "--yes")
    assert f"{reference} is withdrawn" in beian(*withdraw).stdout
    assert beian(*withdraw, "--json").exit_code == 2


def test_a_key_a_portal_and_a_folder_are_needed(monkeypatch, tmp_path):
    monkeypatch.setenv("BEIAN_LANG", "en")
    monkeypatch.delenv("BEIAN_API_KEY", raising=False)
    missing = beian("filing", "status", "A-2026-000001", "--portal", "https://x.example")
    assert (missing.exit_code, "no API key" in missing.stderr) == (2, True)
    monkeypatch.setenv("BEIAN_API_KEY", "beian_x")
    wrong = beian("filing", "status", "A-2026-000001", "--portal", "x.example")
    assert (wrong.exit_code, "is no address" in wrong.stderr) == (2, True)
    assert beian("filing", "submit", tmp_path, "--portal", "https://x.example").exit_code == 2


def test_a_folder_is_packed_by_command_and_nothing_overwritten_unasked(monkeypatch, tmp_path):
    monkeypatch.setenv("BEIAN_LANG", "en")
    root = dossier_folder(tmp_path / "d")
    first = beian("dossier", "pack", root, "--quiet")
    assert first.exit_code == 0
    assert str(tmp_path / "d.zip") in first.stdout
    assert beian("dossier", "pack", root, "--quiet").exit_code == 2
    again = json.loads(beian("dossier", "pack", root, "--force", "--json").stdout)
    assert again["sha256"] in first.stdout
    assert "dossier.yaml" in again["files"]
