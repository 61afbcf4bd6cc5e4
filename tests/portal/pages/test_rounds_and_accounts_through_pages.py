"""Rounds, measures and accounts through the pages, as any browser without JavaScript does it."""

from datetime import timedelta

import pytest
from django.test import Client

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.portal.accounts.actions import issue_api_key
from openbeian.portal.filings.models import Filing, Round
from tests.portal.factories import AT, application_at, filing_at
from tests.portal.pages.world import html_of


def test_a_round_is_planned_and_certified_at_once(page, cast):
    application = application_at(S.CONFIRMED, cast)
    client = page("publisher")
    client.post("/rounds/new/", {"series": 1, "name": "第一批", "held_on": "2026-12-01"})
    assert application.reference in html_of(client.get("/rounds/1/"))
    client.post("/rounds/1/certify/", {"applications": [application.pk]})
    filing = Filing.objects.get()
    assert Round.objects.get().published_at is not None
    assert filing.number in html_of(client.get("/rounds/1/"))
    assert "See the certificate" in html_of(
        page("gd_preparer").get(f"/applications/{application.reference}/")
    )


def test_seats_are_given_ordered_and_taken_through_the_pages(page, cast):
    first, second = application_at(S.CONFIRMED, cast), application_at(S.CONFIRMED, cast, place="zj")
    client = page("publisher")
    client.post("/rounds/new/", {"series": 1, "name": "第一批", "held_on": "2026-12-01"})
    assert "Please mend the following" in html_of(client.post("/rounds/1/seats/add/", {}))
    client.post("/rounds/1/seats/add/", {"applications": [first.pk, second.pk]})
    seats = list(Round.objects.get().seats.all())
    assert "Please mend the following" in html_of(client.post("/rounds/1/seats/order/", {}))
    client.post("/rounds/1/seats/order/", {f"place-{seats[0].pk}": 2, f"place-{seats[1].pk}": 1})
    html = html_of(page("auditor").get("/rounds/1/seats/"))
    assert html.index(second.reference) < html.index(first.reference)
    assert "Give them seats" not in html_of(page("auditor").get("/rounds/1/"))
    client.post(f"/rounds/1/seats/{seats[1].pk}/remove/")
    assert second.reference not in html_of(client.get("/rounds/1/seats/"))
    assert client.get("/rounds/1/seats.csv").content.decode("utf-8-sig").count(first.reference) == 1
    assert client.get("/rounds/1/seats.xlsx").content.startswith(b"PK")
    answer = client.post("/rounds/1/certify/", {"applications": [first.pk, second.pk]})
    assert answer.status_code == 409
    client.post("/rounds/1/certify/", {"applications": [first.pk]})
    assert Filing.objects.get().application == first


def test_certifying_nothing_is_said_beside_the_list(page, cast):
    application_at(S.CONFIRMED, cast)
    client = page("publisher")
    client.post("/rounds/new/", {"series": 1, "name": "第一批", "held_on": "2026-12-01"})
    assert "Please mend the following" in html_of(client.post("/rounds/1/certify/", {}))


def test_a_round_without_a_date_is_not_planned(page, cast):
    assert "Please mend the following" in html_of(
        page("publisher").post("/rounds/new/", {"series": 1, "name": "x"})
    )
    assert not Round.objects.exists()


def test_a_measure_takes_two_people_and_shows_at_once(page, cast):
    filing = filing_at(cast)
    address = f"/filings/{filing.number}/"
    page("national_decider").post(address, {"kind": "suspend", "reason_code": "model", "cause": "更换模型。"})
    assert "waits for its countersignature" in html_of(page("national_countersigner").get(address))
    assert (
        "Countersign"
        not in html_of(page("national_decider").get(address)).split("<main")[1].split("Measures so far")[0]
    )
    page("national_countersigner").post(address, {"agree": "yes"})
    assert "Suspended" in html_of(
        Client(headers={"accept-language": "en"}).get(f"/register/{filing.number}/")
    )


def test_a_rejected_measure_is_kept_with_its_reason(page, cast):
    filing = filing_at(cast)
    address = f"/filings/{filing.number}/"
    page("national_decider").post(address, {"kind": "suspend", "reason_code": "model", "cause": "更换模型。"})
    page("national_countersigner").post(address, {"agree": "no", "reason": "证据不足。"})
    html = html_of(page("national_countersigner").get(address))
    assert "Not agreed" in html
    assert "证据不足。" in html


def test_filings_of_other_provinces_are_not_found(page, cast):
    filing = filing_at(cast)
    for who, status in (
        ("gd_decider", 200),
        ("gd_preparer", 200),
        ("auditor", 200),
        ("zj_decider", 404),
        ("platform", 404),
    ):
        assert page(who).get(f"/filings/{filing.number}/").status_code == status, who


def test_rounds_are_for_the_nation_and_auditors(page, cast):
    assert page("auditor").get("/rounds/").status_code == 200
    assert page("gd_decider").get("/rounds/").status_code == 403


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("gd_preparer", "to be corrected"),
        ("gd_reviewer", "waiting for your office"),
        ("publisher", "confirmed, to be certified"),
        ("platform", "belong to no organisation"),
    ],
)
def test_the_home_page_counts_what_waits(page, cast, who, words):
    assert words in html_of(page(who).get("/work/"))


def test_pages_for_people_lead_to_the_login_and_back(cast, client):
    answer = client.get("/applications/")
    assert answer.url == "/accounts/login/?next=/applications/"


def test_signing_in_and_out(cast, client):
    cast.gd_preparer.set_password("correct horse battery")
    cast.gd_preparer.save()
    wrong = client.post("/accounts/login/", {"login": cast.gd_preparer.email, "password": "wrong"})
    assert wrong.status_code == 200
    right = {"login": cast.gd_preparer.email, "password": "correct horse battery"}
    assert client.post("/accounts/login/", right).url == "/work/"
    client.post("/accounts/logout/")
    assert client.get("/work/").status_code == 302


def test_nobody_can_sign_themselves_up(client, db):
    answer = client.get("/accounts/signup/")
    assert '<form class="form"' not in answer.content.decode()


def test_a_key_is_shown_by_its_beginning_and_can_be_ended(page, cast):
    key, secret = issue_api_key(
        cast.organisations["gd_provider"],
        name="构建机",
        scopes=["read"],
        valid_for=timedelta(days=30),
        by=cast.gd_preparer,
        at=AT,
    )
    client = page("gd_preparer")
    html = html_of(client.get("/account/"))
    assert key.prefix in html
    assert secret not in html
    client.post(f"/account/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert page("zj_preparer").post(f"/account/keys/{key.pk}/revoke/").status_code == 404
