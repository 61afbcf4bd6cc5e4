"""Letters about an account: in the reader's language, and nothing left of the library's words."""

import re
from pathlib import Path

import allauth
import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import get_template
from django.test import Client

from tests.portal.factories import Cast

PASSWORD = "correct horse battery"
_LIBRARY = Path(allauth.__file__).parent / "templates"
_NEVER_SENT = re.compile(
    # Nobody signs up, changes an address by themselves, or is sent a code to sign in with.
    r"account_already_exists|email_|login_code|password_reset_code"
)
_CHINESE = re.compile("[\u4e00-\u9fff]")


def _letters() -> list[str]:
    found = (
        path.relative_to(_LIBRARY)
        for app in ("account", "mfa", "socialaccount")
        for path in (_LIBRARY / app / "email").glob("*.txt")
    )
    return sorted(str(path) for path in found if not _NEVER_SENT.match(path.name))


@pytest.mark.parametrize("name", _letters())
def test_every_letter_the_library_sends_has_words_of_our_own(name: str):
    assert "site-packages" not in get_template(name).origin.name


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "[Filing] Your password was changed"), ("zh", "[备案] 密码已修改")]
)
def test_whoever_changes_the_password_hears_of_it_in_their_language(cast: Cast, language, subject):
    cast.gd_preparer.set_password(PASSWORD)
    cast.gd_preparer.save()
    client = Client(headers={"accept-language": language, "user-agent": "Firefox <b>&"})
    client.force_login(cast.gd_preparer)
    new = f"{PASSWORD} staple"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == (subject, ["gd_preparer@example.com"])
    assert "Firefox <b>&" in letter.body
    assert bool(_CHINESE.search(letter.body)) is (language == "zh")
    assert "example.com!" not in letter.body


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_forgotten_password_is_reset_by_a_link_and_strangers_are_told_there_is_no_account(
    cast: Cast, language
):
    client = Client(headers={"accept-language": language})
    for email in ("gd_preparer@example.com", "stranger@example.com"):
        client.post("/accounts/password/reset/", {"email": email})
    reset, unknown = mail.outbox
    assert "/accounts/password/reset/key/" in reset.body
    assert "stranger@example.com" in unknown.body
    assert "signup" not in unknown.body
    assert bool(_CHINESE.search(reset.subject + reset.body + unknown.body)) is (language == "zh")


class _Away(BaseEmailBackend):
    def send_messages(self, _messages):
        raise ConnectionRefusedError


def test_a_mail_server_that_is_away_keeps_nobody_from_changing_the_password(cast: Cast, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}._Away"
    cast.gd_preparer.set_password(PASSWORD)
    cast.gd_preparer.save()
    client = Client()
    client.force_login(cast.gd_preparer)
    new = f"{PASSWORD} staple"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    cast.gd_preparer.refresh_from_db()
    assert cast.gd_preparer.check_password(new)
    assert "account/email/password_changed could not be sent" in caplog.text
