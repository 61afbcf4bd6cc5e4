"""Offices in a real Chromium: corrected, decided by four, certified; numbered, amended, suspended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.core.lifecycle import FilingStatus, PetitionStatus
from openbeian.portal.filings.models import Filing
from tests.portal.factories import Cast, application_at, conclude_all, confirm_all
from tests.portal.pages.test_pages_in_a_browser import _sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(only_people):
    """Leave out what these pages do not need."""
    return only_people


@pytest.fixture
def open_tab(browser: Browser, world, live_server) -> Callable[[str, str], Page]:
    """Return what signs somebody in and opens a page."""
    context = browser.new_context(locale="en-GB")

    def go(who: str, path: str) -> Page:
        _sign_in(context, world, who, live_server.url)
        tab = context.pages[0] if context.pages else context.new_page()
        tab.goto(f"{live_server.url}{path}")
        return tab

    return go


def test_an_application_is_corrected_decided_by_four_people_and_certified_in_a_round(open_tab, cast: Cast):
    application = application_at(S.SUBMITTED, cast)
    review, own = f"/review/{application.reference}/", f"/applications/{application.reference}/"
    open_tab("gd_intake", review).locator("form[action$='/accept/'] button").click()
    _return(open_tab("gd_reviewer", f"{review}return/"))
    _correct(open_tab, own)
    confirm_all(application, cast)
    open_tab("gd_preparer", f"{own}check/").locator("form[action$='/submit/'] button").click()
    tab = open_tab("gd_reviewer", f"{review}changes/")
    expect(tab.locator("main")).to_contain_text("不含医疗。")
    tab = open_tab("gd_reviewer", review)
    tab.locator("form[action$='/close/'] button").click()
    conclude_all(application, cast)
    tab = open_tab("gd_reviewer", f"{review}recommend/")
    tab.locator("[name=reason]").fill("材料齐全。")
    tab.locator("main form button").last.click()
    for office, second in (
        ("gd_decider", "gd_countersigner"),
        ("national_decider", "national_countersigner"),
    ):
        _decide(open_tab(office, f"{review}decide/"), f"{office}的理由")
        expect(open_tab(second, review).locator("main")).not_to_contain_text(f"{office}的理由")
        _decide(open_tab(second, f"{review}decide/"), "同意。")
    _certify(open_tab, application.reference)
    expect(open_tab("gd_preparer", own).locator("main")).to_contain_text("See the certificate")


def _return(tab: Page) -> None:
    """Ask for one thing; what the checks found and the page suggests is taken out."""
    for row in range(tab.locator("[name$='-item']").count()):
        item, text, code = ("service.scope", "写明人群。", "measures") if row == 0 else ("", "", "")
        tab.locator(f"[name=form-{row}-item]").fill(item)
        tab.locator(f"[name=form-{row}-text]").fill(text)
        tab.locator(f"[name=form-{row}-reason_code]").select_option(code)
    tab.locator("main form").last.locator("button").last.click()
    expect(tab.locator("main")).to_contain_text("写明人群。")


def _correct(open_tab, own: str) -> None:
    tab = open_tab("gd_preparer", f"{own}form/service/")
    tab.locator("[name=scope]").fill("面向成年公众；不含医疗。")
    tab.locator("main form button").last.click()
    tab = open_tab("gd_preparer", own)
    form = tab.locator("form[action$='/reply/']")
    form.locator("[name=text]").fill("已写明。")
    form.locator("button").click()


def _decide(tab: Page, reason: str) -> None:
    tab.locator("[name=outcome]").first.check()  # to grant, whichever office it is
    tab.locator("[name=reason]").fill(reason)
    tab.locator("main form button").last.click()
    expect(tab.locator("main")).to_contain_text(reason)


def _certify(open_tab, reference: str) -> None:
    tab = open_tab("publisher", "/rounds/new/")
    for name, value in (("series", "1"), ("name", "第一批"), ("held_on", "2026-12-01")):
        tab.locator(f"[name={name}]").fill(value)
    tab.locator("main form button").last.click()
    expect(tab.locator("main")).to_contain_text(reference)
    tab.locator("[name=applications]").check()
    tab.locator("form[action$='/seats/add/'] button").click()
    tab.locator("form[action$='/certify/'] button").click()
    expect(tab.locator("main")).to_contain_text("Certified in this round")
    expect(tab.locator("main")).to_contain_text(Filing.objects.get().number)


def test_a_registration_is_numbered_amended_and_suspended_by_its_province(open_tab, cast: Cast):
    granted = application_at(S.GRANTED, cast)
    tab = open_tab("gd_publisher", f"/registrations/{granted.reference}/")
    tab.get_by_role("button", name="Number it and publish").click()
    expect(tab.locator("main")).to_contain_text("It has its number")
    filing = Filing.objects.get(application=granted)
    _is_amended(open_tab, filing)
    _is_suspended(open_tab, filing)


def _is_amended(open_tab, filing: Filing) -> None:
    tab = open_tab("gd_preparer", f"/petitions/about/{filing.application.reference}/")
    tab.get_by_label("Amendment").check()
    tab.locator("main form button").first.click()
    tab.get_by_label("Grounds").fill("人群有变。")
    tab.get_by_label("Day of the change").fill("2026-11-23")
    tab.get_by_role("button", name="Save").click()
    tab.get_by_label("Change an entry").select_option("service.scope")
    tab.get_by_role("button", name="Fill in").click()
    tab.locator("textarea").fill("面向成年公众；不含医疗。")
    tab.locator("main form button").first.click()
    tab.get_by_role("button", name="Hand in").click()
    expect(tab.locator("main")).to_contain_text("A reviewer of the province looks")
    address = f"/petitions/{filing.petitions.get(status=PetitionStatus.EXAMINED).reference}/"
    tab = open_tab("gd_reviewer", address)
    tab.get_by_role("button", name="Take it").click()
    tab.get_by_role("button", name="Put before the province").click()
    for who, button in (("gd_decider", "Give the outcome"), ("gd_countersigner", "Countersign")):
        tab = open_tab(who, address)
        tab.get_by_label("Grant (province)").check()
        tab.get_by_role("button", name=button).click()
    expect(tab.locator("main")).to_contain_text("Granted, and in effect")
    assert filing.petitions.filter(status=PetitionStatus.GRANTED).count() == 1


def _is_suspended(open_tab, filing: Filing) -> None:
    address = f"/filings/{filing.number}/"
    tab = open_tab("gd_decider", "/filings/")
    tab.get_by_role("link", name=filing.service_name).click()
    tab.get_by_label("Suspend", exact=True).check()
    tab.get_by_label("Cause by code").select_option("model")
    tab.get_by_label("Cause", exact=True).fill("更换模型后未评估。")
    tab.get_by_role("button", name="Propose").click()
    expect(tab.locator("main")).to_contain_text("waits for its countersignature")
    tab = open_tab("national_countersigner", address)
    expect(tab.get_by_role("button", name="Countersign")).to_have_count(0)
    tab = open_tab("gd_countersigner", address)
    tab.get_by_label("Yes; it takes effect at once").check()
    tab.get_by_role("button", name="Countersign").click()
    tab = open_tab("gd_countersigner", f"/register/{filing.number}/")
    expect(tab.locator("main")).to_contain_text("Suspended")
    filing.refresh_from_db()
    assert filing.state is FilingStatus.SUSPENDED
