"""Organisations, people, invitations, keys and the audit trail, as any browser without JavaScript does it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from openbeian.core.roles import Role
from openbeian.portal.accounts.actions import SYSTEM, add_member, issue_api_key
from openbeian.portal.accounts.models import ApiKey, Membership, Organisation, User
from openbeian.portal.accounts.queries import find_api_key
from openbeian.portal.accounts.trail import event_label
from openbeian.portal.audit.models import AuditEvent
from tests.portal.factories import AT, Cast
from tests.portal.pages.world import html_of

PASSWORD = "correct horse battery"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def boss(cast: Cast) -> User:
    return add_member(
        cast.organisations["gd_office"],
        email="boss@example.com",
        name="boss",
        roles=[Role.MEMBER_ADMINISTRATOR],
        by=SYSTEM,
        at=AT,
    )


@pytest.fixture
def office(cast: Cast, boss: User) -> tuple[Client, str]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(boss)
    return client, f"/organisations/{cast.organisations['gd_office'].pk}/"


def _anonymous() -> Client:
    return Client(headers={"accept-language": "en"})


def test_somebody_is_invited_enters_and_signs_in(cast: Cast, office):
    client, address = office
    assert "mend the following" in html_of(client.post(f"{address}invite/", {"email": "no"}))
    wrong = client.post(f"{address}invite/", {"email": "auditor@example.com", "roles": ["tester"]})
    assert "belong to nothing else" in html_of(wrong)
    client.post(f"{address}invite/", {"email": "new@example.com", "roles": ["tester"]})
    html = html_of(client.get(address))
    link = re.search(r'value="(http://testserver/invitations/[^"]+)"', html)[1]
    (letter,) = mail.outbox
    assert letter.to == ["new@example.com"]
    assert link in letter.body
    path = link.removeprefix("http://testserver")

    visitor = _anonymous()
    assert visitor.get(path + "x/").status_code == 404
    assert visitor.get("/invitations/1:forged/").status_code == 404
    page = html_of(visitor.get(path))
    assert "12 characters" in page
    weak = {"name": "New", "password": "password1234", "again": "password1234"}
    assert "too common" in html_of(visitor.post(path, weak))
    other = {"name": "New", "password": PASSWORD, "again": PASSWORD + "x"}
    assert "The two differ" in html_of(visitor.post(path, other))
    broken = {"name": "a\u2028b", "password": PASSWORD, "again": PASSWORD}
    assert "A name is one line" in html_of(visitor.post(path, broken))
    good = {"name": "New", "password": PASSWORD, "again": PASSWORD}
    assert visitor.post(path, good).url == "/accounts/login/"
    assert visitor.get(path).status_code == 410
    answer = visitor.post("/accounts/login/", {"login": "new@example.com", "password": PASSWORD})
    assert answer.url == "/work/"
    assert Membership.objects.get(user__email="new@example.com").roles == ["tester"]


def test_somebody_known_signs_in_to_accept(cast: Cast, office):
    client, address = office
    client.post(f"{address}invite/", {"email": "zj_tester@example.com", "roles": ["tester"]})
    path = re.search(r"(/invitations/[^\"]+)\"", html_of(client.get(address)))[1]
    assert "Sign in to accept" in html_of(_anonymous().get(path))
    assert "for another address" in html_of(client.get(path))
    theirs = _anonymous()
    theirs.force_login(cast.zj_tester)
    assert "Accept" in html_of(theirs.get(path))
    assert theirs.post(path).url == "/account/"
    assert cast.zj_tester.memberships.count() == 2


class BrokenMail(BaseEmailBackend):
    def send_messages(self, _messages):
        raise ConnectionRefusedError


def test_an_invitation_that_could_not_be_sent_says_so_and_can_be_taken_back(cast: Cast, office, settings):
    settings.EMAIL_BACKEND = f"{__name__}.BrokenMail"
    client, address = office
    answer = client.post(f"{address}invite/", {"email": "new@example.com", "roles": []}, follow=True)
    assert "could not be sent" in html_of(answer)
    taken_back = re.search(r'action="([^"]+/revoke/)"', html_of(answer))[1]
    assert "taken back" in html_of(client.post(taken_back, follow=True))
    assert "/invitations/" not in html_of(client.get(address)).split("Open invitations")[1]


def test_roles_and_membership_are_changed_on_one_page(cast: Cast, office):
    client, address = office
    place = cast.gd_tester.memberships.get()
    page = f"{address}members/{place.pk}/roles/"
    assert re.search(r'value="tester"[^>]*checked', html_of(client.get(page)))
    client.post(page, {"roles": ["reviewer", "tester"]})
    place.refresh_from_db()
    assert place.roles == ["reviewer", "tester"]
    assert client.post(page, {"roles": ["administrator"]}).status_code == 200
    client.post(f"{address}members/{place.pk}/end/")
    assert client.get(page).status_code == 404
    assert client.get(f"{address}members/{cast.zj_tester.memberships.get().pk}/roles/").status_code == 404


def test_members_see_colleagues_and_change_nothing_and_other_houses_are_not_found(cast: Cast, office, page):
    client, address = office
    member = page("gd_tester")
    html = html_of(member.get(address))
    assert "boss@example.com" in html
    assert "Invite somebody" not in html
    for who in ("gd_tester", "zj_reviewer", "gd_preparer", "platform", "auditor"):
        assert page(who).get(f"{address}invite/").status_code == 404, who
        assert page(who).post(f"{address}invite/", {"email": "n@example.com"}).status_code in {403, 404}, who
    assert page("zj_reviewer").get(address).status_code == 404
    assert client.get(f"/organisations/{cast.organisations['zj_office'].pk}/").status_code == 404
    assert html_of(client.get("/organisations/")).count("<tr>") == 2
    assert client.get("/organisations/new/").status_code == client.get("/people/").status_code == 403


def test_an_administrator_enters_an_organisation_and_its_first_administrator(cast: Cast, page):
    client = page("administrator")
    good = {"kind": "provider", "name": "新公司", "uscc": "91440300MA5DEM0019", "jurisdiction": "GD"}
    assert "Please mend the following" in html_of(client.post("/organisations/new/", {**good, "uscc": "1"}))
    client.post("/organisations/new/", good)
    made = Organisation.objects.get(name="新公司")
    client.post(f"/organisations/{made.pk}/invite/", {"email": "n@x.cn", "roles": ["member_administrator"]})
    assert made.invitations.get().roles == ["member_administrator"]
    found = html_of(client.get("/organisations/?q=新公"))
    assert "新公司" in found
    assert "gd_provider" not in found.split("<table")[1]
    assert "No organisation found" in html_of(client.get("/organisations/?q=zzzz"))


def test_an_administrator_closes_and_opens_accounts_and_resets_factors(cast: Cast, page):
    client, person = page("administrator"), cast.gd_preparer
    address = f"/people/{person.pk}/"
    assert person.email in html_of(client.get("/people/?q=gd_prep"))
    assert "Nobody found" in html_of(client.get("/people/?q=zzzz"))
    client.post(f"{address}sign-out/")
    client.post(f"{address}reset/")
    assert "Closed" in html_of(client.post(f"{address}close/", follow=True))
    assert page("gd_preparer").get("/work/").status_code == 302
    client.post(f"{address}open/")
    assert page("gd_preparer").get("/work/").status_code == 200
    assert "Administer the account" not in html_of(client.get(f"/people/{cast.administrator.pk}/"))
    assert page("gd_reviewer").get(address).status_code == 404
    assert "Administer the account" not in html_of(page("auditor").get(address))


def test_a_key_is_made_shown_once_and_ended(cast: Cast, page, office):
    client = page("gd_preparer")
    house = cast.organisations["gd_provider"]
    form = {"organisation": house.pk, "name": "构建机", "scopes": ["read", "write"], "days": 30}
    assert "Please mend the following" in html_of(client.post("/account/keys/new/", {**form, "scopes": []}))
    shown = client.post("/account/keys/new/", form)
    secret = re.search(r'value="(beian_[^"]+)"', html_of(shown))[1]
    assert "no-store" in shown["Cache-Control"]
    key = find_api_key(secret, at=ApiKey.objects.get().created_at)
    assert key.organisation == house
    assert secret not in html_of(client.get("/account/"))
    assert "Read, Hand in and change" in html_of(client.get("/account/"))
    expired, _ = issue_api_key(
        house, name="alt", scopes=["read"], valid_for=timedelta(days=1), by=cast.gd_preparer, at=AT
    )
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=AT)
    assert "Expired" in html_of(client.get("/account/"))
    administrator = page("administrator")
    administrator.post(f"/organisations/{house.pk}/keys/{key.pk}/revoke/")
    assert "Ended" in html_of(client.get("/account/"))
    assert office[0].post(f"/organisations/{house.pk}/keys/{key.pk}/revoke/").status_code == 404
    reader = page("auditor").post(
        "/account/keys/new/",
        {"organisation": cast.organisations["auditor_house"].pk, "name": "x", "scopes": ["read"], "days": 30},
    )
    assert "The key is made" in html_of(reader)
    assert "Make a key" not in html_of(administrator.get("/account/"))


def test_a_platforms_member_makes_the_key_its_gates_report_with(cast: Cast, page):
    client = page("platform")
    form = {"organisation": cast.organisations["platform_house"].pk, "name": "gates", "days": 90}
    assert "Hand in and change" not in html_of(client.get("/account/keys/new/"))
    client.post("/account/keys/new/", {**form, "scopes": ["sightings"]})
    assert ApiKey.objects.get().scopes == ["sightings"]


def test_the_trail_shows_each_as_much_as_is_theirs(cast: Cast, office, page):
    client, address = office
    client.post(f"{address}invite/", {"email": "n@example.com", "roles": ["tester"]})
    AuditEvent.objects.create(
        kind="filing.suspend",
        subject_type="filing",
        subject_id="1",
        subject_name="青灯读写",
        by_id="user:0",
        by_name=HOSTILE,
        at=AT,
    )
    whole, accounts, own = (
        html_of(one.get("/audit/")) for one in (page("auditor"), page("administrator"), client)
    )
    assert "青灯读写" in whole
    assert HOSTILE not in whole
    assert "Invitation made" in whole
    assert "青灯读写" not in accounts
    assert "Organisation entered" in accounts
    assert "Invitation made" in own
    assert "e-mail: n@example.com; roles: Tester" in own
    assert "zj_office" not in own
    assert page("gd_reviewer").get("/audit/").status_code == 403
    assert "Nothing fits" in html_of(client.get("/audit/?q=zzzz"))
    assert html_of(client.get("/audit/?kind=invitation.made")).count("<tr>") == 2
    first = html_of(page("auditor").get("/audit/?q=&before=x"))
    older = re.search(r'href="\?([^"]+)" rel="next"', first)
    assert (older is None) == (AuditEvent.objects.count() <= 50)


def test_every_kind_of_event_has_words_and_old_ones_are_reached_page_by_page(cast: Cast, page):
    assert event_label("filing.suspend").en == "Suspend"
    assert event_label("round.planned").zh == "设立批次"
    AuditEvent.objects.bulk_create(
        AuditEvent(kind="round.planned", subject_type="x", subject_id=str(n), by_id="x", by_name="x", at=AT)
        for n in range(60)
    )
    client = page("auditor")
    older = re.search(r'href="\?([^"]+)" rel="next"', html_of(client.get("/audit/?kind=round.planned")))[1]
    assert html_of(client.get("/audit/?" + older.replace("&amp;", "&"))).count("Round planned") == 10


def test_names_typed_by_people_are_shown_as_text_only(cast: Cast, page):
    User.objects.filter(pk=cast.gd_tester.pk).update(name=HOSTILE)
    Organisation.objects.filter(pk=cast.organisations["gd_office"].pk).update(name=HOSTILE, name_en=HOSTILE)
    for path in ("/organisations/", f"/organisations/{cast.organisations['gd_office'].pk}/", "/people/"):
        html = html_of(page("administrator").get(path))
        assert "&lt;script&gt;alert(1)" in html
        assert HOSTILE not in html
    html = html_of(page("gd_tester").get("/account/"))
    assert HOSTILE not in html
