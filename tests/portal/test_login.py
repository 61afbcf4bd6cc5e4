"""Logging in: by e-mail; nobody signs up; the admin pages show and change nothing."""

import pytest
from django.test import Client

from openbeian.portal.accounts.models import User
from openbeian.portal.applications.models import Application
from tests.portal.factories import Cast

PASSWORD = "correct-horse-7"


@pytest.fixture
def person(db) -> User:
    return User.objects.create_user("a@example.com", "甲", PASSWORD)


def _log_in(client: Client, password: str):
    return client.post("/accounts/login/", {"login": "A@Example.com", "password": password})


def test_people_log_in_by_e_mail_and_password(client: Client, person: User):
    response = _log_in(client, PASSWORD)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_lets_nobody_in(client: Client, person: User):
    assert _log_in(client, "wrong").status_code == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client: Client, db):
    client.post("/accounts/signup/", {"email": "b@example.com", "password1": PASSWORD})
    assert not User.objects.exists()


@pytest.fixture
def root(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "根", PASSWORD))
    return client


@pytest.mark.parametrize(
    "page",
    [
        "audit/auditevent",
        "accounts/user",
        "accounts/organisation",
        "accounts/membership",
        "accounts/apikey",
        "log/entry",
        "log/snapshot",
        "filings/filing",
        "filings/round",
    ],
)
def test_the_admin_pages_are_for_looking_only(root: Client, cast: Cast, page: str):
    assert root.get(f"/admin/{page}/").status_code == 200
    assert root.get(f"/admin/{page}/add/").status_code == 403


def test_the_admin_pages_hold_no_dossier_and_no_secret(root: Client, cast: Cast):
    label = Application._meta.model_name
    index = root.get("/admin/").content.decode()
    assert label not in index
    for secret in ("mfa/authenticator", "socialaccount/", "account/emailaddress"):
        assert secret not in index
    page = root.get(f"/admin/accounts/user/{cast.gd_preparer.pk}/change/")
    assert page.status_code == 200
    assert "password" not in page.content.decode().lower().replace("password_change", "")


def test_the_admin_pages_have_no_login_of_their_own(client: Client, db):
    response = client.get("/admin/login/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
