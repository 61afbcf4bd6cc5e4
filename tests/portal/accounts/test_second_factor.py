"""Signing in: the second factor of those who must have one, lock-out, sessions, rates, log lines."""

import base64
import hashlib
import hmac
import io
import logging
import re
import struct
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from openbeian import clock
from openbeian.portal.accounts import checks
from openbeian.portal.accounts.models import SignedInSession, SignInFailure
from openbeian.portal.audit.models import AuditEvent
from openbeian.portal.environment import env_switched_off
from openbeian.portal.web.log_lines import OneLineFormatter
from tests.portal.factories import Cast
from tests.portal.pages.world import html_of

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _compulsory(settings):
    settings.BEIAN_SECOND_FACTOR = True
    cache.clear()


def _client(**headers: str) -> Client:
    return Client(headers={"accept-language": "en", "user-agent": FIREFOX} | headers)


def _enter(client: Client, person, password: str = PASSWORD, address: str = "127.0.0.1"):
    return client.post("/accounts/login/", {"login": person.email, "password": password}, REMOTE_ADDR=address)


def _with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def _confirm(client: Client) -> None:
    """Say once more who one is, as every change of how one signs in demands."""
    away = client.get("/accounts/2fa/totp/activate/")
    assert away.url.startswith("/accounts/reauthenticate/")
    assert client.post(away.url, {"password": "wrong"}).status_code == 200
    assert client.post(away.url, {"password": PASSWORD}).url == "/accounts/2fa/totp/activate/"


def totp(secret: str, at: float | None = None) -> str:
    """Return what an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06d}"


def test_an_officer_without_a_second_factor_reaches_nothing_but_setting_it_up(cast: Cast):
    client = _client()
    for who in (cast.gd_reviewer, cast.publisher, cast.auditor, cast.administrator):
        client.force_login(who)
        for page in ("/", "/work/", "/review/", "/account/", "/audit/", "/register/"):
            assert client.get(page).url == "/accounts/2fa/", (who, page)
        assert "before anything else" in html_of(client.get("/accounts/2fa/"))
        answer = client.get("/api/v1/register/totals")
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_role")
    client.force_login(cast.gd_preparer)
    assert client.get("/work/").status_code == 200


def test_setting_up_an_app_signing_in_with_it_and_with_a_recovery_code(
    cast: Cast, django_capture_on_commit_callbacks
):
    officer = _with_password(cast.gd_reviewer)
    elsewhere, client = _client(), _client()
    _enter(elsewhere, officer)
    _enter(client, officer)
    _confirm(client)
    page = html_of(client.get("/accounts/2fa/totp/activate/"))
    assert "<svg viewBox=" in page
    assert 'style="' not in page.split("<main")[1]
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)[1]
    assert "enter the one the app shows now" in html_of(
        client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    )
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    codes = re.findall(r"<li>(\w+)</li>", html_of(client.get(done.url)))
    assert len(codes) == 10
    assert client.get("/work/").status_code == 200
    assert elsewhere.get("/work/").url.startswith("/accounts/login/")

    kinds = set(AuditEvent.objects.filter(by_id=officer.audit_id).values_list("kind", flat=True))
    assert kinds >= {"sign_in.succeeded", "second_factor.added", "session.ended"}
    once_more = _signs_in_again(officer, secret, codes[0])

    away = once_more.get("/accounts/2fa/totp/deactivate/").url
    once_more.post(away, {"password": PASSWORD})
    refused = html_of(once_more.get("/accounts/2fa/totp/deactivate/"))
    assert "add another one before you remove this" in refused
    once_more.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    with django_capture_on_commit_callbacks(execute=True):
        once_more.post("/accounts/2fa/recovery-codes/generate/")
    assert once_more.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert AuditEvent.objects.filter(by_id=officer.audit_id, kind="second_factor.renewed").exists()


def _signs_in_again(officer, secret: str, code: str) -> Client:
    again = _client()
    assert _enter(again, officer).url == "/accounts/2fa/authenticate/"
    assert again.get("/work/").status_code == 302
    assert again.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert again.post("/accounts/2fa/authenticate/", {"code": code}).url == "/work/"
    assert again.get("/work/").status_code == 200
    once_more = _client()
    _enter(once_more, officer)
    assert once_more.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    later = totp(secret, time.time() + 30)
    assert once_more.post("/accounts/2fa/authenticate/", {"code": later}).url == "/work/"
    return once_more


def test_a_provider_may_do_without_and_take_it_off_again(cast: Cast, django_capture_on_commit_callbacks):
    person = _with_password(cast.gd_preparer)
    client = _client()
    _enter(client, person)
    _confirm(client)
    page = html_of(client.get("/accounts/2fa/totp/activate/"))
    secret = re.search(r'value="([A-Z2-7]{20,})"', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.filter(kind="second_factor.removed").exists()


def test_changing_the_password_signs_out_everywhere_else(cast: Cast):
    person = _with_password(cast.gd_preparer)
    first, second = _client(), _client()
    _enter(first, person)
    _enter(second, person)
    new = "another long enough one"
    wrong = {"oldpassword": "no", "password1": new, "password2": new}
    assert first.post("/accounts/password/change/", wrong).status_code == 200
    short = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert "12 characters" in html_of(first.post("/accounts/password/change/", short))
    first.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert first.get("/work/").status_code == 200
    assert second.get("/work/").status_code == 302
    assert AuditEvent.objects.filter(kind="password.changed").count() == 1


def test_five_wrong_passwords_lock_the_account_where_they_came_from(cast: Cast, monkeypatch):
    person = _with_password(cast.gd_preparer)
    client = _client()
    for _ in range(5):
        assert "is wrong" in html_of(_enter(client, person, "wrong", "203.0.113.9"))
    locked = html_of(_enter(client, person, PASSWORD, "203.0.113.9"))
    assert "try again in 15 minutes" in locked
    assert "请在 15 分钟后" in html_of(
        _enter(_client(**{"accept-language": "zh"}), person, address="203.0.113.9")
    )
    assert AuditEvent.objects.get(kind="sign_in.locked").subject_id == str(person.pk)
    assert person.email not in str(list(SignInFailure.objects.values_list()))
    assert _enter(_client(), person, address="198.51.100.7").status_code == 302

    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    cache.clear()
    assert _enter(client, person, PASSWORD, "203.0.113.9").status_code == 302
    assert not SignInFailure.objects.exists()


def test_wrong_passwords_of_nobody_are_answered_alike_and_forgotten(cast: Cast, monkeypatch):
    client = _client()
    answer = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "x"})
    assert "E-mail address or password is wrong" in html_of(answer)
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.post("/accounts/login/", {"login": "other@example.com", "password": "x"})
    assert SignInFailure.objects.count() == 1
    assert not AuditEvent.objects.filter(kind="sign_in.locked").exists()


def test_sessions_are_listed_with_their_device_and_ended_one_by_one(cast: Cast, monkeypatch):
    person = _with_password(cast.gd_preparer)
    here, phone, desk = _client(), _client(**{"user-agent": "X Android Chrome/1"}), _client()
    for client in (phone, desk, here):
        _enter(client, person)
    html = html_of(here.get("/account/"))
    assert "Firefox · Linux" in html
    assert "Chrome · Android" in html
    its = SignedInSession.objects.get(device__contains="Android")
    here.post(f"/account/sessions/{its.pk}/end/")
    assert phone.get("/work/").status_code == 302
    assert desk.get("/work/").status_code == 200
    assert _client().post(f"/account/sessions/{its.pk}/end/").status_code == 302
    here.post("/account/sessions/end-others/")
    assert desk.get("/work/").status_code == 302
    session, later = SignedInSession.objects.get(), clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    here.get("/work/", REMOTE_ADDR="2001:db8::1")
    session.refresh_from_db()
    assert (session.seen_at, session.network) == (later, "2001:db8::/64")


def test_whoever_asks_too_often_waits_a_minute(cast: Cast, settings, monkeypatch):
    settings.BEIAN_REQUESTS_A_MINUTE = 3
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    away = {"REMOTE_ADDR": "203.0.113.9"}
    client = _client()
    statuses = [client.get("/accounts/login/", **away).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    page = client.get("/accounts/login/", **away)
    assert page["Retry-After"] == "60"
    assert "Content-Security-Policy" in page
    problem = client.get("/api/v1/register/totals", **away)
    assert (problem.status_code, problem.json()["code"]) == (429, "too_often")
    # Others are not held up: another address, a person and a key behind the same one, the log's files.
    assert client.get("/accounts/login/", REMOTE_ADDR="203.0.113.10").status_code == 200
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/accounts/login/", REMOTE_ADDR="no address").status_code == 200
    assert client.get("/checkpoint", **away).status_code != 429
    keyed = _client(authorization="Bearer beian_x")
    assert [keyed.get("/api/v1/applications", **away).status_code for _ in range(4)] == [401, 401, 401, 429]
    client.force_login(cast.gd_preparer)
    assert [client.get("/work/", **away).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_behind_a_proxy_the_address_is_what_it_added(cast: Cast, settings, monkeypatch):
    settings.BEIAN_REQUESTS_A_MINUTE = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    answers = [
        _client(**{"x-forwarded-for": f"{made_up}, 203.0.113.77"}).get("/accounts/login/").status_code
        for made_up in ("1.1.1.1", "2.2.2.2")
    ]
    assert answers == [200, 429]


def test_a_production_portal_does_not_start_without_second_factors(monkeypatch, settings):
    assert not env_switched_off("X_UNSET", production=True)
    monkeypatch.setenv("X", "1")
    assert env_switched_off("X", production=False)
    with pytest.raises(ImproperlyConfigured, match="X is set, which a production portal refuses"):
        env_switched_off("X", production=True)
    assert checks._second_factor(None) == []
    settings.BEIAN_SECOND_FACTOR = False
    assert [one.is_serious() for one in checks._second_factor(None)] == [False]
    settings.BEIAN_PRODUCTION = True
    assert [one.is_serious() for one in checks._second_factor(None)] == [True]


def test_nothing_typed_makes_a_log_line():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("tried")
    logger.propagate = False
    logger.addHandler(handler)
    forged = "x\nINFO forged\r\nINFO \x1b[31mforged\u2028INFO forged\u202eINFO"
    logger.warning("name %s", forged)
    assert out.getvalue().count("\n") == 1
    assert out.getvalue() == (
        "WARNING name x\\nINFO forged\\r\\nINFO \\x1b[31mforged\\u2028INFO forged\\u202eINFO\n"
    )
    error = ValueError(forged)
    logger.error("failed", exc_info=(ValueError, error, None), stack_info=True)
    logger.removeHandler(handler)
    lines = out.getvalue().splitlines()[1:]
    assert lines[0] == "ERROR failed"
    assert all(line.startswith("  | ") for line in lines[1:])
