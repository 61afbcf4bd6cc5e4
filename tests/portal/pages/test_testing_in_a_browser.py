"""A tester in a real Chromium: twenty answers judged by keys on one page; a re-test followed to its end."""

import orjson
import pytest
from django.core.management import call_command
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.judging import actions as judging
from openbeian.portal.judging.models import ItemVerdict, JudgingTask
from openbeian.portal.judging.reading import parse_items
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.signing import publish_keys
from tests.portal.factories import AT, Cast
from tests.portal.pages.test_pages_in_a_browser import _sign_in
from tests.portal.retests.world import ordered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(only_people, settings, tmp_path):
    """Leave out what these pages do not need; let loopback be called."""
    settings.BEIAN_OUTBOUND_ALLOWED = ["127.0.0.1"]
    settings.BEIAN_PRIVATE_WORK = str(tmp_path / "work")
    return only_people


@pytest.fixture
def tab(browser: Browser, world, live_server) -> Page:
    context = browser.new_context(locale="en-GB")
    _sign_in(context, world, "gd_tester", live_server.url)
    return context.new_page()


def _sample(cast: Cast, count: int) -> JudgingTask:
    lines = [orjson.dumps({"question": f"Q{n}", "answer": f"A{n}"}) for n in range(1, count + 1)]
    return judging.create_task(
        cast.organisations["gd_office"],
        title="Sample",
        kind="generated_content",
        items=parse_items(b"\n".join(lines), "generated_content"),
        by=cast.gd_tester,
        at=AT,
    )


def test_twenty_answers_are_judged_by_keys_on_one_page_though_the_network_falls_out(  # noqa: PLR0915  one story
    tab, live_server, cast
):
    task = _sample(cast, 20)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    tab.goto(f"{live_server.url}/judging/{task.pk}/judge/")
    prompt, left = tab.locator("#prompt"), tab.locator("#left")
    expect(prompt).to_have_text("Q1")
    for key, following in (("1", "Q2"), ("2", "Q3")):
        tab.keyboard.press(key)
        expect(prompt).to_have_text(following)
    tab.keyboard.press("u")
    expect(prompt).to_have_text("Q2")
    tab.keyboard.press("n")
    tab.keyboard.type("1 in a note is no verdict")
    tab.keyboard.press("Escape")
    tab.keyboard.press("1")
    expect(prompt).to_have_text("Q3")
    tab.keyboard.press("s")
    expect(prompt).to_have_text("Q4")
    tab.context.set_offline(True)
    tab.keyboard.type("111")
    expect(prompt).to_have_text("Q7")
    expect(tab.locator("#sending")).to_be_visible()
    tab.context.set_offline(False)
    expect(tab.locator("#sending")).to_be_hidden(timeout=20_000)
    tab.keyboard.type("2" * 15)
    expect(left).to_have_text("0")
    expect(tab.locator("#nothing")).to_be_visible()
    given = ItemVerdict.objects.filter(undone_at=None).order_by("item__number")
    assert [one.value for one in given] == [
        "does_not_conform" if n in {3, *range(7, 21)} else "conforms" for n in range(1, 21)
    ]
    assert given[1].note == "1 in a note is no verdict"
    loaded, fetched = (sum(part in one for one in asked) for part in ("/judge/", "/items/"))
    assert (loaded, fetched < 8) == (1, True), "one page was loaded, and items many at once"


def test_a_thousand_answers_are_gone_on_with_another_day_and_what_was_said_last_is_taken_back(
    tab, live_server, cast
):
    task = _sample(cast, 1_000)
    with transaction.atomic():
        for item in task.items.order_by("number")[:940]:
            judging.give_verdict(item, value="conforms", by=cast.gd_tester, at=AT)
    address = f"{live_server.url}/judging/{task.pk}/judge/"
    tab.goto(address)
    prompt, left = tab.locator("#prompt"), tab.locator("#left")
    expect(prompt).to_have_text("Q941")
    expect(left).to_have_text("60")
    _judge(tab, "1", range(942, 972))
    tab.keyboard.type("uu")
    expect(prompt).to_have_text("Q969")
    _wait_until_sent(tab)
    another_day = tab.context.new_page()
    tab.close()
    another_day.goto(address)
    prompt, left = another_day.locator("#prompt"), another_day.locator("#left")
    expect(prompt).to_have_text("Q969")
    another_day.keyboard.press("u")
    expect(prompt).to_have_text("Q968")
    _judge(another_day, "2", range(969, 1_001))
    another_day.keyboard.press("2")
    expect(left).to_have_text("0")
    _wait_until_sent(another_day)
    expect(another_day.locator("#nothing")).to_be_visible(timeout=20_000)
    said = ItemVerdict.objects.filter(undone_at=None).order_by("item__number").values_list("value", flat=True)
    assert list(said) == ["conforms"] * 967 + ["does_not_conform"] * 33


def _judge(page: Page, key: str, then: range) -> None:
    """Press a key for one item after the other; `then` are the numbers of those that come up next."""
    for number in then:
        page.keyboard.press(key)
        expect(page.locator("#prompt")).to_have_text(f"Q{number}")


def _wait_until_sent(page: Page) -> None:
    """Wait until nothing of what was said waits in the browser."""
    store = page.locator("#judging").get_attribute("data-store")
    for _ in range(400):
        if page.evaluate("store => localStorage.getItem(store)", store) == "[]":
            return
        page.wait_for_timeout(50)
    raise AssertionError("something still waits after 20 s")


def _carry_on(page: Page) -> None:
    """Let the worker work; the page asks nothing: SQLite in memory lets nobody read while it writes."""
    page.context.set_offline(True)
    page.wait_for_timeout(300)
    call_command("worker", once=True)
    page.context.set_offline(False)


def test_a_retest_is_asked_for_and_followed_to_its_end(tab, live_server, cast, llm):
    service = llm()
    reference = ordered(cast, service.url).application.reference
    publish_keys()
    tab.goto(f"{live_server.url}/review/{reference}/")
    tab.get_by_role("link", name="Re-test", exact=True).click()
    tab.get_by_label("Generated-content bank").check()
    tab.get_by_label("Keyword library").check()
    tab.get_by_role("button", name="Begin").click()
    run = RetestRun.objects.get()
    expect(tab.locator("#progress")).to_contain_text("Waiting")
    _carry_on(tab)
    expect(tab.locator("#progress")).to_contain_text("Committed, to be drawn")
    publish_everything(open_for_publishing(), at=AT)
    _carry_on(tab)
    # The page sees by itself that there is something else to see.
    expect(tab.get_by_role("heading", name="Beside what was reported")).to_be_visible(timeout=10_000)
    expect(tab.locator("main")).to_contain_text("Agrees with what was reported")
    assert service.requests == 63
    tab.get_by_role("button", name="Record").click()
    expect(tab.locator("main")).to_contain_text("The result is recorded.")
    run.order.refresh_from_db()
    assert run.order.agrees is True
