"""A provider in a real Chromium: from an empty form to an application handed in by three signatories."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from typer.testing import CliRunner

from openbeian.cli.app import app
from openbeian.clock import now
from openbeian.core.confirming import SIGNATORIES
from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.core.roles import Role
from openbeian.dossier.form import FORM, Field
from openbeian.dossier.packing import pack
from openbeian.dossier.submission import PortalClient
from openbeian.portal.accounts.actions import SYSTEM, add_member, issue_api_key
from openbeian.portal.applications import actions
from openbeian.portal.applications.models import Application, Upload
from tests.portal.documents import documents_of
from tests.portal.evidence import evidence_file
from tests.portal.factories import AT, EDITION, Cast, confirm_all, good_facts
from tests.portal.pages.test_pages_in_a_browser import _sign_in
from tests.unit.dossier.defects.planting import copy_of_good

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_MIB = 1 << 20
_PATIENCE_MS = 60_000
"""Only ever waited for in full where something is wrong."""


@pytest.fixture
def world(cast: Cast):
    """Enter everybody, and three people who sign; more of a portal these pages do not need."""
    evidence_file()  # no other loop can be run once the browser's runs
    for role in SIGNATORIES:
        cast.people[role.value] = add_member(
            cast.organisations["gd_provider"],
            email=f"{role.value}@example.com",
            name=role.value,
            roles=[Role(role)],
            by=SYSTEM,
            at=AT,
        )

    class _World:
        def __init__(self) -> None:
            self.cast = cast

    return _World()


@pytest.fixture
def context(browser: Browser, world, live_server) -> BrowserContext:
    made = browser.new_context(locale="en-GB")
    _sign_in(made, world, "gd_preparer", live_server.url)
    return made


def _fill(tab: Page, facts: dict) -> None:
    """Fill in every section, each on a page of its own, and go on to the files."""
    for section in FORM:
        for field in section.fields:
            if field.id in facts:
                _enter(tab, field, facts[field.id])
        tab.get_by_role("button", name="Save and continue").click()


def _enter(tab: Page, field: Field, value) -> None:
    name = field.id.partition(".")[2]
    if field.kind in {"choice", "choices", "confirm"}:
        for one in [value] if isinstance(value, str) else value:
            tab.locator(f"[name={name}][value={one}]").check()
    else:
        tab.locator(f"[name={name}]").fill(value)


def _chosen(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def _whole_set() -> list[dict]:
    run = [_chosen(file.name, file.read_bytes()) for file in evidence_file().values()]
    return run + [_chosen(name, data) for name, (_, data) in documents_of("filing").items()]


def test_an_application_is_filled_in_given_its_files_and_handed_in_by_three_people(
    context, world, live_server, cast
):
    tab = context.new_page()
    tab.goto(f"{live_server.url}/applications/new/")
    tab.get_by_label("Sample").select_option("demo")
    tab.get_by_role("button", name="Begin").click()
    provider = cast.organisations["gd_provider"]
    _fill(tab, {**good_facts(), "provider.name": provider.name, "provider.uscc": provider.uscc})
    application = Application.objects.get()
    tab.get_by_label("Files").set_input_files([*_whole_set(), _chosen("run.exe", b"MZ")])
    tab.get_by_role("button", name="Upload").click()
    expect(tab.locator("#sending-said")).to_contain_text("Not everything was sent", timeout=_PATIENCE_MS)
    expect(tab.locator("#sending")).to_contain_text("run.exe has the ending .exe")
    expect(tab.locator("#asked")).not_to_contain_text("missing:", timeout=_PATIENCE_MS)
    assert application.attachments.count() == len(_whole_set())
    assert not Upload.objects.exists()
    check = f"{live_server.url}/applications/{application.reference}/check/"
    for role in SIGNATORIES:
        _sign_in(context, world, role.value, live_server.url)
        tab.goto(check)
        tab.get_by_role("button", name="Confirm").click()
    _sign_in(context, world, "gd_preparer", live_server.url)
    tab.goto(check)
    tab.get_by_role("button", name="Submit").click()
    expect(tab.locator("main")).to_contain_text("Handed in")
    application.refresh_from_db()
    assert application.state is S.SUBMITTED


@pytest.fixture
def handed_in(world, cast: Cast, live_server, tmp_path: Path, monkeypatch) -> list[Application]:
    """Hand the same dossier in by command and over the API, before the browser starts."""
    _, secret = issue_api_key(
        cast.organisations["gd_provider"],
        name="cli",
        scopes=["read", "write"],
        valid_for=timedelta(days=1),
        by=cast.gd_preparer,
        at=now(),
    )
    monkeypatch.setenv("BEIAN_API_KEY", secret)
    root = copy_of_good(tmp_path / "d")
    submit = ["filing", "submit", str(root), "--portal", live_server.url, "--quiet"]
    CliRunner().invoke(app, submit)
    by_command = Application.objects.get()
    confirm_all(by_command, cast)
    CliRunner().invoke(app, [*submit, "--reference", by_command.reference])
    archive = pack(root, tmp_path / "d.zip").path
    reference = asyncio.run(_by_api(PortalClient(live_server.url, secret), archive))
    by_api = Application.objects.get(reference=reference)
    confirm_all(by_api, cast)
    asyncio.run(_submitted(PortalClient(live_server.url, secret), reference))
    asyncio.set_event_loop_policy(None)
    return [by_command, by_api]


async def _by_api(client: PortalClient, archive: Path) -> str:
    async with client:
        made = await client.create(edition=EDITION, profile="demo", facts={})
        await client.upload(made["reference"], archive, lambda _sent, _of: None)
        assert (await client.validate(made["reference"]))["may_be_submitted"]
        return str(made["reference"])


async def _submitted(client: PortalClient, reference: str) -> None:
    async with client:
        await client.submit(reference)


def test_what_came_by_command_and_over_the_api_stands_on_the_same_pages(handed_in, context, live_server):
    tab = context.new_page()
    tab.goto(f"{live_server.url}/applications/")
    for application in handed_in:
        application.refresh_from_db()
        assert application.state is S.SUBMITTED
        row = tab.get_by_role("row").filter(has_text=application.reference)
        expect(row).to_contain_text("Submitted")
        row.get_by_role("link").click()
        expect(tab.locator("main")).to_contain_text("evidence/evidence.jsonl")
        tab.go_back()


def test_a_large_file_goes_on_where_it_stopped_though_connection_and_page_are_lost(
    context, live_server, cast, home: Path
):
    application = _begun(cast)
    tab = context.new_page()
    address = f"{live_server.url}/applications/{application.reference}/files/"
    large = _chosen("语料采集记录.txt", b"x" * (9 * _MIB))
    tab.goto(address)
    sent: list[str] = []
    tab.on(
        "request", lambda one: sent.append(one.headers["upload-offset"]) if one.method == "PATCH" else None
    )
    lost = iter([False, True, False, True, True, True])
    tab.route(
        "**/uploads/*", lambda route: route.abort() if _is_piece(route) and next(lost) else route.fallback()
    )
    tab.get_by_label("Files").set_input_files(large)
    tab.get_by_role("button", name="Upload").click()
    expect(tab.locator("#sending")).to_contain_text("trying again shortly", timeout=_PATIENCE_MS)
    expect(tab.locator("#sending")).to_contain_text("88 %", timeout=_PATIENCE_MS)
    tab.get_by_role("button", name="Stop sending").click()
    expect(tab.locator("#sending")).to_contain_text("Choose the same file again")
    tab.unroute("**/uploads/*")
    tab.reload()
    expect(tab.locator("#held")).to_contain_text("8.0 MiB / 9.0 MiB")
    sent.clear()
    tab.get_by_label("Files").set_input_files(large)
    tab.get_by_role("button", name="Upload").click()
    expect(tab.locator("#sending-said")).to_contain_text("Everything is sent", timeout=_PATIENCE_MS)
    assert sent == [str(8 * _MIB)]
    assert application.attachments.get().kind == "collection_record"
    expect(tab.locator("#held")).not_to_contain_text("Not sent whole")


def _is_piece(route) -> bool:
    return route.request.method == "PATCH"


def _begun(cast: Cast) -> Application:
    return actions.create(
        cast.organisations["gd_provider"], edition=EDITION, profile="demo", by=cast.gd_preparer, at=AT
    )
