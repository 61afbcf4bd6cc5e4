"""Setting up and using a security key, and every page of signing in, in a real Chromium."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.actions import SYSTEM, add_member, create_organisation, invite
from openbeian.portal.accounts.models import User
from tests.portal.factories import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
_RUN = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
    one => `${one.id}: ${one.help} (${one.nodes[0].target})`)"""
_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def world(transactional_db, settings) -> User:
    """Enter the operator's administrator and nobody else: a portal to sign in to needs no more."""
    settings.BEIAN_SECOND_FACTOR = True
    house = create_organisation(kind=OrganisationKind.OPERATOR, name="系统运维", by=SYSTEM, at=AT)
    roles = [Role.ADMINISTRATOR]
    person = add_member(
        house, email="root@example.com", name="根", roles=roles, password=PASSWORD, by=SYSTEM, at=AT
    )
    invite(house, email="second@example.com", roles=roles, by=person, at=AT)
    return person


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    yield opened
    opened.close()


def _enter(tab: Tab, address: str) -> None:
    tab.goto(f"{address}/accounts/login/")
    tab.get_by_label("E-mail address").fill("root@example.com")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").press("Enter")


def _problems(tab: Tab) -> Iterator[str]:
    width = tab.evaluate("document.documentElement.scrollWidth")
    if width > 390:
        yield f"{tab.url}: {width} px wide"
    tab.evaluate(AXE_SCRIPT)
    yield from (f"{tab.url}: {violation}" for violation in tab.evaluate(_RUN))


def test_an_administrator_sets_up_a_key_and_signs_in_with_it(context: BrowserContext, live_server, world):
    tab, said, problems = context.new_page(), [], []
    tab.on("console", lambda message: said.append(f"{tab.url}: {message.text}"))
    keys = context.new_cdp_session(tab)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})
    _enter(tab, live_server.url)
    tab.wait_for_url("**/accounts/2fa/")
    assert "before anything else" in tab.get_by_role("main").inner_text()
    problems += _problems(tab)
    tab.get_by_role("link", name="Set up an app").click()
    problems += _problems(tab)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Confirm").click()
    assert tab.get_by_role("img", name="QR code for the app").is_visible()
    problems += _problems(tab)
    tab.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    problems += _problems(tab)
    tab.get_by_role("button", name="Add it").press("Enter")
    tab.wait_for_url("**/recovery-codes/")
    assert tab.get_by_role("main").get_by_role("listitem").count() == 10
    problems += _problems(tab)
    problems += _problems_of_pages(tab, live_server.url, world)

    context.clear_cookies()
    _enter(tab, live_server.url)
    tab.wait_for_url("**/accounts/2fa/authenticate/")
    problems += _problems(tab)
    tab.get_by_role("button", name="Use a security key").press("Enter")
    tab.wait_for_url("**/work/")
    assert problems == []
    assert said == []


def _problems_of_pages(tab: Tab, address: str, world: User) -> Iterator[str]:
    place = world.memberships.get()
    house = f"organisations/{place.organisation_id}/"
    for path in (
        *("account/", "account/keys/new/", "organisations/", "organisations/new/", "people/", "audit/"),
        *(f"people/{world.pk}/", house, f"{house}invite/", f"{house}members/{place.pk}/roles/"),
        "accounts/2fa/webauthn/",
    ):
        tab.goto(f"{address}/{path}")
        yield from _problems(tab)
