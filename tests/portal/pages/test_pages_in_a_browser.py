"""Every page in a real Chromium: accessible, as wide as the screen, silent, titled, in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ViewportSize
from playwright.sync_api import Page as Tab

from tests.portal.pages.world import Page, World, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_RUN = """async () => (await axe.run({resultTypes: ["violations"]})).violations.map(
    one => `${one.id}: ${one.help} (${one.nodes[0].target})`)"""
_PHONE: ViewportSize = {"width": 390, "height": 844}
_DESK: ViewportSize = {"width": 1280, "height": 800}


class _Look(NamedTuple):
    """How the pages are looked at; the accessibility rules, which take long, run at the last size."""

    language: str
    scheme: Literal["light", "dark"]
    sizes: tuple[ViewportSize, ViewportSize]
    only_public: bool
    """Whether those rules are kept for the pages everybody reads: the offices' are made of the same parts."""
    every: int
    """Of how many pages one is looked at: each in Chinese, every other in English."""


_CHINESE = _Look("zh", "light", (_PHONE, _DESK), only_public=False, every=1)
_ENGLISH = _Look("en", "dark", (_DESK, _PHONE), only_public=True, every=2)


@contextmanager
def _context(browser: Browser, **options) -> Iterator[BrowserContext]:
    context = browser.new_context(**options)
    yield context
    context.close()


def _sign_in(context: BrowserContext, world: World, who: str, address: str) -> None:
    context.clear_cookies()
    if who:
        client = Client()
        client.force_login(world.cast.people[who])
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
        )


def _problems(tab: Tab, page: Page, look: _Look) -> Iterator[str]:
    if not tab.title().endswith("· OpenBeian"):
        yield f"{page.name}: the title is {tab.title()!r}"
    shown = tab.evaluate("document.documentElement.lang")
    if not shown.lower().startswith(look.language):
        yield f"{page.name}: the page says it is in {shown}"
    for size in look.sizes:
        tab.set_viewport_size(size)
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            yield f"{page.name}: {width} px wide on a screen of {size['width']}"
    if page.who and look.only_public:
        return
    tab.evaluate(AXE_SCRIPT)
    yield from (f"{page.name}: {violation}" for violation in tab.evaluate(_RUN))


@pytest.mark.parametrize("look", [_CHINESE, _ENGLISH], ids=["Chinese", "English"])
def test_every_page_is_accessible_fits_and_is_silent(
    browser: Browser, live_server, world: World, look: _Look
):
    said: list[str] = []
    problems: list[str] = []
    with _context(browser, locale=look.language, color_scheme=look.scheme) as context:
        tab = context.new_page()
        tab.on("console", lambda message: said.append(f"{tab.url}: {message.text}"))
        who = None
        for page in pages_of(world)[:: look.every]:
            if page.who != who:
                who = page.who
                _sign_in(context, world, who, live_server.url)
            answer = tab.goto(live_server.url + page.path)
            assert answer is not None
            assert answer.status == 200, page
            problems.extend(_problems(tab, page, look))
    assert problems == []
    assert said == []


def test_the_language_switch_keeps_the_page_and_is_remembered(browser: Browser, live_server, world: World):
    with _context(browser, locale="zh-CN", viewport=_DESK) as context:
        tab = context.new_page()
        tab.goto(f"{live_server.url}/register/?status=valid")
        tab.get_by_role("banner").get_by_role("link", name="English").click()
        assert "status=valid" in tab.url
        assert tab.locator("h1").inner_text() == "Entries of the register"
        tab.goto(f"{live_server.url}/check/")
        assert tab.locator("h1").inner_text() == "Is it on file?"


def test_a_provider_fills_in_the_form_with_the_keyboard_alone(browser: Browser, live_server, world: World):
    with _context(browser, locale="en-GB", viewport=_PHONE) as context:
        _sign_in(context, world, "gd_preparer", live_server.url)
        tab = context.new_page()
        tab.goto(f"{live_server.url}/applications/new/")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        tab.get_by_role("button", name="Begin").press("Enter")
        tab.get_by_label("Contact person").fill("林知夏")
        tab.get_by_label("E-mail").fill("no address")
        tab.get_by_label("E-mail").press("Enter")
        summary = tab.get_by_role("alert")
        assert "has the wrong format" in summary.inner_text()
        summary.get_by_role("link", name="E-mail").press("Enter")
        assert tab.evaluate("document.activeElement.id") == "id_contact_email"
        assert tab.get_by_label("Contact person").input_value() == "林知夏"


def test_nothing_is_fetched_from_elsewhere_and_every_page_is_light(
    browser: Browser, live_server, world: World
):
    with _context(browser, locale="zh-CN", viewport=_DESK) as context:
        tab = context.new_page()
        fetched: list[str] = []
        weight = 0
        tab.on("request", lambda request: fetched.append(request.url))
        for address in ("/", f"/register/{world.valid.number}/", f"/certificates/{world.valid.number}/"):
            tab.goto(live_server.url + address, wait_until="networkidle")
        for url in set(fetched):
            weight += len(context.request.get(url).body())
        assert all(url.startswith((live_server.url, "data:")) for url in fetched)
        assert weight < 100_000
